// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage fft in SIMD lanes: W transforms side by side. The layout of a plan is in fft_plan.h.
// Compiled once an instruction set: see lane_kernels_impl.h.
#pragma once

#include "cpu/fft_plan.h"
#include "cpu/lanes.h"

namespace spectrohue::cpu {

template <int W>
struct FftLanes {
  using F = Floats<W>;

  /// The DFT of R complex numbers in place, forward. Backward is the same with the two arrays swapped.
  template <int R>
  static void butterfly(F* re, F* im) {
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
  static void odd_butterfly(F* re, F* im) {
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

  static void turn(F& re, F& im, const float* twiddle) {
    const F c = twiddle[0];
    const F s = twiddle[1];
    const F x = re;
    re = x * c - im * s;
    im = x * s + im * c;
  }

  /// One butterfly in place, its numbers `step` floats apart; the twiddles come after it, backward before it.
  template <int R, Way D, bool Twiddled>
  static void butterfly_at(float* z, std::int64_t step, const float* twiddles) {
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

  /// The passes from `level` on of one sub-transform. Depth first until it fits the nearest cache, then pass by pass.
  template <Way D>
  static void transform(const FftTables& fft, float* z, int level) {
    if (level == fft.n_passes) return;
    const FftPass& pass = fft.passes[level];
    const std::int64_t part = static_cast<std::int64_t>(pass.stride) * 2 * W;
    if (pass.radix * part <= kNearFloats) {
      const int size = pass.radix * pass.stride;
      for (int i = 0; i < fft.n_passes - level; ++i) {
        const FftPass& next = fft.passes[D == Way::Forward ? level + i : fft.n_passes - 1 - i];
        run_pass<D>(next, z, size / (next.radix * next.stride));
      }
      return;
    }
    if (D == Way::Forward) run_pass<D>(pass, z, 1);
    for (int q = 0; q < pass.radix; ++q) transform<D>(fft, z + q * part, level + 1);
    if (D == Way::Backward) run_pass<D>(pass, z, 1);
  }

  static void forward(const FftTables& fft, float* z) { transform<Way::Forward>(fft, z, 0); }
  static void backward(const FftTables& fft, float* z) { transform<Way::Backward>(fft, z, 0); }

  // ------------------------------------------------------------------------------------------- bins

  /// A place in the work memory: complex bin k of the half-size transform.
  static float* at(const FftTables& fft, float* z, int k) {
    return z + static_cast<std::int64_t>(fft.place[k]) * 2 * W;
  }
  static const float* at(const FftTables& fft, const float* z, int k) {
    return z + static_cast<std::int64_t>(fft.place[k]) * 2 * W;
  }

  /// Bins k and complex - k of the real spectrum from the two places of the half-size transform (even n).
  struct Pair {
    F ar, ai, br, bi;
  };
  static Pair split(const FftTables& fft, const float* z, int k) {
    const float* p = at(fft, z, k);
    const float* q = at(fft, z, fft.complex - k);
    const F pr = F::load(p);
    const F pi = F::load(p + W);
    const F qr = F::load(q);
    const F qi = F::load(q + W);
    const F er = 0.5F * (pr + qr);
    const F ei = 0.5F * (pi - qi);
    const F dr = 0.5F * (pi + qi);
    const F di = 0.5F * (qr - pr);
    const F c = fft.split[2 * k];
    const F s = fft.split[2 * k + 1];
    const F tr = dr * c - di * s;
    const F ti = dr * s + di * c;
    return {er + tr, ei + ti, er - tr, ti - ei};
  }
  /// The reverse, times two.
  static void merge(const FftTables& fft, float* z, int k, const Pair& x) {
    const F er = x.ar + x.br;
    const F ei = x.ai - x.bi;
    const F tr = x.ar - x.br;
    const F ti = x.ai + x.bi;
    const F c = fft.split[2 * k];
    const F s = fft.split[2 * k + 1];
    const F dr = tr * c + ti * s;
    const F di = ti * c - tr * s;
    put(fft, z, k, er - di, ei + dr);
    if (k != fft.complex - k) put(fft, z, fft.complex - k, er + di, dr - ei);
  }
  static void put(const FftTables& fft, float* z, int k, F re, F im) {
    re.store(at(fft, z, k));
    im.store(at(fft, z, k) + W);
  }

  /// Hands every bin to sink(bin, re, im), from the transformed work memory.
  template <class Sink>
  static void for_each_bin(const FftTables& fft, const float* z, Sink&& sink) {
    const int nc = fft.complex;
    const F re0 = F::load(at(fft, z, 0));
    if (fft.n % 2 != 0) {
      sink(0, re0, F{});
      for (int k = 1; k <= nc / 2; ++k) sink(k, F::load(at(fft, z, k)), F::load(at(fft, z, k) + W));
      return;
    }
    const F im0 = F::load(at(fft, z, 0) + W);
    sink(0, re0 + im0, F{});
    sink(nc, re0 - im0, F{});
    for (int k = 1; k <= nc / 2; ++k) {
      const Pair x = split(fft, z, k);
      sink(k, x.ar, x.ai);
      if (k != nc - k) sink(nc - k, x.br, x.bi);
    }
  }

  /// The reverse: asks source(bin, re, im) for every bin and leaves the work memory ready for backward().
  template <class Source>
  static void from_bins(const FftTables& fft, float* z, Source&& source) {
    const int nc = fft.complex;
    Pair x;
    source(0, x.ar, x.ai);
    if (fft.n % 2 != 0) {
      put(fft, z, 0, x.ar, F{});
      for (int k = 1; k <= nc / 2; ++k) {
        source(k, x.ar, x.ai);
        put_mirrored(fft, z, k, x.ar, x.ai);
      }
      return;
    }
    source(nc, x.br, x.bi);
    put(fft, z, 0, x.ar + x.br, x.ar - x.br);
    for (int k = 1; k <= nc / 2; ++k) {
      source(k, x.ar, x.ai);
      if (k == nc - k) {
        x.br = x.ar;
        x.bi = x.ai;
      } else {
        source(nc - k, x.br, x.bi);
      }
      merge(fft, z, k, x);
    }
  }

  /// Both in one: lets change(bin, re, im) replace every bin in place, and leaves the work memory ready for backward().
  template <class Change>
  static void change_bins(const FftTables& fft, float* z, Change&& change) {
    const int nc = fft.complex;
    const F re0 = F::load(at(fft, z, 0));
    Pair x{};
    if (fft.n % 2 != 0) {
      x.ar = re0;
      change(0, x.ar, x.ai);
      put(fft, z, 0, x.ar, F{});
      for (int k = 1; k <= nc / 2; ++k) {
        x.ar = F::load(at(fft, z, k));
        x.ai = F::load(at(fft, z, k) + W);
        change(k, x.ar, x.ai);
        put_mirrored(fft, z, k, x.ar, x.ai);
      }
      return;
    }
    const F im0 = F::load(at(fft, z, 0) + W);
    x.ar = re0 + im0;
    x.br = re0 - im0;
    change(0, x.ar, x.ai);
    change(nc, x.br, x.bi);
    put(fft, z, 0, x.ar + x.br, x.ar - x.br);
    for (int k = 1; k <= nc / 2; ++k) {
      x = split(fft, z, k);
      change(k, x.ar, x.ai);
      if (k == nc - k) {
        x.br = x.ar;
        x.bi = x.ai;
      } else {
        change(nc - k, x.br, x.bi);
      }
      merge(fft, z, k, x);
    }
  }

 private:
  /// Odd n: a bin and its complex conjugate.
  static void put_mirrored(const FftTables& fft, float* z, int k, F re, F im) {
    put(fft, z, k, re, im);
    put(fft, z, fft.complex - k, re, -im);
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
