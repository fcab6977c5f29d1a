// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/score.h"

#include <cmath>
#include <numbers>

#include "core/names.h"
#include "core/stft_tables.h"
#include "synth/brightness.h"

namespace spectrohue::synth {

namespace {

constexpr Names<Stereo, 4> kStereos{
    {{Stereo::None, "none"}, {Stereo::RedGreen, "red-green"}, {Stereo::GreenBlue, "green-blue"}, {Stereo::Hue, "hue"}}};

struct Sides {
  float left = 0;
  float right = 0;
};

/// amplitude_of: of a brightness.
template <class AmplitudeOf>
Sides sides_of(const Rgb& colour, Stereo stereo, const AmplitudeOf& amplitude_of) {
  switch (stereo) {
    case Stereo::RedGreen: return {amplitude_of(colour.red), amplitude_of(colour.green)};
    case Stereo::GreenBlue: return {amplitude_of(colour.green), amplitude_of(colour.blue)};
    case Stereo::Hue: {
      const float angle = place_of_hue(colour) * std::numbers::pi_v<float> / 2;
      const float amplitude = amplitude_of(luma(colour));
      return {amplitude * std::cos(angle), amplitude * std::sin(angle)};
    }
    default: return {amplitude_of(luma(colour)), 0};
  }
}

}  // namespace

std::string to_string(Stereo stereo) { return name_of(kStereos, stereo); }
Stereo stereo_from_string(std::string_view name) { return value_of(kStereos, name, "kind of stereo"); }

void compose(const Picture& picture, const Curve& curve, double strength, Stereo stereo, Score& score) {
  const auto amplitude_of = [&](float v) { return static_cast<float>(curve_inverse(curve, v, strength)); };
  for (std::int64_t x = 0; x < score.n_columns; ++x) {
    for (int row = 0; row < score.n_rows; ++row) {
      const Rgb colour = rgb_at(picture, x, score.n_rows - 1 - row);
      const Sides sides = sides_of(colour, stereo, amplitude_of);
      score.column(0, x)[row] = sides.left;
      if (score.channels == 2) score.column(1, x)[row] = sides.right;
    }
  }
}

void compose_channel(const Picture& picture, const Curve& curve, double strength, std::span<const double> row_weights,
                     int channel, Score& score) {
  for (std::int64_t x = 0; x < score.n_columns; ++x) {
    const std::span<float> column = score.column(channel, x);
    for (int row = 0; row < score.n_rows; ++row) {
      const float brightness = rgb_at(picture, x, score.n_rows - 1 - row).green;
      column[row] = static_cast<float>(curve_inverse(curve, brightness, strength) * row_weights[row]);
    }
  }
}

}  // namespace spectrohue::synth
