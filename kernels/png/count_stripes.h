// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: the tokens of each quarter of a stripe, and Adler-32. One block a stripe.
#pragma once

#include "kernels/block.h"
#include "kernels/png/tokens.h"

namespace spectrohue::cuda {

/// Tokens that start in each quarter of a stripe.
struct StripeCounts {
  std::uint32_t symbols[math::kParts][math::kMaxSymbols];
  std::uint32_t match_bits[math::kParts];
  std::uint32_t adler;
  std::uint32_t is_zeros;  ///< and whole: nothing else is written then
};

struct CountStripesArgs {
  StripeBatch batch;
  StripeCounts* counts = nullptr;  ///< [n_stripes]
};

inline LaunchShape count_stripes_launch(const CountStripesArgs& a) { return stripes_launch(a.batch, kStripeThreads); }

/// Several counters of a symbol, because neighbours often are equal; the odd distance puts them into different banks.
inline constexpr int kCountCopies = 4;
struct CountStripeShared {
  RepeatMap map;
  std::uint32_t counts[kCountCopies][math::kParts][math::kMaxSymbols + 1];
  std::uint32_t match_bits[math::kParts];
  std::uint32_t adler_low;   ///< sum of the bytes
  std::uint32_t adler_high;  ///< sum of what is left of each thread's
};

template <class Block>
SPECTROHUE_HD void count_stripe(const CountStripesArgs& a, std::int64_t stripe, CountStripeShared& shared,
                                Block&& block) {
  const StripeView view = view_stripe(a.batch, stripe);
  StripeCounts& out = a.counts[stripe];
  block.each([&](int thread) {
    std::uint32_t* const counts = &shared.counts[0][0][0];
    for (int i = thread; i < static_cast<int>(sizeof shared.counts / 4); i += kStripeThreads) counts[i] = 0;
    if (thread < math::kParts) shared.match_bits[thread] = 0;
    if (thread == 0) shared.adler_low = shared.adler_high = 0;
  });
  block.each([&](int thread) {
    std::uint32_t low = 0;
    std::uint64_t high = 0;
    for (int cell = thread; cell < view.n_cells + 1; cell += kStripeThreads) {
      if (cell == view.n_cells) {
        shared.map.repeats[cell] = 0;
        break;
      }
      const Cell bytes = load_cell(view, cell);
      shared.map.repeats[cell] = static_cast<std::uint16_t>(repeats_of(bytes, cell == 0, bytes_of_cell(view, cell)));
      std::uint32_t sum = 0;
      std::uint32_t weighted = 0;
      for_cell_bytes(bytes, [&](int i, int value) {
        sum += static_cast<std::uint32_t>(value);
        weighted += static_cast<std::uint32_t>(i * value);
      });
      low += sum;
      high += std::uint64_t{sum} * static_cast<std::uint32_t>(view.n - cell * math::kCellBytes) - weighted;
    }
    add_shared(shared.adler_low, low);
    add_shared(shared.adler_high, static_cast<std::uint32_t>(high % math::kAdlerModulus));
  });
  whole_cells(shared.map, view.n_cells, block);

  const bool is_zeros = view.n == math::kStripeBytes && shared.adler_low == 0;
  if (!is_zeros) {
    block.each([&](int thread) {
      auto& counts = shared.counts[thread % kCountCopies];
      for (int cell = thread; cell < view.n_cells; cell += kStripeThreads) {
        const Cell bytes = load_cell(view, cell);
        for_tokens(
            shared.map, cell, bytes, bytes_of_cell(view, cell),
            [&](int at, int value) { add_shared(counts[at / math::kPartBytes][value], 1); },
            [&](int at, std::uint32_t repeats, int value) {
              const int part = at / math::kPartBytes;
              const math::RunTokens run = math::run_tokens(repeats);
              if (run.whole != 0) add_shared(counts[part][math::kMaxMatchSymbol], run.whole);
              if (run.last.symbol != 0) add_shared(counts[part][run.last.symbol], 1);
              if (run.literals != 0) add_shared(counts[part][value], run.literals);
              add_shared(shared.match_bits[part], run.match_bits());
            });
      }
    });
  }
  block.each([&](int thread) {
    if (thread == 0) {
      const std::uint32_t low = (1 + shared.adler_low) % math::kAdlerModulus;
      const std::uint32_t high = (static_cast<std::uint32_t>(view.n) + shared.adler_high) % math::kAdlerModulus;
      out.adler = high << 16 | low;
      out.is_zeros = is_zeros ? 1 : 0;
    }
    if (is_zeros) return;
    if (thread < math::kParts) out.match_bits[thread] = shared.match_bits[thread];
    for (int i = thread; i < math::kParts * math::kMaxSymbols; i += kStripeThreads) {
      const int part = i / math::kMaxSymbols;
      const int symbol = i % math::kMaxSymbols;
      std::uint32_t sum = 0;
      for (int copy = 0; copy < kCountCopies; ++copy) sum += shared.counts[copy][part][symbol];
      out.symbols[part][symbol] = sum;
    }
  });
}

}  // namespace spectrohue::cuda
