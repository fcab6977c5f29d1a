// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Magnitudes from spectrograms that other programs drew, axes and all. docs/foreign.md says what is known of each.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "batch/parameters.h"
#include "image/picture_file.h"
#include "spectrohue/buffer.h"
#include "spectrohue/settings.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

/// The sound that a picture shows, as far as flags and the picture's size tell.
struct ForeignShape {
  StftSettings stft;
  int sample_rate = 0;  ///< Hz
  std::int64_t n_samples = 0;
};

/// Of bands, those of each frame: a picture of floats, as to_audio() takes it.
struct ForeignBands {
  Picture picture;
  PictureNote note;
};

struct ForeignSpectrogram {
  ForeignShape shape;
  Buffer<float> magnitudes;  ///< [n_frames, n_bins] as RetrievalItem wants them: below 0 where the picture shows none
  std::optional<ForeignBands> bands;  ///< in the place of magnitudes, where the picture shows bands
  bool has_level = false;             ///< false: the largest magnitude stands for an unknown one
  std::vector<std::string> messages;  ///< what was found, and what was assumed; for the user
};

/// Whether a picture is to be read as another program's. With auto one with a note is not: the note says all.
bool is_foreign(bool has_note, const ParameterFlags& flags);

/// Reads the plot in a picture as flags.foreign.from says; flags.foreign.from is not empty. path: of the picture, whose
/// name may hold the sample rate. Throws Error(Usage): flags are missing, all of which it names, or contradict each
/// other, or the picture has a note; Error(BadFormat): no plot, or no colormap, or no program is found in it.
ForeignSpectrogram read_foreign_spectrogram(const image::PictureFile& file, const std::filesystem::path& path,
                                            const ParameterFlags& flags);

/// The same without reading its magnitudes.
ForeignShape foreign_shape(const image::PictureFile& file, const std::filesystem::path& path,
                           const ParameterFlags& flags);

}  // namespace spectrohue::batch
