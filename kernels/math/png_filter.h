// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Filters of PNG rows, and where a picture is looked at to choose one.
#pragma once

#include "math/hd.h"

namespace spectrohue::math {

enum class Filter : std::uint8_t { None, Sub, Up, Average, Paeth };
/// Those that are tried on samples: the first ones.
inline constexpr int kSampledFilters = 4;

/// On which the choice of a filter rests: at least, at most, and in one place.
inline constexpr std::int64_t kMinSampledBytes = 4096;
inline constexpr std::int64_t kMaxSampledBytes = 32768;
inline constexpr std::int64_t kSampleBytes = 512;

inline namespace SPECTROHUE_MATH_ABI {

SPECTROHUE_HD int paeth_byte(int left, int up, int up_left) {
  const int a = up > up_left ? up - up_left : up_left - up;
  const int b = left > up_left ? left - up_left : up_left - left;
  const int sum = left + up - 2 * up_left;
  const int c = sum < 0 ? -sum : sum;
  return a <= b && a <= c ? left : b <= c ? up : up_left;
}

/// What a filter takes off a byte, from those of the pixel before it and of the row above; 0 where there are none.
SPECTROHUE_HD int expected_byte(Filter filter, int left, int up, int up_left) {
  switch (filter) {
    case Filter::None: break;
    case Filter::Sub: return left;
    case Filter::Up: return up;
    case Filter::Average: return (left + up) / 2;
    case Filter::Paeth: return paeth_byte(left, up, up_left);
  }
  return 0;
}

/// Pieces of a picture's filtered bytes, each anywhere in its share of them, so that no two follow each other in step
/// with the rows; or all bytes, if they are few.
struct SamplePlan {
  std::int64_t n_pieces;
  std::int64_t piece_bytes;
  std::int64_t share;

  SPECTROHUE_HD std::int64_t bytes() const { return n_pieces * piece_bytes; }
  SPECTROHUE_HD std::int64_t offset(std::int64_t piece) const {
    return share * piece + (share - piece_bytes) * (piece * 40503 % 65536) / 65536;
  }
};
SPECTROHUE_HD SamplePlan plan_samples(std::int64_t n_bytes) {
  const std::int64_t least = n_bytes / 64 < kMinSampledBytes ? kMinSampledBytes : n_bytes / 64;
  const std::int64_t wanted = least < kMaxSampledBytes ? least : kMaxSampledBytes;
  const std::int64_t n_pieces = wanted < n_bytes ? wanted / kSampleBytes : 1;
  const std::int64_t most = n_pieces > 1 ? kSampleBytes : wanted;
  return {n_pieces, n_bytes < most ? n_bytes : most, n_bytes / n_pieces};
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
