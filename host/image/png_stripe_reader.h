// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Reads the pixels of files that png_writer.cpp wrote in stripes, without libpng. Trusts nothing: every checksum and
// every size must be right, or libpng has to say what the file holds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "image/png_stripes.h"
#include "spectrohue/buffer.h"

namespace spectrohue::image::png {

/// The rows of a picture as a PNG stores them, not interlaced.
struct StripedRows {
  std::int64_t height = 0;
  std::int64_t row_bytes = 0;  ///< of pixels
  int pixel_bytes = 0;
  int bits = 8;  ///< 8 or 16
};

class StripeReader {
 public:
  StripeReader();
  ~StripeReader();

  /// Reads from the first IDAT chunk, which starts at `offset`, to IEND, and writes the rows to `pixels`, back to back,
  /// 16-bit values in native byte order. False if there is anything unusual about the file, a failing read included;
  /// the pixels are then undefined. Does not move the place of fd. Throws Error(OutOfMemory).
  bool read(int fd, std::int64_t offset, const StripedRows& rows, int threads, std::uint8_t* pixels);

 private:
  /// A chunk of the buffer, and which stripes it holds.
  struct Job {
    const std::uint8_t* chunk;  ///< its head
    std::size_t n_data;
    std::int64_t first;  ///< stripe
    int n_stripes;
    bool is_silent;
    std::uint32_t adler;
    bool is_good;
  };
  struct Lane;

  bool fill(int fd, int threads);
  bool find_jobs(std::int64_t& next_stripe);
  void decode(std::span<Job> jobs, Lane& lane, std::uint8_t* pixels);
  bool place(std::int64_t offset, std::size_t n, const std::uint8_t* bytes, std::uint8_t* pixels);
  void place_zeros(std::int64_t offset, std::int64_t n, std::uint8_t* pixels);
  int count_silent_stripes(const std::uint8_t* data, std::size_t n);
  int count_merged_stripes(const std::uint8_t* data, std::size_t n, std::int64_t first) const;
  void undo_filters(std::uint8_t* pixels) const;
  std::size_t available() const { return end_ - begin_; }
  std::int64_t bytes_of(const Job& job) const;

  StripedRows rows_;
  std::int64_t n_bytes_ = 0;  ///< filtered
  std::int64_t n_stripes_ = 0;
  Buffer<std::uint8_t> buffer_;  ///< of the file
  std::int64_t offset_ = 0;      ///< in the file, of what comes next
  std::size_t begin_ = 0;        ///< in the buffer, of what is not parsed yet
  std::size_t end_ = 0;
  Buffer<std::uint8_t> filters_;  ///< of each row
  std::vector<Job> jobs_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  StripeCoder coder_;
  std::vector<std::uint8_t> silence_;  ///< a silent stripe
};

}  // namespace spectrohue::image::png
