// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "capi/views.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "capi/status.h"
#include "image/note.h"
#include "image/picture_file.h"

namespace spectrohue::capi {

namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::Usage, why); }

void check_samples(const spectrohue_samples& s) {
  constexpr std::int64_t kMostElements = std::int64_t{1} << 60;
  if (s.channels < 1 || s.channels > PictureNote::kMaxChannels) {
    refuse("samples.channels is " + std::to_string(s.channels) + ", not 1 to " +
           std::to_string(PictureNote::kMaxChannels));
  }
  if (s.n_samples < 0 || s.n_samples > PictureNote::kMaxSamples) {
    refuse("samples.n_samples is " + std::to_string(s.n_samples) + ", not 0 to 2^48");
  }
  if (s.sample_rate < 1) refuse("samples.sample_rate is " + std::to_string(s.sample_rate) + " Hz, not above 0");
  if (s.type != SPECTROHUE_FLOAT32 && s.type != SPECTROHUE_INT16) {
    refuse("samples.type is " + std::to_string(s.type) + ", neither SPECTROHUE_FLOAT32 nor SPECTROHUE_INT16");
  }
  const bool has_more = s.n_samples > 1;
  if (s.sample_stride < (has_more ? 1 : 0) || s.channel_stride < 0 || s.channel_stride > kMostElements / s.channels ||
      (has_more && s.sample_stride > kMostElements / s.n_samples)) {
    refuse("samples.sample_stride " + std::to_string(s.sample_stride) + " and channel_stride " +
           std::to_string(s.channel_stride) + " lead nowhere; planar: 1 and n_samples; interleaved: channels and 1");
  }
  if (s.data == nullptr && s.n_samples > 0) refuse("samples.data is NULL");
}

PixelLayout check_pixels(const spectrohue_pixels& p) {
  constexpr std::int64_t kMostPixels = std::numeric_limits<std::int32_t>::max();
  if (p.width < 1 || p.height < 1 || p.width > kMostPixels || p.height > kMostPixels) {
    refuse("a picture of " + std::to_string(p.width) + " x " + std::to_string(p.height) + " pixels cannot be");
  }
  if (p.channels < 1 || p.channels > 3 || (p.bits != 8 && p.bits != 16 && p.bits != 32)) {
    refuse("pixels of " + std::to_string(p.channels) + " channels of " + std::to_string(p.bits) +
           " bits cannot be: channels are 1, 2 or 3, bits 8, 16 or 32 (floats)");
  }
  const PixelLayout layout{p.channels, p.bits};
  if (p.row_bytes != 0 && p.row_bytes < p.width * layout.bytes()) {
    refuse("pixels.row_bytes is " + std::to_string(p.row_bytes) + ", less than the " +
           std::to_string(p.width * layout.bytes()) + " of a row");
  }
  if (p.data == nullptr) refuse("pixels.data is NULL");
  if (p.width > image::kMaxPixelBytes / layout.bytes() / p.height) {
    throw Error(ErrorCode::BadFormat, "a picture of " + std::to_string(p.width) + " x " + std::to_string(p.height) +
                                          " pixels is larger than 16 GiB");
  }
  return layout;
}

void take_palette(const spectrohue_pixels& pixels, Picture& picture) {
  if (pixels.palette == nullptr && pixels.n_colours == 0) return;
  constexpr int kMostColours = 256;
  if (pixels.palette == nullptr || pixels.n_colours < 1 || pixels.n_colours > kMostColours) {
    refuse("pixels.palette holds " + std::to_string(pixels.n_colours) + " colours, not 1 to 256");
  }
  if (picture.layout != PixelLayout{1, 8}) refuse("pixels with a palette have one channel of 8 bits");
  for (const std::uint8_t index : picture.pixels) {
    if (index < pixels.n_colours) continue;
    throw Error(ErrorCode::BadFormat, "the pixels have an index " + std::to_string(index) + ", and their palette " +
                                          std::to_string(pixels.n_colours) + " colours");
  }
  picture.palette.resize(static_cast<std::size_t>(pixels.n_colours));
  std::memcpy(picture.palette.data(), pixels.palette, picture.palette.size() * sizeof(Colour));
}

}  // namespace

SoundView::SoundView(const spectrohue_samples* samples, std::optional<SampleFormat> subtype) {
  require_structure(samples, "samples");
  check_samples(*samples);
  const bool is_short = samples->type == SPECTROHUE_INT16;
  sound_.sample_rate = samples->sample_rate;
  sound_.format = subtype.value_or(is_short ? SampleFormat::Pcm16 : SampleFormat::Float32);
  sound_.n_samples = samples->n_samples;
  is_short ? add_channels(*samples, shorts_) : add_channels(*samples, floats_);
}

template <class Sample>
void SoundView::add_channels(const spectrohue_samples& samples, Buffer<Sample>& copy) {
  const auto* data = static_cast<const Sample*>(samples.data);
  const std::int64_t n = samples.n_samples;
  const auto count = static_cast<std::size_t>(n);
  if (n <= 1 || samples.sample_stride == 1) {
    for (int c = 0; c < samples.channels; ++c) {
      const Sample* const first = n == 0 ? data : data + c * samples.channel_stride;
      sound_.channels.emplace_back(std::span<const Sample>(first, count));
    }
    return;
  }
  copy.resize(count * static_cast<std::size_t>(samples.channels));
  // Channels inside, so that interleaved samples are read once, in their order.
  for (std::int64_t i = 0; i < n; ++i) {
    const Sample* const from = data + i * samples.sample_stride;
    for (int c = 0; c < samples.channels; ++c) copy[c * n + i] = from[c * samples.channel_stride];
  }
  for (int c = 0; c < samples.channels; ++c) {
    sound_.channels.emplace_back(std::span<const Sample>(copy.data() + c * n, count));
  }
}

Picture picture_of(const spectrohue_pixels* pixels) {
  require_structure(pixels, "pixels");
  const PixelLayout layout = check_pixels(*pixels);
  Picture picture;
  picture.resize(pixels->width, pixels->height, layout);
  const auto* from = static_cast<const std::uint8_t*>(pixels->data);
  const std::int64_t step = pixels->row_bytes == 0 ? picture.row_bytes() : pixels->row_bytes;
  for (std::int64_t y = 0; y < picture.height; ++y) {
    std::memcpy(picture.row(y), from + y * step, static_cast<std::size_t>(picture.row_bytes()));
  }
  take_palette(*pixels, picture);
  return picture;
}

std::optional<PictureNote> note_of(const char* note) {
  if (note == nullptr) return std::nullopt;
  return image::note_from_json(note);
}

}  // namespace spectrohue::capi
