// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Elements of pictures that hold magnitudes, or magnitudes and phases side by side. docs/format.md states the same
// arithmetic in words.
#pragma once

#include "math/elementary.h"
#include "math/pixels.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// Code of a magnitude relative to the reference, a whole number in [0, top]; top is at most 2^22.
template <class F>
SPECTROHUE_HD F magnitude_code(F m, float top, const CurveConstants& curve) {
  return round_even(top * amplitude_value(m * m, curve));
}

/// Code of a bin's phase, a whole number in [0, n): n codes around the circle, 0 at -pi. n is a power of two, at most
/// 65536.
template <class F>
SPECTROHUE_HD F phase_code(F re, F im, float n) {
  const F h = sextant_angle(re, im);
  const F code = round_even((select(im < 0.0F, -h, h) + 3.0F) * (n / 6.0F));
  return select(code < n, code, code - n);
}

/// The unit vector of a phase code.
template <class F>
SPECTROHUE_HD void phase_of_code(F code, float n, F& cos, F& sin) {
  const F h = code * (6.0F / n) - 3.0F;
  F s;
  sextant_cos_sin(abs(h), cos, s);
  sin = select(h < 0.0F, -s, s);
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
