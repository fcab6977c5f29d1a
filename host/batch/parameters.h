// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Which parameters a picture is decoded with, and where each came from.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/borrowed_note.h"
#include "batch/foreign_flags.h"
#include "batch/halves.h"
#include "image/picture_file.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

/// Named settings, see presets.h.
enum class Preset { Librosa, Torchaudio, Riffusion, Archive, Edit };

/// What the user said; an empty field leaves the choice to the note, the file name or the picture.
struct ParameterFlags {
  std::optional<Preset> preset;  ///< only of pictures without a note
  std::optional<int> n_fft;
  std::optional<int> hop_length;
  std::optional<int> win_length;
  std::optional<Window> window;
  std::optional<double> window_parameter;
  std::optional<bool> center;
  std::optional<Encoding> encoding;
  std::optional<CurveKind> curve;
  std::optional<double> gamma;
  std::optional<double> top_db;
  std::optional<double> ref;
  std::optional<bool> drop_top;
  std::optional<FrequencyScaleKind> freq_scale;
  std::optional<int> n_bands;
  std::optional<double> fmin;
  std::optional<double> fmax;
  std::optional<MelScale> mel_scale;
  std::optional<BandNorm> band_norm;
  std::optional<int> band_power;
  std::optional<Colours> colours;
  RetrievalSettings retrieval;
  std::optional<bool> invert;
  std::optional<bool> flip;
  std::optional<bool> transpose;
  bool resizes_to_note = false;  ///< pictures whose size is not the note's
  std::optional<int> sample_rate;
  std::optional<int> channels;
  std::optional<std::int64_t> n_samples;
  std::optional<Half> half;                 ///< of a picture of two sounds
  std::optional<BorrowedNote> params_from;  ///< only of pictures without a note
  ForeignFlags foreign;                     ///< of a spectrogram that another program drew
};

struct Parameters {
  PictureNote note;
  bool has_level = true;  ///< false: no reference is known, the sound is to be normalised
  /// Without a note, what the pixels need before all else: another program made them, or a preset describes them.
  std::function<void(Picture&)> prepare = {};
  std::vector<std::string> messages;  ///< what was overridden, or assumed for want of a note; for the user
};

/// In this order: flags (each override is said), the note or else that of params_from or else what another program says
/// in the file or its name (foreign_parameters.h) or else the preset, the file name's _SR44100 tag (rate), what the
/// picture implies (n_fft = 2 (height / channels - 1), with bands 2048; hop_length = n_fft / 4, n_samples = (width - 1)
/// hop_length; hsv and hsv16 where there are colours, gray where there are none). With params_from the picture says its
/// depth and, unless it is as wide as the other sound's, its length. Throws Error(BadFormat): the picture is too small,
/// or has other rows than params_from says; Error(Usage): something is missing or impossible, with the flag that would
/// say it.
Parameters decode_parameters(const std::optional<PictureNote>& note, std::int64_t width, std::int64_t height,
                             PixelLayout layout, const std::filesystem::path& path, const ParameterFlags& flags);

/// Settings as text, for manifests: JSON objects; the same text, the same settings.
std::string to_json(const EncodeSettings& settings);
/// What of a picture is to be undone before all else: as the note says, or flags do.
Arrangement arrangement_of(const std::optional<PictureNote>& note, const ParameterFlags& flags);

/// Sets of a scale what was given.
void fill_scale(const ParameterFlags& flags, PixelSettings& pixels);

/// Only what was given.
std::string to_json(const ParameterFlags& flags);

/// The rate in a file name like "song_SR44100.png" or "song_SR44100_LOG_PHASE.png".
std::optional<int> sample_rate_in_name(const std::filesystem::path& path);

}  // namespace spectrohue::batch
