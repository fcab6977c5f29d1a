// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The elements of kernels/math/magnitudes.h over many numbers: what core/magnitude_code.h leaves to SIMD lanes
// (cpu/lane_kernels.h). Plain pointers: no library code is compiled for an instruction set.
#pragma once

#include <cstdint>

#include "math/pixels.h"

namespace spectrohue {

/// Every instruction set returns the same bits. Arrays are [n], n is a multiple of kMagnitudeGroup.
struct MagnitudeKernels {
  /// math::magnitude_code of magnitudes times inverse_ref.
  void (*encode_magnitudes)(const math::CurveConstants& curve, float top, float inverse_ref, const float* magnitudes,
                            std::int64_t n, std::int32_t* codes);
  /// math::phase_code of re + i im, of n_codes around the circle.
  void (*encode_phases)(float n_codes, const float* re, const float* im, std::int64_t n, std::int32_t* codes);
  /// math::phase_of_code.
  void (*decode_phases)(float n_codes, const std::int32_t* codes, std::int64_t n, float* cos, float* sin);
};

/// The widest lanes.
inline constexpr int kMagnitudeGroup = 16;

}  // namespace spectrohue
