// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Tables that every backend uses as they are: made once, on the host, in double.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "math/frames.h"
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

  /// Calls use(first, count, sums) for stretches of the positions [begin, end) of a sound of n_frames, in order; sums
  /// are window_sum_at() of each, [count].
  template <class Use>
  void for_each_window_sum(std::int64_t begin, std::int64_t end, std::int64_t n_frames, Use&& use) const;
};

template <class Use>
void StftTables::for_each_window_sum(std::int64_t begin, std::int64_t end, std::int64_t n_frames, Use&& use) const {
  const int hop = settings.hop_length;
  std::vector<float> at_the_ends;
  while (begin < end) {
    const std::int64_t phase = begin % hop;
    const std::int64_t count = std::min(hop - phase, end - begin);
    // Frames begin at multiples of the hop, so it is the same for the whole stretch.
    if (math::all_frames_exist(begin, settings.n_fft, hop, n_frames)) {
      use(begin, count, window_sum.data() + phase);
    } else {
      at_the_ends.resize(static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) at_the_ends[i] = window_sum_at(begin + i, n_frames);
      use(begin, count, at_the_ends.data());
    }
    begin += count;
  }
}

/// What code 0 is stored as, above the payload of the smallest channel: the least multiple of code_step() that is no
/// less than the largest payload. 0 in encodings without one.
int payload_offset(const PixelSettings& settings);
/// The steps between codes as they are stored: PixelSettings::code_step, or what it stands for.
int code_step(const PixelSettings& settings);
/// The largest code of a magnitude: as many steps as there are between payload_offset() and top_code().
double top_magnitude_code(const PixelSettings& settings);

/// Gains of the bins (PixelSettings::tilt), and what takes them back; both empty where the tilt is 0, which is to cost
/// nothing.
struct BinGains {
  std::vector<float> gain;     ///< [n_bins] in (0, 1], the largest is 1
  std::vector<float> inverse;  ///< [n_bins] 1 / gain, rounded on its own
};
/// 10^(tilt log2(k / k1) / 20) for bin k >= 1, where k1 is the highest bin if tilt > 0 and bin 1 if tilt < 0; bin 0 has
/// the gain of bin 1.
double bin_gain(const StftSettings& stft, double tilt, int bin);
BinGains bin_gains(const StftSettings& stft, const PixelSettings& pixels);

/// What CurveKind::AdaptiveLog is made with, adaptive_log_strength() for these codes; 0 for the others.
double curve_strength(const PixelSettings& settings);

/// The curve of these codes as numbers.
math::CurveConstants curve_constants(const PixelSettings& settings);

/// An encoding of hue and value as numbers.
struct PixelCode {
  explicit PixelCode(const PixelSettings& settings);

  int bits = 8;
  float top = 255.0F;  ///< largest code of a magnitude
  math::CodePlaces places;
  math::CurveConstants curve;    ///< magnitude to value
  std::vector<float> magnitude;  ///< [top + 1] value code to magnitude relative to the reference; [0] = 0
};

/// b of the curve AdaptiveLog: code 1 of `top` stands for -top_db.
double adaptive_log_strength(double top_db, double top);

/// The curve in double: relative magnitude m >= 0 to value; above 1 for m above 1. `strength` as below. The formulas of
/// math::amplitude_value once more, on purpose: that one is floats without libm, the same bits on every machine, and
/// takes a power; it makes codes of up to 16 bits. Codes of 24 bits and pictures of floats need what it cannot give.
double curve_value(const Curve& curve, double m, double strength);

/// The inverse of the curve, in closed form: value v in [0, 1] to relative magnitude. `strength` is b of AdaptiveLog;
/// the others ignore it.
double curve_inverse(const Curve& curve, double v, double strength);

}  // namespace spectrohue
