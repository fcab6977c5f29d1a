// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Magnitudes of a sound, and sounds from magnitudes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "capi/context.h"
#include "capi/settings.h"
#include "capi/status.h"
#include "capi/views.h"
#include "spectro/pages.h"
#include "spectro/retrieval.h"

namespace capi = spectrohue::capi;
using spectrohue::Error;
using spectrohue::ErrorCode;
using spectrohue::StftSettings;

namespace {

/// Of the spectrum that is in memory at a time.
constexpr std::int64_t kBlockBytes = std::int64_t{8} << 20;

StftSettings stft_of(const spectrohue_settings& settings) {
  return spectrohue::batch::encode_settings(settings.encode).stft;
}

void add_magnitudes(spectrohue::Backend& backend, const StftSettings& stft, const spectrohue::Signal& signal,
                    std::span<float> magnitudes) {
  const std::int64_t n_bins = stft.n_bins();
  const std::int64_t n_frames = std::ssize(magnitudes) / n_bins;
  const std::int64_t step = std::max<std::int64_t>(1, kBlockBytes / (n_bins * sizeof(spectrohue::Complex)));
  spectrohue::Buffer<spectrohue::Complex> spectrum;
  for (std::int64_t first = 0; first < n_frames; first += step) {
    spectrum.resize(static_cast<std::size_t>(std::min(step, n_frames - first) * n_bins));
    const spectrohue::AnalyseItem item{signal, spectrum.span(), first};
    backend.analyse(stft, {&item, 1});
    std::ranges::transform(spectrum, magnitudes.begin() + first * n_bins,
                           [](const spectrohue::Complex& bin) { return std::abs(bin); });
  }
}

/// The settings for magnitudes of that shape, and sounds of that length.
StftSettings stft_of_magnitudes(const spectrohue_settings& settings, std::int64_t n_frames, std::int64_t n_bins,
                                std::int64_t n_samples) {
  spectrohue_settings all = settings;
  if (!all.encode.given.n_fft && n_bins <= (1 << 20)) {
    all.encode.given.n_fft = 2 * static_cast<int>(n_bins - 1);
  }
  StftSettings stft = stft_of(all);
  if (stft.n_bins() != n_bins) {
    throw Error(ErrorCode::Usage, "there are " + std::to_string(n_bins) + " bins, and n_fft " +
                                      std::to_string(stft.n_fft) + " has " + std::to_string(stft.n_bins()));
  }
  if (n_samples >= 0 && stft.n_frames(n_samples) == n_frames) return stft;
  if (!all.encode.frames && stft.center) {
    stft.frames = spectrohue::FrameCount::Floor;
    if (n_samples >= 0 && stft.n_frames(n_samples) == n_frames) {
      validate(stft);
      return stft;
    }
  }
  const std::int64_t usual = (n_frames - 1) * stft.hop_length + (stft.center ? 0 : stft.n_fft);
  throw Error(ErrorCode::Usage, std::to_string(n_frames) + " frames at hop_length " + std::to_string(stft.hop_length) +
                                    " are not of " + std::to_string(n_samples) + " samples; take " +
                                    std::to_string(usual));
}

void refuse_non_finite(std::span<const float> magnitudes) {
  const auto found = std::ranges::find_if(magnitudes, [](float m) { return !std::isfinite(m); });
  if (found == magnitudes.end()) return;
  throw Error(ErrorCode::BadFormat,
              "magnitude " + std::to_string(found - magnitudes.begin()) + " is not a finite number");
}

}  // namespace

spectrohue_status spectrohue_stft_size(const spectrohue_settings* settings, int64_t n_samples, int64_t* n_frames,
                                       int64_t* n_bins) {
  return capi::guarded([&] {
    capi::require(n_frames, "n_frames");
    capi::require(n_bins, "n_bins");
    if (n_samples < 0 || n_samples > spectrohue::PictureNote::kMaxSamples) {
      throw Error(ErrorCode::Usage, "n_samples is " + std::to_string(n_samples) + ", not 0 to 2^48");
    }
    const StftSettings stft = stft_of(capi::settings_or_default(settings, SPECTROHUE_TRANSFORM));
    *n_frames = stft.n_frames(n_samples);
    *n_bins = stft.n_bins();
  });
}

spectrohue_status spectrohue_stft_magnitudes(spectrohue_context* context, const spectrohue_samples* samples,
                                             const spectrohue_settings* settings, float* magnitudes, int64_t n_values) {
  return capi::guarded([&] {
    capi::require(context, "context");
    capi::require(magnitudes, "magnitudes");
    const capi::SoundView view(samples);
    const spectrohue::Sound& sound = view.sound();
    const StftSettings stft = stft_of(capi::settings_or_default(settings, SPECTROHUE_TRANSFORM));
    const std::int64_t per_channel = stft.n_frames(sound.n_samples) * stft.n_bins();
    const std::int64_t needed = per_channel * std::ssize(sound.channels);
    if (n_values != needed) {
      throw Error(ErrorCode::Usage, "there is room for " + std::to_string(n_values) + " magnitudes, and there are " +
                                        std::to_string(needed));
    }
    spectrohue::refuse_non_finite(sound, 0, sound.n_samples);
    const std::lock_guard lock(context->mutex);
    for (const spectrohue::Signal& signal : sound.channels) {
      add_magnitudes(*context->worker.backend, stft, signal, {magnitudes, static_cast<std::size_t>(per_channel)});
      magnitudes += per_channel;
    }
  });
}

spectrohue_status spectrohue_retrieve(spectrohue_context* context, const float* magnitudes, int32_t channels,
                                      int64_t n_frames, int64_t n_bins, const spectrohue_settings* settings,
                                      float* samples, int64_t n_samples, double* convergence_db) {
  return capi::guarded([&] {
    constexpr std::int64_t kMostValues = std::int64_t{1} << 50;
    capi::require(context, "context");
    capi::require(magnitudes, "magnitudes");
    capi::require(samples, "samples");
    if (channels < 1 || channels > spectrohue::PictureNote::kMaxChannels || n_frames < 1 || n_bins < 2 ||
        n_frames > kMostValues / channels / n_bins) {
      throw Error(ErrorCode::Usage, "magnitudes of " + std::to_string(channels) + " channels, " +
                                        std::to_string(n_frames) + " frames and " + std::to_string(n_bins) +
                                        " bins cannot be");
    }
    const spectrohue_settings& given = capi::settings_or_default(settings, SPECTROHUE_TRANSFORM);
    const spectrohue::RetrievalSettings retrieval = spectrohue::batch::retrieval_settings(given.retrieval);
    if (retrieval.start == spectrohue::PhaseStart::Stored) {
      throw Error(ErrorCode::Usage, "there are no stored phases to begin with; leave 'stored' out");
    }
    const StftSettings stft = stft_of_magnitudes(given, n_frames, n_bins, n_samples);
    const auto plane = static_cast<std::size_t>(n_frames * n_bins);
    const auto length = static_cast<std::size_t>(n_samples);
    refuse_non_finite({magnitudes, plane * static_cast<std::size_t>(channels)});
    std::vector<spectrohue::RetrievalItem> items;
    for (int c = 0; c < channels; ++c) {
      items.push_back({std::span(magnitudes + c * plane, plane), std::span(samples + c * length, length)});
    }
    const std::lock_guard lock(context->mutex);
    double error = 0;
    double energy = 0;
    for (const auto& result : spectrohue::retrieve(*context->worker.backend, stft, retrieval, items)) {
      error += result.error;
      energy += result.energy;
    }
    if (convergence_db != nullptr) *convergence_db = spectrohue::convergence_db(error, energy);
  });
}
