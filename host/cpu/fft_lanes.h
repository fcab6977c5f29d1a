// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage fft in SIMD lanes: W transforms side by side. The layout of a plan is in fft_plan.h.
// Compiled once an instruction set: see lane_kernels_impl.h.
#pragma once

#include "cpu/fft_plan.h"
#include "cpu/lanes.h"

// A butterfly has to stay in registers, which GCC does not see by itself; checked by the sanitizers, that would be 28
// MB of code.
#ifdef __SANITIZE_ADDRESS__
#define SPECTROHUE_INLINE
#else
#define SPECTROHUE_INLINE [[gnu::always_inline]]
#endif

namespace spectrohue::cpu {

template <int W>
struct FftLanes {
  using F = Floats<W>;

  /// The DFT of R complex numbers in place, forward. Backward is the same with the two arrays swapped.
  template <int R>
  SPECTROHUE_INLINE static inline void butterfly(F* re, F* im) {
    if constexpr (R == 2) {
      const F ar = re[0];
      const F ai = im[0];
      re[0] = ar + re[1];
      im[0] = ai + im[1];
      re[1] = ar - re[1];
      im[1] = ai - im[1];
    } else if constexpr (R == 4) {
      const F ar = re[0] + re[2];
      const F ai = im[0] + im[2];
      const F br = re[0] - re[2];
      const F bi = im[0] - im[2];
      const F cr = re[1] + re[3];
      const F ci = im[1] + im[3];
      const F dr = re[1] - re[3];
      const F di = im[1] - im[3];
      re[0] = ar + cr;
      im[0] = ai + ci;
      re[2] = ar - cr;
      im[2] = ai - ci;
      re[1] = br + di;
      im[1] = bi - dr;
      re[3] = br - di;
      im[3] = bi + dr;
    } else if constexpr (R == 8) {
      // The odd half is turned by 0, 45, 90 and 135 degrees.
      constexpr float kDiagonal = 0.70710678118654752440F;
      F even_re[4] = {re[0], re[2], re[4], re[6]};
      F even_im[4] = {im[0], im[2], im[4], im[6]};
      butterfly<4>(even_re, even_im);
      F odd_re[4] = {re[1], re[3], re[5], re[7]};
      F odd_im[4] = {im[1], im[3], im[5], im[7]};
      butterfly<4>(odd_re, odd_im);
      const F turned_re[4] = {odd_re[0], kDiagonal * (odd_im[1] + odd_re[1]), odd_im[2],
                              kDiagonal * (odd_im[3] - odd_re[3])};
      const F turned_im[4] = {odd_im[0], kDiagonal * (odd_im[1] - odd_re[1]), -odd_re[2],
                              -kDiagonal * (odd_im[3] + odd_re[3])};
      for (int q = 0; q < 4; ++q) {
        re[q] = even_re[q] + turned_re[q];
        im[q] = even_im[q] + turned_im[q];
        re[q + 4] = even_re[q] - turned_re[q];
        im[q + 4] = even_im[q] - turned_im[q];
      }
    } else {
      odd_butterfly<R>(re, im);
    }
  }

  /// Odd primes, by the symmetry of outputs q and R - q. kCos[m], kSin[m]: of 2 pi m / R.
  template <int R>
  struct Circle;

  template <int R>
  SPECTROHUE_INLINE static inline void odd_butterfly(F* re, F* im) {
    constexpr int kHalf = (R - 1) / 2;
    F sum_re[kHalf];
    F sum_im[kHalf];
    F dif_re[kHalf];
    F dif_im[kHalf];
    for (int j = 0; j < kHalf; ++j) {
      sum_re[j] = re[j + 1] + re[R - 1 - j];
      sum_im[j] = im[j + 1] + im[R - 1 - j];
      dif_re[j] = re[j + 1] - re[R - 1 - j];
      dif_im[j] = im[j + 1] - im[R - 1 - j];
    }
    const F re0 = re[0];
    const F im0 = im[0];
    for (int j = 0; j < kHalf; ++j) {
      re[0] = re[0] + sum_re[j];
      im[0] = im[0] + sum_im[j];
    }
    for (int q = 1; q <= kHalf; ++q) {
      F pr = re0;
      F pi = im0;
      F sr{};
      F si{};
      for (int j = 0; j < kHalf; ++j) {
        const int turn = q * (j + 1) % R;
        pr = pr + Circle<R>::kCos[turn] * sum_re[j];
        pi = pi + Circle<R>::kCos[turn] * sum_im[j];
        sr = sr + Circle<R>::kSin[turn] * dif_re[j];
        si = si + Circle<R>::kSin[turn] * dif_im[j];
      }
      re[q] = pr + si;
      im[q] = pi - sr;
      re[R - q] = pr - si;
      im[R - q] = pi + sr;
    }
  }

