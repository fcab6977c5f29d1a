// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "spectrohue/frequency_scale.h"

namespace spectrohue::synth {

/// Which frequencies the rows of a picture stand for: even steps on a scale. Rows count from the lowest frequency and
/// may be fractions: row i reaches from i - 0.5 to i + 0.5.
struct Axis {
  FrequencyScale scale;  ///< kind and mel_scale; the rest is not looked at
  double first = 0;      ///< position of row 0 on the scale
  double step = 1;       ///< of a row, above 0

  double hz(double row) const;  ///< at least 0
  double row(double hz) const;
  /// Hz that a row reaches over.
  double width_hz(double row) const { return hz(row + 0.5) - hz(row - 0.5); }
};

/// n_rows that share the range evenly: the lower edge of the lowest is fmin, the upper edge of the highest fmax, and a
/// row's frequency is in its middle.
Axis axis_over(const FrequencyScale& scale, FrequencyRange range, int n_rows);

/// The axis of a picture that spectrohue made: bins of a transform, or the centres of bands.
Axis axis_of_rows(const FrequencyScale& scale, int n_fft, int sample_rate);

/// What becomes of even steps when a picture of `from` rows (or columns) gets `to`: they cover the same.
struct Steps {
  double first = 0;
  double step = 1;
};
Steps resized(Steps steps, double from, double to);
Axis resized(const Axis& axis, int from, int to);

}  // namespace spectrohue::synth
