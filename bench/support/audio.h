// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::bench {

/// A sound of one channel.
inline Audio audio_of(const std::vector<float>& x, int rate_hz) {
  Audio audio;
  audio.sample_rate = rate_hz;
  audio.channels = 1;
  audio.n_samples = std::ssize(x);
  audio.samples.resize(x.size());
  std::copy(x.begin(), x.end(), audio.samples.begin());
  return audio;
}

}  // namespace spectrohue::bench
