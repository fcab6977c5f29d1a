// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Slow judges in double precision, written from the definitions and apart from kernels/math.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "spectrohue/settings.h"

namespace spectrohue::test {

using Spectrum = std::vector<std::complex<double>>;

/// cos and sin of 2 pi i / n for i = 0 .. n - 1.
inline std::vector<std::complex<double>> unit_circle(int n) {
  std::vector<std::complex<double>> circle(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) circle[i] = std::polar(1.0, 2 * std::numbers::pi * i / n);
  return circle;
}

/// The sample at index i under zero or mirrored padding, by walking back step by step.
inline double sample_at(std::span<const float> x, std::int64_t i, bool reflect) {
  const auto n = static_cast<std::int64_t>(x.size());
  if (n == 0) return 0;
  if (!reflect) return i >= 0 && i < n ? x[i] : 0.0;
  if (n == 1) return x[0];
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return x[i];
}

/// One frame's spectrum, phase at the frame's centre: sum of w x exp(-2 pi i k (j - n/2) / n).
inline Spectrum frame_spectrum(std::span<const float> x, const StftSettings& s, const std::vector<double>& window,
                               std::int64_t frame) {
  const auto circle = unit_circle(s.n_fft);
  const std::int64_t start = frame * s.hop_length - (s.center ? s.n_fft / 2 : 0);
  Spectrum bins(static_cast<std::size_t>(s.n_fft / 2 + 1));
  for (std::size_t k = 0; k < bins.size(); ++k) {
    for (int j = 0; j < s.n_fft; ++j) {
      const std::int64_t turn = (static_cast<std::int64_t>(k) * (j - s.n_fft / 2)) % s.n_fft;
      bins[k] += window[j] * sample_at(x, start + j, s.pad_mode == PadMode::Reflect) *
                 std::conj(circle[(turn + s.n_fft) % s.n_fft]);
    }
  }
  return bins;
}

/// The spectra of all frames, phase at the centre.
inline std::vector<Spectrum> frame_spectra(std::span<const float> x, const StftSettings& s) {
  const std::vector<double> window = make_window(s);
  std::vector<Spectrum> frames;
  for (std::int64_t t = 0; t < s.n_frames(std::ssize(x)); ++t) frames.push_back(frame_spectrum(x, s, window, t));
  return frames;
}

/// Weighted overlap-add over the sum of squared windows, [n_samples]; spectrum [n_frames, n_bins].
inline std::vector<double> inverse(const Spectrum& spectrum, const StftSettings& s, const std::vector<double>& window,
                                   std::int64_t n_samples) {
  const auto circle = unit_circle(s.n_fft);
  const int n_bins = s.n_fft / 2 + 1;
  const auto n_frames = static_cast<std::int64_t>(spectrum.size()) / n_bins;
  std::vector<double> sum(static_cast<std::size_t>(n_samples));
  std::vector<double> weight(sum.size());
  for (std::int64_t t = 0; t < n_frames; ++t) {
    for (int j = 0; j < s.n_fft; ++j) {
      const std::int64_t i = t * s.hop_length - (s.center ? s.n_fft / 2 : 0) + j;
      if (i < 0 || i >= n_samples) continue;
      double value = 0;
      for (int k = 0; k < n_bins; ++k) {
        const std::int64_t turn = (static_cast<std::int64_t>(k) * (j - s.n_fft / 2)) % s.n_fft;
        const bool own_mirror = k == 0 || 2 * k == s.n_fft;
        value += (own_mirror ? 1 : 2) * (spectrum[t * n_bins + k] * circle[(turn + s.n_fft) % s.n_fft]).real();
      }
      sum[i] += window[j] * value / s.n_fft;
      weight[i] += window[j] * window[j];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] /= weight[i];
  return sum;
}

/// ||a - b|| / ||b||.
template <class A, class B>
double relative_error(const A& a, const B& b) {
  double error = 0;
  double norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const std::complex<double> difference = std::complex<double>(a[i]) - std::complex<double>(b[i]);
    error += std::norm(difference);
    norm += std::norm(std::complex<double>(b[i]));
  }
  return norm > 0 ? std::sqrt(error / norm) : std::sqrt(error);
}

/// Signal to noise in dB.
template <class A, class B>
double snr_db(const A& signal, const B& back) {
  double s = 0;
  double e = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    s += static_cast<double>(signal[i]) * signal[i];
    e += (static_cast<double>(signal[i]) - back[i]) * (static_cast<double>(signal[i]) - back[i]);
  }
  return e == 0 ? INFINITY : 10 * std::log10(s / e);
}

/// CRC-32 bit by bit, from the PNG specification's annex D.
inline std::uint32_t naive_crc32(const std::vector<std::uint8_t>& bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? 0xEDB88320U ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

}  // namespace spectrohue::test
