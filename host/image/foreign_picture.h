// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that OpenCV reads and writes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "image/alpha.h"
#include "image/format.h"
#include "image/signature.h"
#include "spectrohue/types.h"

namespace spectrohue::image {

struct ForeignDescription {
  std::string text;  ///< for people, for example "BMP, 8-bit RGB"
  bool lossy = false;
};

/// Reads a file from its start: gray as one channel, at 8 or 16 bits, or one float. signature: of it, or
/// null if it is unknown. Throws as read() of picture_file.h.
ForeignDescription read_with_opencv(std::FILE* file, const Signature* signature, Alpha alpha, Picture& out);

/// Makes a JPEG or WebP of a gray or RGB picture of 8 bits. Throws Error(Unsupported) if OpenCV cannot.
std::vector<std::uint8_t> encode_with_opencv(const Picture& picture, Format format, int quality);

}  // namespace spectrohue::image
