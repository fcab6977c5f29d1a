// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <span>

#include "math/frames.h"
#include "spectrohue/settings.h"
#include "spectrohue/signal.h"

namespace spectrohue::cpu {

/// The samples start .. start + scratch.size() - 1 of a signal as its frames see them, padded where they lie outside:
/// the signal's own memory where that will do, else `scratch`, filled.
inline const float* padded_stretch(const Signal& signal, std::int64_t start, PadMode mode, std::span<float> scratch) {
  const auto length = static_cast<std::int64_t>(scratch.size());
  const std::int64_t n = signal.size();
  const std::int64_t first = std::clamp<std::int64_t>(-start, 0, length);
  const std::int64_t last = std::clamp<std::int64_t>(n - start, first, length);
  if (first == 0 && last == length && signal.has_floats()) return signal.floats_at(start);
  const auto pad = [&](std::int64_t i) {
    scratch[i] = math::padded_sample(signal, n, start + i, mode == PadMode::Reflect);
  };
  for (std::int64_t i = 0; i < first; ++i) pad(i);
  if (first < last) signal.copy(start + first, last - first, scratch.data() + first);
  for (std::int64_t i = last; i < length; ++i) pad(i);
  return scratch.data();
}

}  // namespace spectrohue::cpu
