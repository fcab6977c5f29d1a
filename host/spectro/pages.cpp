// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/pages.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "spectro/double_decode.h"
#include "spectro/magnitude_pictures.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// More columns than any picture has, few enough to count samples with.
constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

/// Copies columns of one picture to column `at` of another of the same height and depth.
void paste_columns(const Picture& from, Columns columns, Picture& to, std::int64_t at) {
  const std::int64_t size = from.layout.bytes();
  for (std::int64_t y = 0; y < from.height; ++y) {
    std::copy_n(from.row(y) + columns.first * size, columns.count * size, to.row(y) + at * size);
  }
}

}  // namespace

ConstPlane plane_of(const Picture& picture, const PictureNote& note, int channel, Columns columns) {
  const std::int64_t top = static_cast<std::int64_t>(channel) * n_rows(note.stft, note.pixels);
  return {picture.row(top) + columns.first * picture.layout.bytes(), picture.row_bytes(), columns.count};
}

std::int64_t overlap_columns(const StftSettings& stft) {
  return (stft.n_fft + stft.hop_length - 1) / stft.hop_length - 1;
}

std::int64_t Cut::count(std::int64_t n_frames) const {
  return n_frames <= width ? 1 : 1 + (n_frames - width + step() - 1) / step();
}

Columns Cut::piece(std::int64_t index, std::int64_t n_frames) const {
  const std::int64_t first = index * step();
  return {first, std::min(width, n_frames - first)};
}

std::int64_t Tiling::stored_columns(std::int64_t n_frames) const {
  const std::int64_t last = tile.count(n_frames) - 1;
  return last * tile.width + stored_width(tile.piece(last, n_frames));
}

Tiling make_tiling(const TileSettings& tiles, int channels, const EncodeSettings& settings) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::Usage, why); };
  const std::int64_t column_bytes =
      picture_height(settings.stft, settings.pixels, channels) * pixel_layout(settings.pixels.encoding).bytes();
  const std::int64_t least = std::max<std::int64_t>(2, overlap_columns(settings.stft));
  const std::int64_t widest = std::clamp(kMaxPageBytes / column_bytes, least, kMaxPageWidth);
  const bool has_width = tiles.width.value_or(0) != 0;
  if (!has_width && (tiles.overlap != 0 || tiles.pad_last)) refuse("tile_overlap and pad_last need a tile_width");
  if (tiles.overlap != 0 && is_exact(settings.pixels.encoding)) {
    refuse("tile_overlap does not go with " + to_string(settings.pixels.encoding) +
           ": the residual of a sample has one place");
  }
  if (!has_width) {
    const Cut cut{tiles.width ? kUnlimited : widest};
    return {cut, cut};
  }
  const Cut tile{*tiles.width, tiles.overlap};
  if (tile.step() < least) {
    refuse("tile_width " + std::to_string(tile.width) +
           (tile.overlap > 0 ? " less tile_overlap " + std::to_string(tile.overlap) : "") +
           " is too narrow: with this n_fft and hop_length it must be at least " + std::to_string(least));
  }
  const std::int64_t n_tiles = std::max<std::int64_t>(1, (widest - tile.overlap) / tile.step());
  return {tile, {n_tiles * tile.step() + tile.overlap, tile.overlap}, tiles.pad_last};
}

void check_size(const PictureNote& note, std::int64_t width, std::int64_t height) {
  const auto text = [](std::int64_t w, std::int64_t h) { return std::to_string(w) + " x " + std::to_string(h); };
  const std::int64_t own_width = note.stft.n_frames(note.n_samples) + note.tile.padding;
  const std::int64_t own_height = picture_height(note.stft, note.pixels, note.channels);
  if (width == own_width && height == own_height) return;
  const std::int64_t n_samples = (width - 1) * note.stft.hop_length;
  const bool lacks_columns = height == own_height && width < own_width && note.stft.n_frames(n_samples) == width;
  throw Error(ErrorCode::BadFormat,
              "the picture is " + text(width, height) + " pixels, but its parameters (n_fft " +
                  std::to_string(note.stft.n_fft) + ", hop_length " + std::to_string(note.stft.hop_length) + ", " +
                  std::to_string(note.channels) + " channels, " + std::to_string(note.n_samples) + " samples) make " +
                  text(own_width, own_height) + "; was it resized or cropped? Of a resized one, decode " +
                  "--resize-to-note makes what it was" +
                  (lacks_columns ? "; of one that lost columns, --n-samples " + std::to_string(n_samples) +
                                       " takes those that are left"
                                 : ""));
}

