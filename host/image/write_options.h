// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace spectrohue::image {

/// How hard a PNG's pixels are pressed. The pixels are the same; docs/png.md has sizes and rates.
enum class Compression {
  Fast,    ///< Huffman codes in stripes: for phase pictures all but the smallest, and the fastest by far
  Level1,  ///< libdeflate's levels: matches too, one stream over the whole picture
  Level2,
  Level3,
  Level4,
  Level5,
  Level6,
  Level7,
  Level8,
  Level9,
  Level10,
  Level11,
  Level12,
  Small,  ///< tries on a part of the picture which filter, and Fast or Level9, makes it smallest
};

/// "fast", "small" or "1" to "12". Throws Error(Usage) for anything else.
Compression compression_from_string(std::string_view name);
std::string to_string(Compression compression);

struct WriteOptions {
  Compression compression = Compression::Fast;
  /// Threads for one picture, with Fast. The bytes do not depend on it.
  int threads = 1;
  /// Of JPEG and WebP: 1, small, to 100.
  int quality = 95;
  /// Of PNG: a block of EXIF to stand beside the note; empty: none.
  std::span<const std::uint8_t> exif = {};
};

}  // namespace spectrohue::image
