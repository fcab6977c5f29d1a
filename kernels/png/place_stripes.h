// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: where each chunk goes. One block.
#pragma once

#include "kernels/block.h"
#include "kernels/png/stripes.h"

namespace spectrohue::cuda {

struct PlaceStripesArgs {
  std::int64_t n_stripes = 0;
  const math::StripeChunk* chunks = nullptr;  ///< [n_stripes]
  std::int64_t* places = nullptr;             ///< [n_stripes]
};

inline constexpr int kPlaceThreads = 1024;

inline LaunchShape place_stripes_launch(const PlaceStripesArgs&) { return {{1}, {kPlaceThreads}}; }

struct PlaceStripesShared {
  std::int64_t sums[kPlaceThreads];
  std::int64_t group_sums[kPlaceThreads / 32];
};

/// An exclusive sum. Each thread has stripes of its own, one after another.
template <class Block>
SPECTROHUE_HD void place_stripes(const PlaceStripesArgs& a, PlaceStripesShared& shared, Block&& block) {
  const std::int64_t own = ceil_div(a.n_stripes, kPlaceThreads);
  const auto end_of = [&](int thread) {
    const std::int64_t end = (thread + 1) * own;
    return end < a.n_stripes ? end : a.n_stripes;
  };
  block.each([&](int thread) {
    std::int64_t sum = 0;
    for (std::int64_t i = thread * own; i < end_of(thread); ++i) sum += a.chunks[i].chunk_bytes;
    shared.sums[thread] = sum;
  });
  block.each([&](int thread) {
    if (thread >= kPlaceThreads / 32) return;
    std::int64_t sum = 0;
    for (int i = 32 * thread; i < 32 * thread + 32; ++i) {
      const std::int64_t here = shared.sums[i];
      shared.sums[i] = sum;
      sum += here;
    }
    shared.group_sums[thread] = sum;
  });
  block.each([&](int thread) {
    std::int64_t place = shared.sums[thread];
    for (int group = 0; group < thread / 32; ++group) place += shared.group_sums[group];
    for (std::int64_t i = thread * own; i < end_of(thread); ++i) {
      a.places[i] = place;
      place += a.chunks[i].chunk_bytes;
    }
  });
}

}  // namespace spectrohue::cuda
