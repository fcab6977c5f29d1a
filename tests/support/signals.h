// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Seeded signals, the same on every machine; tests/data/make_stft_reference.py makes the same noise.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace spectrohue::test {

/// White noise in [-amplitude, amplitude): a 32-bit linear congruential generator (Numerical Recipes' constants),
/// top 24 bits.
inline std::vector<float> noise(std::int64_t n, std::uint32_t seed = 1, float amplitude = 0.5F) {
  std::vector<float> x(static_cast<std::size_t>(n));
  std::uint32_t state = seed;
  for (float& v : x) {
    state = state * 1664525U + 1013904223U;
    v = (static_cast<float>(state >> 8) / 8388608.0F - 1.0F) * amplitude;
  }
  return x;
}

inline std::vector<float> sine(std::int64_t n, double cycles_per_sample, float amplitude = 0.5F) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * cycles_per_sample * static_cast<double>(i)));
  }
  return x;
}

/// Speech-like: a gliding harmonic sound under a slow envelope, with silence between.
inline std::vector<float> voice(std::int64_t n, float amplitude = 0.5F) {
  std::vector<float> x(static_cast<std::size_t>(n));
  double phase = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / 16000.0;
    phase += 2 * std::numbers::pi * (140 + 40 * std::sin(3 * t)) / 16000.0;
    const double envelope = std::fmax(0.0, std::sin(5 * t)) * std::exp(-0.2 * std::fmod(t, 3.0));
    double v = 0;
    for (int h = 1; h <= 12; ++h) v += std::sin(h * phase) / h;
    x[i] = static_cast<float>(amplitude * 0.6 * envelope * v);
  }
  return x;
}

}  // namespace spectrohue::test
