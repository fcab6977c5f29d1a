// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The filtered bytes of a PNG: what deflate sees of a picture. A row is the number of its filter and its bytes, 16-bit
// values with the high byte first.
#pragma once

#include "image/png.h"
#include "image/png_format.h"

namespace spectrohue::image::png {

/// All of a picture, wherever they come from.
class FilteredBytes {
 public:
  virtual ~FilteredBytes() = default;

  /// Bytes of a row in the file, its filter byte included.
  std::int64_t row_bytes() const { return row_bytes_; }
  /// Of all rows.
  std::int64_t bytes() const { return bytes_; }

  /// Makes bytes [offset, offset + n) of them.
  virtual void copy(std::int64_t offset, std::size_t n, std::uint8_t* out) const = 0;

 protected:
  explicit FilteredBytes(const Pixels& pixels)
      : row_bytes_(1 + pixels.width * pixels.channels * (pixels.bits / 8)), bytes_(row_bytes_ * pixels.height) {}

  std::int64_t row_bytes_;
  std::int64_t bytes_;
};

class FilteredRows final : public FilteredBytes {
 public:
  /// filter: of every row but those of zeros, which stay as they are, so that silence is nothing but zeros.
  FilteredRows(const Pixels& pixels, Filter filter);

  void copy(std::int64_t offset, std::size_t n, std::uint8_t* out) const override;

  /// Makes row y with the filter that leaves the smallest sum of differences, zlib's users' rule of thumb.
  void copy_row_adaptively(std::int64_t y, std::uint8_t* out) const;

 private:
  const std::uint8_t* row(std::int64_t y) const { return pixels_.data + y * pixels_.row_bytes; }
  Filter filter_of(std::int64_t y) const;
  std::uint8_t filtered_byte(std::int64_t y, Filter filter, std::int64_t i) const;
  void copy_pixels(std::int64_t y, Filter filter, std::int64_t from, std::int64_t to, std::uint8_t* out) const;

  Pixels pixels_;
  Filter filter_;
  int pixel_bytes_;
};

/// Bytes [from, to) of a row in a file, 16-bit values with the high byte first, from a row in memory, and the reverse.
void copy_from_row(const std::uint8_t* row, std::int64_t from, std::int64_t to, int bits, std::uint8_t* out);
void copy_to_row(const std::uint8_t* in, std::int64_t from, std::int64_t to, int bits, std::uint8_t* row);

}  // namespace spectrohue::image::png