namespace {

/// The encoding that means the same as `wanted`, if less well, in pixels of `layout`; empty if there is none.
std::string encoding_in(PixelLayout layout, Encoding wanted) {
  struct Kin {
    Encoding of_8;
    Encoding of_16;
  };
  constexpr auto kKin = std::to_array<Kin>({{Encoding::Hsv, Encoding::Hsv16},
                                            {Encoding::Hsvx, Encoding::Hsv16x},
                                            {Encoding::Gray8, Encoding::Gray16},
                                            {Encoding::Magphase, Encoding::Magphase16}});
  for (const Kin& kin : kKin) {
    if (wanted != kin.of_8 && wanted != kin.of_16) continue;
    const bool is_exact_one = kin.of_8 == Encoding::Hsvx;
    const Encoding other =
        is_exact_one ? (layout.bits == 8 ? Encoding::Hsv : Encoding::Hsv16) : (layout.bits == 8 ? kin.of_8 : kin.of_16);
    if (pixel_layout(other) == layout) return to_string(other);
  }
  const bool is_gray = layout.channels == 1 && layout.bits <= 16;
  return is_gray ? to_string(layout.bits == 8 ? Encoding::Gray8 : Encoding::Gray16) : "";
}

}  // namespace

void check_layout(const PictureNote& note, PixelLayout layout) {
  const PixelLayout wanted = pixel_layout(note.pixels.encoding);
  if (layout == wanted) return;
  const std::string other = encoding_in(layout, note.pixels.encoding);
  const auto text = [](PixelLayout l) { return std::to_string(l.channels) + " x " + std::to_string(l.bits) + " bits"; };
  throw Error(ErrorCode::BadFormat, "the picture's pixels are " + text(layout) + ", but the encoding " +
                                        to_string(note.pixels.encoding) + " needs " + text(wanted) +
                                        (other.empty() ? "; take the picture as it was written"
                                                       : "; decode --encoding " + other + " takes what they hold"));
}

void copy_columns(const Picture& from, Columns columns, Picture& to, std::int64_t width) {
  to.resize(width, from.height, from.layout);
  to.palette = from.palette;
  paste_columns(from, columns, to, 0);
  const std::int64_t copied = columns.count * to.layout.bytes();
  for (std::int64_t y = 0; y < to.height; ++y) std::fill(to.row(y) + copied, to.row(y) + to.row_bytes(), 0);
}

void copy_columns(const Picture& from, Columns columns, Picture& to) { copy_columns(from, columns, to, columns.count); }

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

void raise_peaks(Backend& backend, const EncodeSettings& settings, const Sound& sound, Columns columns,
                 std::vector<float>& peaks) {
  if (settings.pixels.scale.kind != FrequencyScaleKind::Linear || settings.pixels.encoding == Encoding::Stereo3) {
    raise_row_peaks(backend, settings, sound, columns, peaks);
    return;
  }
  std::vector<PeakItem> items;
  for (const Signal& signal : sound.channels) items.push_back({signal, columns.first, columns.count});
  std::vector<float> found(items.size());
  backend.peak(settings.stft, settings.pixels, items, found);
  for (std::size_t c = 0; c < found.size(); ++c) peaks[c] = std::max(peaks[c], found[c]);
}

std::vector<double> references(const EncodeSettings& settings, const std::vector<float>& peaks) {
  std::vector<double> ref;
  const bool shares = has_channels_as_colours(settings.pixels.encoding);
  // Two full-scale sines make a middle of sqrt 2 times their magnitude.
  const double full_scale = settings.pixels.encoding == Encoding::Stereo3 ? std::numbers::sqrt2 : 1.0;
  const double room = is_hue(settings.pixels.encoding) ? kPeakHeadroom : 1.0;  // others have no closed loop
  for (const float own : peaks) {
    const float peak = shares ? *std::max_element(peaks.begin(), peaks.end()) : own;
    switch (settings.ref.kind) {
      case Reference::Kind::FullScale: ref.push_back(full_scale * full_scale_magnitude(settings.stft)); break;
      case Reference::Kind::Fixed: ref.push_back(settings.ref.value); break;
      case Reference::Kind::Peak: ref.push_back(peak < kSilence ? 0.0 : room * peak); break;
    }
  }
  return ref;
}

