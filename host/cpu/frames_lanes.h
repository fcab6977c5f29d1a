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

  /// Frames of a segment: lane l begins hop samples behind lane l - 1.
  struct Segment {
    const float* first;
    std::int64_t hop;
    const float* operator[](int lane) const { return first + lane * hop; }
  };

  /// math::rotated swaps the halves of a frame; within each, samples stay neighbours. Sample i of a half stands at
  /// complex or real number i + shift of the FFT's input, `spread` floats apart (odd sizes: a complex number each).
  struct Half {
    int first;
    int last;
    std::int64_t shift;
    int spread;
    std::int64_t spot(int i) const { return (i + shift) * spread; }
  };
  template <class Use>
  static void for_each_half(int n, Use&& use) {
    const int spread = n % 2 == 0 ? W : 2 * W;
    const int centre = n / 2;
    use(Half{0, centre, math::rotated(0, n), spread});
    use(Half{centre, n, math::rotated(centre, n) - centre, spread});
  }

  /// Calls put(i, x) for every sample i of a half of W frames; rows[l] is where lane l's frame begins.
  template <class Rows, class Put>
  static void for_each_sample(const Rows& rows, const Half& half, Put&& put) {
    int i = half.first;
    for (; i + W <= half.last; i += W) {
      F block[W];
      for (int l = 0; l < W; ++l) block[l] = F::load(rows[l] + i);
      transpose_registers(block);
      for (int l = 0; l < W; ++l) put(i + l, block[l]);
    }
    for (; i < half.last; ++i) {
      F x;
      for (int l = 0; l < W; ++l) x.v[l] = rows[l][i];
      put(i, x);
    }
  }

  static void clear_imaginary_parts(int n, float* z) {
    for (int i = 0; n % 2 != 0 && i < n; ++i) F{}.store(z + static_cast<std::int64_t>(i) * 2 * W + W);
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

  /// Windows frames and rotates them (math::rotated) into the FFT's input.
  template <class Rows>
  static void load_frames(const TileTables& t, const Rows& rows, float* z) {
    for_each_half(t.fft.n, [&](const Half& half) {
      for_each_sample(rows, half, [&](int i, F x) { (x * t.window[i]).store(z + half.spot(i)); });
    });
    clear_imaginary_parts(t.fft.n, z);
  }

  /// The reverse, with the synthesis window: frames [W][n].
  static void store_frames(const TileTables& t, const float* z, float* frames) {
    const std::int64_t n = t.fft.n;
    for_each_half(t.fft.n, [&](const Half& half) {
      const auto get = [&](int i) { return F::load(z + half.spot(i)) * t.synthesis_window[i]; };
      int i = half.first;
      for (; i + W <= half.last; i += W) {
        F block[W];
        for (int l = 0; l < W; ++l) block[l] = get(i + l);
        transpose_registers(block);
        for (int l = 0; l < W; ++l) block[l].store(frames + l * n + i);
      }
      for (; i < half.last; ++i) {
        const F x = get(i);
        for (int l = 0; l < W; ++l) frames[l * n + i] = x.v[l];
      }
    });
  }
};

}  // namespace spectrohue::cpu
