// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures made page by page and sounds joined from tiles, against the whole in one piece.
#include "spectro/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace spectrohue::test {
namespace {

struct Shape {
  int n_fft;
  int hop;
  bool center = true;
  PadMode pad_mode = PadMode::Constant;
  FrameCount frames = FrameCount::Cover;
};
const std::vector<Shape> kShapes = {
    {256, 64},
    {256, 64, true, PadMode::Reflect},
    {256, 64, false},
    {225, 60},
    {128, 128},
    {200, 90, true, PadMode::Reflect},
    {64, 5, false},
    {16, 1},
    {256, 64, true, PadMode::Reflect, FrameCount::Floor},
    {200, 100, true, PadMode::Constant, FrameCount::Floor},
};

EncodeSettings settings_of(const Shape& shape, Encoding encoding = Encoding::Hsv,
                           int refine = PixelSettings::kOpenLoop) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(shape.n_fft);
  s.stft.hop_length = shape.hop;
  s.stft.center = shape.center;
  s.stft.pad_mode = shape.pad_mode;
  s.stft.frames = shape.frames;
  if (shape.hop > shape.n_fft / 2) s.stft.window = Window::Rectangular;
  s.pixels.encoding = encoding;
  s.pixels.refine = refine;
  return s;
}

std::string name_of(const Shape& s) {
  return "n_fft " + std::to_string(s.n_fft) + " hop " + std::to_string(s.hop) + (s.center ? "" : " uncentred") +
         (s.pad_mode == PadMode::Reflect ? " mirrored" : "") + (s.frames == FrameCount::Floor ? " floor" : "");
}

