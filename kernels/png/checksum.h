// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A CRC-32 by the threads of a block. Words are dealt out to kStripeThreads threads, in turn, so that the last thread
// has the last word; each carries on its own, and in the end they are shifted to their places and added.
#pragma once

#include <utility>

#include "kernels/block.h"
#include "kernels/png/stripes.h"
#include "math/crc32.h"

namespace spectrohue::cuda {

struct CrcTables {
  std::uint32_t next[4][256];           ///< what byte i of a checksum is kStripeThreads words later
  std::uint32_t place[kStripeThreads];  ///< what the words of each thread are multiplied with in the end
  std::uint32_t inverse[4];             ///< undoes so many zero bytes behind the last one
};
inline CrcTables make_crc_tables() {
  CrcTables tables;
  const std::uint32_t step = math::crc32_of_shift(4 * kStripeThreads);
  for (int byte = 0; byte < 4; ++byte) {
    for (std::uint32_t value = 0; value < 256; ++value) {
      tables.next[byte][value] = math::multiply_crc32(step, value << (8 * byte));
    }
  }
  for (unsigned i = 0; i < kStripeThreads; ++i) tables.place[i] = math::crc32_of_shift(4 * (kStripeThreads - i));
  // x^(2^32 - 1) is 1.
  for (unsigned zeros = 0; zeros < 4; ++zeros) tables.inverse[zeros] = math::crc32_of_shift(0xFFFFFFFFU - zeros);
  return tables;
}

/// The first of a thread's words, of n_words, that is not before `from`; every kStripeThreads-th behind it is its too.
SPECTROHUE_HD std::uint32_t first_crc_word(int thread, std::uint32_t from, std::uint32_t n_words) {
  return from + (static_cast<std::uint32_t>(thread) + n_words - from) % kStripeThreads;
}

/// A checksum under way, in shared memory.
struct BlockCrc {
  std::uint32_t next[4][256];
  std::uint32_t sum;

  /// A step of all threads, before the others.
  SPECTROHUE_HD void begin(const CrcTables& tables, int thread) {
    copy_words(next, tables.next, thread, kStripeThreads);
    if (thread == 0) sum = 0;
  }
  /// A thread's checksum, 0 at first, with its next word.
  SPECTROHUE_HD std::uint32_t add(std::uint32_t crc, std::uint32_t word) const {
    return next[0][crc & 255] ^ next[1][crc >> 8 & 255] ^ next[2][crc >> 16 & 255] ^ next[3][crc >> 24] ^ word;
  }
  /// A step of all threads, once their checksums are complete.
  SPECTROHUE_HD void finish(const CrcTables& tables, int thread, std::uint32_t crc) {
    xor_shared(sum, math::multiply_crc32(tables.place[thread], crc));
  }
  /// In the steps behind it: of the words as they are, nothing inverted, without n_zeros bytes (< 4) at their end.
  SPECTROHUE_HD std::uint32_t value(const CrcTables& tables, std::uint32_t n_zeros) const {
    return math::multiply_crc32(tables.inverse[n_zeros], sum);
  }
};

/// CRC-32 from those of the parts, each as BlockCrc::value() returns it.
class PartsCrc {
 public:
  void add(std::uint32_t part, std::uint32_t n_bytes) { crc_ = math::multiply_crc32(shift_of(n_bytes), crc_) ^ part; }
  std::uint32_t value() const { return ~crc_; }

 private:
  /// Parts have one of two sizes, mostly.
  std::uint32_t shift_of(std::uint32_t n_bytes) {
    if (sizes_[0] != n_bytes) {
      std::swap(sizes_[0], sizes_[1]);
      std::swap(shifts_[0], shifts_[1]);
    }
    if (sizes_[0] != n_bytes) {
      sizes_[0] = n_bytes;
      shifts_[0] = math::crc32_of_shift(n_bytes);
    }
    return shifts_[0];
  }

  std::uint32_t crc_ = 0xFFFFFFFF;
  std::uint32_t sizes_[2] = {};
  std::uint32_t shifts_[2] = {};
};

}  // namespace spectrohue::cuda
