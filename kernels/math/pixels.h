// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The element of the stage `pixels`: one complex bin <-> one RGB pixel (hue = phase, value = magnitude, saturation 1).
// docs/format.md states the same arithmetic in words. Used by host/cpu (lanes) and pixels.cu.
#pragma once

#include "math/elementary.h"
#include "spectrohue/settings.h"

namespace spectrohue::math {

/// Constants of an amplitude curve; made on the host, in double, by PixelCode (host/core/stft_tables.h).
/// With m the relative magnitude and p = m^2:
///   Gamma        exp2(a log2 p)                          a = gamma / 2
///   Db           1 + a log2 p                            a = 10 log10(2) / top_db
///   Linear       sqrt p
///   AdaptiveLog  a log2(1 + b sqrt p)                    a = 1 / log2(1 + b)
///   DoubleLog    c log2(1 + a log2(1 + b sqrt p))        a = A / log2(1 + b), c = 1 / log2(1 + A)
struct CurveConstants {
  CurveKind kind = CurveKind::Gamma;
  float a = 0.0F;
  float b = 0.0F;
  float c = 0.0F;
};

/// How codes are stored where the smallest channel of a pixel holds a payload: as offset + step * code. The payload is
/// at most `offset`.
struct CodePlaces {
  float offset = 0.0F;  ///< 0: there is no payload
  float step = 1.0F;    ///< a power of two
};

inline namespace SPECTROHUE_MATH_ABI {

/// The first half of amplitude_value, up to the first logarithm.
template <class F>
SPECTROHUE_HD F amplitude_inner(F p, const CurveConstants& curve) {
  const F normal = max(p, F{} + kTiny);
  switch (curve.kind) {
    case CurveKind::Gamma:
    case CurveKind::Db: return log2(normal);
    case CurveKind::Linear: return sqrt(normal);
    default: return log2(1.0F + curve.b * sqrt(normal));
  }
}
/// The second half, from p and the first.
template <class F>
SPECTROHUE_HD F amplitude_outer(F inner, F p, const CurveConstants& curve) {
  F v;
  switch (curve.kind) {
    case CurveKind::Gamma: v = exp2(curve.a * inner); break;
    case CurveKind::Db: v = 1.0F + curve.a * inner; break;
    case CurveKind::Linear: v = inner; break;
    case CurveKind::AdaptiveLog: v = curve.a * inner; break;
    default: v = curve.c * log2(1.0F + curve.a * inner); break;
  }
  return select(p < kTiny, F{}, min(max(v, F{}), F{} + 1.0F));
}
/// The value in [0, 1] of the squared relative magnitude p. Below kTiny (-379 dB) it is 0. Good for codes of 16 bits;
/// where more are kept, curve_value() (host/core/stft_tables.h) has the same formulas in double.
template <class F>
SPECTROHUE_HD F amplitude_value(F p, const CurveConstants& curve) {
  return amplitude_outer(amplitude_inner(p, curve), p, curve);
}

/// The three codes of a pixel, whole numbers in [0, top], from value_code a and hue_of_bin h, and im of the bin.
/// The largest channel holds a, the middle one rint(a u) with u the place within the sextant of the hue, the smallest
/// 0. Phase 0 is cyan, phase pi is red.
template <class F>
SPECTROHUE_HD void codes_of_hue(F a, F h, F im, F& r, F& g, F& b) {
  const F zero{};
  const F one = zero + 1.0F;
  r = round_even(a * min(max(2.0F - h, zero), one));
  const F rising = round_even(a * min(h, one));
  const F falling = round_even(a * max(h - 2.0F, zero));
  const auto below = im > 0.0F;  // im(-X) < 0
  g = select(below, falling, rising);
  b = select(below, rising, falling);
}

/// Makes room for a payload in the smallest channel: the codes that codes_of_hue made of the same h and im become what
/// is stored of the two largest. The smallest channel stays 0.
template <class F>
SPECTROHUE_HD void make_room_for_payload(F h, F im, CodePlaces places, F& r, F& g, F& b) {
  const F zero{};
  if (places.step > 1.0F) {
    r = r * places.step;
    g = g * places.step;
    b = b * places.step;
  }
  const F high = zero + places.offset;
  const F low = select(h > 2.0F, high, zero);  // red is the smallest only beyond 2, else the falling one is
  const auto below = im > 0.0F;
  r = r + (high - low);
  g = g + select(below, low, high);
  b = b + select(below, high, low);
}

/// A bin to the three codes of its pixel.
/// re, im   the bin, relative to the reference (1 = value 1)
/// top      the largest code of a magnitude; as it is stored, at most 255 or 65535
template <class F>
SPECTROHUE_HD void encode_pixel(F re, F im, float top, CodePlaces places, const CurveConstants& curve, F& r, F& g,
                                F& b) {
  const F a = round_even(top * amplitude_value(re * re + im * im, curve));
  const F h = sextant_angle(-re, im);
  codes_of_hue(a, h, im, r, g, b);
  if (places.offset > 0.0F) make_room_for_payload(h, im, places, r, g, b);
}

/// What is stored of a channel, less the offset, to the nearest code in [0, top].
template <class F>
SPECTROHUE_HD F nearest_code(F stored, float step, float top) {
  return min(round_even(stored * (1.0F / step)), F{} + top);
}

/// The reverse of make_room_for_payload, whatever the payload is: takes the offset off every channel, as far as it
/// goes, and all off those that are as small as the smallest; but not off a gray pixel's, which are also the largest.
/// Colours between codes, which an edited picture has, become the nearest.
/// top   the largest code of a magnitude
template <class F>
SPECTROHUE_HD void drop_payload(CodePlaces places, float top, F& r, F& g, F& b) {
  const F zero{};
  const F lowest = min(r, min(g, b));
  const F smallest = select(lowest < max(r, max(g, b)), lowest, zero - 1.0F);
  r = select(r > smallest, max(r - places.offset, zero), zero);
  g = select(g > smallest, max(g - places.offset, zero), zero);
  b = select(b > smallest, max(b - places.offset, zero), zero);
  if (places.step > 1.0F) {
    r = nearest_code(r, places.step, top);
    g = nearest_code(g, places.step, top);
    b = nearest_code(b, places.step, top);
  }
}

/// The codes of a pixel to its value code a (the largest channel) and |hue| in sextants. A pixel without hue (gray) has
/// phase pi; one with saturation below 1 (edited) is read by its true HSV hue.
template <class F>
SPECTROHUE_HD void hue_of_codes(F r, F g, F b, F& a, F& h) {
  const F upper = max(g, b);
  const F lower = min(g, b);
  a = max(r, upper);
  const F chroma = max(a - min(r, lower), F{} + 1.0F);
  h = select(r < upper, 2.0F + (lower - r) / chroma, (upper - lower) / chroma);
}

/// The unit vector of a bin's phase, from |hue| and the green and blue codes.
template <class F>
SPECTROHUE_HD void phase_of_hue(F h, F g, F b, F& cos, F& sin) {
  F c;
  F s;
  sextant_cos_sin(h, c, s);
  cos = -c;
  sin = select(g < b, s, -s);
}

/// The three above in one: the codes of a pixel to its value code a and the unit vector of its phase.
template <class F>
SPECTROHUE_HD void decode_pixel(F r, F g, F b, float top, CodePlaces places, F& a, F& cos, F& sin) {
  F h;
  if (places.offset > 0.0F) drop_payload(places, top, r, g, b);
  hue_of_codes(r, g, b, a, h);
  phase_of_hue(h, g, b, cos, sin);
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
