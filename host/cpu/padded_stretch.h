// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <span>

#include "math/frames.h"
#include "spectrohue/settings.h"
#include "spectrohue/signal.h"

namespace spectrohue::cpu {

/// The samples start .. start + to.size() - 1 of a signal as its frames see them, padded where they lie outside.
inline void copy_padded(const Signal& signal, std::int64_t start, PadMode mode, std::span<float> to) {
  const auto length = static_cast<std::int64_t>(to.size());
  const std::int64_t n = signal.size();
  const std::int64_t first = std::clamp<std::int64_t>(-start, 0, length);
  const std::int64_t last = std::clamp<std::int64_t>(n - start, first, length);
  const auto pad = [&](std::int64_t i) { to[i] = math::padded_sample(signal, n, start + i, mode == PadMode::Reflect); };
  for (std::int64_t i = 0; i < first; ++i) pad(i);
  if (first < last) signal.copy(start + first, last - first, to.data() + first);
  for (std::int64_t i = last; i < length; ++i) pad(i);
}

/// The same samples where they lie: in the signal's own memory where that will do, else in `scratch`, filled.
inline const float* padded_stretch(const Signal& signal, std::int64_t start, PadMode mode, std::span<float> scratch) {
  const bool inside = start >= 0 && start + static_cast<std::int64_t>(scratch.size()) <= signal.size();
  if (inside && signal.has_floats()) return signal.floats_at(start);
  copy_padded(signal, start, mode, scratch);
  return scratch.data();
}

}  // namespace spectrohue::cpu
