// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pixels of the encodings that are not hue and value: magnitudes, phases beside them, or complex numbers.
// docs/format.md states the arithmetic.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/magnitude_kernels.h"
#include "math/pixels.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Some neighbouring pixels of some rows. Numbers that belong to them lie in arrays [rows, kColumns], of which the
/// first `columns` of each row count; the others may be any number.
template <class Byte>
struct PixelBlock {
  static constexpr int kColumns = kMagnitudeGroup;

  Byte* first;             ///< of the first row
  std::int64_t row_bytes;  ///< from a row to the next; below 0 if that lies higher in the picture
  int rows;
  int columns;  ///< at most kColumns

  Byte* row(int i) const { return first + i * row_bytes; }
};

/// The curve and codes of a picture.
class MagnitudeCode {
 public:
  /// Read: with a magnitude for every code, which only read() needs. Both do all the rest.
  enum class Use { Write, Read };

  MagnitudeCode(const PixelSettings& settings, const MagnitudeKernels& kernels, Use use);

  /// Where has_channels_as_colours(), `side` says which of the magnitudes in a pixel is meant: 0 left, 1 right, of
  /// Stereo3 also 2, the middle; kBoth for the only channel of a sound.
  static constexpr int kBoth = -1;

  /// Pixels of magnitudes; inverse_ref: 1 / reference, 0 for silence. Where has_channels_as_colours(),
  /// only the side's bytes are written.
  void write(const float* magnitudes, float inverse_ref, const PixelBlock<std::uint8_t>& to, int side = kBoth) const;
  /// The reverse, for n pixels of a row; Use::Read only. Infinite or absurd floats count as 0.
  void read(const std::uint8_t* from, int n, float ref, float* magnitudes, int side = kBoth) const;

  /// Pixels of the phases of bins re + i im (Magphase, Magphase16).
  void write_phases(const float* re, const float* im, const PixelBlock<std::uint8_t>& to) const;
  /// The unit vectors of phases.
  void read_phases(const PixelBlock<const std::uint8_t>& from, float* cos, float* sin) const;

 private:
  void write_codes(const std::int32_t* codes, const PixelBlock<std::uint8_t>& to, int side) const;
  void write_floats(const float* magnitudes, float inverse_ref, const PixelBlock<std::uint8_t>& to) const;
  void write_wide_codes(const float* magnitudes, float inverse_ref, const PixelBlock<std::uint8_t>& to) const;
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
  MagnitudeKernels kernels_;
  std::shared_ptr<const std::vector<float>> table_;  // [top + 1] codes of 8 and 16 bits to relative magnitudes
};

}  // namespace spectrohue
