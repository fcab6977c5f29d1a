// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures of autotel/spectrogram-decoder-encoder.
#pragma once

#include <filesystem>
#include <optional>

#include "spectrohue/types.h"

namespace spectrohue::image {

/// What the end of a name says, as in song_SR44100_LIN_PHASE.png.
struct AutotelName {
  int sample_rate = 0;  ///< Hz
  bool has_log_axis = false;
  bool has_phases = false;

  bool operator==(const AutotelName&) const = default;
};

/// Nothing if the name has no such end.
std::optional<AutotelName> autotel_name(const std::filesystem::path& path);

/// Of the curve Db, what import_autotel() makes; of its pictures, what names do not say.
inline constexpr double kAutotelTopDb = 120;
inline constexpr int kAutotelHop = 128;

/// Makes an 8-bit picture of phases and a linear axis one of Encoding::Hsv16, any other one of Gray16, both with the
/// curve Db and kAutotelTopDb, of 2 (height - 1) samples a frame. Its brightness is 80 dB, in which frequencies above
/// 1 kHz are raised by 6 dB per octave: that is undone. Its hues are phases at the frame's begin: they are turned. A
/// logarithmic axis, from 20 Hz to half the rate: bins get the brightness between the rows around them, and no phases.
/// Throws Error(BadFormat) if pixels have another depth.
void import_autotel(Picture& picture, const AutotelName& name, bool with_phases);

}  // namespace spectrohue::image