  enum class Way { Forward, Backward };

  /// Of sub-transforms that are finished pass by pass: three quarters of the smallest nearest cache there is, 32 KB.
  static constexpr std::int64_t kNearFloats = 6144;

  SPECTROHUE_INLINE static inline void turn(F& re, F& im, const float* twiddle) {
    const F c = twiddle[0];
    const F s = twiddle[1];
    const F x = re;
    re = x * c - im * s;
    im = x * s + im * c;
  }

  /// One butterfly in place, its numbers `step` floats apart; the twiddles come after it, backward before it.
  template <int R, Way D, bool Twiddled>
  SPECTROHUE_INLINE static inline void butterfly_at(float* z, std::int64_t step, const float* twiddles) {
    F x[2][R];
    F* const re = x[D == Way::Backward];
    F* const im = x[D == Way::Forward];
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      x[0][q] = F::load(z + q * step);
      x[1][q] = F::load(z + q * step + W);
      if (Twiddled && D == Way::Backward && q > 0) turn(re[q], im[q], twiddles + 2 * q - 2);
    }
    butterfly<R>(re, im);
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      if (Twiddled && D == Way::Forward && q > 0) turn(re[q], im[q], twiddles + 2 * q - 2);
      x[0][q].store(z + q * step);
      x[1][q].store(z + q * step + W);
    }
  }

  /// The same pass of n_blocks neighbouring sub-transforms. The twiddles of the first butterfly of each are 1.
  template <int R, Way D>
  static void run_pass(const FftPass& pass, float* z, int n_blocks) {
    const std::int64_t step = static_cast<std::int64_t>(pass.stride) * 2 * W;
    for (const float* end = z + n_blocks * R * step; z != end; z += R * step) {
      butterfly_at<R, D, false>(z, step, nullptr);
      for (int j = 1; j < pass.stride; ++j) {
        butterfly_at<R, D, true>(z + j * 2 * W, step, pass.twiddles + j * 2 * (R - 1));
      }
    }
  }
  template <Way D>
  static void run_pass(const FftPass& pass, float* z, int n_blocks) {
    switch (pass.radix) {
      case 2: return run_pass<2, D>(pass, z, n_blocks);
      case 3: return run_pass<3, D>(pass, z, n_blocks);
      case 4: return run_pass<4, D>(pass, z, n_blocks);
      case 5: return run_pass<5, D>(pass, z, n_blocks);
      case 7: return run_pass<7, D>(pass, z, n_blocks);
      default: return run_pass<8, D>(pass, z, n_blocks);
    }
  }

  /// The passes from `level` on, but the last, of one sub-transform. Depth first until it fits the nearest cache, then
  /// pass by pass.
  template <Way D>
  static void transform(const FftTables& fft, float* z, int level) {
    const int last = fft.n_passes - 1;
    if (level == last) return;
    const FftPass& pass = fft.passes[level];
    const std::int64_t part = static_cast<std::int64_t>(pass.stride) * 2 * W;
    if (pass.radix * part <= kNearFloats) {
      const int size = pass.radix * pass.stride;
      for (int i = level; i < last; ++i) {
        const FftPass& next = fft.passes[D == Way::Forward ? i : last - 1 - (i - level)];
        run_pass<D>(next, z, size / (next.radix * next.stride));
      }
      return;
    }
    if (D == Way::Forward) run_pass<D>(pass, z, 1);
    for (int q = 0; q < pass.radix; ++q) transform<D>(fft, z + q * part, level + 1);
    if (D == Way::Backward) run_pass<D>(pass, z, 1);
  }

  // Without the pass next to the bins, which for_each_bins and its like do.
  static void forward(const FftTables& fft, float* z) { transform<Way::Forward>(fft, z, 0); }
  static void backward(const FftTables& fft, float* z) { transform<Way::Backward>(fft, z, 0); }

  // ------------------------------------------------------------------------------------------- bins

  /// Hands all bins to use(Bins), some at a time, after forward(). `z` is of no use then.
  template <class Use>
  static void for_each_bins(const FftTables& fft, float* z, Use&& use) {
    walk_bins<true, false>(fft, z, use);
  }
  /// The reverse: use(Bins) is told their indices and sets their values. Leaves `z` ready for backward().
  template <class Use>
  static void from_bins(const FftTables& fft, float* z, Use&& use) {
    walk_bins<false, true>(fft, z, use);
  }
  /// Both in one: use(Bins) changes the values in place.
  template <class Use>
  static void change_bins(const FftTables& fft, float* z, Use&& use) {
    walk_bins<true, true>(fft, z, use);
  }

 private:
  /// A place in the work memory: complex bin k of the half-size transform.
  static float* at(const FftTables& fft, float* z, int k) {
    return z + static_cast<std::int64_t>(fft.place[k]) * 2 * W;
  }
  SPECTROHUE_INLINE static inline void put(float* p, F re, F im) {
    re.store(p);
    im.store(p + W);
  }
  static void add(Bins<W>& x, int k, F re, F im) {
    x.index[x.n] = k;
    x.re[x.n] = re;
    x.im[x.n++] = im;
  }

  template <bool In, bool Out, class Use>
  static void walk_bins(const FftTables& fft, float* z, Use&& use) {
    switch (fft.passes[fft.n_passes - 1].radix) {  // never 2: n_fft is at least 16, and two twos are a 4
      case 3: return walk_bins<3, In, Out>(fft, z, use);
      case 4: return walk_bins<4, In, Out>(fft, z, use);
      case 5: return walk_bins<5, In, Out>(fft, z, use);
      case 7: return walk_bins<7, In, Out>(fft, z, use);
      default: return walk_bins<8, In, Out>(fft, z, use);
    }
  }
  template <int R, bool In, bool Out, class Use>
  static void walk_bins(const FftTables& fft, float* z, Use&& use) {
    const int n_groups = fft.complex / R;
    if (fft.n % 2 != 0) {
      const FftPass& last = fft.passes[fft.n_passes - 1];
      if (In) run_pass<R, Way::Forward>(last, z, n_groups);
      walk_odd_bins<Out>(fft, z, use);
      if (Out) run_pass<R, Way::Backward>(last, z, n_groups);
      return;
    }
    const auto own_mirror = [&](int k) {
      Bins<W> x{};
      split_own_mirror<R, In>(fft, k, at(fft, z, k), x);
      use(x);
      if (Out) merge_own_mirror<R>(fft, k, at(fft, z, k), x);
    };
    // A butterfly of the last pass leaves bins k, k + n_groups, k + 2 n_groups ... as neighbours. They are mirror
    // images of those that butterfly n_groups - k leaves.
    own_mirror(0);
    for (int k = 1; 2 * k < n_groups; ++k) {
      float* const a = at(fft, z, k);
      float* const b = at(fft, z, n_groups - k);
      Bins<W> x;
      split_groups<R, In>(fft, k, a, b, x);
      use(x);
      if (Out) merge_groups<R>(fft, k, a, b, x);
    }
    if (n_groups % 2 == 0) own_mirror(n_groups / 2);
  }

  /// Complex bins p and q, mirror images, to the bins of the real spectrum.
  SPECTROHUE_INLINE static inline void split(const float* twiddle, F& pr, F& pi, F& qr, F& qi) {
    const F er = 0.5F * (pr + qr);
    const F ei = 0.5F * (pi - qi);
    F tr = 0.5F * (pi + qi);
    F ti = 0.5F * (qr - pr);
    turn(tr, ti, twiddle);
    pr = er + tr;
    pi = ei + ti;
    qr = er - tr;
    qi = ti - ei;
  }
  /// The reverse, times two.
  SPECTROHUE_INLINE static inline void merge(const float* twiddle, F& pr, F& pi, F& qr, F& qi) {
    const F er = pr + qr;
    const F ei = pi - qi;
    F dr = pr - qr;
    F di = pi + qi;
    turn(di, dr, twiddle);  // backward
    pr = er - di;
    pi = ei + dr;
    qr = er + di;
    qi = dr - ei;
  }

  template <int R>
  SPECTROHUE_INLINE static inline void load_group(const float* z, F* re, F* im) {
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      re[q] = F::load(z + q * 2 * W);
      im[q] = F::load(z + q * 2 * W + W);
    }
    butterfly<R>(re, im);
  }
  template <int R>
  SPECTROHUE_INLINE static inline void store_group(float* z, F* re, F* im) {
    butterfly<R>(im, re);
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) put(z + q * 2 * W, re[q], im[q]);
  }

  /// The last pass of groups k and n_groups - k, and their bins.
  template <int R, bool In>
  SPECTROHUE_INLINE static inline void split_groups(const FftTables& fft, int k, const float* a, const float* b,
                                                    Bins<W>& x) {
    const int n_groups = fft.complex / R;
    x.n = 2 * R;
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      x.index[q] = k + q * n_groups;
      x.index[2 * R - 1 - q] = fft.complex - x.index[q];
    }
    if (!In) return;
    load_group<R>(a, x.re, x.im);
    load_group<R>(b, x.re + R, x.im + R);
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      const int r = 2 * R - 1 - q;
      split(fft.split + 2 * (k + q * n_groups), x.re[q], x.im[q], x.re[r], x.im[r]);
    }
  }
  template <int R>
  SPECTROHUE_INLINE static inline void merge_groups(const FftTables& fft, int k, float* a, float* b, Bins<W>& x) {
    const int n_groups = fft.complex / R;
#pragma GCC unroll 8
    for (int q = 0; q < R; ++q) {
      const int r = 2 * R - 1 - q;
      merge(fft.split + 2 * (k + q * n_groups), x.re[q], x.im[q], x.re[r], x.im[r]);
    }
    store_group<R>(a, x.re, x.im);
    store_group<R>(b, x.re + R, x.im + R);
  }

  /// The same of a group that holds its own mirror images: group 0, and the one in the middle.
  template <int R, bool In>
  static void split_own_mirror(const FftTables& fft, int k, const float* a, Bins<W>& x) {
    F re[R];
    F im[R];
    if (In) load_group<R>(a, re, im);
    x.n = 0;
    if (k == 0) {
      add(x, 0, re[0] + im[0], F{});
      add(x, fft.complex, re[0] - im[0], F{});
    }
    for_each_pair<R>(fft, k, [&](int bin, int p, int q) {
      if (In) split(fft.split + 2 * bin, re[p], im[p], re[q], im[q]);
      add(x, bin, re[p], im[p]);
      if (p != q) add(x, fft.complex - bin, re[q], im[q]);
    });
  }
  template <int R>
  static void merge_own_mirror(const FftTables& fft, int k, float* a, const Bins<W>& x) {
    F re[R];
    F im[R];
    int i = 0;
    if (k == 0) {
      re[0] = x.re[0] + x.re[1];
      im[0] = x.re[0] - x.re[1];
      i = 2;
    }
    for_each_pair<R>(fft, k, [&](int bin, int p, int q) {
      re[p] = x.re[i];
      im[p] = x.im[i++];
      if (p != q) {
        re[q] = x.re[i];
        im[q] = x.im[i++];
      }
      merge(fft.split + 2 * bin, re[p], im[p], re[q], im[q]);
    });
    store_group<R>(a, re, im);
  }
  /// Calls use(bin, p, q): the numbers p and q of the group are bin and its mirror image. In the middle they are one,
  /// and what split and merge say of the two is the same.
  template <int R, class Use>
  static void for_each_pair(const FftTables& fft, int k, Use&& use) {
    const int sum = k == 0 ? R : R - 1;
    for (int p = sum + 1 - R; 2 * p <= sum; ++p) use(k + p * (fft.complex / R), p, sum - p);
  }

  // Inline: GCC 12 at -O3 makes a copy of it for those that add up what they see (IPA constant propagation, SSE2 and
  // AVX2) that adds nothing.
  template <bool Out, class Use>
  SPECTROHUE_INLINE static inline void walk_odd_bins(const FftTables& fft, float* z, Use&& use) {
    for (int k = 0; k <= fft.n / 2;) {
      Bins<W> x{};
      for (x.n = 0; x.n < Bins<W>::kMost && k <= fft.n / 2; ++k) {
        const float* p = at(fft, z, k);
        add(x, k, F::load(p), k == 0 ? F{} : F::load(p + W));
      }
      use(x);
      for (int i = 0; Out && i < x.n; ++i) {
        put(at(fft, z, x.index[i]), x.re[i], x.im[i]);
        if (x.index[i] > 0) put(at(fft, z, fft.n - x.index[i]), x.re[i], -x.im[i]);
      }
    }
  }
};

