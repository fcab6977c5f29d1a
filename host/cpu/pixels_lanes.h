// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage pixels in SIMD lanes: W frames of a bin are W neighbouring pixels of a row.
// Compiled once an instruction set: see lane_kernels_impl.h.
#pragma once

#include "cpu/lane_kernels.h"
#include "cpu/lanes.h"
#include "math/closed_loop.h"
#include "math/pixels.h"

namespace spectrohue::cpu {

template <int W>
struct PixelsLanes {
  using F = Floats<W>;
  using I = Ints<W>;

  /// The rows of a picture lie far apart, so what the next tiles need of them is called for early.
  static constexpr int kBytesAhead = 96;

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
    if (row < 0) return;
    std::uint8_t* d = target.first + row * target.row_bytes;
    __builtin_prefetch(d + kBytesAhead, 1);
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
    if (row < 0) {
      r = g = b = F{};
      return;
    }
    const std::uint8_t* s = source.first + row * source.row_bytes;
    __builtin_prefetch(s + kBytesAhead, 0);
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

  /// Three codes a lane, at places of their own. Nothing but the valid pixels is touched.
  template <int Bytes>
  static void store_lane_pixels(const LanePixels& target, int row, F r, F g, F b) {
    if (row < 0) return;
    std::uint8_t* d = target.first + row * target.row_bytes;
    const I ri = to_integer(r);
    const I gi = to_integer(g);
    const I bi = to_integer(b);
    for (int l = 0; l < target.valid; ++l, d += target.lane_bytes) {
      if constexpr (Bytes == 1) {
        d[0] = static_cast<std::uint8_t>(ri.v[l]);
        d[1] = static_cast<std::uint8_t>(gi.v[l]);
        d[2] = static_cast<std::uint8_t>(bi.v[l]);
      } else {
        const std::uint16_t pixel[3] = {static_cast<std::uint16_t>(ri.v[l]), static_cast<std::uint16_t>(gi.v[l]),
                                        static_cast<std::uint16_t>(bi.v[l])};
        __builtin_memcpy(d, pixel, 6);
      }
    }
  }
  template <int Bytes>
  static void load_lane_pixels(const LanePixels& source, int row, F& r, F& g, F& b) {
    if (row < 0) {
      r = g = b = F{};
      return;
    }
    const std::uint8_t* s = source.first + row * source.row_bytes;
    I ri{};
    I gi{};
    I bi{};
    for (int l = 0; l < source.valid; ++l, s += source.lane_bytes) {
      if constexpr (Bytes == 1) {
        ri.v[l] = s[0];
        gi.v[l] = s[1];
        bi.v[l] = s[2];
      } else {
        std::uint16_t pixel[3];
        __builtin_memcpy(pixel, s, 6);
        ri.v[l] = pixel[0];
        gi.v[l] = pixel[1];
        bi.v[l] = pixel[2];
      }
    }
    r = to_float(ri);
    g = to_float(gi);
    b = to_float(bi);
  }

  static constexpr int kMost = Bins<W>::kMost;
  /// The codes of some bins.
  struct Codes {
    F r[kMost];
    F g[kMost];
    F b[kMost];
  };

  /// Multiplies bins by their weights; null: by 1.
  static void weigh(const float* weights, Bins<W>& x) {
    if (weights == nullptr) return;
    for (int i = 0; i < x.n; ++i) {
      x.re[i] = x.re[i] * weights[x.index[i]];
      x.im[i] = x.im[i] * weights[x.index[i]];
    }
  }

  /// The codes of bins, as they are weighed, times `scale`.
  static void encode_bins(const TileCode& code, float scale, const Bins<W>& bins, Codes& c) {
    if (code.gains == nullptr) return encode_weighed(code, scale, bins, c);
    Bins<W> weighed = bins;
    weigh(code.gains, weighed);
    encode_weighed(code, scale, weighed, c);
  }

  /// The codes of bins times `scale`: math::encode_pixel, a part at a time.
  static void encode_weighed(const TileCode& code, float scale, const Bins<W>& bins, Codes& c) {
    const int n = bins.n;
    F re[kMost];
    F im[kMost];
    F power[kMost];
    F value[kMost];
    F hue[kMost];
    for (int i = 0; i < n; ++i) {
      re[i] = -(bins.re[i] * scale);
      im[i] = bins.im[i] * scale;
      power[i] = re[i] * re[i] + im[i] * im[i];
    }
    for (int i = 0; i < n; ++i) value[i] = math::amplitude_inner(power[i], code.curve);
    for (int i = 0; i < n; ++i) hue[i] = math::octant_tangent(re[i], im[i]);
    for (int i = 0; i < n; ++i) {
      value[i] = math::round_even(code.top * math::amplitude_outer(value[i], power[i], code.curve));
    }
    for (int i = 0; i < n; ++i) hue[i] = math::sextant_of_tangent(hue[i], re[i], im[i]);
    for (int i = 0; i < n; ++i) math::codes_of_hue(value[i], hue[i], im[i], c.r[i], c.g[i], c.b[i]);
    if (code.places.offset == 0.0F) return;
    for (int i = 0; i < n; ++i) {
      math::make_room_for_payload(hue[i], im[i], code.places, c.r[i], c.g[i], c.b[i]);
    }
  }

