// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stages frames and overlap_add in SIMD lanes: between signals, where a frame is contiguous, and the FFT, where W
// frames stand side by side. Compiled once an instruction set: see lane_kernels_impl.h.
#pragma once

#include "cpu/lane_kernels.h"
#include "cpu/lanes.h"
#include "math/frames.h"

namespace spectrohue::cpu {

template <int W>
struct FramesLanes {
  using F = Floats<W>;

  /// W x W floats: out[i] lane l = rows[l][i], where row l starts at p + l * stride.
  static void transpose(const float* p, std::int64_t stride, F* out) {
    F a[W];
    for (int l = 0; l < W; ++l) a[l] = F::load(p + l * stride);
    for (int l = 0; l < W; ++l) out[l] = a[l];
    transpose_registers(out);
  }

  /// log2(W) rounds of interleaving blocks of d lanes between rows d apart.
  static void transpose_registers(F* a) {
    transpose_round<1>(a);
    transpose_round<2>(a);
    if constexpr (W >= 8) transpose_round<4>(a);
    if constexpr (W >= 16) transpose_round<8>(a);
  }
  template <int D>
  static void transpose_round(F* a) {
    for (int i = 0; i < W; ++i) {
      if (i & D) continue;
      const typename F::Vector x = a[i].v;
      const typename F::Vector y = a[i + D].v;
      a[i].v = interleave<D>(x, y, std::make_integer_sequence<int, W>());
      a[i + D].v = interleave_high<D>(x, y, std::make_integer_sequence<int, W>());
    }
  }
  template <int D, int... L>
  static typename F::Vector interleave(typename F::Vector x, typename F::Vector y, std::integer_sequence<int, L...>) {
    return __builtin_shufflevector(x, y, ((L & D) ? W + L - D : L)...);
  }
  template <int D, int... L>
  static typename F::Vector interleave_high(typename F::Vector x, typename F::Vector y,
                                            std::integer_sequence<int, L...>) {
    return __builtin_shufflevector(x, y, ((L & D) ? W + L : L + D)...);
  }

  /// Windows the frames of a segment and rotates them (math::rotated) into the FFT's input.
  static void load_frames(const TileTables& t, const float* segment, float* z) {
    const int n = t.fft.n;
    const int spread = n % 2 == 0 ? W : 2 * W;  // odd sizes: every sample is a complex number of its own
    const auto put = [&](int i, F x) {
      (x * t.window[i]).store(z + static_cast<std::int64_t>(math::rotated(i, n)) * spread);
    };
    int i = 0;
    for (; i + W <= n; i += W) {
      F block[W];
      transpose(segment + i, t.hop, block);
      for (int l = 0; l < W; ++l) put(i + l, block[l]);
    }
    for (; i < n; ++i) {
      F x;
      for (int l = 0; l < W; ++l) x.v[l] = segment[static_cast<std::int64_t>(l) * t.hop + i];
      put(i, x);
    }
    if (n % 2 != 0) {
      for (i = 0; i < n; ++i) F{}.store(z + static_cast<std::int64_t>(i) * spread + W);
    }
  }

  /// The reverse, with the synthesis window: frames [W][n].
  static void store_frames(const TileTables& t, const float* z, float* frames) {
    const int n = t.fft.n;
    const int spread = n % 2 == 0 ? W : 2 * W;
    const auto get = [&](int i) {
      return F::load(z + static_cast<std::int64_t>(math::rotated(i, n)) * spread) * t.synthesis_window[i];
    };
    int i = 0;
    for (; i + W <= n; i += W) {
      F block[W];
      for (int l = 0; l < W; ++l) block[l] = get(i + l);
      transpose_registers(block);
      for (int l = 0; l < W; ++l) block[l].store(frames + static_cast<std::int64_t>(l) * n + i);
    }
    for (; i < n; ++i) {
      const F x = get(i);
      for (int l = 0; l < W; ++l) frames[static_cast<std::int64_t>(l) * n + i] = x.v[l];
    }
  }
};

}  // namespace spectrohue::cpu
