// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "synth/score.h"

namespace spectrohue::synth {

/// From the rows and columns of a score to the bins and frames of a transform. Where a bin (or frame) is wider than a
/// row (column) it takes the mean power of those it covers, where it is narrower it lies between two of them. Not
/// shared between threads. The score must live as long.
class SpectrumMap {
 public:
  /// spreads: a row's power is shared out among its bins, so that it is the same however many they are; otherwise each
  /// has all of it.
  SpectrumMap(const Score& score, const StftSettings& stft, bool spreads);

  /// Amplitudes of sines at the bins, of the frame whose centre is that sample, [n_bins]. That of 0 Hz is 0.
  void read(int channel, double sample, std::span<float> bins);

 private:
  /// What a bin, or a frame, is made of.
  struct Shares {
    std::int64_t first = 0;
    std::vector<double> weights;
  };

  static Shares shares(double low, double high, std::int64_t n);

  const Score& score_;
  int hop_length_;
  std::vector<Shares> rows_of_bins_;  // of bins 1, 2 ...
  std::vector<double> powers_;        // [n_rows]
};

}  // namespace spectrohue::synth
