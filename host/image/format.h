// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "spectrohue/settings.h"

namespace spectrohue::image {

/// Picture files that can be written. docs/format.md says how each of them holds a picture.
enum class Format {
  Png,   ///< whole numbers; with the note
  Tiff,  ///< everything, up to 4 GiB; with the note
  Npy,   ///< everything, as one array
  Npz,   ///< everything, as an array for each channel of the sound
  Jpeg,  ///< 8 bits, with loss, up to 65,500 pixels a side
  WebP,  ///< 8 bits, with loss, up to 16,383 pixels a side
};

/// "png" "tiff" "npy" "npz" "jpeg" "webp".
std::string to_string(Format format);
/// The reverse; "tif" and "jpg" too. Throws Error(Usage) for anything else.
Format format_from_string(std::string_view name);

/// The one that is written: ".png" ".tiff" ".npy" ".npz" ".jpg" ".webp".
std::string extension_of(Format format);
/// By the extension, any case, ".tif" and ".jpeg" included; nothing for any other.
std::optional<Format> format_of_extension(const std::filesystem::path& path);

/// What is read is not what was written.
bool is_lossy(Format format);
/// The note goes into the file; for the others it goes into a sidecar (sidecar.h).
bool holds_note(Format format);

/// Throws Error(Unsupported) that says what to do if the format cannot hold such a picture: its sides are too long, or
/// its pixels floats or of 16 bits.
void check_fits(Format format, PixelLayout layout, std::int64_t width, std::int64_t height);

}  // namespace spectrohue::image
