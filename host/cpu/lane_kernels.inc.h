// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The one source of all LaneKernels: each lane_kernels_*.cpp compiles it for its instruction set and width W. No calls
// into the standard library: its inline functions would be compiled for this instruction set and then be shared with
// the whole program by the linker.
#pragma once

#include "cpu/lane_kernels.h"
#include "cpu/lanes.h"
#include "math/frames.h"
#include "math/pixels.h"

namespace spectrohue::cpu {

template <int W>
struct Kernels {
  using F = Floats<W>;
  using I = Ints<W>;

  // ---------------------------------------------------------------------------------------------- fft

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

  /// Hands every bin to sink(bin, re, im), from the transformed work memory.
  template <class Sink>
  static void for_each_bin(const FftTables& fft, const float* z, Sink&& sink) {
    const int nc = fft.complex;
    const auto re_at = [&](int k) { return F::load(z + static_cast<std::int64_t>(fft.place[k]) * 2 * W); };
    const auto im_at = [&](int k) { return F::load(z + static_cast<std::int64_t>(fft.place[k]) * 2 * W + W); };
    const F re0 = re_at(0);
    const F im0 = im_at(0);
    if (fft.n % 2 != 0) {
      sink(0, re0, F{});
      for (int k = 1; k <= nc / 2; ++k) sink(k, re_at(k), im_at(k));
      return;
    }
    sink(0, re0 + im0, F{});
    sink(nc, re0 - im0, F{});
    for (int k = 1; k <= nc / 2; ++k) {
      const F pr = re_at(k);
      const F pi = im_at(k);
      const F qr = re_at(nc - k);
      const F qi = im_at(nc - k);
      const F er = 0.5F * (pr + qr);
      const F ei = 0.5F * (pi - qi);
      const F dr = 0.5F * (pi + qi);
      const F di = 0.5F * (qr - pr);
      const F c = fft.split[2 * k];
      const F s = fft.split[2 * k + 1];
      const F tr = dr * c - di * s;
      const F ti = dr * s + di * c;
      sink(k, er + tr, ei + ti);
      if (k != nc - k) sink(nc - k, er - tr, ti - ei);
    }
  }

  /// The reverse: asks source(bin, re, im) for every bin and leaves the work memory ready for backward().
  template <class Source>
  static void from_bins(const FftTables& fft, float* z, Source&& source) {
    const int nc = fft.complex;
    const auto put = [&](int k, F re, F im) {
      float* p = z + static_cast<std::int64_t>(fft.place[k]) * 2 * W;
      re.store(p);
      im.store(p + W);
    };
    F ar;
    F ai;
    F br;
    F bi;
    source(0, ar, ai);
    if (fft.n % 2 != 0) {
      put(0, ar, F{});
      for (int k = 1; k <= nc / 2; ++k) {
        source(k, ar, ai);
        put(k, ar, ai);
        put(nc - k, ar, -ai);
      }
      return;
    }
    source(nc, br, bi);
    put(0, ar + br, ar - br);
    for (int k = 1; k <= nc / 2; ++k) {
      source(k, ar, ai);
      if (k == nc - k) {
        br = ar;
        bi = ai;
      } else {
        source(nc - k, br, bi);
      }
      const F er = ar + br;
      const F ei = ai - bi;
      const F tr = ar - br;
      const F ti = ai + bi;
      const F c = fft.split[2 * k];
      const F s = fft.split[2 * k + 1];
      const F dr = tr * c + ti * s;
      const F di = ti * c - tr * s;
      put(k, er - di, ei + dr);
      if (k != nc - k) put(nc - k, er + di, dr - ei);
    }
  }