PictureNote make_note(const Sound& sound, const EncodeSettings& settings, std::vector<double> ref) {
  PictureNote note;
  note.stft = settings.stft;
  note.pixels = settings.pixels;
  if (!is_hue(note.pixels.encoding)) note.pixels.refine = PixelSettings::kOpenLoop;
  if (note.pixels.encoding == Encoding::Colormap) note.colours = settings.colours;
  note.sample_rate = sound.sample_rate;
  note.n_samples = sound.n_samples;
  note.channels = static_cast<int>(sound.channels.size());
  note.format = sound.format;
  note.ref = std::move(ref);
  return note;
}

void encode_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                    const std::vector<double>& ref, Columns columns, Picture& picture) {
  if (!is_hue(settings.pixels.encoding)) {
    encode_magnitude_columns(backend, sound, settings, ref, columns, picture);
    return;
  }
  picture.palette.clear();
  const std::int64_t rows = n_rows(settings.stft, settings.pixels);
  picture.resize(columns.count, std::ssize(sound.channels) * rows, pixel_layout(settings.pixels.encoding));
  std::vector<EncodeItem> items;
  for (std::size_t c = 0; c < sound.channels.size(); ++c) {
    std::uint8_t* top = picture.row(static_cast<std::int64_t>(c) * rows);
    items.push_back(
        {sound.channels[c], static_cast<float>(ref[c]), {top, picture.row_bytes(), columns.count}, columns.first});
  }
  backend.encode(settings.stft, settings.pixels, items);
}

PngItem png_item(const Sound& sound, std::span<const float> refs, Columns columns, const Tiling& tiling) {
  return {sound.channels, refs, columns.first, columns.count, tiling.tile.width, tiling.tile.step(), tiling.pad_last};
}

void encode_tiles(PngEncoder& encoder, const Sound& sound, const EncodeSettings& settings,
                  const std::vector<double>& ref, Columns columns, const Tiling& tiling, TileTaker& taker) {
  const std::vector<float> refs(ref.begin(), ref.end());
  const PngItem item = png_item(sound, refs, columns, tiling);
  encoder.encode_png(settings.stft, settings.pixels, {&item, 1}, taker);
}

// ---------------------------------------------------------------------------------------------- joining

namespace {

[[noreturn]] void refuse_tile(const std::string& why) { throw Error(ErrorCode::BadFormat, why); }

/// Of the same sound, made with the same settings and cut in the same way.
bool are_of_one_picture(const PictureNote& a, const PictureNote& b) {
  PictureNote expected = a;
  expected.tile.index = b.tile.index;
  expected.tile.first_frame = b.tile.first_frame;
  expected.tile.padding = b.tile.padding;
  expected.tool = b.tool;
  expected.source_name = b.source_name;
  expected.pixels_crc32 = b.pixels_crc32;
  return b == expected;
}

/// Throws if the size of a tile's picture is not that of the columns it says it holds.
void check_tile_size(const PictureNote& note, std::int64_t width, std::int64_t height, PixelLayout layout) {
  const std::int64_t n_frames = note.stft.n_frames(note.n_samples);
  const std::int64_t rows = picture_height(note.stft, note.pixels, note.channels);
  const std::int64_t count = width - note.tile.padding;
  const bool ends = note.tile.first_frame + count == n_frames;
  const bool is_last = note.tile.index + 1 == note.tile.count;
  const bool fits =
      count > note.tile.overlap && note.tile.first_frame + count <= n_frames && (is_last || note.tile.padding == 0);
  if (height != rows || !fits || is_last != ends || (!is_last && count < overlap_columns(note.stft))) {
    refuse_tile("the tile is " + std::to_string(width) + " columns by " + std::to_string(height) + " rows, but " +
                std::to_string(rows) + " rows and columns up to " + std::to_string(n_frames) +
                " of the whole picture belong there; was it resized or cropped? Tiles must have the size that they "
                "were written in: resize it back, or leave it out (--missing-tiles silence)");
  }
  check_layout(note, layout);
}

}  // namespace

void TileLayout::add(const PictureNote& note, std::int64_t width, std::int64_t height, PixelLayout layout) {
  if (tiles_.empty()) {
    validate(note.stft, note.pixels);
    note_ = note;
  }
  if (!are_of_one_picture(note_, note)) refuse_tile("it is a tile of another sound, or was made with other settings");
  check_tile_size(note, width, height, layout);
  const Columns columns{note.tile.first_frame, width - note.tile.padding};
  check_place(note.tile, columns);
  tiles_.push_back({note.tile.index, columns});
}

