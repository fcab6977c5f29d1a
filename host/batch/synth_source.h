// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a picture says that is to be played: brightness, and as far as its note tells, of when and of which frequency.
#pragma once

#include <vector>

#include "batch/conversion.h"
#include "synth/axis.h"

namespace spectrohue::batch {

/// What the note of a picture says of its rows and columns.
struct NotedScore {
  synth::Axis axis;
  synth::Steps time_s;  ///< of the columns, in seconds
  double seconds = 0;
  /// Amplitude of a row's sine over the magnitude, relative to full scale, that the row shows; [rows], from the lowest.
  /// Bands: the root of the power that falls to a row, as they overlap.
  std::vector<double> row_weights;
  /// Of brightness 1. The sines of all rows have together the power of the sound that was encoded.
  double amplitude = 0;
  double strength = 0;  ///< of the curve, see core/stft_tables.h
  bool is_of_bands = false;
  PictureNote note;
};

/// A picture to be played: planes of brightness (synth/brightness.h).
struct SynthSource {
  std::vector<Picture> planes;      ///< without a note one, gray or colours; with one a gray plane for each channel
  std::optional<NotedScore> noted;  ///< with one
};

/// Reads a picture as it looks, over black if it has alpha. Throws Error.
SynthSource load_plain(Worker& worker, Job& job);

/// Reads a picture, or all its tiles or parts, by its note: magnitudes, with the note's curve made brightness again,
/// where 1 is the loudest of all channels. A picture whose size is not the note's is resized, which is said in
/// job.converted.messages. Throws Error.
SynthSource load_noted(Worker& worker, Job& job);

/// Hz, of all rows: the edges of the lowest and the highest.
FrequencyRange range_of_note(const PictureNote& note);

}  // namespace spectrohue::batch
