// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of the stages, both ways. No arithmetic on samples here beyond checks.
#include "spectrohue/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "spectro/magnitude_pictures.h"
#include "spectro/pages.h"
#include "spectro/residual.h"
#include "spectro/retrieve_sound.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

void check_note(const Picture& picture, const PictureNote& note) {
  if (note.channels < 1 || note.sample_rate < 1 || note.n_samples < 0 ||
      note.ref.size() != static_cast<std::size_t>(note.channels)) {
    throw Error(ErrorCode::BadFormat, "the note lacks channels, rate, length or reference");
  }
  validate_channels(note.pixels.encoding, note.channels);
  if (note.tile.count > 1) {
    throw Error(ErrorCode::BadFormat, "it is tile " + std::to_string(note.tile.index + 1) + " of " +
                                          std::to_string(note.tile.count) + " of a longer sound; give all of them");
  }
  if (is_exact(note.pixels.encoding) && note.pixels.residual_bits == 0) {
    throw Error(ErrorCode::BadFormat,
                "the note lacks residual_bits, which " + to_string(note.pixels.encoding) + " cannot be read without");
  }
  check_layout(note, picture.layout);
  check_size(note, picture.width, picture.height);
}

void decode_exactly(Backend& backend, const Picture& picture, const PictureNote& note, Audio& audio,
                    bool is_untouched) {
  TileLayout layout;
  layout.add(note, picture.width, picture.height, picture.layout);
  TileJoiner joiner(backend, layout);
  std::int64_t done = 0;
  const auto take = [&](const float* samples, std::int64_t stride, std::int64_t n) {
    for (int c = 0; c < audio.channels; ++c) std::copy_n(samples + c * stride, n, audio.channel(c).data() + done);
    done += n;
  };
  joiner.add(picture, take, is_untouched);
}

/// Checks picture and note, and makes room for the sound.
void begin_audio(const Picture& picture, const PictureNote& note, Audio& audio) {
  validate(note.stft, note.pixels);
  check_note(picture, note);
  audio.sample_rate = note.sample_rate;
  audio.channels = note.channels;
  audio.n_samples = note.n_samples;
  audio.format = note.format;
  audio.samples.resize(static_cast<std::size_t>(note.channels * note.n_samples));
}

bool seeks_phases(const PictureNote& note, const RetrievalSettings& retrieval) {
  return !holds_phase(note.pixels.encoding) || retrieval.replaces_phases;
}

/// The channels of a picture of hue and value, to be decoded.
void add_channels(const Picture& picture, const PictureNote& note, Audio& audio, std::vector<DecodeItem>& items) {
  const Columns all{0, note.stft.n_frames(note.n_samples)};
  for (int c = 0; c < note.channels; ++c) {
    items.push_back({plane_of(picture, note, c, all), static_cast<float>(note.ref[c]), audio.channel(c)});
  }
}

/// The sound, or one within full scale whose samples are in `memory`; see exact_most().
Sound clip_lossy(const Sound& sound, Encoding encoding, std::vector<std::vector<float>>& memory) {
  if (!is_exact(encoding) || sound.format != SampleFormat::Lossy) return sound;
  Sound within = sound;
  for (Signal& signal : within.channels) {
    std::vector<float>& samples = memory.emplace_back(static_cast<std::size_t>(signal.size()));
    signal.copy(0, signal.size(), samples.data());
    for (float& x : samples) x = std::clamp(x, -1.0F, exact_most(encoding));
    signal = Signal(samples);
  }
  return within;
}

/// Sets note.pixels.residual_bits.
void encode_exactly(Backend& backend, const Sound& sound, EncodeSettings settings, PictureNote& note,
                    Picture& picture) {
  check_exact_source(sound, settings.pixels.encoding, 0, sound.n_samples);
  const Columns all{0, settings.stft.n_frames(sound.n_samples)};
  ResidualBits bits(settings.stft, settings.pixels);
  for (;;) {
    settings.pixels = note.pixels = bits.pixels();
    encode_columns(backend, sound, settings, note.ref, all, picture);
    ExactPages pages(backend, note, Cut{all.count});
    if (pages.add(sound, picture, [](const Picture&, Columns) {})) return;
    bits.raise(pages.largest());
  }
}

}  // namespace

PictureSize picture_size(std::int64_t n_samples, int channels, const EncodeSettings& settings) {
  PictureSize size;
  size.width = settings.stft.n_frames(n_samples);
  size.height = picture_height(settings.stft, settings.pixels, channels);
  size.bytes = size.width * size.height * pixel_layout(settings.pixels.encoding).bytes();
  return size;
}

