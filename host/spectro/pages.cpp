// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/pages.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "spectrohue/error.h"

namespace spectrohue {

namespace {

std::int64_t pixel_bytes(int bits) { return 3 * (bits / 8); }

/// More columns than any picture has, few enough to count samples with.
constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

/// How many columns before a cut share samples with columns behind it.
std::int64_t overlap_columns(const StftSettings& stft) {
  return (stft.n_fft + stft.hop_length - 1) / stft.hop_length - 1;
}

void set_size(Picture& picture, std::int64_t width, std::int64_t height, int bits) {
  picture.width = width;
  picture.height = height;
  picture.bits = bits;
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * height));
}

/// Copies columns of one picture to column `at` of another of the same height and depth.
void paste_columns(const Picture& from, Columns columns, Picture& to, std::int64_t at) {
  const std::int64_t size = pixel_bytes(from.bits);
  for (std::int64_t y = 0; y < from.height; ++y) {
    std::copy_n(from.row(y) + columns.first * size, columns.count * size, to.row(y) + at * size);
  }
}

}  // namespace

TileWidths tile_widths(std::optional<std::int64_t> tile_width, int channels, const EncodeSettings& settings) {
  const std::int64_t column_bytes =
      static_cast<std::int64_t>(channels) * settings.stft.n_bins() * pixel_bytes(bits_of(settings.pixels.encoding));
  const std::int64_t least = std::max<std::int64_t>(2, overlap_columns(settings.stft));
  const std::int64_t widest = std::clamp(kMaxPageBytes / column_bytes, least, kMaxPageWidth);
  if (!tile_width) return {widest, widest};
  if (*tile_width == 0) return {kUnlimited, kUnlimited};
  if (*tile_width < least) {
    throw Error(ErrorCode::Usage, "tile_width " + std::to_string(*tile_width) +
                                      " is too narrow: with this n_fft and hop_length it must be at least " +
                                      std::to_string(least));
  }
  return {*tile_width, std::max<std::int64_t>(1, widest / *tile_width) * *tile_width};
}

Columns piece(std::int64_t index, std::int64_t width, std::int64_t n_frames) {
  const std::int64_t first = index * width;
  return {first, std::min(width, n_frames - first)};
}

std::int64_t count_pieces(std::int64_t width, std::int64_t n_frames) {
  return n_frames / width + (n_frames % width != 0 ? 1 : 0);
}

void copy_columns(const Picture& from, Columns columns, Picture& to) {
  set_size(to, columns.count, from.height, from.bits);
  paste_columns(from, columns, to, 0);
}

SampleSpan samples_under(const StftSettings& stft, Columns columns) {
  std::int64_t first = columns.first * stft.hop_length - stft.padding();
  // What a frame over the end sees mirrored lies up to a frame and a hop before it.
  if (stft.pad_mode == PadMode::Reflect) first -= stft.n_fft + stft.hop_length;
  return {std::max<std::int64_t>(0, first), (columns.end() - 1) * stft.hop_length - stft.padding() + stft.n_fft};
}

void refuse_non_finite(const Sound& sound, std::int64_t first, std::int64_t end) {
  constexpr std::int64_t kBlock = 4096;
  for (std::size_t c = 0; c < sound.channels.size(); ++c) {
    const Signal& x = sound.channels[c];
    if (!x.has_floats()) continue;
    for (std::int64_t block = first; block < end; block += kBlock) {
      // Sums first: NaN and infinity survive a sum of x * 0.
      const std::int64_t last = std::min(end, block + kBlock);
      const float* samples = x.floats_at(block);
      float sum = 0.0F;
      for (std::int64_t i = 0; i < last - block; ++i) sum += samples[i] * 0.0F;
      if (sum == 0.0F) continue;
      std::int64_t i = block;
      while (std::isfinite(x[i])) ++i;
      throw Error(ErrorCode::BadFormat, "sample " + std::to_string(i) + " of channel " + std::to_string(c + 1) +
                                            " is " + (std::isnan(x[i]) ? "not a number (NaN)" : "infinite") +
                                            "; repair the file first");
    }
  }
}

void raise_peaks(Backend& backend, const StftSettings& stft, const Sound& sound, Columns columns,
                 std::vector<float>& peaks) {
  std::vector<PeakItem> items;
  for (const Signal& signal : sound.channels) items.push_back({signal, columns.first, columns.count});
  std::vector<float> found(items.size());
  backend.peak(stft, items, found);
  for (std::size_t c = 0; c < found.size(); ++c) peaks[c] = std::max(peaks[c], found[c]);
}

std::vector<double> references(const EncodeSettings& settings, const std::vector<float>& peaks) {
  std::vector<double> ref;
  for (const float peak : peaks) {
    switch (settings.ref.kind) {
      case Reference::Kind::FullScale: ref.push_back(full_scale_magnitude(settings.stft)); break;
      case Reference::Kind::Fixed: ref.push_back(settings.ref.value); break;
      case Reference::Kind::Peak: ref.push_back(peak < kSilence ? 0.0 : kPeakHeadroom * peak); break;
    }
  }
  return ref;
}

PictureNote make_note(const Sound& sound, const EncodeSettings& settings, std::vector<double> ref) {
  PictureNote note;
  note.stft = settings.stft;
  note.pixels = settings.pixels;
  note.sample_rate = sound.sample_rate;
  note.n_samples = sound.n_samples;
  note.channels = static_cast<int>(sound.channels.size());
  note.format = sound.format;
  note.ref = std::move(ref);
  return note;
}

