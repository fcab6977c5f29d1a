// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A CRC-32 by the threads of a block.
#pragma once

#include "kernels/block.h"
#include "kernels/png/stripes.h"
#include "math/crc32.h"

namespace spectrohue::cuda {

/// What makes a CRC-32 of words that are dealt out to kStripeThreads threads, in turn, so that the last thread has the
/// last word.
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

}  // namespace spectrohue::cuda
