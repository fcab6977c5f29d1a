// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Any picture as numbers from 0, black, to 1.
#pragma once

#include "spectrohue/types.h"

namespace spectrohue::synth {

/// The stored values, as floats: codes of 8 and 16 bits over the largest, indices as their colours. Floats are divided
/// by the largest of them if that is above 1; those below 0 and those that are no numbers are black. The layout is one
/// float, or three for colours. Throws Error(Unsupported) for complex numbers, and for more than kMaxPixels.
Picture brightness_of(Picture picture);
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 27;

/// Black becomes white. For this and all below: pictures as brightness_of() makes them.
void invert(Picture& picture);

/// Gauss's blur with a standard deviation of sigma pixels, cut off at 3 of them, of columns and rows; what is outside
/// is as the edge. sigma: 0 (none) to kMaxBlur.
void blur(Picture& picture, double sigma);
inline constexpr double kMaxBlur = 1000;

/// Red, green, blue of a pixel; gray has them alike.
struct Rgb {
  float red = 0;
  float green = 0;
  float blue = 0;
};
Rgb rgb_at(const Picture& picture, std::int64_t x, std::int64_t y);

/// 0.2126 R + 0.7152 G + 0.0722 B (Rec. 709) of values as they are stored, not of light: brightness goes on to
/// decibels, and evenly stored steps are closer to even steps of loudness. Gray stays what it is.
float luma(const Rgb& colour);

/// Where a colour is between left, 0, and right, 1: red is left, cyan right, on the way around the hues evenly; the
/// less saturated, the nearer to the middle.
float place_of_hue(const Rgb& colour);

}  // namespace spectrohue::synth