template <int W>
template <int R>
struct FftLanes<W>::Circle {
  static_assert(R == 3 || R == 5 || R == 7);
  // cos and sin of 2 pi m / R, m = 0 .. R - 1
  static constexpr double kCosTable[3][7] = {
      {1, -0.5, -0.5},
      {1, 0.30901699437494742410, -0.80901699437494742410, -0.80901699437494742410, 0.30901699437494742410},
      {1, 0.62348980185873353053, -0.22252093395631440429, -0.90096886790241912624, -0.90096886790241912624,
       -0.22252093395631440429, 0.62348980185873353053}};
  static constexpr double kSinTable[3][7] = {
      {0, 0.86602540378443864676, -0.86602540378443864676},
      {0, 0.95105651629515357212, 0.58778525229247312917, -0.58778525229247312917, -0.95105651629515357212},
      {0, 0.78183148246802980871, 0.97492791218182360702, 0.43388373911755812048, -0.43388373911755812048,
       -0.97492791218182360702, -0.78183148246802980871}};
  struct Row {
    float v[7];
    constexpr float operator[](int m) const { return v[m]; }
  };
  static constexpr Row row(const double (&t)[7]) {
    Row r{};
    for (int m = 0; m < R; ++m) r.v[m] = static_cast<float>(t[m]);
    return r;
  }
  static constexpr Row kCos = row(kCosTable[(R - 3) / 2]);
  static constexpr Row kSin = row(kSinTable[(R - 3) / 2]);
};

}  // namespace spectrohue::cpu