/// Two channels, one of them 20 dB softer.
Audio stereo(std::int64_t n) { return test::sound_of({voice(n), noise(n, 7, 0.05F)}, 8000); }

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

  /// The picture in tiles, made one by one.
  std::vector<Picture> tiles(const Audio& audio, const EncodeSettings& s, const std::vector<double>& ref,
                             const Cut& cut) {
    std::vector<Picture> all;
    const std::int64_t n_frames = s.stft.n_frames(audio.n_samples);
    for (std::int64_t i = 0; i < cut.count(n_frames); ++i) {
      const Columns columns = cut.piece(i, n_frames);
      const Part part(audio, s.stft, columns);
      encode_columns(*backend_, part.sound, s, ref, columns, all.emplace_back());
    }
    return all;
  }

  /// The sound of those tiles whose index is in `there`.
  Audio joined(const std::vector<Picture>& tiles, const PictureNote& note, const Cut& cut,
               const std::vector<std::int64_t>& there) {
    TileLayout layout;
    for (const std::int64_t i : there) {
      const PictureNote own = note_of_tile(note, cut, std::ssize(tiles), i);
      layout.add(own, tiles[i].width, tiles[i].height, tiles[i].layout);
    }
    Audio out;
    out.channels = note.channels;
    out.n_samples = note.n_samples;
    out.samples.resize(static_cast<std::size_t>(note.channels * note.n_samples));
    std::fill(out.samples.begin(), out.samples.end(), 99.0F);
    std::int64_t done = 0;
    TileJoiner joiner(*backend_, layout);
    for (const std::int64_t i : there) {
      joiner.add(tiles[i], [&](const float* samples, std::int64_t stride, std::int64_t n) {
        ASSERT_LE(done + n, out.n_samples);
        for (int c = 0; c < out.channels; ++c) std::copy_n(samples + c * stride, n, out.channel(c).data() + done);
        done += n;
      });
    }
    EXPECT_EQ(done, out.n_samples);
    return out;
  }
  Audio joined(const std::vector<Picture>& tiles, const PictureNote& note, const Cut& cut) {
    return joined(tiles, note, cut, all_of(tiles));
  }

  static std::vector<std::int64_t> all_of(const std::vector<Picture>& tiles) {
    std::vector<std::int64_t> all(tiles.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  static PictureNote note_of_tile(const PictureNote& note, const Cut& cut, std::int64_t count, std::int64_t index) {
    PictureNote own = note;
    own.tile.count = count;
    own.tile.index = index;
    own.tile.first_frame = index * (cut.width - cut.overlap);
    own.tile.overlap = cut.overlap;
    return own;
  }

  Picture picture_;
};
SPECTROHUE_FOR_ALL_BACKENDS(Pages);

/// Least widths, odd ones, and one that leaves a last tile of a single column; without overlap, with little and with so
/// much that a column lies in three tiles and more.
std::vector<Cut> cuts_of(const StftSettings& stft, std::int64_t n_samples) {
  const std::int64_t least = std::max<std::int64_t>(2, (stft.n_fft + stft.hop_length - 1) / stft.hop_length - 1);
  const std::int64_t n_frames = stft.n_frames(n_samples);
  return {{least, 0},     {least + 1, 0},  {37 + least, 0},  {n_frames - 1, 0},      {n_frames, 0},
          {least + 1, 1}, {37 + least, 8}, {37 + least, 37}, {3 * least, least + 1}, {n_frames - 1, 5}};
}

std::string name_of(const Cut& cut) {
  return "width " + std::to_string(cut.width) + " overlap " + std::to_string(cut.overlap);
}

TEST_P(Pages, ColumnsAreThoseOfTheWholePicture) {
  const Audio audio = stereo(9001);
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(name_of(shape));
    const EncodeSettings s = settings_of(shape);
    const PictureNote note = whole(audio, s);
    for (const Cut& cut : cuts_of(s.stft, audio.n_samples)) {
      std::int64_t at = 0;
      Picture expected;
      for (const Picture& tile : tiles(audio, s, note.ref, cut)) {
        copy_columns(picture_, {at, tile.width}, expected);
        ASSERT_EQ(tile.height, expected.height);
        ASSERT_TRUE(std::equal(tile.pixels.begin(), tile.pixels.end(), expected.pixels.begin(), expected.pixels.end()))
            << name_of(cut) << " at " << at;
        at += tile.width - cut.overlap;
      }
      EXPECT_EQ(at + cut.overlap, picture_.width);
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
    const Cut cut{50, 0};
    for (std::int64_t i = 0; i < cut.count(n_frames); ++i) {
      const Columns columns = cut.piece(i, n_frames);
      raise_peaks(*backend_, s, Part(audio, s.stft, columns).sound, columns, peaks);
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
    for (const Cut& cut : cuts_of(s.stft, audio.n_samples)) {
      const Comparison c = compare(expected, joined(tiles(audio, s, note.ref, cut), note, cut));
      EXPECT_EQ(c.differing, 0) << name_of(cut) << ", largest error " << c.max_error;
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
    const double in_tiles = compare(audio, joined(tiles(audio, s, note.ref, {128, 0}), note, {128, 0})).snr_db;
    EXPECT_GT(one_piece, shape.center ? 60 : 40);  // the ends of uncentred sounds fade
    EXPECT_GT(in_tiles, one_piece - 0.7);
  }
}

/// The tiles, of those that are there, that hold a column; and of them the one in which it lies furthest from both ends
/// of the tile, the later of two. -1: none.
std::int64_t owner_of(std::int64_t column, const Cut& cut, std::int64_t n_frames,
                      const std::vector<std::int64_t>& there) {
  std::int64_t owner = -1;
  std::int64_t most = -1;
  for (const std::int64_t i : there) {
    const std::int64_t first = i * (cut.width - cut.overlap);
    const std::int64_t end = std::min(first + cut.width, n_frames);
    if (column < first || column >= end) continue;
    const std::int64_t before = first == 0 ? n_frames : column - first;
    const std::int64_t behind = end == n_frames ? n_frames : end - 1 - column;
    if (std::min(before, behind) < most) continue;
    most = std::min(before, behind);
    owner = i;
  }
  return owner;
}

void paint_column(Picture& picture, std::int64_t column, std::uint8_t value) {
  const std::int64_t pixel = 3 * picture.layout.bits / 8;
  for (std::int64_t y = 0; y < picture.height; ++y) std::fill_n(picture.row(y) + column * pixel, pixel, value);
}

std::vector<std::int64_t> members(unsigned subset) {
  std::vector<std::int64_t> there;
  for (std::int64_t i = 0; subset >> i != 0; ++i) {
    if ((subset >> i & 1U) != 0) there.push_back(i);
  }
  return there;
}

/// Any tiles of a sound: what they make is what the whole picture makes in which all else is black, whatever lies in
/// the columns that another tile stands for.
TEST_P(Pages, AnyTilesMakeTheSoundWhoseOtherColumnsAreBlack) {
  for (const Shape& shape : {Shape{64, 16}, {64, 16, false}, {64, 5}, {32, 32}, {54, 20, true, PadMode::Reflect}}) {
    const EncodeSettings s = settings_of(shape);
    const std::int64_t least = std::max<std::int64_t>(2, (shape.n_fft + shape.hop - 1) / shape.hop - 1);
    for (const Cut& cut : {Cut{least, 0}, {least + 5, 0}, {least + 1, 1}, {least + 6, 6}, {least + 3, 2}, {20, 7}}) {
      if (cut.step() < least) continue;
      SCOPED_TRACE(name_of(shape) + ", " + name_of(cut));
      const std::int64_t n_frames = 4 * cut.step() + cut.overlap + 1;  // 5 tiles, the last as narrow as can be
      const Audio audio = stereo((n_frames - 1) * shape.hop + (shape.center ? -1 : shape.n_fft));
      const PictureNote note = whole(audio, s);
      ASSERT_EQ(picture_.width, n_frames);
      const std::vector<Picture> clean = tiles(audio, s, note.ref, cut);
      ASSERT_EQ(clean.size(), 5U);
      for (unsigned subset = 1; subset < 32; ++subset) {
        const std::vector<std::int64_t> there = members(subset);
        Picture expected_picture;
        copy_columns(picture_, {0, n_frames}, expected_picture);
        std::vector<Picture> own(clean.size());
        for (const std::int64_t i : there) copy_columns(clean[i], {0, clean[i].width}, own[i]);
        for (std::int64_t column = 0; column < n_frames; ++column) {
          const std::int64_t owner = owner_of(column, cut, n_frames, there);
          if (owner < 0) paint_column(expected_picture, column, 0);
          for (const std::int64_t i : there) {
            const std::int64_t at = column - i * cut.step();
            if (i != owner && at >= 0 && at < own[i].width) paint_column(own[i], at, 200);
          }
        }
        Audio expected;
        to_audio(*backend_, expected_picture, note, expected);
        ASSERT_EQ(compare(expected, joined(own, note, cut, there)).differing, 0) << "tiles " << subset;
      }
    }
  }
}

TEST_P(Pages, LongGapsAreSilent) {
  const Audio audio = stereo(400'000);
  const EncodeSettings s = settings_of({64, 16});
  const PictureNote note = whole(audio, s);
  const Cut cut{1000, 0};
  const std::vector<Picture> all = tiles(audio, s, note.ref, cut);
  const Audio some = joined(all, note, cut, {3, 20});
  Audio expected;
  to_audio(*backend_, picture_, note, expected);
  for (int c = 0; c < 2; ++c) {
    for (std::int64_t i = 0; i < audio.n_samples; ++i) {
      const std::int64_t tile = i / 16'000;
      const bool is_far_inside = i % 16'000 >= 64 && i % 16'000 < 16'000 - 64;
      if (!is_far_inside) continue;
      const float want = tile == 3 || tile == 20 ? expected.channel(c)[i] : 0.0F;
      ASSERT_EQ(some.channel(c)[i], want) << i;
    }
  }
}

TEST_P(Pages, DroppedTopsJoin) {
  const Audio audio = stereo(9001);
  EncodeSettings s = settings_of({256, 64});
  s.pixels.drop_top = true;
  const PictureNote note = whole(audio, s);
  Audio expected;
  to_audio(*backend_, picture_, note, expected);
  for (const Cut& cut : {Cut{32, 0}, {32, 9}}) {
    const std::vector<Picture> all = tiles(audio, s, note.ref, cut);
    EXPECT_EQ(all[0].height, 2 * 128);
    EXPECT_EQ(compare(expected, joined(all, note, cut)).differing, 0) << name_of(cut);
  }
}

TEST_P(Pages, PaddingIsNotPartOfTheSound) {
  const Audio audio = stereo(5000);
  const EncodeSettings s = settings_of({256, 64});
  PictureNote note = whole(audio, s);
  Audio expected;
  to_audio(*backend_, picture_, note, expected);
  const std::int64_t n_frames = picture_.width;

  note.tile.padding = 48;
  Picture padded;
  copy_columns(picture_, {0, n_frames}, padded, n_frames + 48);
  ASSERT_EQ(padded.width, n_frames + 48);
  Audio back;
  to_audio(*backend_, padded, note, back);
  EXPECT_EQ(compare(expected, back).differing, 0);
  for (std::int64_t column = n_frames; column < padded.width; ++column) paint_column(padded, column, 200);
  to_audio(*backend_, padded, note, back);
  EXPECT_EQ(compare(expected, back).differing, 0) << "whatever is in it";

  note.tile.padding = 0;
  std::vector<Picture> cut_up = tiles(audio, s, note.ref, {32, 6});
  ASSERT_EQ(cut_up.size(), 3U);
  const std::int64_t last = cut_up[2].width;
  TileLayout layout;
  for (std::int64_t i = 0; i < 3; ++i) {
    PictureNote own = note_of_tile(note, {32, 6}, 3, i);
    own.tile.padding = 32 - cut_up[i].width;
    Picture full;
    copy_columns(cut_up[i], {0, cut_up[i].width}, full, 32);
    std::swap(full, cut_up[i]);
    layout.add(own, 32, full.height, full.layout);
  }
  ASSERT_EQ(layout.held(2).count, last);
  for (std::int64_t column = last; column < 32; ++column) paint_column(cut_up[2], column, 200);
  TileJoiner joiner(*backend_, layout);
  std::int64_t done = 0;
  for (const Picture& tile : cut_up) {
    joiner.add(tile, [&](const float* samples, std::int64_t stride, std::int64_t n) {
      for (int c = 0; c < 2; ++c) {
        ASSERT_TRUE(std::equal(samples + c * stride, samples + c * stride + n, expected.channel(c).begin() + done));
      }
      done += n;
    });
  }
  EXPECT_EQ(done, audio.n_samples);
}

TEST(CopyColumns, PadsWithBlack) {
  for (const int bits : {8, 16}) {
    const std::int64_t pixel = 3 * bits / 8;
    Picture from;
    from.width = 5;
    from.height = 3;
    from.layout.bits = bits;
    from.pixels.resize(static_cast<std::size_t>(15 * pixel));
    std::iota(from.pixels.begin(), from.pixels.end(), std::uint8_t{1});
    Picture to;
    copy_columns(from, {1, 3}, to, 7);
    ASSERT_EQ(to.width, 7);
    ASSERT_EQ(to.height, 3);
    for (std::int64_t y = 0; y < 3; ++y) {
      for (std::int64_t i = 0; i < 7 * pixel; ++i) {
        EXPECT_EQ(to.row(y)[i], i < 3 * pixel ? from.row(y)[pixel + i] : 0) << y << " " << i;
      }
    }
  }
}

// ----------------------------------------------------------------------------------------------- layouts

/// 5000 samples make 80 columns; 3 tiles of 30.
struct Place {
  PictureNote note;
  std::int64_t width = 0;
  std::int64_t height = 129;
  int bits = 8;
};
Place place_of(std::int64_t index) {
  Place place;
  place.note.stft = settings_of({256, 64}).stft;
  place.note.sample_rate = 8000;
  place.note.channels = 1;
  place.note.ref = {1.0};
  place.note.n_samples = 5000;
  place.note.tile.index = index;
  place.note.tile.count = 3;
  place.note.tile.first_frame = 30 * index;
  place.width = index == 2 ? 20 : 30;
  return place;
}

/// What a layout says to the last of some places.
std::string refusal(const std::vector<Place>& places) {
  TileLayout layout;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& p = places[i];
    try {
      layout.add(p.note, p.width, p.height, {3, p.bits});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::BadFormat);
      EXPECT_EQ(i + 1, places.size()) << error.what();
      return error.what();
    }
  }
  return "accepted";
}

TEST(TileLayout, RefusesTilesThatDoNotBelong) {
  EXPECT_EQ(refusal({place_of(0), place_of(1), place_of(2)}), "accepted");
  EXPECT_EQ(refusal({place_of(0), place_of(2)}), "accepted");
  EXPECT_EQ(refusal({place_of(2)}), "accepted");
  struct Case {
    void (*alter)(Place&);
    const char* said;
  };
  const Case cases[] = {
      {[](Place& p) { p.note.n_samples += 1; }, "another sound"},
      {[](Place& p) { p.note.tile.count = 4; }, "another sound"},
      {[](Place& p) { p.note.tile.overlap = 1; }, "another sound"},
      {[](Place& p) { p.note.pixels.drop_top = true; }, "another sound"},
      {[](Place& p) { p.note.tile.index = 2; }, "resized or cropped"},
      {[](Place& p) { p.width = 2; }, "resized or cropped"},
      {[](Place& p) { p.width = 50; }, "resized or cropped"},
      {[](Place& p) { p.width = 51; }, "resized or cropped"},
      {[](Place& p) { p.height = 128; }, "resized or cropped"},
      {[](Place& p) { p.note.tile.padding = 1; }, "resized or cropped"},
      {[](Place& p) { p.note.tile.padding = 100; }, "resized or cropped"},
      {[](Place& p) { p.bits = 16; }, "16 bits"},
      {[](Place& p) { p.note.tile.first_frame = 31; }, "column 30 comes next"},
      {[](Place& p) { p.note.tile.first_frame = 29; }, "column 30 comes next"},
      {[](Place& p) { p.note.tile.index = 0; }, "twice"},
  };
  for (const Case& c : cases) {
    Place altered = place_of(1);
    c.alter(altered);
    const std::string said = refusal({place_of(0), altered});
    EXPECT_NE(said.find(c.said), std::string::npos) << c.said << ": " << said;
  }
  Place early = place_of(1);
  early.note.tile.first_frame = 0;
  EXPECT_NE(refusal({early}).find("comes next"), std::string::npos) << "nothing is left for tile 0";
  Place cropped = place_of(2);
  cropped.width = 19;
  EXPECT_NE(refusal({place_of(0), place_of(1), cropped}).find("resized or cropped"), std::string::npos);
  cropped = place_of(0);
  cropped.note.tile.first_frame = 1;
  EXPECT_NE(refusal({cropped}).find("column 0 comes next"), std::string::npos);
}

TEST(TileLayout, NamesWhatIsMissing) {
  const auto missing = [](const std::vector<std::int64_t>& there) {
    TileLayout layout;
    for (const std::int64_t i : there) {
      const Place p = place_of(i);
      layout.add(p.note, p.width, p.height, {3, p.bits});
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    for (const auto& [first, last] : layout.missing()) out.emplace_back(first, last);
    return out;
  };
  using Stretches = std::vector<std::pair<std::int64_t, std::int64_t>>;
  EXPECT_EQ(missing({0, 1, 2}), Stretches{});
  EXPECT_EQ(missing({0, 2}), (Stretches{{1, 2}}));
  EXPECT_EQ(missing({0}), (Stretches{{1, 3}}));
  EXPECT_EQ(missing({1}), (Stretches{{0, 1}, {2, 3}}));
  EXPECT_EQ(missing({2}), (Stretches{{0, 2}}));
}

TEST(Cut, PiecesCoverTheColumnsAndShareWhatTheyShould) {
  for (const Cut& cut : {Cut{10, 0}, {10, 3}, {10, 9}, {1, 0}}) {
    for (std::int64_t n = 1; n < 60; ++n) {
      const std::int64_t count = cut.count(n);
      ASSERT_GE(count, 1);
      std::int64_t end = cut.overlap;
      for (std::int64_t i = 0; i < count; ++i) {
        const Columns columns = cut.piece(i, n);
        ASSERT_EQ(columns.first, end - cut.overlap) << n;
        ASSERT_GT(columns.end(), i == 0 ? 0 : end) << "a piece that adds nothing, " << n;
        ASSERT_EQ(columns.count == cut.width, i + 1 < count || columns.count == cut.width) << n;
        end = columns.end();
      }
      ASSERT_EQ(end, n);
    }
  }
}

TEST(Tiling, PagesHoldWholeTiles) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(1 << 16);  // 24 columns of 32769 rows, 4 channels and 16 bits in 512 MiB
  s.pixels.encoding = Encoding::Hsv16;
  for (const std::int64_t overlap : {0, 1, 3}) {
    const Tiling tiling = make_tiling({10, overlap}, 64, s);
    ASSERT_EQ(tiling.page.overlap, overlap);
    ASSERT_GT(tiling.page.width, tiling.tile.width);
    for (std::int64_t n = 1; n < 100; ++n) {
      std::int64_t index = 0;
      for (std::int64_t p = 0; p < tiling.page.count(n); ++p) {
        const Columns page = tiling.page.piece(p, n);
        for (std::int64_t i = 0; i < tiling.tile.count(page.count); ++i, ++index) {
          const Columns in_page = tiling.tile.piece(i, page.count);
          const Columns whole = tiling.tile.piece(index, n);
          ASSERT_EQ(page.first + in_page.first, whole.first) << n;
          ASSERT_EQ(in_page.count, whole.count) << n;
        }
      }
      ASSERT_EQ(index, tiling.tile.count(n));
    }
  }
}

TEST(Tiling, IsBoundedByMemoryAndByTheWindow) {
  const EncodeSettings s;
  EXPECT_EQ(make_tiling({}, 1, s).tile.width, kMaxPageWidth);
  EXPECT_EQ(make_tiling({}, 2, s).tile.width, kMaxPageWidth);
  for (const int channels : {3, 8, 100}) {
    const Tiling cut = make_tiling({}, channels, s);
    EXPECT_LE(cut.page.width * channels * 1025 * 3, kMaxPageBytes);
    EXPECT_GT((cut.page.width + 1) * channels * 1025 * 3, kMaxPageBytes);
  }
  EXPECT_EQ(make_tiling({512}, 1, s).tile.width, 512);
  EXPECT_EQ(make_tiling({512}, 1, s).page.width % 512, 0);
  EXPECT_LE(make_tiling({512}, 1, s).page.width, kMaxPageWidth);
  EXPECT_LE(make_tiling({512, 100}, 1, s).page.width, kMaxPageWidth);
  EXPECT_GT(make_tiling({512, 100}, 1, s).page.width, kMaxPageWidth - 412);
  EXPECT_EQ(make_tiling({100000}, 1, s).page.width, 100000);
  EXPECT_THROW(make_tiling({2}, 1, s), Error);
  EXPECT_EQ(make_tiling({3}, 1, s).tile.width, 3);
  EXPECT_THROW(make_tiling({16, 14}, 1, s), Error);
  EXPECT_EQ(make_tiling({16, 13}, 1, s).tile.step(), 3);
  EXPECT_THROW(make_tiling({{}, 1}, 1, s), Error);
  EXPECT_THROW(make_tiling({0, 1}, 1, s), Error);
  EXPECT_THROW(make_tiling({{}, 0, true}, 1, s), Error);
  const std::int64_t day = 24LL * 3600 * 192000;
  EXPECT_EQ(make_tiling({0}, 1, s).tile.count(s.stft.n_frames(day)), 1);
}

TEST(Tiling, CountsWhatIsStored) {
  const EncodeSettings s;
  EXPECT_EQ(make_tiling({100}, 1, s).stored_columns(250), 250);
  EXPECT_EQ(make_tiling({100, 10}, 1, s).stored_columns(250), 270);
  EXPECT_EQ(make_tiling({100, 10, true}, 1, s).stored_columns(250), 300);
  EXPECT_EQ(make_tiling({100, 10, true}, 1, s).stored_columns(20), 100);
  EXPECT_EQ(make_tiling({100, 10}, 1, s).stored_columns(20), 20);
}

}  // namespace
}  // namespace spectrohue::test
