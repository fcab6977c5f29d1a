// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What is to be played: how loud which frequency is when.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spectrohue/types.h"
#include "synth/axis.h"

namespace spectrohue::synth {

struct Score {
  int sample_rate = 0;         ///< Hz
  std::int64_t n_samples = 0;  ///< of the sound
  int channels = 1;            ///< of the sound
  std::int64_t n_columns = 0;
  int n_rows = 0;
  Axis axis;
  /// When columns are, in samples: column 0, and from one to the next. Between two of them amplitudes go straight from
  /// one to the other; before the first and behind the last they stay.
  Steps time;
  /// Rows are neighbouring bands of a sound, whose powers add up; otherwise a row is a magnitude as a spectrum shows
  /// it.
  bool is_of_bands = false;
  /// [channels, n_columns, n_rows], rows from the lowest frequency, >= 0. Of a row that is a sine: its amplitude.
  Buffer<float> amplitudes;

  std::span<float> column(int channel, std::int64_t i) { return {amplitudes.data() + offset(channel, i), size()}; }
  std::span<const float> column(int channel, std::int64_t i) const {
    return {amplitudes.data() + offset(channel, i), size()};
  }

 private:
  std::size_t size() const { return static_cast<std::size_t>(n_rows); }
  std::int64_t offset(int channel, std::int64_t i) const { return (channel * n_columns + i) * n_rows; }
};

/// Which of a picture's colours is heard on which side.
enum class Stereo {
  None,       ///< mono: luma()
  RedGreen,   ///< red left, green right
  GreenBlue,  ///< green left, blue right, as Encoding::Stereo has them
  Hue,        ///< luma(), between the sides by place_of_hue(), the power of both together the same
};
std::string to_string(Stereo stereo);              ///< "none" "red-green" "green-blue" "hue"
Stereo stereo_from_string(std::string_view name);  ///< throws Error(Usage) that lists the legal ones
inline int n_channels(Stereo stereo) { return stereo == Stereo::None ? 1 : 2; }

/// Brightness to amplitudes: those whose brightness `curve` gives (curve_inverse() of core/stft_tables.h); `strength`
/// is AdaptiveLog's. Fills score.amplitudes, whose sizes are set, from a picture of n_rows x n_columns (brightness.h).
void compose(const Picture& picture, const Curve& curve, double strength, Stereo stereo, Score& score);

/// The same for one channel, from gray, times row_weights [n_rows], rows from the lowest frequency.
void compose_channel(const Picture& picture, const Curve& curve, double strength, std::span<const double> row_weights,
                     int channel, Score& score);

}  // namespace spectrohue::synth
