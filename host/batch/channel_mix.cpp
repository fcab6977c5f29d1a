// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/channel_mix.h"

#include <string>

#include "spectrohue/error.h"

namespace spectrohue::batch {

using Kind = ChannelChoice::Kind;

ChannelMix::ChannelMix(const ChannelChoice& choice, int channels)
    : kind_(choice.kind), first_(choice.index), sources_(channels), channels_(channels) {
  const auto refuse = [&](const char* why) {
    throw Error(ErrorCode::BadFormat,
                "the sound has " + std::to_string(channels) + (channels == 1 ? " channel" : " channels") + why);
  };
  if (kind_ == Kind::One) {
    if (first_ >= channels) refuse(", not the one that --channels asks for");
    channels_ = 1;
    return;
  }
  if (channels == 1) kind_ = Kind::Keep;
  if (kind_ == Kind::MidSide && channels != 2) refuse(", and mid and side are made of two; use --channels keep");
  if (kind_ == Kind::Mono) channels_ = 1;
}

void ChannelMix::mix(const audio::Stretch& stretch, Buffer<float>& mixed) const {
  if (takes_as_they_are()) return;
  std::vector<Signal> sources;
  for (int c = 0; c < sources_; ++c) sources.push_back(stretch.signal(c, stretch.end()));
  mix(sources, stretch.first(), static_cast<std::size_t>(stretch.end() - stretch.first()), mixed);
}

/// Samples begin .. begin + count - 1 of each channel that is made.
void ChannelMix::mix(std::span<const Signal> sources, std::int64_t begin, std::size_t count,
                     Buffer<float>& mixed) const {
  mixed.resize(count * static_cast<std::size_t>(channels_));
  const float share = 1.0F / static_cast<float>(sources_);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t at = begin + static_cast<std::int64_t>(i);
    float sum = 0.0F;
    for (const Signal& source : sources) sum += source[at];
    mixed[i] = sum * share;
    if (is_mid_side()) mixed[count + i] = (sources[0][at] - sources[1][at]) * share;
  }
}

Sound ChannelMix::sound(const audio::Stretch& stretch, const audio::FileInfo& info, std::int64_t n_samples,
                        const Buffer<float>& mixed) const {
  Sound sound{info.sample_rate, info.format, n_samples, {}};
  if (takes_as_they_are()) {
    const int first = kind_ == Kind::One ? first_ : 0;
    for (int c = 0; c < channels_; ++c) sound.channels.push_back(stretch.signal(first + c, n_samples));
    return sound;
  }
  const auto count = static_cast<std::size_t>(stretch.end() - stretch.first());
  for (int c = 0; c < channels_; ++c) {
    sound.channels.push_back(Signal(mixed.span().subspan(c * count, count)).part_of(stretch.first(), n_samples));
  }
  return sound;
}

Sound ChannelMix::apply(const audio::Stretch& stretch, const audio::FileInfo& info, std::int64_t n_samples,
                        Buffer<float>& mixed) const {
  mix(stretch, mixed);
  return sound(stretch, info, n_samples, mixed);
}

Sound ChannelMix::apply(const Sound& whole, Buffer<float>& mixed) const {
  Sound sound{whole.sample_rate, whole.format, whole.n_samples, {}};
  if (takes_as_they_are()) {
    const auto first = whole.channels.begin() + (kind_ == Kind::One ? first_ : 0);
    sound.channels.assign(first, first + channels_);
    return sound;
  }
  const auto count = static_cast<std::size_t>(whole.n_samples);
  mix(whole.channels, 0, count, mixed);
  for (int c = 0; c < channels_; ++c) sound.channels.emplace_back(mixed.span().subspan(c * count, count));
  return sound;
}

void undo_mid_side(float* samples, std::int64_t stride, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float mid = samples[i];
    const float side = samples[stride + i];
    samples[i] = mid + side;
    samples[stride + i] = mid - side;
  }
}

}  // namespace spectrohue::batch