  /// The bins that a decoder makes of codes, from which it may drop their payload.
  static void decode_bins(const TileTables& t, const TileCode& code, float ref, Codes& c, Bins<W>& x) {
    if (code.places.offset > 0.0F) {
      for (int i = 0; i < x.n; ++i) math::drop_payload(code.places, code.top, c.r[i], c.g[i], c.b[i]);
    }
    F h[kMost];
    I value[kMost];
    for (int i = 0; i < x.n; ++i) {
      F a;
      math::hue_of_codes(c.r[i], c.g[i], c.b[i], a, h[i]);
      value[i] = to_integer(a);
    }
    for (int i = 0; i < x.n; ++i) {
      F magnitude{};
      for (int l = 0; l < W; ++l) magnitude.v[l] = code.magnitude[value[i].v[l]];
      x.re[i] = magnitude * ref;
    }
    for (int i = 0; i < x.n; ++i) {
      F cos;
      F sin;
      math::phase_of_hue(h[i], c.g[i], c.b[i], cos, sin);
      const F m = x.re[i];
      x.re[i] = m * cos;
      x.im[i] = x.index[i] == 0 || 2 * x.index[i] == t.fft.n ? F{} : m * sin;
    }
    weigh(code.inverse_gains, x);
  }

  /// What an encoder does with bins: writes their pixels.
  template <int Bytes>
  static auto pixel_sink(const TileCode& code, float inverse_ref, const TilePixels& target) {
    return [&code, &target, inverse_ref](const Bins<W>& x) {
      Codes c;
      encode_bins(code, inverse_ref, x, c);
      for (int i = 0; i < x.n; ++i) store_pixels<Bytes>(target, code.top_bin - x.index[i], c.r[i], c.g[i], c.b[i]);
    };
  }

  /// Where a decoder has its bins from.
  template <int Bytes>
  static auto pixel_source(const TileTables& t, const TileCode& code, const TilePixels& source, float ref) {
    return [&t, &code, &source, ref](Bins<W>& x) {
      Codes c;
      for (int i = 0; i < x.n; ++i) load_pixels<Bytes>(source, code.top_bin - x.index[i], c.r[i], c.g[i], c.b[i]);
      decode_bins(t, code, ref, c, x);
    };
  }

  /// Which of some bins has no row; any, if all have one.
  static int find_rowless(const TileCode& code, const Bins<W>& x) {
    int i = x.n - 1;
    while (i > 0 && x.index[i] <= code.top_bin) --i;
    return i;
  }

  /// A bin without a row has no pixel to move.
  static void blacken_rowless(const TileCode& code, const Bins<W>& x, Codes& c) {
    const int i = find_rowless(code, x);
    if (x.index[i] > code.top_bin) c.r[i] = c.g[i] = c.b[i] = F{};
  }

  /// Replaces bins by what the decoder will make of them, and writes their pixels. One without a row stays as it is:
  /// fed back, its loss would only grow (docs/closed-loop.md).
  template <int Bytes>
  static auto quantiser(const TileTables& t, const TileCode& code, const FeedbackTile& tile) {
    return [&t, &code, &tile](Bins<W>& x) {
      Codes c;
      encode_bins(code, tile.inverse_ref, x, c);
      for (int i = 0; i < x.n; ++i) {
        store_lane_pixels<Bytes>(tile.pixels, code.top_bin - x.index[i], c.r[i], c.g[i], c.b[i]);
      }
      const int rowless = find_rowless(code, x);
      const F re = x.re[rowless];
      const F im = x.im[rowless];
      decode_bins(t, code, tile.ref, c, x);
      if (x.index[rowless] > code.top_bin) {
        x.re[rowless] = re;
        x.im[rowless] = im;
      }
    };
  }

  /// Moves the pixels of one parity against the gradient of the error, and replaces the gradient by what that changes.
  template <int Bytes>
  static auto mover(const TileTables& t, const TileCode& code, const SweepTile& tile) {
    return [&t, &code, &tile](Bins<W>& gradient) {
      Bins<W> x;  // those of the parity
      int from[kMost];
      x.n = 0;
      for (int i = 0; i < gradient.n; ++i) {
        if (gradient.index[i] % 2 != tile.parity) {
          gradient.re[i] = gradient.im[i] = F{};
        } else {
          x.index[x.n] = gradient.index[i];
          from[x.n++] = i;
        }
      }
      if (x.n == 0) return;
      Codes c;
      for (int i = 0; i < x.n; ++i) {
        load_lane_pixels<Bytes>(tile.pixels, code.top_bin - x.index[i], c.r[i], c.g[i], c.b[i]);
      }
      decode_bins(t, code, tile.ref, c, x);
      Bins<W> moved;
      moved.n = x.n;
      for (int i = 0; i < x.n; ++i) {
        moved.index[i] = x.index[i];
        moved.re[i] = math::moved_bin<F>(x.re[i], gradient.re[from[i]], tile.step);
        moved.im[i] = math::moved_bin<F>(x.im[i], gradient.im[from[i]], tile.step);
      }
      encode_bins(code, tile.inverse_ref, moved, c);
      blacken_rowless(code, moved, c);
      for (int i = 0; i < x.n; ++i) {
        store_lane_pixels<Bytes>(tile.pixels, code.top_bin - x.index[i], c.r[i], c.g[i], c.b[i]);
      }
      decode_bins(t, code, tile.ref, c, moved);
      for (int i = 0; i < x.n; ++i) {
        gradient.re[from[i]] = moved.re[i] - x.re[i];
        gradient.im[from[i]] = moved.im[i] - x.im[i];
      }
    };
  }
};

}  // namespace spectrohue::cpu
