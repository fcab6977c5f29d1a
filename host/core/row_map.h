// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Between the bins of a spectrum and the magnitudes in a picture's rows.
#pragma once

#include <complex>
#include <optional>
#include <span>
#include <vector>

#include "core/band_inverter.h"
#include "core/filter_bank.h"
#include "core/stft_tables.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Rows count from the lowest frequency.
class RowMap {
 public:
  /// inverse: how invert() finds bins from bands. Throws Error(Usage) if the scale cannot be had at this sample rate.
  RowMap(const StftSettings& stft, const PixelSettings& pixels, int sample_rate, BandInverse inverse = BandInverse::Kl);

  int n_bins() const { return n_bins_; }
  int n_rows() const { return n_rows_; }
  bool has_bands() const { return has_bands_; }

  /// The rows' magnitudes: those of bins, or of bands the sums of their bins' magnitudes, or the root of the sum of
  /// their squares; bins weighed by the tilt. spectrum: [n_bins], rows: [n_rows].
  void measure(std::span<const std::complex<float>> spectrum, std::span<float> rows);

  /// 1 / weight of a bin.
  float inverse_gain(int bin) const { return gains_.inverse.empty() ? 1.0F : gains_.inverse[bin]; }

  /// The reverse, as far as there is one, of any number of frames: the magnitudes of bins. Those without a row are 0.
  /// Of bands it finds magnitudes that, measured again, come close to the rows (BandInverter), from squares where
  /// squares were summed; a frame of which a row is not finite is 0. Frames are best given by the dozen: they are
  /// worked on BandInverter::kLanes at a time. rows: [n_frames, n_rows], magnitudes: [n_frames, n_bins].
  void invert(std::span<const float> rows, std::span<float> magnitudes);

 private:
  float magnitude(std::complex<float> x, int bin) const;
  /// Of at most BandInverter::kLanes frames.
  void invert_bands(const float* rows, int n_frames, float* magnitudes);
  /// bins: what bands are sums of, [n_bins].
  float band_sum(int band, const float* bins) const;

  int n_bins_;
  int n_rows_;
  bool has_bands_;
  bool sums_squares_;
  FilterBank bank_;
  BandInverse inverse_;
  BinGains gains_;                        // empty without a tilt
  std::vector<float> bins_;               // [n_bins]
  std::optional<BandInverter> inverter_;  // made when it is needed: encoders have no use for it
  std::vector<float> wanted_;             // [n_bands, kLanes]
  std::vector<float> found_;              // [n_bins, kLanes]
};

}  // namespace spectrohue
