// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The elements of phase retrieval (include/spectrohue/projector.h). Used by host/cpu (lanes) and by CUDA kernels.
#pragma once

#include "math/elementary.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// Updates of bins towards bands in one P.
inline constexpr int kBandUpdates = 2;

/// Up to this magnitude a bin has no phase: what is wanted of it gets phase 0.
inline constexpr float kLeastMagnitude = 1e-15F;

/// What P wants of a bin: |stored|, or, where stored is below 0 and so a guess, what it has up to twice as much.
template <class F>
SPECTROHUE_HD F wanted_magnitude(F stored, F magnitude) {
  return select(stored < 0.0F, min(magnitude, -2.0F * stored), stored);
}

/// P of a bin.
template <class F>
SPECTROHUE_HD void set_magnitude(F stored, F& re, F& im) {
  const F magnitude = sqrt(re * re + im * im);
  const F wanted = wanted_magnitude(stored, magnitude);
  const F scale = wanted / max(magnitude, F{} + kLeastMagnitude);
  const auto has_phase = magnitude > kLeastMagnitude;
  re = select(has_phase, re * scale, wanted);
  im = select(has_phase, im * scale, F{});
}

/// One part of a bin of RAAR's next state: z, G of the signal, and P z.
template <class F>
SPECTROHUE_HD F relaxed(F z, F consistent, F projected, float beta) {
  return beta * (z + consistent) + (1.0F - 2.0F * beta) * projected;
}

/// The reflection 2 P z - z.
template <class F>
SPECTROHUE_HD F reflected(F z, F projected) {
  return projected + projected - z;
}

/// A step of Projector::relax() on a bin: z becomes the next one, and x, which is G of the signal, 2 P z - z of that.
template <class F>
SPECTROHUE_HD void relax(F stored, float beta, F& z_re, F& z_im, F& x_re, F& x_im) {
  F p_re = z_re;
  F p_im = z_im;
  set_magnitude(stored, p_re, p_im);
  z_re = p_re = relaxed(z_re, x_re, p_re, beta);
  z_im = p_im = relaxed(z_im, x_im, p_im, beta);
  set_magnitude(stored, p_re, p_im);
  x_re = reflected(z_re, p_re);
  x_im = reflected(z_im, p_im);
}

/// (|bin| - wanted)^2; a guess is met by whatever is between its limits.
template <class F>
SPECTROHUE_HD F magnitude_error(F stored, F re, F im) {
  const F magnitude = sqrt(re * re + im * im);
  const F off = magnitude - wanted_magnitude(stored, magnitude);
  return off * off;
}

/// A bin of a start: a magnitude and a phase in turns, [-0.5, 0.5].
template <class F>
SPECTROHUE_HD void bin_of_phase(F magnitude, F turns, F& re, F& im) {
  const F h = abs(turns) * 6.0F;
  F cos;
  F sin;
  sextant_cos_sin(h, cos, sin);
  re = magnitude * cos;
  im = magnitude * select(turns < 0.0F, -sin, sin);
}

/// What bands are sums of: a bin's magnitude, or the square of it.
template <class F>
SPECTROHUE_HD F band_part(F re, F im, bool of_squares) {
  const F power = re * re + im * im;
  return of_squares ? power : sqrt(power);
}

/// A sum of parts, or a factor of parts, as one of magnitudes.
template <class F>
SPECTROHUE_HD F of_magnitude(F of_parts, bool of_squares) {
  return of_squares ? sqrt(of_parts) : of_parts;
}

/// wanted / held of a band, whose parts sum to `held`; nothing by nothing is nothing.
template <class F>
SPECTROHUE_HD F band_ratio(F wanted, F held, bool of_squares) {
  constexpr float kLeast = 1e-37F;
  return (of_squares ? wanted * wanted : wanted) / max(held, F{} + kLeast);
}

/// (what a band holds - wanted)^2
template <class F>
SPECTROHUE_HD F band_error(F wanted, F held, bool of_squares) {
  const F off = of_magnitude(held, of_squares) - wanted;
  return off * off;
}

/// One sample of Projector::accelerate().
template <class F>
SPECTROHUE_HD void accelerate(F p, F& c, F& t, F& d, float share, float momentum, float lag) {
  const F next = (1.0F - share) * d + share * p;
  const F step = next - t;
  c = next + momentum * step;
  d = next + lag * step;
  t = next;
}

/// The nearest l, r and m = (l + r) / sqrt 2, in the sense of least squares.
template <class F>
SPECTROHUE_HD void couple(F& l, F& r, F& m) {
  constexpr float kRootHalf = 0.70710678118654752440F;
  const F a = l + m * kRootHalf;
  const F b = r + m * kRootHalf;
  l = 0.75F * a - 0.25F * b;
  r = 0.75F * b - 0.25F * a;
  m = (l + r) * kRootHalf;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
