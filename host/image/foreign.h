// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Between the program and the module that reads pictures with OpenCV. It is loaded when the first such picture comes:
// Debian's OpenCV brings more than a hundred libraries (GDAL and what that needs), which take longer to load than many
// a folder to convert, and some of which are GPL.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spectrohue::image {

enum class ForeignStatus : int {
  Ok,
  Damaged,  ///< message says more, or nothing
  NoMemory,
  WrongDepth,  ///< neither 8 nor 16 bits
};

/// A decoded picture, in memory of the module.
struct ForeignPicture {
  int width;
  int height;
  int channels;  ///< 1 gray, 2 gray and alpha, 3 blue green red, 4 with alpha
  int bits;      ///< 8 or 16
  const std::uint8_t* pixels;
  std::size_t row_bytes;
  void* owner;  ///< for ForeignRelease
  char message[256];
};

/// The module's two functions.
inline constexpr const char* kForeignModule = "spectrohue_opencv.so";
inline constexpr const char* kForeignDecode = "spectrohue_foreign_decode";
inline constexpr const char* kForeignRelease = "spectrohue_foreign_release";
using ForeignDecode = ForeignStatus (*)(const std::uint8_t* bytes, std::size_t size, ForeignPicture* out);
using ForeignRelease = void (*)(void* owner);

}  // namespace spectrohue::image
