// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/filter_bank.h"

#include <algorithm>
#include <cmath>

namespace spectrohue {

namespace {

/// A triangular band, Hz.
struct Triangle {
  double lower;
  double center;
  double upper;

  double at(double hz) const { return std::min((hz - lower) / (center - lower), (upper - hz) / (upper - center)); }
  double norm(BandNorm kind) const { return kind == BandNorm::Slaney ? 2 / (upper - lower) : 1; }
};

/// No side narrower than the distance of two bins: then at least one bin is inside, wherever the centre is.
Triangle widened(Triangle t, double bin_hz) {
  return {std::min(t.lower, t.center - bin_hz), t.center, std::max(t.upper, t.center + bin_hz)};
}

void close_band(FilterBank& bank, std::int32_t first_bin) {
  bank.first_bin.push_back(first_bin);
  bank.offset.push_back(static_cast<std::int32_t>(bank.weights.size()));
}

void add_triangle(FilterBank& bank, const Triangle& t, double norm, int n_fft, int sample_rate) {
  const double bin_hz = static_cast<double>(sample_rate) / n_fft;
  const int begin = std::max(0, static_cast<int>(std::floor(t.lower / bin_hz)));
  const int end = std::min(bank.n_bins, static_cast<int>(std::ceil(t.upper / bin_hz)) + 1);
  std::int32_t first_bin = 0;
  for (int k = begin; k < end; ++k) {
    const auto weight = static_cast<float>(t.at(static_cast<double>(k) * sample_rate / n_fft) * norm);
    if (!(weight > 0)) continue;
    if (static_cast<std::size_t>(bank.offset.back()) == bank.weights.size()) first_bin = k;
    bank.weights.push_back(weight);
  }
  close_band(bank, first_bin);
}

void add_single_bins(FilterBank& bank, const std::vector<double>& centers, int n_fft, int sample_rate) {
  for (const double hz : centers) {
    bank.weights.push_back(1.0F);
    close_band(bank, static_cast<std::int32_t>(std::lround(hz * n_fft / sample_rate)));
  }
}

}  // namespace

int FilterBank::n_empty_bands() const {
  int n = 0;
  for (int i = 0; i < n_bands(); ++i) n += count(i) == 0 ? 1 : 0;
  return n;
}

FilterBank make_filter_bank(const FrequencyScale& scale, int n_fft, int sample_rate) {
  validate(scale, n_fft, sample_rate);
  FilterBank bank;
  bank.n_bins = n_fft / 2 + 1;
  bank.offset.push_back(0);
  const std::vector<double> centers = band_centers_hz(scale, n_fft, sample_rate);
  if (scale.kind == FrequencyScaleKind::Linear) {
    add_single_bins(bank, centers, n_fft, sample_rate);
    return bank;
  }

  const FrequencyRange range = frequency_range(scale, sample_rate);
  for (std::size_t i = 0; i < centers.size(); ++i) {
    Triangle t{i == 0 ? range.fmin : centers[i - 1], centers[i], i + 1 == centers.size() ? range.fmax : centers[i + 1]};
    if (scale.kind != FrequencyScaleKind::Mel) t = widened(t, static_cast<double>(sample_rate) / n_fft);
    add_triangle(bank, t, t.norm(scale.norm), n_fft, sample_rate);
  }
  return bank;
}

}  // namespace spectrohue
