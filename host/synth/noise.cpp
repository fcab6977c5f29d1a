// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/counter_hash.h"
#include "synth/spectrum_map.h"

namespace spectrohue::synth {

namespace {

/// Frames whose samples are made at a time.
constexpr std::int64_t kBlockFrames = 512;

/// Spread evenly over [-1, 1): a power of 1/3.
void fill_noise(std::uint64_t seed, std::int64_t first, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto place = static_cast<std::uint64_t>(first + static_cast<std::int64_t>(i));
    out[i] = static_cast<float>(2 * unit_number(seed, place) - 1);
  }
}

}  // namespace

void add_noise(Backend& backend, const StftSettings& stft, const Score& score, std::uint64_t seed, Audio& audio) {
  const std::int64_t hop = stft.hop_length;
  const std::int64_t around = (stft.n_fft + hop - 1) / hop * hop;  // what frames at the ends of a block see
  const auto n_bins = static_cast<std::size_t>(stft.n_bins());
  // A sine of amplitude 1 has the power 1/2; n_fft / 2 bins share the noise's.
  const auto scale = static_cast<float>(std::sqrt(0.75 * stft.n_fft));
  SpectrumMap map(score, stft, true);
  std::vector<float> samples;
  std::vector<float> gains(n_bins);
  std::vector<Complex> noise;
  std::vector<Complex> shaped;
  for (std::int64_t first = 0; first < score.n_samples; first += kBlockFrames * hop) {
    const std::int64_t count = std::min(score.n_samples - first, kBlockFrames * hop);
    samples.resize(static_cast<std::size_t>(count + 2 * around));
    fill_noise(seed, first - around, samples);
    const std::int64_t n_frames = stft.n_frames(std::ssize(samples));
    noise.resize(static_cast<std::size_t>(n_frames) * n_bins);
    shaped.resize(noise.size());
    const AnalyseItem analysis{samples, noise};
    backend.analyse(stft, {&analysis, 1});
    for (int c = 0; c < score.channels; ++c) {
      for (std::int64_t t = 0; t < n_frames; ++t) {
        map.read(c, static_cast<double>(first - around + t * hop), gains);
        for (std::size_t bin = 0; bin < n_bins; ++bin) {
          shaped[t * n_bins + bin] = noise[t * n_bins + bin] * (scale * gains[bin]);
        }
      }
      const SynthesiseItem synthesis{shaped, samples};
      backend.synthesise(stft, {&synthesis, 1});
      float* const out = audio.channel(c).data() + first;
      for (std::int64_t i = 0; i < count; ++i) out[i] += samples[around + i];
    }
  }
}

}  // namespace spectrohue::synth
