// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Magnitudes and phases to codes, W of them side by side. Included only by lane_kernels_impl.h.
#pragma once

#include "core/magnitude_kernels.h"
#include "cpu/lanes.h"
#include "math/magnitudes.h"

namespace spectrohue::cpu {

template <int W>
struct MagnitudesLanes {
  using F = Floats<W>;
  static_assert(kMagnitudeGroup % W == 0);

  static void encode_magnitudes(const math::CurveConstants& curve, float top, float inverse_ref,
                                const float* magnitudes, std::int64_t n, std::int32_t* codes) {
    for (std::int64_t i = 0; i < n; i += W) {
      to_integer(math::magnitude_code(F::load(magnitudes + i) * inverse_ref, top, curve)).store(codes + i);
    }
  }

  static void encode_phases(float n_codes, const float* re, const float* im, std::int64_t n, std::int32_t* codes) {
    for (std::int64_t i = 0; i < n; i += W) {
      to_integer(math::phase_code(F::load(re + i), F::load(im + i), n_codes)).store(codes + i);
    }
  }

  static void decode_phases(float n_codes, const std::int32_t* codes, std::int64_t n, float* cos, float* sin) {
    for (std::int64_t i = 0; i < n; i += W) {
      F c;
      F s;
      math::phase_of_code(to_float(Ints<W>::load(codes + i)), n_codes, c, s);
      c.store(cos + i);
      s.store(sin + i);
    }
  }
};

}  // namespace spectrohue::cpu