void TileLayout::check_place(const PictureNote::Tile& place, Columns columns) const {
  const bool follows = tiles_.empty() ? place.index == 0 : place.index == tiles_.back().index + 1;
  if (!tiles_.empty() && place.index <= tiles_.back().index) {
    refuse_tile("tile " + std::to_string(place.index) + " is there twice");
  }
  const std::int64_t end = tiles_.empty() ? 0 : tiles_.back().columns.end();
  const std::int64_t next = tiles_.empty() ? 0 : end - place.overlap;
  if (follows ? columns.first != next : columns.first <= next) {
    refuse_tile("it begins with column " + std::to_string(columns.first) + " of the whole picture, but column " +
                std::to_string(next) + " comes next; was a tile cropped?");
  }
}

Columns TileLayout::used(std::size_t i) const {
  const std::int64_t first = i == 0 ? held(i).first : cut_between(i);
  const std::int64_t end = i + 1 == size() ? held(i).end() : std::min(held(i).end(), cut_between(i + 1));
  return {first, end - first};
}

/// Where tile i takes over from the one before it.
std::int64_t TileLayout::cut_between(std::size_t i) const {
  const std::int64_t shared = std::max<std::int64_t>(0, held(i - 1).end() - held(i).first);
  return held(i).first + shared / 2;
}

std::vector<TileLayout::Missing> TileLayout::missing() const {
  std::vector<Missing> missing;
  std::int64_t next = 0;
  for (const Tile& tile : tiles_) {
    if (tile.index > next) missing.push_back({next, tile.index});
    next = tile.index + 1;
  }
  if (next < note_.tile.count) missing.push_back({next, note_.tile.count});
  return missing;
}

void paste_tile(const TileLayout& layout, std::size_t i, const Picture& picture, Picture& whole) {
  const PictureNote& note = layout.note();
  const std::int64_t height = picture_height(note.stft, note.pixels, note.channels);
  const Columns held = layout.held(i);
  const Columns used = layout.used(i);
  if (picture.width < held.count || picture.height != height || picture.layout != pixel_layout(note.pixels.encoding)) {
    refuse_tile("it changed while it was read");
  }
  if (i == 0) {
    whole.resize(note.stft.n_frames(note.n_samples), height, picture.layout);
    std::fill(whole.pixels.begin(), whole.pixels.end(), std::uint8_t{0});
    whole.palette = picture.palette;
  }
  paste_columns(picture, {used.first - held.first, used.count}, whole, used.first);
}

TileWalk::TileWalk(const TileLayout& layout)
    : layout_(layout),
      note_(layout.note()),
      n_frames_(note_.stft.n_frames(note_.n_samples)),
      rows_(picture_height(note_.stft, note_.pixels, note_.channels)),
      overlap_(overlap_columns(note_.stft)),
      position_(note_.stft.padding()) {}

void TileWalk::add(const Picture& picture, bool is_untouched, const Use& use, const Rest& rest) {
  const Columns held = layout_.held(tile_);
  const Columns used = layout_.used(tile_);
  if (picture.width < held.count || picture.height != rows_ || picture.layout != pixel_layout(note_.pixels.encoding)) {
    refuse_tile("it changed while it was read");
  }
  add_black(used.first - columns_, use, rest);
  add_columns(picture, {used.first - held.first, used.count}, is_untouched, use);
  if (++tile_ == layout_.size()) add_black(n_frames_ - columns_, use, rest);
}

/// The first of many black columns share samples with what was before them, and stand for the last ones too, which
/// share samples with what comes. Between them is silence.
void TileWalk::add_black(std::int64_t count, const Use& use, const Rest& rest) {
  const std::int64_t sharing = std::min(count, overlap_);
  if (sharing > 0) {
    black_.resize(sharing, rows_, pixel_layout(note_.pixels.encoding));
    std::fill(black_.pixels.begin(), black_.pixels.end(), std::uint8_t{0});
    add_columns(black_, {0, sharing}, false, use);
  }
  columns_ += count - sharing;
  if (position_ < complete()) rest(position_, complete());
  position_ = std::max(position_, complete());
}

void TileWalk::add_columns(const Picture& picture, Columns columns, bool is_untouched, const Use& use) {
  const std::int64_t first = columns_;
  const std::int64_t hop = note_.stft.hop_length;
  columns_ += columns.count;
  make_seam(picture, columns);
  // Samples over the cut have frames on both sides of it.
  const std::int64_t seam_end = (first - 1) * hop + note_.stft.n_fft;
  if (tail_.width > 0) {
    hand_over({seam_, {0, seam_.width}, first - tail_.width, position_, seam_end, tail_is_untouched_ && is_untouched},
              use);
  }
  hand_over({picture, columns, first, position_, complete(), is_untouched}, use);
  keep_tail(picture, columns, is_untouched);
}

