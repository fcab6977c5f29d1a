// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// TIFF files (revision 6.0 of the specification), as far as spectrohue writes them and simple ones of others: strips
// that are not compressed. Everything else is OpenCV's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/file_io.h"
#include "spectrohue/types.h"

namespace spectrohue::image::tiff {

/// What the first picture of a file says of itself.
struct Header {
  std::optional<std::string> text;  ///< its ImageDescription
  bool is_simple = false;           ///< read_pixels() can read it; otherwise all that follows is empty
  std::int64_t width = 0;
  std::int64_t height = 0;
  PixelLayout layout;
  std::vector<Colour> palette;
  std::int64_t strip_rows = 0;         ///< of each strip but the last
  std::vector<std::uint32_t> offsets;  ///< of the strips, which all lie inside the file
  bool is_swapped = false;             ///< samples have not the machine's byte order
};

/// Throws Error(Read); Error(BadFormat) if the file is cut or contradicts itself. What it allocates is in proportion to
/// the file.
Header read_header(const FileBytes& file);

/// Reads the pixels of a simple one. Throws as read_header does.
void read_pixels(const FileBytes& file, const Header& header, Picture& out);

/// Writes a picture of any layout in the machine's byte order, text in ImageDescription. Throws Error(Unsupported) if
/// the file would have more than 4 GiB or a side is 0; lets through what the sink throws.
void write(const Picture& picture, const std::string* text, const Sink& sink);

}  // namespace spectrohue::image::tiff
