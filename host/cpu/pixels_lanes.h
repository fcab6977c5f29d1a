// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage pixels in SIMD lanes: W frames of a bin are W neighbouring pixels of a row.
// Compiled once an instruction set: see lane_kernels_impl.h.
#pragma once

#include "cpu/lane_kernels.h"
#include "cpu/lanes.h"
#include "math/pixels.h"

namespace spectrohue::cpu {

template <int W>
struct PixelsLanes {
  using F = Floats<W>;
  using I = Ints<W>;

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

  /// Three codes a lane, at places of their own. Nothing but the valid pixels is touched.
  template <int Bytes>
  static void store_lane_pixels(const LanePixels& target, int row, F r, F g, F b) {
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

  /// The bin that a decoder makes of codes.
  static void decode_codes(const TileTables& t, const TileCode& code, float ref, int bin, F r, F g, F b, F& re, F& im) {
    F a;
    F cos;
    F sin;
    math::decode_pixel(r, g, b, a, cos, sin);
    const I index = to_integer(a);
    F magnitude;
    for (int l = 0; l < W; ++l) magnitude.v[l] = code.magnitude[index.v[l]];
    magnitude = magnitude * ref;
    re = magnitude * cos;
    im = bin == 0 || 2 * bin == t.fft.n ? F{} : magnitude * sin;
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
    return [&t, &code, &source, ref](int bin, F& re, F& im) {
      F r;
      F g;
      F b;
      load_pixels<Bytes>(source, t.fft.n / 2 - bin, r, g, b);
      decode_codes(t, code, ref, bin, r, g, b, re, im);
    };
  }

  /// Replaces a bin by what the decoder will make of it, and writes its pixel.
  template <int Bytes>
  static auto quantiser(const TileTables& t, const TileCode& code, const FeedbackTile& tile) {
    return [&t, &code, &tile](int bin, F& re, F& im) {
      F r;
      F g;
      F b;
      math::encode_pixel(re * tile.inverse_ref, im * tile.inverse_ref, code.top, code.curve, r, g, b);
      store_lane_pixels<Bytes>(tile.pixels, t.fft.n / 2 - bin, r, g, b);
      decode_codes(t, code, tile.ref, bin, r, g, b, re, im);
    };
  }

  /// Moves the pixels of one parity against the gradient of the error, and replaces the gradient by what that changes.
  template <int Bytes>
  static auto mover(const TileTables& t, const TileCode& code, const SweepTile& tile) {
    return [&t, &code, &tile](int bin, F& re, F& im) {
      if (bin % 2 != tile.parity) {
        re = im = F{};
        return;
      }
      F r;
      F g;
      F b;
      const int row = t.fft.n / 2 - bin;
      load_lane_pixels<Bytes>(tile.pixels, row, r, g, b);
      F qr;
      F qi;
      decode_codes(t, code, tile.ref, bin, r, g, b, qr, qi);
      math::encode_pixel((qr - re * tile.step) * tile.inverse_ref, (qi - im * tile.step) * tile.inverse_ref, code.top,
                         code.curve, r, g, b);
      store_lane_pixels<Bytes>(tile.pixels, row, r, g, b);
      decode_codes(t, code, tile.ref, bin, r, g, b, re, im);
      re = re - qr;
      im = im - qi;
    };
  }
};

}  // namespace spectrohue::cpu
