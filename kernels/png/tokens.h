// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The tokens of a stripe: literals, and runs that cover a cell.
#pragma once

#include "kernels/block.h"
#include "kernels/png/cells.h"

namespace spectrohue::cuda {

inline constexpr std::uint32_t kWholeCell = 0xFFFF;

/// Which bytes repeat, for the whole stripe: in shared memory. Behind the last cell nothing does.
struct RepeatMap {
  std::uint16_t repeats[kStripeCells + 32];
  std::uint32_t whole[kStripeCells / 32 + 1];  ///< bit a cell

  SPECTROHUE_HD bool is_whole(int cell) const { return cell >= 0 && (whole[cell / 32] >> (cell % 32) & 1) != 0; }
  /// Repeats at the start and at the end of a cell that is not whole.
  SPECTROHUE_HD int head(int cell) const { return low_ones(repeats[cell]); }
  SPECTROHUE_HD int tail(int cell) const { return high_ones(std::uint32_t{repeats[cell]} << 16); }
  /// Where the run ends that goes on in the given whole cell.
  SPECTROHUE_HD int run_end(int cell) const {
    int word = cell / 32;
    std::uint32_t here = whole[word] | ((1U << (cell % 32)) - 1);
    while (here == ~0U) here = whole[++word];
    const int end = 32 * word + low_ones(here);
    return end * math::kCellBytes + head(end);
  }
  /// Where the first token starts at `byte` or behind it.
  SPECTROHUE_HD int token_at(int byte) const {
    const int cell = byte / math::kCellBytes;
    const int i = byte % math::kCellBytes;
    const int before = byte - 1;
    if (byte == 0 || (repeats[before / math::kCellBytes] >> (before % math::kCellBytes) & 1) == 0) return byte;
    if (is_whole(cell)) return run_end(cell);
    if (is_whole(cell - 1) && i < head(cell)) return cell * math::kCellBytes + head(cell);
    if (is_whole(cell + 1) && i >= math::kCellBytes - tail(cell)) return run_end(cell + 1);
    return byte;
  }
};
static_assert(kStripeCells % 32 == 0, "the bit behind the last cell is in a word of its own");

/// The step that completes the map.
template <class Block>
SPECTROHUE_HD void whole_cells(RepeatMap& map, int n_cells, Block&& block) {
  block.each([&](int thread) {
    for (int word = thread; word < kStripeCells / 32 + 1; word += kStripeThreads) {
      std::uint32_t bits = 0;
      for (int i = 0; i < 32; ++i) {
        const int cell = 32 * word + i;
        bits |= static_cast<std::uint32_t>(cell < n_cells && map.repeats[cell] == kWholeCell) << i;
      }
      map.whole[word] = bits;
    }
  });
}

/// Calls literal(byte of the stripe, value) and run(first byte, repeats, value) for the tokens that are a cell's, in
/// order: its literals, and the run whose first whole cell it is. n: bytes of the cell.
template <class Literal, class Run>
SPECTROHUE_HD void for_tokens(const RepeatMap& map, int cell, const Cell& bytes, int n, Literal&& literal, Run&& run) {
  const int first = cell * math::kCellBytes;
  if (map.is_whole(cell)) {
    if (map.is_whole(cell - 1)) return;
    const int start = first - map.tail(cell - 1);
    run(start, static_cast<std::uint32_t>(map.run_end(cell) - start), static_cast<int>(bytes.words[0] & 255));
    return;
  }
  const int from = map.is_whole(cell - 1) ? map.head(cell) : 0;
  const int to = map.is_whole(cell + 1) ? math::kCellBytes - map.tail(cell) : n;
  for_cell_bytes(bytes, [&](int i, int value) {
    if (i >= from && i < to) literal(first + i, value);
  });
}

}  // namespace spectrohue::cuda
