// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The caller's memory as the library sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "spectrohue/convert.h"
#include "spectrohue/spectrohue.h"
#include "spectrohue/types.h"

namespace spectrohue::capi {

/// A sound in the caller's memory, or, where the samples of a channel do not lie side by side, in a copy.
class SoundView {
 public:
  /// Throws Error(Usage) if the structure makes no sense.
  explicit SoundView(const spectrohue_samples* samples, std::optional<SampleFormat> subtype = {});
  const Sound& sound() const { return sound_; }

 private:
  template <class Sample>
  void add_channels(const spectrohue_samples& samples, Buffer<Sample>& copy);

  Sound sound_;
  Buffer<float> floats_;
  Buffer<std::int16_t> shorts_;
};

/// A copy of the caller's picture. Throws Error(Usage) if the structure makes no sense, Error(BadFormat) for an index
/// beyond the palette and for more than image::kMaxPixelBytes.
Picture picture_of(const spectrohue_pixels* pixels);

/// The note in a text. Throws Error as image::note_from_json(). NULL: none.
std::optional<PictureNote> note_of(const char* note);

}  // namespace spectrohue::capi
