// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// CRC-32 of PNG and zlib (ISO 3309, reflected polynomial 0xEDB88320) in pieces: those of the parts, made on any number
// of threads, become that of the whole. A checksum is a polynomial over GF(2), the coefficient of x^0 in its highest
// bit.
#pragma once

#include "math/hd.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// a b modulo the CRC's polynomial.
SPECTROHUE_HD std::uint32_t multiply_crc32(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (int i = 31; i >= 0; --i) {
    product ^= (a >> i & 1) != 0 ? b : 0;
    b = b >> 1 ^ ((b & 1) != 0 ? 0xEDB88320U : 0);
  }
  return product;
}

/// x^(8 n): what n more bytes multiply a checksum with.
SPECTROHUE_HD std::uint32_t crc32_of_shift(std::uint64_t n) {
  std::uint32_t power = 0x80000000U >> 8;  // x^8
  std::uint32_t product = 0x80000000U;     // x^0
  for (; n != 0; n >>= 1) {
    if ((n & 1) != 0) product = multiply_crc32(product, power);
    power = multiply_crc32(power, power);
  }
  return product;
}

/// CRC-32 of a followed by b, from those of the two; n_b bytes are in b.
SPECTROHUE_HD std::uint32_t combine_crc32(std::uint32_t a, std::uint32_t b, std::uint64_t n_b) {
  return multiply_crc32(crc32_of_shift(n_b), a) ^ b;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
