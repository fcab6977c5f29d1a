// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Parameters of pictures that other programs made, from what they left in the file or its name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "batch/presets.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

/// What another program says of a picture.
struct ForeignParameters {
  PresetValues values;
  std::string source;  ///< for the user: whose, and where they stand
};

/// riffusion's EXIF tags, krajj7/spectrogram's text, or the end of the name that autotel/spectrogram-decoder-encoder
/// gives (_SR44100_LIN_PHASE); nothing if there is none of them. Throws Error(BadFormat) if they contradict the picture
/// or are damaged; Error(Unsupported), which says what would help, if such pictures cannot be decoded.
std::optional<ForeignParameters> foreign_parameters(const std::filesystem::path& path, std::int64_t height,
                                                    const ParameterFlags& flags);

/// The end of a name as autotel/spectrogram-decoder-encoder writes it.
struct AutotelName {
  int sample_rate = 0;  ///< Hz
  bool has_log_axis = false;
  bool has_phases = false;

  bool operator==(const AutotelName&) const = default;
};
/// Nothing if the name has no such end.
std::optional<AutotelName> autotel_name(const std::filesystem::path& path);

}  // namespace spectrohue::batch
