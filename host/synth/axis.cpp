// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/axis.h"

#include <algorithm>

namespace spectrohue::synth {

double Axis::hz(double row) const { return std::max(0.0, hz_of_scale(scale, first + row * step)); }

double Axis::row(double hz) const { return (scale_of_hz(scale, hz) - first) / step; }

Axis axis_over(const FrequencyScale& scale, FrequencyRange range, int n_rows) {
  const double low = scale_of_hz(scale, range.fmin);
  const double step = (scale_of_hz(scale, range.fmax) - low) / n_rows;
  return {scale, low + step / 2, step};
}

Axis axis_of_rows(const FrequencyScale& scale, int n_fft, int sample_rate) {
  if (scale.kind == FrequencyScaleKind::Linear) return {scale, 0, static_cast<double>(sample_rate) / n_fft};
  const FrequencyRange range = frequency_range(scale, sample_rate);
  const double low = scale_of_hz(scale, range.fmin);
  const double step = (scale_of_hz(scale, range.fmax) - low) / (scale.n_bands + 1);
  return {scale, low + step, step};
}

Steps resized(Steps steps, double from, double to) {
  const double ratio = from / to;
  return {steps.first + (ratio - 1) / 2 * steps.step, ratio * steps.step};
}

Axis resized(const Axis& axis, int from, int to) {
  const Steps steps = resized(Steps{axis.first, axis.step}, from, to);
  return {axis.scale, steps.first, steps.step};
}

}  // namespace spectrohue::synth
