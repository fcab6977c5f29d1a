// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the pixels of an exact encoding miss of a sound's integers, as digits in the smallest channels of the pixels
// (docs/format.md). Samples here are multiples of a least significant bit: 2^15 for hsvx, 2^23 for hsv16x, is full
// scale.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "spectrohue/convert.h"
#include "spectrohue/types.h"

namespace spectrohue {

/// Steps of the residual are less than a bit apart, so that decoders may differ by 1/16 bit and still return the same
/// integer.
inline constexpr double kResidualStep = 0.875;

/// Integers per full scale of an exact encoding.
double exact_full_scale(Encoding encoding);

/// What decoders of lossy formats return beyond full scale is clipped to this before it is encoded; below, to -1.
float exact_most(Encoding encoding);

/// The integer that a sample counts as: the nearest, within full scale.
std::int64_t exact_sample(double sample, double full_scale);

/// The residual of an integer that decodes to `decoded`, as a number >= 0: 0, -1, 1, -2 ... steps are 0, 1, 2, 3 ...
std::uint64_t residual_of(std::int64_t sample, double decoded);
/// The reverse; within full scale.
std::int64_t add_residual(std::uint64_t residual, double decoded, double full_scale);

/// Where the digits of a picture are: digit j, of residual_bits bits, lowest first, of sample t hop_length + i is in
/// bin j hop_length + i of column t.
class ResidualPlaces {
 public:
  /// Of valid settings with residual_bits.
  ResidualPlaces(const StftSettings& stft, const PixelSettings& pixels);

  /// The largest residual that has room.
  std::uint64_t largest() const;

  /// Puts the residuals of the samples first .. first + size - 1 of a channel where the smallest channel of each pixel
  /// is still 0. Column 0 of the picture is `first_column` of the sound's; of the samples only those count whose
  /// columns the picture holds.
  void put(Picture& picture, std::int64_t first_column, int channel, std::int64_t first,
           std::span<const std::uint64_t> residuals) const;
  /// The reverse: fills in those whose columns the picture holds.
  void get(const Picture& picture, std::int64_t first_column, int channel, std::int64_t first,
           std::span<std::uint64_t> residuals) const;

 private:
  template <class Use>
  void for_each_digit(std::int64_t width, std::int64_t first_column, std::int64_t first, std::int64_t count,
                      Use&& use) const;

  int bits_;
  int hop_;
  int digits_;
  int n_rows_;
  int bytes_;  // of a channel of a pixel
};

/// Tries numbers of residual_bits, from few to many; then, where the codes of the encoding are coarse, fine ones
/// (code_step 1): they leave less to the residual, and make larger files.
class ResidualBits {
 public:
  /// pixels.residual_bits or pixels.code_step other than 0: that number alone.
  ResidualBits(const StftSettings& stft, const PixelSettings& pixels);
  /// The settings to try.
  const PixelSettings& pixels() const { return pixels_; }
  /// After a residual that does not fit. Throws Error(Unsupported) that says what to do, if there is no more to try.
  void raise(std::uint64_t residual);

 private:
  void begin_with_step(int step);

  StftSettings stft_;
  PixelSettings pixels_;
  int chosen_;  // 0: none
  int most_;
  bool may_be_finer_;
};

/// Throws Error(Unsupported), which says what to do, if samples have more bits than an exact encoding keeps, or if one
/// of [first, end) is a float beyond full scale.
void check_exact_source(const Sound& sound, Encoding encoding, std::int64_t first, std::int64_t end);
/// What the user should know of samples that lose some of their bits; mostly nothing.
std::optional<std::string> lost_bits(SampleFormat format, Encoding encoding);

}  // namespace spectrohue
