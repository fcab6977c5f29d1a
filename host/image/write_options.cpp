// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/write_options.h"

#include "spectrohue/error.h"

namespace spectrohue::image {

std::string to_string(Compression compression) {
  if (compression == Compression::Fast) return "fast";
  if (compression == Compression::Small) return "small";
  return std::to_string(static_cast<int>(compression));
}

Compression compression_from_string(std::string_view name) {
  for (int i = static_cast<int>(Compression::Fast); i <= static_cast<int>(Compression::Small); ++i) {
    const auto compression = static_cast<Compression>(i);
    if (to_string(compression) == name) return compression;
  }
  throw Error(ErrorCode::Usage,
              "unknown compression '" + std::string(name) + "': fast, small, or a level from 1 to 12");
}

}  // namespace spectrohue::image
