// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Between the bins of a spectrum and the magnitudes in a picture's rows.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "core/filter_bank.h"
#include "core/stft_tables.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Rows count from the lowest frequency.
class RowMap {
 public:
  /// Throws Error(Usage) if the scale cannot be had at this sample rate.
  RowMap(const StftSettings& stft, const PixelSettings& pixels, int sample_rate);

  int n_bins() const { return n_bins_; }
  int n_rows() const { return n_rows_; }
  bool has_bands() const { return has_bands_; }

  /// The rows' magnitudes: those of bins, or of bands the sums of their bins' magnitudes, or the root of the sum of
  /// their squares; bins weighed by the tilt. spectrum: [n_bins], rows: [n_rows].
  void measure(std::span<const std::complex<float>> spectrum, std::span<float> rows);

  /// 1 / weight of a bin.
  float inverse_gain(int bin) const { return gains_.inverse.empty() ? 1.0F : gains_.inverse[bin]; }

  /// The reverse, as far as there is one: the magnitudes of bins. Those without a row are 0. Of bands it finds
  /// magnitudes that, measured again, come close to the rows: kInverseUpdates multiplicative updates towards the
  /// smallest Kullback-Leibler divergence (Lee & Seung, NIPS 2000), of squares where squares were summed.
  void invert(std::span<const float> rows, std::span<float> magnitudes);
  static constexpr int kInverseUpdates = 30;

 private:
  float magnitude(std::complex<float> x, int bin) const;
  void invert_bands(std::span<const float> rows, std::span<float> magnitudes);
  /// bins: what bands are sums of, [n_bins].
  float band_sum(int band, const float* bins) const;
  /// Adds factors[band] times its weights to the bins.
  void add_transposed(const float* factors, float* bins) const;

  int n_bins_;
  int n_rows_;
  bool has_bands_;
  bool sums_squares_;
  FilterBank bank_;
  BinGains gains_;                  // empty without a tilt
  std::vector<float> column_sums_;  // [n_bins] of the bank's weights
  std::vector<float> bins_;         // [n_bins]
  std::vector<float> ratios_;       // [n_bands]
  std::vector<float> numerator_;    // [n_bins]
};

}  // namespace spectrohue
