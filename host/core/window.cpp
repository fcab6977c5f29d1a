// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <numeric>

#include "spectrohue/settings.h"

namespace spectrohue {

namespace {

/// Sum of c[j] cos(2 pi j x) with alternating signs, x in [0, 1): the cosine-sum windows (Harris, "On the use of
/// windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66, 1978).
double cosine_sum(std::initializer_list<double> coefficients, double x) {
  double sum = 0;
  double sign = 1;
  int j = 0;
  for (const double c : coefficients) {
    sum += sign * c * std::cos(2 * std::numbers::pi * j * x);
    sign = -sign;
    ++j;
  }
  return sum;
}

/// Modified Bessel function of the first kind, order 0, by its power series. (libc++ has no std::cyl_bessel_i.)
double bessel_i0(double x) {
  double term = 1;
  double sum = 1;
  for (int k = 1; term > sum * 1e-17; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

/// Value i times scale().
double scaled_value(const StftSettings& s, int i) {
  const double n = s.win_length;
  const double x = i / n;
  switch (s.window) {
    case Window::Hann: return cosine_sum({0.5, 0.5}, x);
    case Window::Hamming: return cosine_sum({0.54, 0.46}, x);
    case Window::Blackman: return cosine_sum({0.42, 0.5, 0.08}, x);
    case Window::BlackmanHarris: return cosine_sum({0.35875, 0.48829, 0.14128, 0.01168}, x);
    case Window::Gaussian: {
      const double z = (i - n / 2) / (s.window_parameter * n);
      return std::exp(-0.5 * z * z);
    }
    case Window::Kaiser: {
      const double z = 2 * x - 1;
      return bessel_i0(s.window_parameter * std::sqrt(std::fmax(0.0, 1 - z * z)));
    }
    case Window::Rectangular: return 1.0;
  }
  return 1.0;
}

double scale(const StftSettings& s) { return s.window == Window::Kaiser ? bessel_i0(s.window_parameter) : 1.0; }

}  // namespace

std::vector<double> make_window(const StftSettings& s) {
  std::vector<double> window(static_cast<std::size_t>(s.n_fft), 0.0);
  const int first = (s.n_fft - s.win_length) / 2;
  const double divisor = scale(s);
  for (int i = 0; i < s.win_length; ++i) window[first + i] = scaled_value(s, i) / divisor;
  return window;
}

double full_scale_magnitude(const StftSettings& s) {
  const std::vector<double> window = make_window(s);
  return std::accumulate(window.begin(), window.end(), 0.0) / 2;
}

}  // namespace spectrohue
