// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a user says of the way from sound to picture, as text where it came as text, and the settings that it means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batch/parameters.h"
#include "spectrohue/settings.h"

namespace spectrohue::batch {

/// An empty field leaves the choice to the preset, or else to the default.
struct EncodeFlags {
  ParameterFlags given;  ///< what both directions have; invert, flip, transpose and drop_top are below
  std::optional<PadMode> pad_mode;
  std::optional<FrameCount> frames;
  std::optional<std::string> ref;  ///< "peak" (default; for floats 1), "full-scale", "dataset" or a magnitude above 0
  std::string quality = "high";    ///< "fast", "standard" or "high"
  std::optional<int> refine;
  std::optional<double> tilt;
  bool drop_top = false;
  std::string channels = "keep";  ///< see channel_choice_from_string()
  Arrangement arrangement;        ///< how it is turned; its size is below
  std::string resize;             ///< see take_size(); empty: it is not
};

/// Where settings follow from a sample rate and none is known.
inline constexpr int kUsualRate = 44100;

/// Where nothing was given, what the preset says, or else defaults. sample_rate: of the sound, in Hz, which some
/// presets' sizes follow from. Throws Error(Usage), and Error(Unsupported) for such a rate.
EncodeSettings encode_settings(const EncodeFlags& flags, int sample_rate = kUsualRate);

/// "hsv" ... or "colormap:NAME", whose colours it sets too. Throws Error(Usage), and what colours_from_string() throws.
void set_encoding(std::string_view text, ParameterFlags& flags);

/// A colormap by its name, reversed if that ends in "_r", or by a file of lines R G B. Throws Error(Usage) that lists
/// the names, and Error(Read) and Error(BadFormat) of a file.
Colours colours_from_string(const std::string& text);

/// "peak", "dataset" (which is a peak too), "full-scale" or a magnitude above 0. Throws Error(Usage).
Reference reference_from_string(const std::string& text);

/// "keep", "split" (all are kept), "mono", "left", "right", "mid-side" or a number from 1. Throws Error(Usage).
ChannelChoice channel_choice_from_string(const std::string& text);

/// "512x256", columns and rows. Throws Error(Usage).
void take_size(const std::string& text, Arrangement& arrangement);

}  // namespace spectrohue::batch
