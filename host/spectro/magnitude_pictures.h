// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures of the encodings that backends do not make themselves: magnitudes, of bins or bands, phases beside them, and
// complex numbers. A backend makes the spectrum, some frames at a time; what becomes of it is the same on all of them.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "core/magnitude_code.h"
#include "core/row_map.h"
#include "spectro/pages.h"
#include "spectrohue/convert.h"

namespace spectrohue {

/// A map with scratch memory of its own, without making the bands of every file and page anew.
RowMap row_map(const StftSettings& stft, const PixelSettings& pixels, int sample_rate,
               BandInverse inverse = BandInverse::Kl);

/// Raises peaks[c] to the largest magnitude that the rows of channel c have in the given columns; [channels]. The
/// middle of Stereo3 counts as channel 0: there all share a reference.
void raise_row_peaks(Backend& backend, const EncodeSettings& settings, const Sound& sound, Columns columns,
                     std::vector<float>& peaks);

/// What encode_columns() does (pages.h), for these encodings.
void encode_magnitude_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                              const std::vector<double>& ref, Columns columns, Picture& picture);

/// Reads such pictures, a channel at a time. Of Stereo3 there is a plane 2 besides, the magnitudes of
/// (left + right) / sqrt 2.
class MagnitudeReader {
 public:
  /// The picture's layout and height are the note's. All must live as long.
  MagnitudeReader(const Picture& picture, const PictureNote& note);

  /// The magnitudes in some columns' rows, [columns.count, n_rows], rows from the lowest frequency.
  void read_rows(int plane, Columns columns, std::span<float> rows) const;
  /// The spectrum of some columns, [columns.count, n_bins]; encodings that hold phases only.
  void read_spectrum(int channel, Columns columns, std::span<Complex> spectrum) const;

 private:
  const std::uint8_t* pixel(std::int64_t row, std::int64_t column) const;
  void read_complex(int channel, Columns columns, std::span<Complex> spectrum) const;

  const Picture& picture_;
  const PictureNote& note_;
  MagnitudeCode code_;
  int n_rows_;
  int n_bins_;
  std::vector<float> inverse_gains_;  // [n_bins]; empty without a tilt
  std::vector<Complex> turns_;        // [n_bins] of Encoding::Complex
};

/// The samples under some columns of a picture that holds phases as if nothing were around them: channel c at
/// samples + c * stride, which is how many there are. stft: the note's, or the same uncentred. Some of the spectrum is
/// in memory at a time; the bits are those of all of it at once.
void decode_spectrum_columns(Backend& backend, const Picture& picture, const PictureNote& note, Columns columns,
                             const StftSettings& stft, std::span<float> samples, std::int64_t stride);

}  // namespace spectrohue
