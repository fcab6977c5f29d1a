// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How phases follow from magnitudes: the gradient of a spectrogram's phase, and the tree along which it is integrated.
// Used by host/core, host/spectro and by CUDA kernels.
//
// Prusa, Balazs & Sondergaard 2017 integrate from the loudest bin outwards, by a heap: an order that one thread must
// find. Here the bins of a sound are joined by its spanning forest of the loudest edges instead, of which there is only
// one, so that whoever finds it finds the same. An edge is as loud as the quieter of its two bins; of the edges from a
// bin to louder neighbours, which are equally loud, the one to the loudest comes first, as it would from a heap.
#pragma once

#include "math/elementary.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// Turns of the phase for a difference of base-2 logarithms of magnitudes two bins, or two frames, apart.
struct PhaseScale {
  float along_time = 0.0F;  ///< from a frame to the next, for a difference between bins
  float along_bins = 0.0F;  ///< from a bin to the next, for a difference between frames
};

/// log_at(place) for place = frame n_bins + bin. What phases turn from bin `place` to the same of the next frame,
/// beyond a bin's centre frequency; eq. 14 with trapezoidal steps.
template <class LogAt>
SPECTROHUE_HD float time_gradient(const PhaseScale& scale, std::int64_t place, std::int64_t bin, std::int64_t n_bins,
                                  const LogAt& log_at) {
  if (bin == 0 || bin + 1 == n_bins) return 0.0F;
  const std::int64_t next = place + n_bins;
  return scale.along_time * 0.5F * ((log_at(place + 1) - log_at(place - 1)) + (log_at(next + 1) - log_at(next - 1)));
}
/// From bin `place` to the next of the same frame; eq. 15, one-sided in the first and the last frame.
template <class LogAt>
SPECTROHUE_HD float bin_gradient(const PhaseScale& scale, std::int64_t place, bool is_first, bool is_last,
                                 std::int64_t n_bins, const LogAt& log_at) {
  if (is_first && is_last) return 0.0F;
  const std::int64_t before = is_first ? place : place - n_bins;
  const std::int64_t after = is_last ? place : place + n_bins;
  const float distance = is_first || is_last ? 2.0F : 1.0F;
  return scale.along_bins * 0.5F * distance *
         ((log_at(after) - log_at(before)) + (log_at(after + 1) - log_at(before + 1)));
}

/// Which magnitudes of a sound have a phase that can be integrated: from 120 dB below the largest.
struct IntegratedRange {
  float least = 0.0F;  ///< not of them
  float most = 0.0F;

  SPECTROHUE_HD explicit IntegratedRange(float largest) : least(math::max(1e-6F * largest, kTiny)), most(largest) {}

  SPECTROHUE_HD bool holds(float magnitude) const { return magnitude > least && magnitude <= most; }
  /// Levels of 1/256 of a factor of two or less, from 0; of magnitudes that it holds.
  SPECTROHUE_HD std::int32_t level(float magnitude) const { return (to_bits(magnitude) - to_bits(least)) >> 15; }
};

/// The logarithm of a magnitude ends 200 dB below the largest.
SPECTROHUE_HD float least_logged(float largest) { return math::max(1e-10F * largest, kTiny); }

// --- Turns as whole numbers: 2^32 are one. Their sums wrap as angles do, and do not depend on their order.

SPECTROHUE_HD std::uint32_t whole_turns(float turns) {
  constexpr float kOne = 4294967296.0F;
  return static_cast<std::uint32_t>(static_cast<std::int64_t>((turns - round_even(turns)) * kOne));
}
/// In [-0.5, 0.5].
SPECTROHUE_HD float of_whole_turns(std::uint32_t turns) {
  return static_cast<float>(static_cast<std::int32_t>(turns)) * 0x1p-32F;
}

// --- The forest.

/// Neighbours of a bin, by their places.
enum Way : std::uint32_t { kBelow, kAbove, kBefore, kAfter };

SPECTROHUE_HD std::int64_t neighbour(std::int64_t place, std::uint32_t way, std::int64_t n_bins) {
  const std::int64_t step = way == kBelow || way == kAbove ? 1 : n_bins;
  return way == kBelow || way == kBefore ? place - step : place + step;
}

