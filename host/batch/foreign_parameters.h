// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Parameters of pictures that other programs made, from what they left in the file or its name.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "batch/presets.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

/// What another program says of a picture.
struct ForeignParameters {
  PresetValues values;
  std::string source;  ///< for the user: whose, and where they stand
  /// What makes its pixels those of the encoding `prepared`; empty if nothing is needed.
  std::function<void(Picture&)> prepare = {};
  Encoding prepared = Encoding::Gray16;
};

/// riffusion's EXIF tags, krajj7/spectrogram's text, or the end of the name that autotel/spectrogram-decoder-encoder
/// gives (_SR44100_LIN_PHASE); nothing if there is none of them. Throws Error(BadFormat) if they contradict the picture
/// or are damaged; Error(Unsupported), which says what would help, if such pictures cannot be decoded.
std::optional<ForeignParameters> foreign_parameters(const std::filesystem::path& path, std::int64_t height,
                                                    const ParameterFlags& flags);

}  // namespace spectrohue::batch