PictureNote to_picture(Backend& backend, const Sound& given, const EncodeSettings& settings, Picture& picture) {
  validate(settings);
  if (given.channels.empty() || given.sample_rate < 1) {
    throw Error(ErrorCode::BadFormat, "the sound has no channels or no sample rate");
  }
  validate_channels(settings.pixels.encoding, static_cast<int>(given.channels.size()));
  refuse_non_finite(given, 0, given.n_samples);
  std::vector<std::vector<float>> clipped;
  const Sound sound = clip_lossy(given, settings.pixels.encoding, clipped);
  const Columns all{0, settings.stft.n_frames(sound.n_samples)};
  std::vector<float> peaks(sound.channels.size());
  if (settings.ref.kind == Reference::Kind::Peak) raise_peaks(backend, settings, sound, all, peaks);
  PictureNote note = make_note(sound, settings, references(settings, peaks));
  if (is_exact(settings.pixels.encoding)) {
    encode_exactly(backend, sound, settings, note, picture);
  } else {
    encode_columns(backend, sound, settings, note.ref, all, picture);
  }
  return note;
}

PictureNote to_picture(Backend& backend, const Audio& audio, const EncodeSettings& settings, Picture& picture) {
  Sound sound{audio.sample_rate, audio.format, audio.n_samples, {}};
  for (int c = 0; c < audio.channels; ++c) sound.channels.emplace_back(audio.channel(c));
  return to_picture(backend, sound, settings, picture);
}

std::optional<Convergence> to_audio(Backend& backend, const Picture& picture, const PictureNote& note, Audio& audio,
                                    const RetrievalSettings& retrieval, bool is_untouched,
                                    const MagnitudeTaker& taker) {
  begin_audio(picture, note, audio);
  if (seeks_phases(note, retrieval)) {
    std::array<PictureToAudio, 1> item{{{&picture, &note, &audio}}};
    retrieve_sounds(backend, item, retrieval, taker);
    return item[0].convergence;
  }
  if (is_exact(note.pixels.encoding)) {
    decode_exactly(backend, picture, note, audio, is_untouched);
    return std::nullopt;
  }
  const std::int64_t n_frames = note.stft.n_frames(note.n_samples);
  if (!is_hue(note.pixels.encoding)) {
    decode_spectrum_columns(backend, picture, note, {0, n_frames}, note.stft, audio.samples.span(), note.n_samples);
    return std::nullopt;
  }
  std::vector<DecodeItem> items;
  add_channels(picture, note, audio, items);
  backend.decode(note.stft, note.pixels, items);
  return std::nullopt;
}

bool can_go_together(const PictureNote& a, const PictureNote& b, const RetrievalSettings& retrieval) {
  const Encoding encoding = a.pixels.encoding;
  const bool is_plain = seeks_phases(a, retrieval) || (is_hue(encoding) && !is_exact(encoding));
  return is_plain && a.stft == b.stft && a.pixels == b.pixels && a.sample_rate == b.sample_rate;
}

void to_audio(Backend& backend, std::span<PictureToAudio> items, const RetrievalSettings& retrieval) {
  if (items.empty()) return;
  for (const PictureToAudio& item : items) begin_audio(*item.picture, *item.note, *item.audio);
  const PictureNote& first = *items.front().note;
  if (seeks_phases(first, retrieval)) {
    retrieve_sounds(backend, items, retrieval, {});
    return;
  }
  std::vector<DecodeItem> channels;
  for (const PictureToAudio& item : items) add_channels(*item.picture, *item.note, *item.audio, channels);
  backend.decode(first.stft, first.pixels, channels);
}

Comparison compare(const Audio& a, const Audio& b) {
  if (a.channels != b.channels || a.n_samples != b.n_samples) {
    throw Error(ErrorCode::Usage, "only sounds of the same length and channel count can be compared");
  }
  Comparer comparer;
  comparer.add(a.samples.data(), b.samples.data(), a.channels * a.n_samples);
  return comparer.result();
}

void Comparer::add(const float* a, const float* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double x = a[i];
    const double error = x - b[i];
    signal_ += x * x;
    noise_ += error * error;
    so_far_.max_error = std::max(so_far_.max_error, std::fabs(error));
    so_far_.differing += error != 0 ? 1 : 0;
  }
}

Comparison Comparer::result() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Comparison result = so_far_;
  result.snr_db = noise_ == 0 ? kInfinity : signal_ == 0 ? -kInfinity : 10 * std::log10(signal_ / noise_);
  return result;
}

}  // namespace spectrohue
