// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "audio/reader.h"
#include "spectrohue/buffer.h"
#include "spectrohue/convert.h"
#include "spectrohue/settings.h"

namespace spectrohue::batch {

/// Channels of a sound to those of its picture.
class ChannelMix {
 public:
  /// channels: of the sound. Throws Error(BadFormat) if it has not got those that are chosen; the only channel of a
  /// sound is as it is with any choice but One.
  ChannelMix(const ChannelChoice& choice, int channels);

  int channels() const { return channels_; }  ///< of the picture
  bool is_mid_side() const { return kind_ == ChannelChoice::Kind::MidSide; }

  /// The stretch of a sound of n_samples as its picture has it; `mixed` is memory for it, and both must live as long.
  Sound apply(const audio::Stretch& stretch, const audio::FileInfo& info, std::int64_t n_samples,
              Buffer<float>& mixed) const;
  /// The same of a sound all of which is in memory.
  Sound apply(const Sound& whole, Buffer<float>& mixed) const;
  /// The two halves of it: what has to be computed, which is the same as long as the stretch is, and the sound.
  void mix(const audio::Stretch& stretch, Buffer<float>& mixed) const;
  Sound sound(const audio::Stretch& stretch, const audio::FileInfo& info, std::int64_t n_samples,
              const Buffer<float>& mixed) const;

 private:
  bool takes_as_they_are() const { return kind_ == ChannelChoice::Kind::Keep || kind_ == ChannelChoice::Kind::One; }
  void mix(std::span<const Signal> sources, std::int64_t begin, std::size_t count, Buffer<float>& mixed) const;

  ChannelChoice::Kind kind_;
  int first_;
  int sources_;
  int channels_;
};

/// The way back from mid and side: n samples of two channels, stride apart, in place.
void undo_mid_side(float* samples, std::int64_t stride, std::int64_t n);

}  // namespace spectrohue::batch