/// A bin among those of its sound.
struct ForestBin {
  std::int64_t place = 0;  ///< frame n_bins + bin
  std::int64_t bin = 0;
  std::int64_t n_bins = 0;
  bool is_in_first = false;  ///< of the frames
  bool is_in_last = false;

  SPECTROHUE_HD bool has(std::uint32_t way) const {
    switch (way) {
      case kBelow: return bin > 0;
      case kAbove: return bin + 1 < n_bins;
      case kBefore: return !is_in_first;
      default: return !is_in_last;
    }
  }
};

/// The neighbours of a bin that come before it: those of higher levels, or of the same level and further on. The i-th
/// loudest is way(i).
struct Uphill {
  std::uint32_t ways = 0;
  int n = 0;

  SPECTROHUE_HD std::uint32_t way(int i) const { return ways >> (2 * i) & 3U; }
};

/// Of a bin that the range holds. magnitude_at(place) >= 0.
template <class MagnitudeAt>
SPECTROHUE_HD Uphill uphill(const ForestBin& v, const IntegratedRange& range, const MagnitudeAt& magnitude_at) {
  const std::int32_t level = range.level(magnitude_at(v.place));
  float magnitudes[4] = {};
  bool is_uphill[4] = {};
  for (std::uint32_t way = 0; way < 4; ++way) {
    is_uphill[way] = v.has(way);
    if (!is_uphill[way]) continue;
    const std::int64_t place = neighbour(v.place, way, v.n_bins);
    magnitudes[way] = magnitude_at(place);
    const std::int32_t its = range.level(magnitudes[way]);
    is_uphill[way] = range.holds(magnitudes[way]) && (its > level || (its == level && place > v.place));
  }
  Uphill result;
  for (std::uint32_t way = 0; way < 4; ++way) {
    if (!is_uphill[way]) continue;
    int before = 0;  // of equally loud ones the last in the order of Way
    for (std::uint32_t other = 0; other < 4; ++other) {
      if (other == way || !is_uphill[other]) continue;
      const bool is_louder = other > way ? magnitudes[other] >= magnitudes[way] : magnitudes[other] > magnitudes[way];
      before += is_louder ? 1 : 0;
    }
    result.ways |= way << (2 * before);
    ++result.n;
  }
  return result;
}

/// Bigger for louder edges; never 0. v: the quieter bin, in an order that is the same for all of its sound; i: see
/// Uphill.
SPECTROHUE_HD std::uint64_t edge_key(std::int32_t level, std::uint32_t v, int i) {
  return static_cast<std::uint64_t>(level + 1) << 34 | static_cast<std::uint64_t>(v) << 2 |
         static_cast<std::uint64_t>(3 - i);
}
SPECTROHUE_HD std::uint32_t bin_of_key(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 2); }
SPECTROHUE_HD int rank_of_key(std::uint64_t key) { return 3 - static_cast<int>(key & 3); }

/// The phase of a bin less that of a neighbour.
template <class LogAt>
SPECTROHUE_HD std::uint32_t turns_from(const ForestBin& v, std::uint32_t way, const PhaseScale& scale, int n_fft,
                                       int hop, const LogAt& log_at) {
  const bool is_forward = way == kBelow || way == kBefore;
  const std::int64_t from = is_forward ? neighbour(v.place, way, v.n_bins) : v.place;
  std::uint32_t turns = 0;
  if (way == kBelow || way == kAbove) {
    turns = whole_turns(bin_gradient(scale, from, v.is_in_first, v.is_in_last, v.n_bins, log_at));
  } else {
    const auto size = static_cast<std::uint64_t>(n_fft);
    const std::uint64_t advance = static_cast<std::uint64_t>(hop) * static_cast<std::uint64_t>(v.bin) % size;
    turns = static_cast<std::uint32_t>((advance << 32) / size) +
            whole_turns(time_gradient(scale, from, v.bin, v.n_bins, log_at));
  }
  return is_forward ? turns : 0U - turns;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
