// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Random numbers without a state: the one at a place depends on the seed and the place alone.
#pragma once

#include <cstdint>

#include "math/hd.h"

namespace spectrohue {

/// The finaliser of splitmix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
SPECTROHUE_HD constexpr std::uint64_t hash_bits(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// Spread evenly over [0, 1), in steps of 2^-53.
SPECTROHUE_HD constexpr double unit_number(std::uint64_t seed, std::uint64_t place) {
  return static_cast<double>(hash_bits(hash_bits(seed) ^ place) >> 11) * 0x1p-53;
}

}  // namespace spectrohue
