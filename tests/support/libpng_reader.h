// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace spectrohue::test {

/// What libpng makes of a PNG file. Its warnings are failures, its errors end the program.
class LibpngReader {
 public:
  /// Reads up to the pixels. The file must live as long.
  explicit LibpngReader(const std::vector<std::uint8_t>& file) : file_(file) {
    png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, nullptr,
        [](png_structp, png_const_charp message) {
          ADD_FAILURE() << message;
          std::abort();
        },
        [](png_structp, png_const_charp message) { ADD_FAILURE() << message; });
    info = png_create_info_struct(png);
    png_set_read_fn(png, this, [](png_structp p, png_bytep to, std::size_t n) {
      auto* reader = static_cast<LibpngReader*>(png_get_io_ptr(p));
      if (n > reader->file_.size() - reader->at_) png_error(p, "truncated");
      std::copy_n(reader->file_.data() + reader->at_, n, to);
      reader->at_ += n;
    });
    png_read_info(png, info);
  }
  LibpngReader(const LibpngReader&) = delete;
  LibpngReader& operator=(const LibpngReader&) = delete;
  ~LibpngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  /// All rows, 16-bit values in native byte order on little-endian machines; the file must end behind them.
  std::vector<std::uint8_t> rows(std::int64_t row_bytes) {
    if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
    png_read_update_info(png, info);
    const auto height = static_cast<std::int64_t>(png_get_image_height(png, info));
    std::vector<std::uint8_t> all(static_cast<std::size_t>(row_bytes * height));
    EXPECT_EQ(static_cast<std::int64_t>(png_get_rowbytes(png, info)), row_bytes);
    for (std::int64_t y = 0; y < height; ++y) png_read_row(png, all.data() + y * row_bytes, nullptr);
    png_read_end(png, info);
    EXPECT_EQ(at_, file_.size());
    return all;
  }

  png_structp png;
  png_infop info;

 private:
  const std::vector<std::uint8_t>& file_;
  std::size_t at_ = 0;
};

}  // namespace spectrohue::test
