// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures made page by page and sounds joined from tiles, against the whole in one piece.
#include "spectro/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/signals.h"

namespace spectrohue::test {
namespace {

struct Shape {
  int n_fft;
  int hop;
  bool center = true;
  PadMode pad_mode = PadMode::Constant;
};
const std::vector<Shape> kShapes = {
    {256, 64},  {256, 64, true, PadMode::Reflect}, {256, 64, false}, {225, 60},
    {128, 128}, {200, 90, true, PadMode::Reflect}, {64, 5, false},   {16, 1},
};

EncodeSettings settings_of(const Shape& shape, Encoding encoding = Encoding::Hsv,
                           int refine = PixelSettings::kOpenLoop) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(shape.n_fft);
  s.stft.hop_length = shape.hop;
  s.stft.center = shape.center;
  s.stft.pad_mode = shape.pad_mode;
  if (shape.hop > shape.n_fft / 2) s.stft.window = Window::Rectangular;
  s.pixels.encoding = encoding;
  s.pixels.refine = refine;
  return s;
}

std::string name_of(const Shape& s) {
  return "n_fft " + std::to_string(s.n_fft) + " hop " + std::to_string(s.hop) + (s.center ? "" : " uncentred") +
         (s.pad_mode == PadMode::Reflect ? " mirrored" : "");
}

/// Two channels, one of them 20 dB softer.
Audio stereo(std::int64_t n) {
  Audio audio;
  audio.sample_rate = 8000;
  audio.channels = 2;
  audio.n_samples = n;
  audio.samples.resize(static_cast<std::size_t>(2 * n));
  const std::vector<float> left = voice(n);
  const std::vector<float> right = noise(n, 7, 0.05F);
  std::copy(left.begin(), left.end(), audio.channel(0).begin());
  std::copy(right.begin(), right.end(), audio.channel(1).begin());
  return audio;
}

/// Of a sound no more than the samples that some columns see, in memory of their own.
struct Part {
  Part(const Audio& audio, const StftSettings& stft, Columns columns) {
    SampleSpan span = samples_under(stft, columns);
    span.end = std::min(span.end, audio.n_samples);
    span.first = std::min(span.first, span.end);
    sound = {audio.sample_rate, audio.format, audio.n_samples, {}};
    for (int c = 0; c < audio.channels; ++c) {
      samples.emplace_back(audio.channel(c).begin() + span.first, audio.channel(c).begin() + span.end);
    }
    for (const std::vector<float>& x : samples)
      sound.channels.push_back(Signal(x).part_of(span.first, audio.n_samples));
  }
  std::vector<std::vector<float>> samples;
  Sound sound;
};

class Pages : public BackendTest {
 protected:
  PictureNote whole(const Audio& audio, const EncodeSettings& s) { return to_picture(*backend_, audio, s, picture_); }

  /// The picture in tiles of the given width, made one by one.
  std::vector<Picture> tiles(const Audio& audio, const EncodeSettings& s, const std::vector<double>& ref,
                             std::int64_t width) {
    std::vector<Picture> all;
    const std::int64_t n_frames = s.stft.n_frames(audio.n_samples);
    for (std::int64_t i = 0; i < count_pieces(width, n_frames); ++i) {
      const Columns columns = piece(i, width, n_frames);
      const Part part(audio, s.stft, columns);
      encode_columns(*backend_, part.sound, s, ref, columns, all.emplace_back());
    }
    return all;
  }

  Audio joined(const std::vector<Picture>& tiles, PictureNote note) {
    Audio out;
    out.channels = note.channels;
    out.n_samples = note.n_samples;
    out.samples.resize(static_cast<std::size_t>(note.channels * note.n_samples));
    std::fill(out.samples.begin(), out.samples.end(), 99.0F);
    std::int64_t done = 0;
    note.tile.count = std::ssize(tiles);
    TileJoiner joiner(*backend_, note);
    for (const Picture& tile : tiles) {
      joiner.add(tile, note, [&](const float* samples, std::int64_t stride, std::int64_t n) {
        ASSERT_LE(done + n, out.n_samples);
        for (int c = 0; c < out.channels; ++c) std::copy_n(samples + c * stride, n, out.channel(c).data() + done);
        done += n;
      });
      ++note.tile.index;
      note.tile.first_frame += tile.width;
    }
    EXPECT_EQ(done, out.n_samples);
    return out;
  }

  Picture picture_;
};
SPECTROHUE_FOR_ALL_BACKENDS(Pages);

/// Least widths, odd ones, and one that leaves a last tile of a single column.
std::vector<std::int64_t> widths_of(const StftSettings& stft, std::int64_t n_samples) {
  const std::int64_t least = std::max<std::int64_t>(2, (stft.n_fft + stft.hop_length - 1) / stft.hop_length - 1);
  return {least, least + 1, 37 + least, stft.n_frames(n_samples) - 1, stft.n_frames(n_samples)};
}

TEST_P(Pages, ColumnsAreThoseOfTheWholePicture) {
  const Audio audio = stereo(9001);
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(name_of(shape));
    const EncodeSettings s = settings_of(shape);
    const PictureNote note = whole(audio, s);
    for (const std::int64_t width : widths_of(s.stft, audio.n_samples)) {
      std::int64_t at = 0;
      Picture expected;
      for (const Picture& tile : tiles(audio, s, note.ref, width)) {
        copy_columns(picture_, {at, tile.width}, expected);
        ASSERT_EQ(tile.height, expected.height);
        ASSERT_TRUE(std::equal(tile.pixels.begin(), tile.pixels.end(), expected.pixels.begin(), expected.pixels.end()))
            << "width " << width << " at " << at;
        at += tile.width;
      }
      EXPECT_EQ(at, picture_.width);
    }
  }
}