  // ------------------------------------------------------------------------------------------- frames

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
    const int centre = n / 2;
    const auto put = [&](int i, F x) {
      const int place = i >= centre ? i - centre : i + n - centre;
      (x * t.window[i]).store(z + static_cast<std::int64_t>(place) * spread);
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
    const int centre = n / 2;
    const auto get = [&](int i) {
      const int place = i >= centre ? i - centre : i + n - centre;
      return F::load(z + static_cast<std::int64_t>(place) * spread) * t.synthesis_window[i];
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

  // ------------------------------------------------------------------------------------------- pixels

  /// All W pixels of 8 bits: 3 W bytes, no more.
  static void store_rgb8(std::uint8_t* d, I r, I g, I b) {
    const I packed = r | (g << 8) | (b << 16);
    if constexpr (W >= 8) {
      using Bytes = typename VectorTypes<W>::Bytes;
      const Bytes x = pack_rgb((Bytes)packed.v, std::make_integer_sequence<int, W * 4>());
      constexpr int kGroups = W / 4;  // 16 bytes of which 12 count; the next store covers the rest
      const auto* p = reinterpret_cast<const std::uint8_t*>(&x);
      for (int i = 0; i + 1 < kGroups; ++i) __builtin_memcpy(d + 12 * i, p + 16 * i, 16);
      __builtin_memcpy(d + 12 * (kGroups - 1), p + 16 * (kGroups - 1), 12);
    } else {
      for (int l = 0; l + 1 < W; ++l) {
        const std::int32_t pixel = packed.v[l];
        __builtin_memcpy(d + 3 * l, &pixel, 4);
      }
      const std::int32_t last = packed.v[W - 1];
      __builtin_memcpy(d + 3 * (W - 1), &last, 3);
    }
  }
  template <class Bytes, int... J>
  static Bytes pack_rgb(Bytes x, std::integer_sequence<int, J...>) {
    return __builtin_shufflevector(x, x, (J / 16 * 16 + (J % 16 < 12 ? J % 16 / 3 * 4 + J % 16 % 3 : 3))...);
  }

  static void store_rgb16(std::uint8_t* d, I r, I g, I b) {
    const I rg = r | (g << 16);
    for (int l = 0; l < W; ++l) {
      const std::int32_t low = rg.v[l];
      const std::int32_t high = b.v[l];
      __builtin_memcpy(d + 6 * l, &low, 4);
      __builtin_memcpy(d + 6 * l + 4, &high, 2);
    }
  }

  template <int Bytes>
  static void store_pixels(const TilePixels& target, int row, F r, F g, F b) {
    std::uint8_t* d = target.first + row * target.row_bytes;
    std::uint8_t spare[W * 3 * Bytes];
    std::uint8_t* to = target.valid == W ? d : spare;
    if constexpr (Bytes == 1) {
      store_rgb8(to, to_integer(r), to_integer(g), to_integer(b));
    } else {
      store_rgb16(to, to_integer(r), to_integer(g), to_integer(b));
    }
    if (to == spare) __builtin_memcpy(d, spare, static_cast<std::size_t>(target.valid) * 3 * Bytes);
  }

  /// W pixels of 8 bits as r | g << 8 | b << 16 | anything << 24. Reads 3 W + 4 bytes at most.
  static I load_rgb8(const std::uint8_t* s) {
    if constexpr (W == 8) {
      typename VectorTypes<4>::Bytes low;
      typename VectorTypes<4>::Bytes high;
      __builtin_memcpy(&low, s, 16);
      __builtin_memcpy(&high, s + 12, 16);
      const typename VectorTypes<8>::Bytes x =
          __builtin_shufflevector(low, high, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 16, 17, 18, 19, 19, 20,
                                  21, 22, 22, 23, 24, 25, 25, 26, 27, 28);
      return {(typename I::Vector)x};
    } else {
      I x;
      for (int l = 0; l < W; ++l) {
        std::int32_t pixel;
        __builtin_memcpy(&pixel, s + 3 * l, 4);
        x.v[l] = pixel;
      }
      return x;
    }
  }

  template <int Bytes>
  static void load_pixels(const TilePixels& source, int row, F& r, F& g, F& b) {
    const std::uint8_t* s = source.first + row * source.row_bytes;
    std::uint8_t spare[W * 3 * Bytes + 8];
    if (source.valid < W || source.end - s < static_cast<std::int64_t>(sizeof spare)) {
      __builtin_memset(spare, 0, sizeof spare);
      __builtin_memcpy(spare, s, static_cast<std::size_t>(source.valid) * 3 * Bytes);
      s = spare;
    }
    if constexpr (Bytes == 1) {
      const I x = load_rgb8(s);
      r = to_float(x & 255);
      g = to_float((x >> 8) & 255);
      b = to_float((x >> 16) & 255);
    } else {
      I low;
      I high;
      for (int l = 0; l < W; ++l) {
        std::uint64_t pixel;
        __builtin_memcpy(&pixel, s + 6 * l, 8);
        low.v[l] = static_cast<std::int32_t>(pixel);
        high.v[l] = static_cast<std::int32_t>(pixel >> 32);
      }
      r = to_float(low & 0xffff);
      g = to_float((low >> 16) & 0xffff);
      b = to_float(high & 0xffff);
    }
  }

  /// The sink of an encoder: bins in, pixels out.
  template <int Bytes>
  static auto pixel_sink(const TileTables& t, const TileCode& code, float inverse_ref, const TilePixels& target) {
    const int last = t.fft.n / 2;
    return [&code, &target, inverse_ref, last](int bin, F re, F im) {
      F r;
      F g;
      F b;
      math::encode_pixel(re * inverse_ref, im * inverse_ref, code.top, code.curve, r, g, b);
      store_pixels<Bytes>(target, last - bin, r, g, b);
    };
  }

  /// The source of a decoder: pixels in, bins out.
  template <int Bytes>
  static auto pixel_source(const TileTables& t, const TileCode& code, const TilePixels& source, float ref) {
    const int n = t.fft.n;
    return [&code, &source, ref, n](int bin, F& re, F& im) {
      F r;
      F g;
      F b;
      load_pixels<Bytes>(source, n / 2 - bin, r, g, b);
      F a;
      F cos;
      F sin;
      math::decode_pixel(r, g, b, a, cos, sin);
      const I index = to_integer(a);
      F magnitude;
      for (int l = 0; l < W; ++l) magnitude.v[l] = code.magnitude[index.v[l]];
      magnitude = magnitude * ref;
      re = magnitude * cos;
      im = bin == 0 || 2 * bin == n ? F{} : magnitude * sin;
    };
  }

  static auto spectrum_sink(float* spectrum) {
    return [spectrum](int bin, F re, F im) {
      re.store(spectrum + static_cast<std::int64_t>(bin) * 2 * W);
      im.store(spectrum + static_cast<std::int64_t>(bin) * 2 * W + W);
    };
  }
  static auto spectrum_source(const float* spectrum) {
    return [spectrum](int bin, F& re, F& im) {
      re = F::load(spectrum + static_cast<std::int64_t>(bin) * 2 * W);
      im = F::load(spectrum + static_cast<std::int64_t>(bin) * 2 * W + W);
    };
  }

  // --------------------------------------------------------------------------------------- the table

  static void analyse(const TileTables& t, const float* segment, float* work, float* spectrum) {
    load_frames(t, segment, work);
    forward(t.fft, work);
    for_each_bin(t.fft, work, spectrum_sink(spectrum));
  }

  static void synthesise(const TileTables& t, const float* spectrum, float* work, float* frames) {
    from_bins(t.fft, work, spectrum_source(spectrum));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  static void encode_pixels(const TileTables& t, const TileCode& code, const float* spectrum, float inverse_ref,
                            const TilePixels& target) {
    const auto source = spectrum_source(spectrum);
    const auto run = [&](auto sink) {
      for (int bin = 0; bin <= t.fft.n / 2; ++bin) {
        F re;
        F im;
        source(bin, re, im);
        sink(bin, re, im);
      }
    };
    code.bits == 8 ? run(pixel_sink<1>(t, code, inverse_ref, target))
                   : run(pixel_sink<2>(t, code, inverse_ref, target));
  }

  static void decode_pixels(const TileTables& t, const TileCode& code, const TilePixels& pixels, float ref,
                            float* spectrum) {
    const auto sink = spectrum_sink(spectrum);
    const auto run = [&](auto source) {
      for (int bin = 0; bin <= t.fft.n / 2; ++bin) {
        F re;
        F im;
        source(bin, re, im);
        sink(bin, re, im);
      }
    };
    code.bits == 8 ? run(pixel_source<1>(t, code, pixels, ref)) : run(pixel_source<2>(t, code, pixels, ref));
  }

  static void encode(const TileTables& t, const TileCode& code, const float* segment, float inverse_ref, float* work,
                     const TilePixels& target) {
    load_frames(t, segment, work);
    forward(t.fft, work);
    code.bits == 8 ? for_each_bin(t.fft, work, pixel_sink<1>(t, code, inverse_ref, target))
                   : for_each_bin(t.fft, work, pixel_sink<2>(t, code, inverse_ref, target));
  }

  static void decode(const TileTables& t, const TileCode& code, const TilePixels& pixels, float ref, float* work,
                     float* frames) {
    code.bits == 8 ? from_bins(t.fft, work, pixel_source<1>(t, code, pixels, ref))
                   : from_bins(t.fft, work, pixel_source<2>(t, code, pixels, ref));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  static void peak(const TileTables& t, const float* segment, float* work, float* power) {
    load_frames(t, segment, work);
    forward(t.fft, work);
    F largest{};
    for_each_bin(t.fft, work, [&](int, F re, F im) { largest = max(re * re + im * im, largest); });
    largest.store(power);
  }
};

template <int W>
template <int R>
struct Kernels<W>::Circle {
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

template <int W>
constexpr LaneKernels make_lane_kernels(const char* name) {
  using K = Kernels<W>;
  return {name, W, K::analyse, K::synthesise, K::encode_pixels, K::decode_pixels, K::encode, K::decode, K::peak};
}

}  // namespace spectrohue::cpu
