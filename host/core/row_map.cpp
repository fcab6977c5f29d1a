// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/row_map.h"

#include <algorithm>
#include <cmath>

namespace spectrohue {

namespace {

/// Keeps a quotient of nothing by nothing from being no number.
constexpr float kLeastSum = 1e-37F;

}  // namespace

RowMap::RowMap(const StftSettings& stft, const PixelSettings& pixels, int sample_rate)
    : n_bins_(stft.n_bins()),
      n_rows_(spectrohue::n_rows(stft, pixels)),
      has_bands_(pixels.scale.kind != FrequencyScaleKind::Linear),
      sums_squares_(pixels.band_power == 2) {
  if (pixels.tilt != 0) gains_ = bin_gains(stft, pixels);
  if (!has_bands_) return;
  bank_ = make_filter_bank(pixels.scale, stft.n_fft, sample_rate);
  bins_.resize(static_cast<std::size_t>(n_bins_));
  numerator_.resize(bins_.size());
  ratios_.assign(static_cast<std::size_t>(n_rows_), 1.0F);
  column_sums_.assign(bins_.size(), 0.0F);
  add_transposed(ratios_.data(), column_sums_.data());
}

float RowMap::band_sum(int band, const float* bins) const {
  const float* weights = bank_.weights.data() + bank_.offset[band];
  const float* first = bins + bank_.first_bin[band];
  float sum = 0.0F;
  for (int j = 0; j < bank_.count(band); ++j) sum += weights[j] * first[j];
  return sum;
}

void RowMap::add_transposed(const float* factors, float* bins) const {
  for (int band = 0; band < n_rows_; ++band) {
    const float* weights = bank_.weights.data() + bank_.offset[band];
    float* first = bins + bank_.first_bin[band];
    for (int j = 0; j < bank_.count(band); ++j) first[j] += weights[j] * factors[band];
  }
}

float RowMap::magnitude(std::complex<float> x, int bin) const {
  const float m = std::sqrt(x.real() * x.real() + x.imag() * x.imag());
  return gains_.gain.empty() ? m : m * gains_.gain[bin];
}

void RowMap::measure(std::span<const std::complex<float>> spectrum, std::span<float> rows) {
  if (!has_bands_) {
    for (int k = 0; k < n_rows_; ++k) rows[k] = magnitude(spectrum[k], k);
    return;
  }
  for (int k = 0; k < n_bins_; ++k) {
    const float m = magnitude(spectrum[k], k);
    bins_[k] = sums_squares_ ? m * m : m;
  }
  for (int band = 0; band < n_rows_; ++band) {
    const float sum = band_sum(band, bins_.data());
    rows[band] = sums_squares_ ? std::sqrt(sum) : sum;
  }
}

void RowMap::invert(std::span<const float> rows, std::span<float> magnitudes) {
  if (has_bands_) {
    invert_bands(rows, magnitudes);
  } else {
    std::copy_n(rows.begin(), n_rows_, magnitudes.begin());
    std::fill(magnitudes.begin() + n_rows_, magnitudes.end(), 0.0F);
  }
  for (int k = 0; k < n_bins_; ++k) magnitudes[k] *= inverse_gain(k);
}

void RowMap::invert_bands(std::span<const float> rows, std::span<float> magnitudes) {
  const auto wanted = [&](int band) { return sums_squares_ ? rows[band] * rows[band] : rows[band]; };
  const auto divide_by_column_sums = [&] {
    for (int k = 0; k < n_bins_; ++k) numerator_[k] = column_sums_[k] > 0 ? numerator_[k] / column_sums_[k] : 0.0F;
  };
  // What each band holds, spread evenly over its weights.
  std::fill(numerator_.begin(), numerator_.end(), 0.0F);
  for (int band = 0; band < n_rows_; ++band) {
    float row_sum = 0.0F;
    for (int j = 0; j < bank_.count(band); ++j) row_sum += bank_.weights[bank_.offset[band] + j];
    ratios_[band] = wanted(band) / std::max(row_sum, kLeastSum);
  }
  add_transposed(ratios_.data(), numerator_.data());
  divide_by_column_sums();
  std::copy(numerator_.begin(), numerator_.end(), bins_.begin());

  for (int i = 0; i < kInverseUpdates; ++i) {
    for (int band = 0; band < n_rows_; ++band) {
      ratios_[band] = wanted(band) / std::max(band_sum(band, bins_.data()), kLeastSum);
    }
    std::fill(numerator_.begin(), numerator_.end(), 0.0F);
    add_transposed(ratios_.data(), numerator_.data());
    divide_by_column_sums();
    for (int k = 0; k < n_bins_; ++k) bins_[k] *= numerator_[k];
  }
  for (int k = 0; k < n_bins_; ++k) magnitudes[k] = sums_squares_ ? std::sqrt(bins_[k]) : bins_[k];
}

}  // namespace spectrohue
