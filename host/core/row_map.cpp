// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/row_map.h"

#include <algorithm>
#include <cmath>

namespace spectrohue {

RowMap::RowMap(const StftSettings& stft, const PixelSettings& pixels, int sample_rate, BandInverse inverse)
    : n_bins_(stft.n_bins()),
      n_rows_(spectrohue::n_rows(stft, pixels)),
      has_bands_(pixels.scale.kind != FrequencyScaleKind::Linear),
      sums_squares_(pixels.band_power == 2),
      inverse_(inverse) {
  if (pixels.tilt != 0) gains_ = bin_gains(stft, pixels);
  if (!has_bands_) return;
  bank_ = make_filter_bank(pixels.scale, stft.n_fft, sample_rate);
  bins_.resize(static_cast<std::size_t>(n_bins_));
}

float RowMap::band_sum(int band, const float* bins) const {
  const float* weights = bank_.weights.data() + bank_.offset[band];
  const float* first = bins + bank_.first_bin[band];
  float sum = 0.0F;
  for (int j = 0; j < bank_.count(band); ++j) sum += weights[j] * first[j];
  return sum;
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
  const std::int64_t n_frames = std::ssize(rows) / n_rows_;
  constexpr std::int64_t kStep = BandInverter::kLanes;
  for (std::int64_t t = 0; has_bands_ && t < n_frames; t += kStep) {
    const int count = static_cast<int>(std::min(kStep, n_frames - t));
    invert_bands(rows.data() + t * n_rows_, count, magnitudes.data() + t * n_bins_);
  }
  for (std::int64_t t = 0; t < n_frames; ++t) {
    float* frame = magnitudes.data() + t * n_bins_;
    if (!has_bands_) {
      std::copy_n(rows.data() + t * n_rows_, n_rows_, frame);
      std::fill(frame + n_rows_, frame + n_bins_, 0.0F);
    }
    for (int k = 0; k < n_bins_; ++k) frame[k] *= inverse_gain(k);
  }
}

void RowMap::invert_bands(const float* rows, int n_frames, float* magnitudes) {
  constexpr int kLanes = BandInverter::kLanes;
  if (!inverter_) {
    inverter_.emplace(bank_, inverse_);
    wanted_.assign(static_cast<std::size_t>(n_rows_) * kLanes, 0.0F);
    found_.resize(static_cast<std::size_t>(n_bins_) * kLanes);
  }
  // Squares of what pictures may say leave the range of floats, those of shares of the largest row do not.
  float largest[kLanes];
  for (int t = 0; t < n_frames; ++t) {
    const float* frame = rows + static_cast<std::int64_t>(t) * n_rows_;
    const float most = *std::max_element(frame, frame + n_rows_);
    const bool is_finite = std::all_of(frame, frame + n_rows_, [](float x) { return std::isfinite(x); });
    largest[t] = is_finite && most > 0 ? most : 0.0F;
    for (int band = 0; band < n_rows_; ++band) {
      const float share = largest[t] > 0 ? std::max(0.0F, frame[band] / most) : 0.0F;
      wanted_[band * kLanes + t] = sums_squares_ ? share * share : share;
    }
  }
  for (int band = 0; band < n_rows_; ++band) {
    float* of_band = wanted_.data() + band * kLanes;
    std::fill(of_band + n_frames, of_band + kLanes, 0.0F);
  }
  inverter_->solve(wanted_.data(), found_.data());
  for (int t = 0; t < n_frames; ++t) {
    float* frame = magnitudes + static_cast<std::int64_t>(t) * n_bins_;
    for (int k = 0; k < n_bins_; ++k) {
      const float found = found_[k * kLanes + t];
      frame[k] = largest[t] * (sums_squares_ ? std::sqrt(found) : found);
    }
  }
}

}  // namespace spectrohue
