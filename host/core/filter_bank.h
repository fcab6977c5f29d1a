// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Bands of a frequency scale as sums of bins.
#pragma once

#include <cstdint>
#include <vector>

#include "spectrohue/frequency_scale.h"

namespace spectrohue {

/// A matrix [n_bands, n_bins] of which each row has one stretch of weights: band i is the sum over j < count(i) of
/// weights[offset[i] + j] times bin first_bin[i] + j.
struct FilterBank {
  int n_bins = 0;                       ///< n_fft / 2 + 1
  std::vector<std::int32_t> first_bin;  ///< [n_bands]; 0 where a band is empty
  std::vector<std::int32_t> offset;     ///< [n_bands + 1] into weights, rising from 0
  std::vector<float> weights;           ///< [offset.back()], all above 0

  int n_bands() const { return static_cast<int>(first_bin.size()); }
  int count(int band) const { return offset[band + 1] - offset[band]; }
  /// Bands without a bin, which are 0 whatever the sound. Only Mel has them.
  int n_empty_bands() const;
};

/// The bank of a scale; weights are made in double and rounded once. Throws what validate() throws.
///
/// Mel: triangles over Hz from the centre below to the centre above. Equals librosa.filters.mel, and
/// torchaudio.functional.melscale_fbanks when that computes in double; in single precision, its default, torchaudio's
/// band edges are rounded, and its weights differ by up to 6e-5 of the largest (n_fft 2048, 512 bands). Bin k is at
/// k * sample_rate / n_fft, as for librosa; torchaudio spreads the bins from 0 to sample_rate // 2, which are other
/// frequencies if sample_rate or n_fft is odd. A triangle between two bins is empty in both libraries, and here.
///
/// Log, Bark, Erb: the same triangles, but a side narrower than the distance of two bins is widened to that distance.
/// So no band is empty: one much narrower than a bin interpolates linearly between the two bins nearest to its centre,
/// and BandNorm::Slaney divides by the width that came of it.
///
/// Linear: the bins from fmin to fmax, one a band, weight 1.
FilterBank make_filter_bank(const FrequencyScale& scale, int n_fft, int sample_rate);

}  // namespace spectrohue
