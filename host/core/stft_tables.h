// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Tables that every backend uses as they are: made once, on the host, in double.
#pragma once

#include <cstdint>
#include <vector>

#include "math/pixels.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Samples whose squared windows sum to less than this share of the largest sum cannot be recovered: the inverse would
/// multiply rounding errors by more than its root. Settings that leave such samples are refused; at the ends of
/// uncentred sounds, where there always are some, nothing smaller is divided by.
inline constexpr double kNolaFloor = 1e-5;

/// What a transform needs besides the FFT. Settings must have passed validate().
struct StftTables {
  explicit StftTables(const StftSettings& settings);

  StftSettings settings;
  std::vector<float> window;            ///< [n_fft] analysis
  std::vector<float> synthesis_window;  ///< [n_fft] window / n_fft: takes the unscaled inverse FFT's factor along
  /// [hop_length] sum of squared windows at position p (sample + padding), p mod hop_length, where every frame that
  /// could hold p exists. Float, summed in the order of the frames.
  std::vector<float> window_sum;
  float window_sum_floor = 0.0F;  ///< see math::overlap_add_quotient

  /// The sum of squared windows at any position of a sound of n_frames.
  float window_sum_at(std::int64_t position, std::int64_t n_frames) const;
};

/// A pixel encoding as numbers.
struct PixelCode {
  explicit PixelCode(const PixelSettings& settings);

  int bits = 8;
  float top = 255.0F;            ///< largest code
  math::CurveConstants curve;    ///< magnitude to value
  std::vector<float> magnitude;  ///< [top + 1] value code to magnitude relative to the reference; [0] = 0
};

/// b of the curve AdaptiveLog: code 1 of `top` stands for -top_db.
double adaptive_log_strength(double top_db, double top);

/// The inverse of the curve, in closed form: value v in [0, 1] to relative magnitude. `strength` is b of AdaptiveLog;
/// the others ignore it.
double curve_inverse(const Curve& curve, double v, double strength);

}  // namespace spectrohue
