// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "spectrohue/types.h"

namespace spectrohue::synth {

/// A pixel; y counts from the top.
struct Pixel {
  int x = 0;
  int y = 0;
  bool operator==(const Pixel&) const = default;
};

/// Where Hilbert's curve (D. Hilbert, "Über die stetige Abbildung einer Linie auf ein Flächenstück", Math. Ann. 38,
/// 1891) is after `index` steps through a square of side x side pixels, side a power of two: it begins in the bottom
/// left corner, ends in the bottom right one and passes through every pixel once, each next to the one before.
Pixel hilbert_pixel(int side, std::int64_t index);

/// A square picture of floats, unrolled: one column, whose lowest row is where the curve begins.
Picture along_hilbert(const Picture& square);

}  // namespace spectrohue::synth