void encode_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                    const std::vector<double>& ref, Columns columns, Picture& picture) {
  const std::int64_t rows = n_rows(settings.stft, settings.pixels);
  set_size(picture, columns.count, std::ssize(sound.channels) * rows, bits_of(settings.pixels.encoding));
  std::vector<EncodeItem> items;
  for (std::size_t c = 0; c < sound.channels.size(); ++c) {
    std::uint8_t* top = picture.row(static_cast<std::int64_t>(c) * rows);
    items.push_back(
        {sound.channels[c], static_cast<float>(ref[c]), {top, picture.row_bytes(), columns.count}, columns.first});
  }
  backend.encode(settings.stft, settings.pixels, items);
}

// ---------------------------------------------------------------------------------------------- joining

TileJoiner::TileJoiner(Backend& backend, const PictureNote& note)
    : backend_(backend), note_(note), uncentred_(note.stft), overlap_(overlap_columns(note.stft)) {
  validate(note.stft);
  validate(note.pixels);
  n_frames_ = note.stft.n_frames(note.n_samples);
  position_ = note.stft.padding();
  uncentred_.center = false;
}

void TileJoiner::check(const Picture& picture, const PictureNote& note) const {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::BadFormat, why); };
  PictureNote expected = note_;
  expected.tile = note.tile;
  expected.tool = note.tool;
  expected.source_name = note.source_name;
  expected.pixels_crc32 = note.pixels_crc32;
  if (note != expected) refuse("it is a tile of another sound, or was made with other settings");
  const std::string columns = std::to_string(picture.width) + " columns";
  if (note.tile.first_frame != columns_) {
    refuse("it begins with column " + std::to_string(note.tile.first_frame) + " of the whole picture, but column " +
           std::to_string(columns_) + " comes next; is a tile missing, or was one cropped?");
  }
  const std::int64_t height = static_cast<std::int64_t>(note.channels) * note.stft.n_bins();
  const bool last = note.tile.index + 1 == note.tile.count;
  const std::int64_t end = columns_ + picture.width;
  if (picture.height != height || end > n_frames_ || (last && end < n_frames_) || (!last && picture.width < overlap_)) {
    refuse("the tile is " + columns + " by " + std::to_string(picture.height) + " rows, but " + std::to_string(height) +
           " rows and columns up to " + std::to_string(n_frames_) + " of the whole picture belong there; was it " +
           "resized or cropped?");
  }
  if (picture.bits != bits_of(note.pixels.encoding)) {
    refuse("the picture has " + std::to_string(picture.bits) + " bits a channel, but the encoding " +
           to_string(note.pixels.encoding) + " needs " + std::to_string(bits_of(note.pixels.encoding)));
  }
}

/// The samples under a picture as if nothing were around it; returns how far apart the channels lie.
std::int64_t TileJoiner::decode(const Picture& picture, Buffer<float>& samples) {
  const std::int64_t stride = (picture.width - 1) * uncentred_.hop_length + uncentred_.n_fft;
  samples.resize(static_cast<std::size_t>(note_.channels * stride));
  std::vector<DecodeItem> items;
  for (int c = 0; c < note_.channels; ++c) {
    const std::uint8_t* top = picture.row(static_cast<std::int64_t>(c) * uncentred_.n_bins());
    items.push_back({{top, picture.row_bytes(), picture.width},
                     static_cast<float>(note_.ref[c]),
                     samples.span().subspan(static_cast<std::size_t>(c * stride), static_cast<std::size_t>(stride))});
  }
  backend_.decode(uncentred_, note_.pixels, items);
  return stride;
}

/// Hands over what is still wanted before position `end`, from samples that begin at position `offset`.
void TileJoiner::hand_over(const Buffer<float>& samples, std::int64_t stride, std::int64_t offset, std::int64_t end,
                           const Take& take) {
  const std::int64_t last = std::min(end, note_.stft.padding() + note_.n_samples);
  if (position_ >= last) return;
  take(samples.data() + (position_ - offset), stride, last - position_);
  position_ = last;
}

void TileJoiner::add(const Picture& picture, const PictureNote& note, const Take& take) {
  check(picture, note);
  const int n_fft = uncentred_.n_fft;
  const int hop = uncentred_.hop_length;
  const std::int64_t first = columns_;
  columns_ += picture.width;
  // Samples over the cut have frames on both sides of it.
  if (first > 0 && overlap_ > 0) {
    const Columns front{0, std::min(overlap_, picture.width)};
    set_size(seam_, tail_.width + front.count, picture.height, picture.bits);
    paste_columns(tail_, {0, tail_.width}, seam_, 0);
    paste_columns(picture, front, seam_, tail_.width);
    const std::int64_t stride = decode(seam_, seam_samples_);
    hand_over(seam_samples_, stride, (first - tail_.width) * hop, (first - 1) * hop + n_fft, take);
  }
  const std::int64_t stride = decode(picture, samples_);
  const bool last = columns_ == n_frames_;
  hand_over(samples_, stride, first * hop, last ? (columns_ - 1) * hop + n_fft : columns_ * hop, take);
  const std::int64_t kept = std::min(overlap_, picture.width);
  copy_columns(picture, {picture.width - kept, kept}, tail_);
}

}  // namespace spectrohue