void TileWalk::make_seam(const Picture& picture, Columns columns) {
  const Columns front{columns.first, std::min(overlap_, columns.count)};
  seam_.resize(tail_.width + front.count, rows_, picture.layout);
  paste_columns(tail_, {0, tail_.width}, seam_, 0);
  paste_columns(picture, front, seam_, tail_.width);
}

/// Where the new columns are too few, the seam holds all of them and those before.
void TileWalk::keep_tail(const Picture& picture, Columns columns, bool is_untouched) {
  const bool are_few = columns.count < overlap_;
  const Columns recent = are_few ? Columns{0, seam_.width} : columns;
  const std::int64_t kept = std::min(overlap_, recent.count);
  tail_is_untouched_ = is_untouched && (!are_few || tail_is_untouched_);
  copy_columns(are_few ? seam_ : picture, {recent.end() - kept, kept}, tail_);
}

/// Samples before this position have no frame among the columns to come.
std::int64_t TileWalk::complete() const {
  const std::int64_t sound_end = note_.stft.padding() + note_.n_samples;
  return columns_ == n_frames_ ? sound_end : std::min(sound_end, columns_ * note_.stft.hop_length);
}

/// As far as it is wanted, and complete.
void TileWalk::hand_over(const Piece& piece, const Use& use) {
  Piece wanted = piece;
  wanted.end = std::min(piece.end, complete());
  if (position_ >= wanted.end) return;
  use(wanted);
  position_ = wanted.end;
}

// ---------------------------------------------------------------------------------------------- decoding

PieceDecoder::PieceDecoder(Backend& backend, const PictureNote& note)
    : backend_(backend), note_(note), uncentred_(note.stft) {
  uncentred_.center = false;
  if (note.pixels.encoding == Encoding::Hsv16x) doubles_ = std::make_unique<DoubleDecoder>(uncentred_, note.pixels);
}
PieceDecoder::~PieceDecoder() = default;

PieceDecoder::Samples PieceDecoder::decode(const Piece& piece) {
  return is_exact(note_.pixels.encoding) ? decode_exactly(piece) : decode_floats(piece);
}

ConstPlane PieceDecoder::plane(const Piece& piece, int channel) const {
  return plane_of(piece.picture, note_, channel, piece.columns);
}

PieceDecoder::Samples PieceDecoder::decode_floats(const Piece& piece) {
  const std::int64_t stride = (piece.columns.count - 1) * uncentred_.hop_length + uncentred_.n_fft;
  samples_.resize(static_cast<std::size_t>(note_.channels * stride));
  const Samples decoded{samples_.data() + (piece.begin - piece.first_column * uncentred_.hop_length), stride};
  if (!is_hue(note_.pixels.encoding)) {
    decode_spectrum_columns(backend_, piece.picture, note_, piece.columns, uncentred_, samples_.span(), stride);
    return decoded;
  }
  std::vector<DecodeItem> items;
  for (int c = 0; c < note_.channels; ++c) {
    items.push_back({plane(piece, c), static_cast<float>(note_.ref[c]),
                     samples_.span().subspan(static_cast<std::size_t>(c * stride), static_cast<std::size_t>(stride))});
  }
  backend_.decode(uncentred_, note_.pixels, items);
  return decoded;
}

void PieceDecoder::decode_values(const Piece& piece, const UseValues& use) {
  constexpr std::int64_t kStretch = 1 << 18;
  const double full_scale = exact_full_scale(note_.pixels.encoding);
  const std::int64_t start = piece.first_column * uncentred_.hop_length;
  const Samples floats = doubles_ ? Samples{} : decode_floats(piece);
  std::vector<double> values;
  for (int c = 0; c < note_.channels; ++c) {
    for (std::int64_t first = piece.begin; first < piece.end; first += kStretch) {
      const std::int64_t n = std::min(kStretch, piece.end - first);
      values.resize(static_cast<std::size_t>(n));
      if (doubles_) {
        doubles_->decode(plane(piece, c), note_.ref[c], first - start, first - start + n, values.data());
      } else {
        std::copy_n(floats.data + c * floats.stride + (first - piece.begin), n, values.data());
      }
      for (double& value : values) value *= full_scale;
      use(c, first - note_.stft.padding(), values);
    }
  }
}

