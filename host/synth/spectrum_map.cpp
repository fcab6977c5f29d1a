// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/spectrum_map.h"

#include <algorithm>
#include <cmath>

namespace spectrohue::synth {

SpectrumMap::SpectrumMap(const Score& score, const StftSettings& stft, bool spreads)
    : score_(score), hop_length_(stft.hop_length), powers_(static_cast<std::size_t>(score.n_rows)) {
  const double bin_hz = static_cast<double>(score.sample_rate) / stft.n_fft;
  for (int bin = 1; bin < stft.n_bins(); ++bin) {
    const double low = score.axis.row((bin - 0.5) * bin_hz);
    const double high = score.axis.row((bin + 0.5) * bin_hz);
    Shares of_bin = shares(low, high, score.n_rows);
    if (spreads) {
      for (double& weight : of_bin.weights) weight *= high - low;
    }
    rows_of_bins_.push_back(std::move(of_bin));
  }
}

/// Of n cells, cell i from i - 0.5 to i + 0.5; nothing where there are none.
SpectrumMap::Shares SpectrumMap::shares(double low, double high, std::int64_t n) {
  const auto last = static_cast<double>(n - 1);
  const double middle = (low + high) / 2;
  if (high - low <= 1) {
    if (middle < -0.5 || middle > last + 0.5) return {};
    const double place = std::clamp(middle, 0.0, last);
    const auto first = static_cast<std::int64_t>(place);
    const double beyond = place - static_cast<double>(first);
    return {first, beyond > 0 ? std::vector<double>{1 - beyond, beyond} : std::vector<double>{1.0}};
  }
  const double begin = std::max(low, -0.5);
  const double end = std::min(high, last + 0.5);
  if (begin >= end) return {};
  Shares made;
  made.first = static_cast<std::int64_t>(std::floor(begin + 0.5));
  for (std::int64_t i = made.first; i < n && static_cast<double>(i) - 0.5 < end; ++i) {
    const double overlap = std::min(end, static_cast<double>(i) + 0.5) - std::max(begin, static_cast<double>(i) - 0.5);
    made.weights.push_back(std::max(0.0, overlap) / (high - low));
  }
  return made;
}

void SpectrumMap::read(int channel, double sample, std::span<float> bins) {
  const double place = (sample - score_.time.first) / score_.time.step;
  const double half = hop_length_ / score_.time.step / 2;
  // Outside the picture is as its edge.
  const double within = std::clamp(place, -0.5, static_cast<double>(score_.n_columns) - 0.5);
  const Shares columns = shares(within - half, within + half, score_.n_columns);
  double all = 0;
  for (const double weight : columns.weights) all += weight;
  std::fill(powers_.begin(), powers_.end(), 0.0);
  for (std::size_t k = 0; k < columns.weights.size(); ++k) {
    const std::span<const float> column = score_.column(channel, columns.first + static_cast<std::int64_t>(k));
    const double weight = columns.weights[k] / all;
    for (int row = 0; row < score_.n_rows; ++row) powers_[row] += weight * column[row] * column[row];
  }
  bins[0] = 0;
  for (std::size_t bin = 1; bin < bins.size(); ++bin) {
    const Shares& rows = rows_of_bins_[bin - 1];
    double power = 0;
    for (std::size_t k = 0; k < rows.weights.size(); ++k) power += rows.weights[k] * powers_[rows.first + k];
    bins[bin] = static_cast<float>(std::sqrt(power));
  }
}

}  // namespace spectrohue::synth
