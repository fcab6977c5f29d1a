// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// PNG files. libpng stops here. The text of the note passes through unread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "spectrohue/types.h"

namespace spectrohue::image::png {

inline constexpr std::string_view kSignature{"\x89PNG\r\n\x1A\n", 8};

/// What stands before the pixels.
struct Header {
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 8;                          ///< of the picture that read() makes: 8 or 16
  std::string description;               ///< for example "PNG, 8-bit RGB"
  std::optional<std::string> note_json;  ///< the text with the keyword "spectrohue"
};

/// Both read from the file's start. Throw Error(Read) if the system fails, Error(BadFormat) if the file is damaged,
/// truncated (read() names the row) or larger than kMaxPixelBytes. read() takes a note that stands behind the pixels
/// too, and expands gray and palettes, drops alpha and ignores gamma.
Header read_header(std::FILE* file);
Header read(std::FILE* file, Picture& out);

/// Throws Error(Write) with the system's reason, Error(Unsupported) if a side is 0 or longer than 2^31 - 1.
void write(std::FILE* file, const Picture& picture, const std::string* note_json);

}  // namespace spectrohue::image::png
