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

  /// y = DFT_R(x); Sign -1 forward, +1 backward (unscaled).
  template <int R, int Sign>
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
      constexpr int kForward = Sign < 0 ? 1 : 3;  // where x[1] - x[3] turned by -90 degrees goes
      re[kForward] = br + di;
      im[kForward] = bi - dr;
      re[4 - kForward] = br - di;
      im[4 - kForward] = bi + dr;
    } else {
      odd_butterfly<R, Sign>(re, im);
    }
  }

  /// Odd primes, by the symmetry of outputs q and R - q. kCos[m], kSin[m]: of 2 pi m / R.
  template <int R>
  struct Circle;

  template <int R, int Sign>
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
      const int low = Sign < 0 ? q : R - q;
      re[low] = pr + si;
      im[low] = pi - sr;
      re[R - low] = pr - si;
      im[R - low] = pi + sr;
    }
  }

  template <int R>
  static void forward_pass(float* z, const FftPass& pass) {
    const int stride = pass.stride;
    const float* tw = pass.twiddles;
    for (int j = 0; j < stride; ++j, tw += 2 * (R - 1)) {
      F re[R];
      F im[R];
      for (int q = 0; q < R; ++q) {
        const float* p = z + static_cast<std::int64_t>(j + q * stride) * 2 * W;
        re[q] = F::load(p);
        im[q] = F::load(p + W);
      }
      butterfly<R, -1>(re, im);
      float* p = z + static_cast<std::int64_t>(j) * 2 * W;
      re[0].store(p);
      im[0].store(p + W);
      for (int q = 1; q < R; ++q) {
        p = z + static_cast<std::int64_t>(j + q * stride) * 2 * W;
        const F c = tw[2 * q - 2];
        const F s = tw[2 * q - 1];
        (re[q] * c - im[q] * s).store(p);
        (re[q] * s + im[q] * c).store(p + W);
      }
    }
  }

  template <int R>
  static void backward_pass(float* z, const FftPass& pass) {
    const int stride = pass.stride;
    const float* tw = pass.twiddles;
    for (int j = 0; j < stride; ++j, tw += 2 * (R - 1)) {
      F re[R];
      F im[R];
      const float* p = z + static_cast<std::int64_t>(j) * 2 * W;
      re[0] = F::load(p);
      im[0] = F::load(p + W);
      for (int q = 1; q < R; ++q) {
        p = z + static_cast<std::int64_t>(j + q * stride) * 2 * W;
        const F c = tw[2 * q - 2];
        const F s = tw[2 * q - 1];
        const F a = F::load(p);
        const F b = F::load(p + W);
        re[q] = a * c + b * s;
        im[q] = b * c - a * s;
      }
      butterfly<R, 1>(re, im);
      for (int q = 0; q < R; ++q) {
        float* out = z + static_cast<std::int64_t>(j + q * stride) * 2 * W;
        re[q].store(out);
        im[q].store(out + W);
      }
    }
  }

  // Depth first: a sub-transform that fits the cache is finished before the next is begun.
  static void forward(const FftTables& fft, float* z, int level = 0) {
    if (level == fft.n_passes) return;
    const FftPass& pass = fft.passes[level];
    switch (pass.radix) {
      case 2: forward_pass<2>(z, pass); break;
      case 3: forward_pass<3>(z, pass); break;
      case 4: forward_pass<4>(z, pass); break;
      case 5: forward_pass<5>(z, pass); break;
      default: forward_pass<7>(z, pass); break;
    }
    if (pass.stride == 1) return;
    for (int q = 0; q < pass.radix; ++q) {
      forward(fft, z + static_cast<std::int64_t>(q) * pass.stride * 2 * W, level + 1);
    }
  }

  static void backward(const FftTables& fft, float* z, int level = 0) {
    if (level == fft.n_passes) return;
    const FftPass& pass = fft.passes[level];
    if (pass.stride > 1) {
      for (int q = 0; q < pass.radix; ++q) {
        backward(fft, z + static_cast<std::int64_t>(q) * pass.stride * 2 * W, level + 1);
      }
    }
    switch (pass.radix) {
      case 2: backward_pass<2>(z, pass); break;
      case 3: backward_pass<3>(z, pass); break;
      case 4: backward_pass<4>(z, pass); break;
      case 5: backward_pass<5>(z, pass); break;
      default: backward_pass<7>(z, pass); break;
    }
  }

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
