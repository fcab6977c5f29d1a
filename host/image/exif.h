// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// EXIF blocks, as far as numbers in their first directory go: a TIFF file without pixels (TIFF 6.0, sections 1 and 2;
// EXIF 2.32).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace spectrohue::image {

/// Numbers by tag.
using ExifNumbers = std::map<int, double>;

/// The tags of the first directory that hold one number, of any of TIFF's numeric types. Never throws for what the
/// bytes hold: what is cut off, out of bounds, no number or not finite is left out. Of a tag that comes twice the first
/// counts.
ExifNumbers exif_numbers(std::span<const std::uint8_t> exif);

/// How a number is stored.
enum class ExifType { Whole, Double };

struct ExifEntry {
  int tag = 0;  ///< 0 to 65535
  ExifType type = ExifType::Whole;
  double value = 0;  ///< Whole: 0 to 2^32 - 1
};

/// A block with these entries, whose tags must rise, high byte first. Whole numbers are SHORT where they fit, else
/// LONG.
std::vector<std::uint8_t> make_exif(std::span<const ExifEntry> entries);

}  // namespace spectrohue::image