PieceDecoder::Samples PieceDecoder::decode_exactly(const Piece& piece) {
  const double full_scale = exact_full_scale(note_.pixels.encoding);
  const ResidualPlaces places(note_.stft, note_.pixels);
  const std::int64_t n = piece.end - piece.begin;
  exact_.resize(static_cast<std::size_t>(note_.channels * n));
  std::vector<std::uint64_t> residuals;
  decode_values(piece, [&](int c, std::int64_t sample, std::span<const double> values) {
    float* const to = exact_.data() + c * n + (sample + note_.stft.padding() - piece.begin);
    if (!piece.is_untouched) {
      for (std::size_t i = 0; i < values.size(); ++i) to[i] = static_cast<float>(values[i] / full_scale);
      return;
    }
    residuals.assign(values.size(), 0);
    places.get(piece.picture, piece.first_column - piece.columns.first, c, sample, residuals);
    for (std::size_t i = 0; i < values.size(); ++i) {
      to[i] = static_cast<float>(static_cast<double>(add_residual(residuals[i], values[i], full_scale)) / full_scale);
    }
  });
  return {exact_.data(), n};
}

TileJoiner::TileJoiner(Backend& backend, const TileLayout& layout) : walk_(layout), decoder_(backend, layout.note()) {}

void TileJoiner::add(const Picture& picture, const Take& take, bool is_untouched) {
  const auto use = [&](const Piece& piece) {
    const PieceDecoder::Samples samples = decoder_.decode(piece);
    take(samples.data, samples.stride, piece.end - piece.begin);
  };
  const auto hand_over_silence = [&](std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t kBlock = 1 << 16;
    const std::vector<float> zeros(static_cast<std::size_t>(std::min(kBlock, end - begin)));
    for (; begin < end; begin += kBlock) take(zeros.data(), 0, std::min(kBlock, end - begin));
  };
  walk_.add(picture, is_untouched, use, hand_over_silence);
}

// ---------------------------------------------------------------------------------------------- exact encodings

ExactPages::ExactPages(Backend& backend, const PictureNote& note, const Cut& pages)
    : note_(note),
      pages_(pages),
      n_frames_(note.stft.n_frames(note.n_samples)),
      decoder_(backend, note_),
      places_(note.stft, note.pixels) {
  const std::int64_t height = picture_height(note.stft, note.pixels, note.channels);
  note_.tile = {};
  note_.tile.count = pages.count(n_frames_);
  for (PictureNote page = note_; page.tile.index < page.tile.count; ++page.tile.index) {
    const Columns columns = pages.piece(page.tile.index, n_frames_);
    page.tile.first_frame = columns.first;
    layout_.add(page, columns.count, height, pixel_layout(note.pixels.encoding));
  }
  walk_.emplace(layout_);
}

bool ExactPages::add(const Sound& sound, Picture& page, const Finished& finished) {
  const double full_scale = exact_full_scale(note_.pixels.encoding);
  const Columns columns = pages_.piece(index_, n_frames_);
  const std::int64_t held_first = columns.first - held_.width;
  std::vector<std::uint64_t> residuals;
  const auto put = [&](int c, std::int64_t sample, std::span<const double> values) {
    residuals.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = sound.channels[c][sample + static_cast<std::int64_t>(i)];
      residuals.push_back(residual_of(exact_sample(x, full_scale), values[i]));
      largest_ = std::max(largest_, residuals.back());
    }
    // A channel without a reference has only black pixels, which hold nothing.
    const bool is_silence = std::all_of(residuals.begin(), residuals.end(), [](std::uint64_t z) { return z == 0; });
    if (note_.ref[c] == 0 && !is_silence) largest_ = std::numeric_limits<std::uint64_t>::max();
    if (largest_ > places_.largest()) return;
    if (held_.width > 0) places_.put(held_, held_first, c, sample, residuals);
    places_.put(page, columns.first, c, sample, residuals);
  };
  walk_->add(
      page, true, [&](const Piece& piece) { decoder_.decode_values(piece, put); }, [](std::int64_t, std::int64_t) {});
  if (largest_ > places_.largest()) return false;
  if (held_.width > 0) finished(held_, {held_first, held_.width});
  if (++index_ < note_.tile.count) {
    std::swap(held_, page);
  } else {
    finished(page, columns);
  }
  return true;
}

}  // namespace spectrohue
