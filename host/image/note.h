// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The note: what a picture says about itself. docs/format.md is its specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "spectrohue/encode_png.h"
#include "spectrohue/types.h"

namespace spectrohue::image {

/// A note of more bytes is refused. One with as many channels as there may be stays well below this.
inline constexpr std::size_t kMaxNoteBytes = 1 << 20;
/// And so is one of more JSON values, names of keys included.
inline constexpr int kMaxNoteValues = 10000;

/// The note as one JSON object. Numbers keep all their bits.
std::string to_json(const PictureNote& note);

/// The reverse. Keys it does not know are ignored. Throws Error(BadFormat): not JSON, not a spectrohue note, a missing
/// key, a value of the wrong type or out of range (the message names the key); Error(Unsupported): a newer version,
/// or an encoding, window or curve that this build does not know. A note comes from a file that anyone may have
/// written: every value is checked here (settings by validate(), 1 <= channels <= 1024, 1 <= sample_rate <= 2^31-1,
/// 0 <= n_samples <= 2^48, ref finite and >= 0, one a channel). source_name leads nowhere: it holds no folders and no
/// control characters.
PictureNote note_from_json(std::string_view json);

/// CRC-32 of the pixels as PictureNote::pixels_crc32 defines it.
std::uint32_t pixels_crc32(const Picture& picture, int threads = 1);
/// The same of a tile as a backend hands it over.
std::uint32_t pixels_crc32(const EncodedTile& tile, int threads = 1);

}  // namespace spectrohue::image
