// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernels whose threads work together: what a block does is one function over a Block, which has
//   each(step)   step(thread) for every thread of the block, then a barrier
// On the device a Block is one thread of it; in a test, a loop over all of them. Nothing may depend on the order of
// threads within a step. What lives from one step to the next is in shared memory, or the same for all threads. Outside
// of each() only such shared memory may be read as the next step does not change.
#pragma once

#include <cstdint>

#include "math/hd.h"

namespace spectrohue::cuda {

/// The Block of kernels.
struct BlockThread {
  int thread;

  template <class Step>
  SPECTROHUE_HD void each(Step&& step) const {
    step(thread);
#ifdef __CUDA_ARCH__
    __syncthreads();
#endif
  }
};

// Into shared memory; integers, so that the order does not matter.

SPECTROHUE_HD void add_shared(std::uint32_t& to, std::uint32_t value) {
#ifdef __CUDA_ARCH__
  atomicAdd(&to, value);
#else
  to += value;
#endif
}
SPECTROHUE_HD void or_shared(std::uint32_t& to, std::uint32_t value) {
#ifdef __CUDA_ARCH__
  atomicOr(&to, value);
#else
  to |= value;
#endif
}
SPECTROHUE_HD void xor_shared(std::uint32_t& to, std::uint32_t value) {
#ifdef __CUDA_ARCH__
  atomicXor(&to, value);
#else
  to ^= value;
#endif
}

/// 32-bit words of a struct, by all threads.
template <class T>
SPECTROHUE_HD void copy_words(T& to, const T& from, int thread, int threads) {
  auto* const out = reinterpret_cast<std::uint32_t*>(&to);
  const auto* const in = reinterpret_cast<const std::uint32_t*>(&from);
  for (int i = thread; i < static_cast<int>(sizeof(T) / 4); i += threads) out[i] = in[i];
}

/// How many low bits are set before the first that is not.
SPECTROHUE_HD int low_ones(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  return bits == ~0U ? 32 : __ffs(static_cast<int>(~bits)) - 1;
#else
  return bits == ~0U ? 32 : __builtin_ctz(~bits);
#endif
}
/// The same of the high ones.
SPECTROHUE_HD int high_ones(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __clz(static_cast<int>(~bits));
#else
  return bits == ~0U ? 32 : __builtin_clz(~bits);
#endif
}

}  // namespace spectrohue::cuda
