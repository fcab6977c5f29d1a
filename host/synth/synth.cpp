// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/synth.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/names.h"
#include "spectro/retrieval.h"
#include "synth/noise.h"
#include "synth/sines.h"
#include "synth/spectrum_map.h"

namespace spectrohue::synth {

namespace {

constexpr Names<Method, 4> kMethods{{{Method::Sines, "sines"},
                                     {Method::Noise, "noise"},
                                     {Method::Hybrid, "hybrid"},
                                     {Method::GriffinLim, "griffinlim"}}};

/// librosa's default.
constexpr int kStepsOfGriffinLim = 32;

/// What retrieve() is to do: methods as 'decode' has them under the same names.
RetrievalSettings retrieval_settings(const RenderSettings& settings) {
  RetrievalSettings retrieval;
  retrieval.seed = settings.seed;
  if (settings.method == Method::GriffinLim) {
    retrieval.method = PhaseMethod::GriffinLim;
    retrieval.start = PhaseStart::Random;
  }
  retrieval.n_iter =
      settings.n_iter.value_or(settings.method == Method::GriffinLim ? kStepsOfGriffinLim : retrieval.n_iter);
  return retrieval;
}

void retrieve_channel(Backend& backend, const Score& score, const RenderSettings& settings, int channel,
                      std::span<float> signal) {
  const StftSettings& stft = settings.stft;
  const std::int64_t n_frames = stft.n_frames(score.n_samples);
  const auto n_bins = static_cast<std::size_t>(stft.n_bins());
  const auto full_scale = static_cast<float>(full_scale_magnitude(stft));
  std::vector<float> magnitudes(static_cast<std::size_t>(n_frames) * n_bins);
  SpectrumMap map(score, stft, score.is_of_bands);
  float most = 0;
  for (std::int64_t t = 0; t < n_frames; ++t) {
    const std::span<float> frame = std::span(magnitudes).subspan(t * n_bins, n_bins);
    map.read(channel, static_cast<double>(t * stft.hop_length), frame);
    for (float& magnitude : frame) {
      magnitude *= full_scale;
      most = std::max(most, magnitude);
    }
  }
  if (most == 0) return;
  const RetrievalItem item{magnitudes, signal};
  retrieve(backend, stft, retrieval_settings(settings), {&item, 1});
}

void fade_ends(Audio& audio) {
  const auto length = static_cast<std::int64_t>(kFadeSeconds * audio.sample_rate);
  if (2 * length > audio.n_samples) return;
  for (int c = 0; c < audio.channels; ++c) {
    const std::span<float> samples = audio.channel(c);
    for (std::int64_t i = 0; i < length; ++i) {
      const double part = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
      const auto gain = static_cast<float>((1 - std::cos(std::numbers::pi * part)) / 2);
      samples[i] *= gain;
      samples[samples.size() - 1 - i] *= gain;
    }
  }
}

}  // namespace

std::string to_string(Method method) { return name_of(kMethods, method); }
Method method_from_string(std::string_view name) { return value_of(kMethods, name, "method"); }

void render(Backend& backend, const Score& score, const RenderSettings& settings, Audio& audio) {
  audio.sample_rate = score.sample_rate;
  audio.channels = score.channels;
  audio.n_samples = score.n_samples;
  audio.format = SampleFormat::Pcm16;
  audio.samples.resize(static_cast<std::size_t>(score.channels * score.n_samples));
  std::fill(audio.samples.begin(), audio.samples.end(), 0.0F);
  switch (settings.method) {
    case Method::Sines: add_sines(score, settings.seed, audio); break;
    case Method::Noise: add_noise(backend, settings.stft, score, settings.seed, audio); break;
    default:
      for (int c = 0; c < score.channels; ++c) retrieve_channel(backend, score, settings, c, audio.channel(c));
      break;
  }
  fade_ends(audio);
}

void normalize(Audio& audio, double peak) {
  float most = 0;
  for (const float sample : audio.samples) most = std::max(most, std::fabs(sample));
  if (most == 0) return;
  const auto gain = static_cast<float>(peak / most);
  for (float& sample : audio.samples) sample *= gain;
}

}  // namespace spectrohue::synth
