// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Named settings: those of other programs, and two for a purpose. docs/presets.md lists all values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batch/parameters.h"
#include "image/foreign_notes.h"
#include "spectrohue/settings.h"

namespace spectrohue::batch {

std::string to_string(Preset preset);
/// Throws Error(Usage) that lists the legal ones.
Preset preset_from_string(std::string_view name);

/// Where sizes are milliseconds, settings follow from a sound's rate.
bool depends_on_sample_rate(Preset preset);

/// What a preset says; what is empty, it leaves to the defaults.
struct PresetValues {
  ParameterFlags flags;
  std::optional<PadMode> pad_mode;
  std::optional<FrameCount> frames;
  std::optional<double> tilt;
  std::optional<std::string> ref;
  bool invert = false;
};

/// The values of a preset for what was not given; some follow from what was: hop_length from win_length, for example.
/// sample_rate: in Hz, of the sound; only where the preset depends on it. Throws Error(Unsupported) that names the rate
/// if it makes sizes that cannot be had.
PresetValues preset_values(Preset preset, const ParameterFlags& given, int sample_rate);

/// The same of a picture that riffusion describes, for decoding.
PresetValues riffusion_values(const image::RiffusionNote& note);

/// The flags, and for those that are empty the others.
ParameterFlags with_defaults(const ParameterFlags& flags, const ParameterFlags& defaults);

}  // namespace spectrohue::batch
