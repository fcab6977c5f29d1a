// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of the stages, both ways. No arithmetic on samples here beyond checks.
#include "spectrohue/convert.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// Finds the first sample that is not a number. Sums blockwise first: NaN and infinity survive a sum of x * 0.
void refuse_non_finite(const Audio& audio) {
  constexpr std::int64_t kBlock = 4096;
  for (int c = 0; c < audio.channels; ++c) {
    const std::span<const float> x = audio.channel(c);
    for (std::int64_t first = 0; first < audio.n_samples; first += kBlock) {
      const std::int64_t last = std::min(audio.n_samples, first + kBlock);
      float sum = 0.0F;
      for (std::int64_t i = first; i < last; ++i) sum += x[i] * 0.0F;
      if (sum == 0.0F) continue;
      for (std::int64_t i = first; i < last; ++i) {
        if (std::isfinite(x[i])) continue;
        throw Error(ErrorCode::BadFormat, "sample " + std::to_string(i) + " of channel " + std::to_string(c + 1) +
                                              " is " + (std::isnan(x[i]) ? "not a number (NaN)" : "infinite") +
                                              "; repair the file first");
      }
    }
  }
}

std::vector<double> references(Backend& backend, const Audio& audio, const EncodeSettings& settings) {
  std::vector<double> ref(static_cast<std::size_t>(audio.channels));
  switch (settings.ref.kind) {
    case Reference::Kind::FullScale: std::fill(ref.begin(), ref.end(), full_scale_magnitude(settings.stft)); break;
    case Reference::Kind::Fixed: std::fill(ref.begin(), ref.end(), settings.ref.value); break;
    case Reference::Kind::Peak: {
      std::vector<Signal> signals;
      for (int c = 0; c < audio.channels; ++c) signals.push_back(audio.channel(c));
      std::vector<float> peaks(signals.size());
      backend.peak(settings.stft, signals, peaks);
      for (std::size_t c = 0; c < ref.size(); ++c) ref[c] = peaks[c] < kSilence ? 0.0 : kPeakHeadroom * peaks[c];
      break;
    }
  }
  return ref;
}

std::string size_text(std::int64_t width, std::int64_t height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

void check_note(const Picture& picture, const PictureNote& note) {
  if (note.channels < 1 || note.sample_rate < 1 || note.n_samples < 0 ||
      note.ref.size() != static_cast<std::size_t>(note.channels)) {
    throw Error(ErrorCode::BadFormat, "the note lacks channels, rate, length or reference");
  }
  const int bits = bits_of(note.pixels.encoding);
  if (picture.bits != bits) {
    throw Error(ErrorCode::BadFormat, "the picture has " + std::to_string(picture.bits) +
                                          " bits a channel, but the encoding " + to_string(note.pixels.encoding) +
                                          " needs " + std::to_string(bits));
  }
  const std::int64_t width = note.stft.n_frames(note.n_samples);
  const std::int64_t height = static_cast<std::int64_t>(note.channels) * note.stft.n_bins();
  if (picture.width != width || picture.height != height) {
    throw Error(ErrorCode::BadFormat,
                "the picture is " + size_text(picture.width, picture.height) + " pixels, but its parameters (n_fft " +
                    std::to_string(note.stft.n_fft) + ", hop_length " + std::to_string(note.stft.hop_length) + ", " +
                    std::to_string(note.channels) + " channels, " + std::to_string(note.n_samples) + " samples) make " +
                    size_text(width, height) + "; was it resized or cropped?");
  }
}

}  // namespace

PictureSize picture_size(std::int64_t n_samples, int channels, const EncodeSettings& settings) {
  PictureSize size;
  size.width = settings.stft.n_frames(n_samples);
  size.height = static_cast<std::int64_t>(channels) * settings.stft.n_bins();
  size.bytes = size.width * size.height * 3 * (bits_of(settings.pixels.encoding) / 8);
  return size;
}

PictureNote to_picture(Backend& backend, const Audio& audio, const EncodeSettings& settings, Picture& picture) {
  validate(settings);
  if (audio.channels < 1 || audio.sample_rate < 1) {
    throw Error(ErrorCode::BadFormat, "the sound has no channels or no sample rate");
  }
  refuse_non_finite(audio);

  PictureNote note;
  note.stft = settings.stft;
  note.pixels = settings.pixels;
  note.sample_rate = audio.sample_rate;
  note.n_samples = audio.n_samples;
  note.channels = audio.channels;
  note.format = audio.format;
  note.ref = references(backend, audio, settings);

  const PictureSize size = picture_size(audio.n_samples, audio.channels, settings);
  picture.width = size.width;
  picture.height = size.height;
  picture.bits = bits_of(settings.pixels.encoding);
  picture.pixels.resize(static_cast<std::size_t>(size.bytes));
  std::vector<EncodeItem> items;
  for (int c = 0; c < audio.channels; ++c) {
    std::uint8_t* top = picture.row(static_cast<std::int64_t>(c) * settings.stft.n_bins());
    items.push_back({audio.channel(c), static_cast<float>(note.ref[c]), {top, picture.row_bytes(), picture.width}});
  }
  backend.encode(settings.stft, settings.pixels, items);
  return note;
}

void to_audio(Backend& backend, const Picture& picture, const PictureNote& note, Audio& audio) {
  validate(note.stft);
  validate(note.pixels);
  check_note(picture, note);

  audio.sample_rate = note.sample_rate;
  audio.channels = note.channels;
  audio.n_samples = note.n_samples;
  audio.format = note.format;
  audio.samples.resize(static_cast<std::size_t>(note.channels * note.n_samples));
  std::vector<DecodeItem> items;
  for (int c = 0; c < note.channels; ++c) {
    const std::uint8_t* top = picture.row(static_cast<std::int64_t>(c) * note.stft.n_bins());
    items.push_back({{top, picture.row_bytes(), picture.width}, static_cast<float>(note.ref[c]), audio.channel(c)});
  }
  backend.decode(note.stft, note.pixels, items);
}

Comparison compare(const Audio& a, const Audio& b) {
  if (a.channels != b.channels || a.n_samples != b.n_samples) {
    throw Error(ErrorCode::Usage, "only sounds of the same length and channel count can be compared");
  }
  Comparison result;
  double signal = 0;
  double noise = 0;
  const std::size_t n = static_cast<std::size_t>(a.channels) * static_cast<std::size_t>(a.n_samples);
  for (std::size_t i = 0; i < n; ++i) {
    const double x = a.samples[i];
    const double error = x - b.samples[i];
    signal += x * x;
    noise += error * error;
    result.max_error = std::max(result.max_error, std::fabs(error));
    result.differing += error != 0 ? 1 : 0;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  result.snr_db = noise == 0 ? kInfinity : signal == 0 ? -kInfinity : 10 * std::log10(signal / noise);
  return result;
}

}  // namespace spectrohue
