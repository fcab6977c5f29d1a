// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pixels to samples in double precision, whatever backend made the pixels: what the residual of a 24-bit sound is
// measured against. A float has no more bits than such a sample, and its way back would be off by whole ones.
#pragma once

#include <cstdint>
#include <vector>

#include "core/double_fft.h"
#include "math/pixels.h"
#include "spectrohue/backend.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Of the hue encodings. Holds tables and scratch memory: one object serves one thread at a time.
class DoubleDecoder {
 public:
  /// Settings must have passed validate().
  DoubleDecoder(const StftSettings& stft, const PixelSettings& pixels);

  /// Positions [begin, end) of the sound of a plane alone, full scale 1: position 0 is where its first frame begins.
  /// samples   [end - begin]
  /// The arithmetic is that of docs/format.md. Errors are about 1e-13 of the reference's sound.
  void decode(const ConstPlane& plane, double ref, std::int64_t begin, std::int64_t end, double* samples);

 private:
  /// Columns that are read together: their pixels are neighbours in memory.
  static constexpr int kColumns = 16;

  template <class Code>
  void read_columns(const ConstPlane& plane, double ref, std::int64_t first, int count);
  DoubleBin bin_of(float r, float g, float b) const;
  double window_sum(std::int64_t position, std::int64_t n_frames) const;

  StftSettings stft_;
  math::CodePlaces places_;
  float top_;
  int bytes_;                       // of a channel of a pixel
  int n_rows_;                      // bins that have one
  std::vector<double> window_;      // [n_fft]
  std::vector<double> window_sum_;  // [hop_length] where every frame exists, by position
  double window_sum_floor_ = 0;
  std::vector<double> magnitude_;      // [top + 1] of the codes
  std::vector<double> inverse_gains_;  // [n_bins]
  DoubleFft fft_;
  std::vector<DoubleBin> bins_;  // [kColumns, n_bins]
  std::vector<double> frame_;    // [n_fft]
};

}  // namespace spectrohue