TEST_P(Pages, PeaksOfPagesAreThoseOfTheWhole) {
  const Audio audio = stereo(9001);
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(name_of(shape));
    const EncodeSettings s = settings_of(shape);
    const std::vector<double> ref = whole(audio, s).ref;
    std::vector<float> peaks(2);
    const std::int64_t n_frames = s.stft.n_frames(audio.n_samples);
    for (std::int64_t i = 0; i < count_pieces(50, n_frames); ++i) {
      const Columns columns = piece(i, 50, n_frames);
      raise_peaks(*backend_, s.stft, Part(audio, s.stft, columns).sound, columns, peaks);
    }
    EXPECT_EQ(references(s, peaks), ref);
  }
}

TEST_P(Pages, JoinedTilesAreTheWholeSound) {
  const Audio audio = stereo(9001);
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(name_of(shape));
    const EncodeSettings s = settings_of(shape, Encoding::Hsv16);
    const PictureNote note = whole(audio, s);
    Audio expected;
    to_audio(*backend_, picture_, note, expected);
    for (const std::int64_t width : widths_of(s.stft, audio.n_samples)) {
      const Comparison c = compare(expected, joined(tiles(audio, s, note.ref, width), note));
      EXPECT_EQ(c.differing, 0) << "width " << width << ", largest error " << c.max_error;
    }
  }
}

TEST_P(Pages, ClosedLoopIsAsGoodInTiles) {
  const Audio audio = stereo(60000);
  for (const Shape& shape : {Shape{512, 128}, Shape{512, 128, false}, Shape{512, 128, true, PadMode::Reflect}}) {
    SCOPED_TRACE(name_of(shape));
    const EncodeSettings s = settings_of(shape, Encoding::Hsv, 4);
    const PictureNote note = whole(audio, s);
    Audio expected;
    to_audio(*backend_, picture_, note, expected);
    const double one_piece = compare(audio, expected).snr_db;
    const double in_tiles = compare(audio, joined(tiles(audio, s, note.ref, 128), note)).snr_db;
    EXPECT_GT(one_piece, shape.center ? 60 : 40);  // the ends of uncentred sounds fade
    EXPECT_GT(in_tiles, one_piece - 0.7);
  }
}

TEST_P(Pages, TilesThatDoNotBelongAreRefused) {
  const Audio audio = stereo(5000);
  const EncodeSettings s = settings_of({256, 64});
  const PictureNote note = whole(audio, s);
  const std::vector<Picture> cut = tiles(audio, s, note.ref, 30);
  ASSERT_EQ(cut.size(), 3U);
  const auto refusal = [&](const std::function<void(TileJoiner&, PictureNote)>& act) -> std::string {
    PictureNote first = note;
    first.tile.count = 3;
    TileJoiner joiner(*backend_, first);
    joiner.add(cut[0], first, [](const float*, std::int64_t, std::int64_t) {});
    first.tile.index = 1;
    first.tile.first_frame = 30;
    try {
      act(joiner, first);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::BadFormat);
      return error.what();
    }
    return "accepted";
  };
  const auto nowhere = [](const float*, std::int64_t, std::int64_t) {};
  EXPECT_EQ(refusal([&](TileJoiner& j, const PictureNote& n) { j.add(cut[1], n, nowhere); }), "accepted");
  EXPECT_NE(refusal([&](TileJoiner& j, PictureNote n) {
              n.tile.first_frame = 60;
              j.add(cut[2], n, nowhere);
            }).find("column 30 comes next"),
            std::string::npos);
  EXPECT_NE(refusal([&](TileJoiner& j, PictureNote n) {
              n.n_samples += 1;
              j.add(cut[1], n, nowhere);
            }).find("another sound"),
            std::string::npos);
  EXPECT_NE(refusal([&](TileJoiner& j, PictureNote n) {
              n.tile.index = 2;
              j.add(cut[1], n, nowhere);
            }).find("resized or cropped"),
            std::string::npos);
  EXPECT_NE(refusal([&](TileJoiner& j, const PictureNote& n) {
              Picture cropped;
              copy_columns(cut[1], {0, 2}, cropped);
              j.add(cropped, n, nowhere);
            }).find("resized or cropped"),
            std::string::npos);
}

TEST(TileWidths, AreBoundedByMemoryAndByTheWindow) {
  EncodeSettings s;
  EXPECT_EQ(tile_widths({}, 1, s).tile, kMaxPageWidth);
  EXPECT_EQ(tile_widths({}, 2, s).tile, kMaxPageWidth);
  for (const int channels : {3, 8, 100}) {
    const TileWidths cut = tile_widths({}, channels, s);
    EXPECT_LE(cut.page * channels * 1025 * 3, kMaxPageBytes);
    EXPECT_GT((cut.page + 1) * channels * 1025 * 3, kMaxPageBytes);
  }
  EXPECT_EQ(tile_widths(512, 1, s).tile, 512);
  EXPECT_EQ(tile_widths(512, 1, s).page % 512, 0);
  EXPECT_LE(tile_widths(512, 1, s).page, kMaxPageWidth);
  EXPECT_EQ(tile_widths(100000, 1, s).page, 100000);
  EXPECT_THROW(tile_widths(2, 1, s), Error);
  EXPECT_EQ(tile_widths(3, 1, s).tile, 3);
  const std::int64_t day = 24LL * 3600 * 192000;
  EXPECT_EQ(count_pieces(tile_widths(0, 1, s).tile, s.stft.n_frames(day)), 1);
}

}  // namespace
}  // namespace spectrohue::test
