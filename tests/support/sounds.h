// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Signals as sounds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::test {

/// samples: of all channels, a channel after another; as many of each.
inline Audio planar_sound(std::span<const float> samples, int channels, int sample_rate) {
  Audio audio;
  audio.sample_rate = sample_rate;
  audio.channels = channels;
  audio.n_samples = std::ssize(samples) / channels;
  audio.samples.resize(samples.size());
  std::ranges::copy(samples, audio.samples.begin());
  return audio;
}

inline Audio mono_sound(std::span<const float> samples, int sample_rate) {
  return planar_sound(samples, 1, sample_rate);
}

/// Channels of one length, at least one.
inline Audio sound_of(const std::vector<std::vector<float>>& channels, int sample_rate) {
  std::vector<float> samples;
  for (const std::vector<float>& x : channels) samples.insert(samples.end(), x.begin(), x.end());
  return planar_sound(samples, static_cast<int>(channels.size()), sample_rate);
}

}  // namespace spectrohue::test
