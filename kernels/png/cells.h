// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The bytes of a stripe, a cell at a time.
#pragma once

#include "kernels/png/stripes.h"

namespace spectrohue::cuda {

/// kCellBytes filtered bytes from a multiple of that, and the one before them; 0 where there are none.
struct Cell {
  std::uint32_t words[4];
  std::uint32_t before;
};

/// 16 bytes from any address; on a device all words that they lie in are read.
SPECTROHUE_HD void load_bytes(const std::uint8_t* from, std::uint32_t* words) {
#ifdef __CUDA_ARCH__
  const unsigned odd = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(from) & 3);
  const auto* const aligned = reinterpret_cast<const std::uint32_t*>(from - odd);
  std::uint32_t here = aligned[0];
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t next = i < 3 || odd != 0 ? aligned[i + 1] : 0;
    words[i] = __funnelshift_r(here, next, 8 * odd);
    here = next;
  }
#else
  memcpy(words, from, 16);
#endif
}

/// The bytes of a cell that are pixels of one row, from byte `at` of it on.
SPECTROHUE_HD void load_pixels(const std::uint8_t* row, std::uint32_t at, bool is_wide, std::uint32_t* words) {
  if (!is_wide) {
    load_bytes(row + at, words);
    return;
  }
  const std::uint32_t even = at & ~1U;
  load_bytes(row + even, words);
  for (int i = 0; i < 4; ++i) words[i] = (words[i] & 0x00FF00FF) << 8 | (words[i] >> 8 & 0x00FF00FF);
  if (even == at) return;
  const std::uint32_t last = row[even + 17];  // the high byte comes first in the file
  for (int i = 0; i < 4; ++i) words[i] = words[i] >> 8 | (i < 3 ? words[i + 1] : last) << 24;
}

SPECTROHUE_HD Cell load_cell(const StripeView& view, int cell) {
  const int from = cell * math::kCellBytes;
  const std::uint32_t row_bytes = view.picture.row_bytes;
  const std::uint32_t swap = view.picture.is_wide;
  const std::uint32_t local = view.first_byte + static_cast<std::uint32_t>(from);
  const std::uint32_t rows = local / row_bytes;
  const std::uint32_t at = local - rows * row_bytes;
  const std::uint8_t* row = view.picture.data + (view.first_row + rows) * view.picture.row_stride;
  Cell out{};
  if (at >= 2) out.before = row[(at - 2) ^ swap];
  if (at == 0 && from > 0) out.before = (row - view.picture.row_stride)[(row_bytes - 2) ^ swap];
  if (at > 0 && at + math::kCellBytes <= row_bytes && from + math::kCellBytes <= view.n) {
    load_pixels(row, at - 1, swap != 0, out.words);
    return out;
  }
  std::uint32_t x = at;
  for (int word = 0; word < 4; ++word) {  // unrolled, so that the words stay in registers
    for (int byte = 0; byte < 4; ++byte) {
      if (from + 4 * word + byte >= view.n) continue;
      const std::uint32_t value = x == 0 ? 0 : row[(x - 1) ^ swap];
      out.words[word] |= value << (8 * byte);
      if (++x != row_bytes) continue;
      x = 0;
      row += view.picture.row_stride;
    }
  }
  return out;
}

/// Calls use(i, byte i of the cell).
template <class Use>
SPECTROHUE_HD void for_cell_bytes(const Cell& cell, Use&& use) {
  for (int word = 0; word < 4; ++word) {
    for (int byte = 0; byte < 4; ++byte) use(4 * word + byte, static_cast<int>(cell.words[word] >> (8 * byte) & 255));
  }
}

/// Bit i: byte i of n repeats, that is, equals the one before it. is_first: of the stripe, nothing is before it.
SPECTROHUE_HD std::uint32_t repeats_of(const Cell& cell, bool is_first, int n) {
  std::uint32_t repeats = 0;
  std::uint32_t before = cell.before << 24;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t x = cell.words[i] ^ (cell.words[i] << 8 | before >> 24);
    before = cell.words[i];
    const std::uint32_t zeros = ~(((x & 0x7F7F7F7F) + 0x7F7F7F7F) | x | 0x7F7F7F7F);  // 0x80 in each
    repeats |= ((zeros >> 7) * 0x00204081 >> 21 & 15) << (4 * i);
  }
  if (is_first) repeats &= ~1U;
  return n < math::kCellBytes ? repeats & ((1U << n) - 1) : repeats;
}

SPECTROHUE_HD int bytes_of_cell(const StripeView& view, int cell) {
  const int left = view.n - cell * math::kCellBytes;
  return left < math::kCellBytes ? left : math::kCellBytes;
}

}  // namespace spectrohue::cuda
