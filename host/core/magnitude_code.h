// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pixels of the encodings that are not hue and value: magnitudes, phases beside them, or complex numbers.
// docs/format.md states the arithmetic.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "math/pixels.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Some neighbouring pixels of a row at a time. Where Encoding::Stereo puts a channel: 0 left, 1 right; kBoth for the
/// only channel of a sound.
class MagnitudeCode {
 public:
  explicit MagnitudeCode(const PixelSettings& settings);

  static constexpr int kBoth = -1;

  /// Pixels of n magnitudes; inverse_ref: 1 / reference, 0 for silence. Of Stereo only the side's bytes are written.
  void write(const float* magnitudes, int n, float inverse_ref, std::uint8_t* to, int side = kBoth) const;
  /// The reverse. Infinite or absurd floats count as 0.
  void read(const std::uint8_t* from, int n, float ref, float* magnitudes, int side = kBoth) const;

  /// Pixels of n phases, those of bins (Magphase, Magphase16); x: [n] the bins.
  void write_phases(const std::complex<float>* x, int n, std::uint8_t* to) const;
  /// Multiplies magnitudes with the unit vectors of phases: the bins. real: they are DC or Nyquist.
  void read_phases(const std::uint8_t* from, int n, const float* magnitudes, bool real, std::complex<float>* x) const;

 private:
  /// What Gray32f holds of a magnitude relative to the reference.
  float value_of(float m) const;
  float magnitude_of(float value) const;
  double code_of(float m) const;

  Encoding encoding_;
  Curve curve_;
  double strength_;
  double top_;
  float phase_codes_;  // around the circle
  math::CurveConstants constants_;
  std::vector<float> table_;  // [top + 1] codes of 8 and 16 bits to relative magnitudes
};

}  // namespace spectrohue
