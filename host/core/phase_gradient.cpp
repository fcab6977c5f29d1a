// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/phase_gradient.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace spectrohue {

double gaussian_width(const StftSettings& stft) {
  constexpr double kHeight = 0.2785;
  const std::vector<double> window = make_window(stft);
  const auto peak = std::max_element(window.begin(), window.end());
  const double wanted = kHeight * *peak;
  // Half the width, between samples where it can be.
  auto at = peak;
  while (at != window.end() && *at > wanted) ++at;
  double half = static_cast<double>(at - peak);
  if (at != window.end()) half -= (wanted - *at) / (at[-1] - *at);
  const double gamma = std::numbers::pi * half * half / -std::log(kHeight);
  return gamma / (static_cast<double>(stft.n_fft) * stft.n_fft);
}

math::PhaseScale phase_scale(const StftSettings& stft) {
  const double n = stft.n_fft;
  const double hop = stft.hop_length;
  const double gamma = gaussian_width(stft) * n * n;
  const double turns = std::numbers::ln2 / (2 * std::numbers::pi) / 2;  // of a base-2 logarithm; central differences
  return {static_cast<float>(hop * n / gamma * turns), static_cast<float>(-gamma / (hop * n) * turns)};
}

}  // namespace spectrohue
