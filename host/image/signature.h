// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a file is, by its first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace spectrohue::image {

/// OtherPicture: one that some builds of OpenCV do not read.
enum class Kind { Tiff, Npy, Npz, Jpeg, WebP, Bmp, Picture, OtherPicture, NoPicture };

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  Kind kind;
  const char* name;
};

/// Enough of a file's start to tell what it is.
inline constexpr std::size_t kHeadBytes = 512;

/// The signature of a picture other than PNG, or null if it is unknown. Throws Error(BadFormat) for what certainly is
/// no picture.
const Signature* recognise(std::string_view head);

/// True if a file is shorter than it says of itself, which OpenCV would not say.
bool is_cut_short(Kind kind, const std::vector<std::uint8_t>& bytes);

/// True if a WebP holds a VP8 (not VP8L) picture, at the top or behind an extended header.
bool webp_is_lossy(const std::vector<std::uint8_t>& bytes);

}  // namespace spectrohue::image
