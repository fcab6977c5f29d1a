// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Between the program and the module that reads and writes pictures with OpenCV. It is loaded when the first such
// picture comes: Debian's OpenCV brings more than a hundred libraries (GDAL and what that needs), which take longer to
// load than many a folder to convert, and some of which are GPL.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spectrohue::image {

enum class ForeignStatus : int {
  Ok,
  Damaged,  ///< message says more, or nothing
  NoMemory,
  WrongDepth,  ///< neither whole numbers of 8 or 16 bits nor floats of 32
  Refused,     ///< the picture to be written; message says more, or nothing
};

/// A decoded picture, in memory of the module.
struct ForeignPicture {
  int width;
  int height;
  int channels;  ///< 1 gray, 2 gray and alpha, 3 blue green red, 4 with alpha
  int bits;      ///< 8 or 16; 32, floats
  const std::uint8_t* pixels;
  std::size_t row_bytes;
  void* owner;  ///< for ForeignRelease
  char message[256];
};

/// A picture of 8 bits to be encoded.
struct ForeignSource {
  int width;
  int height;
  int channels;  ///< 1 gray, 3 red green blue
  const std::uint8_t* pixels;
  std::size_t row_bytes;
};
/// The file, in memory of the module.
struct ForeignFile {
  const std::uint8_t* bytes;
  std::size_t size;
  void* owner;  ///< for ForeignReleaseFile
  char message[256];
};

/// The module's functions.
inline constexpr const char* kForeignModule = "spectrohue_opencv.so";
inline constexpr const char* kForeignDecode = "spectrohue_foreign_decode";
inline constexpr const char* kForeignRelease = "spectrohue_foreign_release";
inline constexpr const char* kForeignEncode = "spectrohue_foreign_encode";
inline constexpr const char* kForeignReleaseFile = "spectrohue_foreign_release_file";
using ForeignDecode = ForeignStatus (*)(const std::uint8_t* bytes, std::size_t size, ForeignPicture* out);
using ForeignRelease = void (*)(void* owner);
/// extension: ".jpg" or ".webp"; quality: 1 to 100.
using ForeignEncode = ForeignStatus (*)(const ForeignSource* picture, const char* extension, int quality,
                                        ForeignFile* out);
using ForeignReleaseFile = void (*)(void* owner);

}  // namespace spectrohue::image
