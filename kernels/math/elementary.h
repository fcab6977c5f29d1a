// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Elementary functions without libm, so that every backend and instruction set returns the same bits. Only +, -, *, /
// and bit patterns; no contraction (see cmake/SpectrohueModule.cmake). Coefficients: tools/fit_polynomials.py.
// Polynomials are summed in pairs (Estrin's scheme): what limits the pixel stage is the length of its chain of
// operations. Errors are the largest that tests/math_test.cpp finds; it fails beyond them.
#pragma once

#include "math/hd.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// Smallest normal float. Anything below it counts as zero in the element path.
inline constexpr float kTiny = 1.17549435e-38F;

/// log2(x) for normal x > 0. Error <= 2 ULP, or 1.2e-7 absolute near x = 1.
template <class F>
SPECTROHUE_HD F log2(F x) {
  // x = 2^e m, sqrt(1/2) <= m < sqrt(2); log2 m = log2((1 + s) / (1 - s)) with s = (m - 1) / (m + 1), odd in s.
  constexpr std::int32_t kSqrtHalf = 0x3f3504f3;
  const Integer<F> bits = to_bits(x);
  const Integer<F> exponent = (bits - kSqrtHalf) >> 23;
  const F m = from_bits(bits - (exponent << 23));
  const F s = (m - 1.0F) / (m + 1.0F);
  const F q = s * s;
  const F p = (2.88539004F + q * 0.961798728F) + (q * q) * (0.576724768F + q * 0.431525916F);
  return to_float(exponent) + s * p;
}

/// 2^x for -126 <= x <= 127. Error <= 2 ULP; exp2(integer) is exact.
template <class F>
SPECTROHUE_HD F exp2(F x) {
  constexpr float kShift = 12582912.0F;
  const F shifted = x + kShift;  // its low mantissa bits are the nearest integer
  const F f = x - (shifted - kShift);
  const F f2 = f * f;
  const F low = (1.0F + f * 0.693147182F) + f2 * (0.240226462F + f * 0.0555032901F);
  const F high = (0.00961849932F + f * 0.00133999099F) + f2 * 0.000153430679F;
  const F p = low + (f2 * f2) * high;
  return from_bits(to_bits(p) + (to_bits(shifted) << 23));
}

/// tan of the angle between x + i y and the nearest axis, in [0, 1].
template <class F>
SPECTROHUE_HD F octant_tangent(F x, F y) {
  const F ax = abs(x);
  const F ay = abs(y);
  return min(ax, ay) / max(max(ax, ay), F{} + kTiny);
}
/// |angle of x + i y| in sextants, from their octant_tangent.
template <class F>
SPECTROHUE_HD F sextant_of_tangent(F t, F x, F y) {
  const F q = t * t;
  const F q2 = q * q;
  const F low = (0.954929054F + q * -0.318277001F) + q2 * (0.190477565F + q * -0.132823989F);
  const F high = (0.0920872539F + q * -0.0534024946F) + q2 * (0.0208821502F + q * -0.00387257524F);
  const F p = t * (low + (q2 * q2) * high);
  const F octant = select(abs(y) > abs(x), 1.5F - p, p);
  return select(x < 0.0F, 3.0F - octant, octant);
}
/// |angle of x + i y| in sextants (units of pi / 3), in [0, 3]. Error <= 3e-7 (5e-8 of the circle). y = 0 gives
/// exactly 0 or 3; x = y = 0 gives 0 or 3.
template <class F>
SPECTROHUE_HD F sextant_angle(F x, F y) {
  return sextant_of_tangent(octant_tangent(x, y), x, y);
}

/// cos and sin of h sextants (h pi / 3) for 0 <= h <= 3. Error <= 2e-7 absolute; h = 0 and 3 are exact.
template <class F>
SPECTROHUE_HD void sextant_cos_sin(F h, F& cos, F& sin) {
  const F g = select(h > 1.5F, 3.0F - h, h);
  const F q = g * g;
  const F q2 = q * q;
  sin = g * ((1.04719758F + q * -0.191396683F) + q2 * ((0.010494153F + q * -0.000273568556F) + q2 * 3.94530343e-06F));
  const F c = (1.0F + q * -0.548311353F) +
              q2 * ((0.0501075275F + q * -0.00183157274F) + q2 * (3.58109828e-05F + q * -4.1361838e-07F));
  cos = select(h > 1.5F, -c, c);
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
