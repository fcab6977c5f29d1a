// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Grids and blocks without CUDA's types, so that the host can walk through a kernel's threads in a test.
#pragma once

#include <cstdint>

#include "math/hd.h"

namespace spectrohue::cuda {

struct Extent {
  unsigned x = 1;
  unsigned y = 1;
};

struct LaunchShape {
  Extent grid;
  Extent block;
};

/// Who a thread is: what CUDA calls blockIdx and threadIdx.
struct ThreadIndex {
  Extent block;
  Extent thread;
};

SPECTROHUE_HD std::int64_t ceil_div(std::int64_t n, std::int64_t by) { return (n + by - 1) / by; }

/// Threads of a block that walks over n things: whole warps, no more than 256.
inline unsigned block_threads(std::int64_t n) {
  constexpr std::int64_t kWarp = 32;
  constexpr std::int64_t kMost = 256;
  const std::int64_t threads = ceil_div(n, kWarp) * kWarp;
  return static_cast<unsigned>(threads < kWarp ? kWarp : threads > kMost ? kMost : threads);
}

/// Grid x = rows, y = stretches of n things of each.
inline LaunchShape rows_launch(std::int64_t n_rows, std::int64_t n) {
  const unsigned threads = block_threads(n);
  return {{static_cast<unsigned>(n_rows), static_cast<unsigned>(ceil_div(n, threads))}, {threads}};
}
/// Which of its row's n things is a thread's; n or more if none is.
SPECTROHUE_HD std::int64_t row_index(const ThreadIndex& at, unsigned threads) {
  return static_cast<std::int64_t>(at.block.y) * threads + at.thread.x;
}

}  // namespace spectrohue::cuda
