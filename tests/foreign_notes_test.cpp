// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Tags and texts of other programs: files that Pillow wrote (tests/data/make_preset_reference.py), and hostile ones.
#include "image/foreign_notes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "image/exif.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "spectrohue/error.h"
#include "support/data.h"
#include "support/outcome.h"
#include "support/png_chunks.h"
#include "support/temp_folder.h"

namespace spectrohue::image {
namespace {

using test::data_folder;
using test::outcome_of;
using test::png_chunks;
using test::png_of;
using test::PngChunk;
using test::TempFolder;

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::uint8_t> as_bytes(const std::string& text) { return {text.begin(), text.end()}; }

std::string chunk_of(const std::string& png, const std::string& type) {
  for (const PngChunk& chunk : png_chunks(png)) {
    if (chunk.type == type) return chunk.data;
  }
  ADD_FAILURE() << "no chunk " << type;
  return {};
}

/// What Pillow made of riffusion's tags.
std::vector<std::uint8_t> pillow_exif() {
  return as_bytes(chunk_of(bytes_of(data_folder() / "foreign" / "riffusion_stereo.png"), "eXIf"));
}

class ForeignNotes : public ::testing::Test {
 protected:
  image::ForeignNotes notes_of(const std::string& bytes) {
    const std::filesystem::path path = folder_.path() / "picture";
    std::ofstream(path, std::ios::binary) << bytes;
    return foreign_notes(path);
  }
  TempFolder folder_;
};

TEST_F(ForeignNotes, RiffusionsTagsInPngJpegAndWebP) {
  RiffusionNote expected;
  const std::optional<RiffusionNote> stereo =
      foreign_notes(data_folder() / "foreign" / "riffusion_stereo.png").riffusion;
  ASSERT_TRUE(stereo);
  expected.is_stereo = true;
  EXPECT_GT(stereo->max_value.value_or(0), 1e6);
  expected.max_value = stereo->max_value;
  EXPECT_EQ(*stereo, expected);

  expected = {};
  expected.sample_rate = 96000;
  expected.num_frequencies = 16;
  for (const char* name : {"riffusion.jpg", "riffusion.webp"}) {
    const std::optional<RiffusionNote> mono = foreign_notes(data_folder() / "foreign" / name).riffusion;
    ASSERT_TRUE(mono) << name;
    EXPECT_EQ(*mono, expected) << name;
  }
}

TEST_F(ForeignNotes, WrittenTagsAreByteForBytePillows) {
  const std::vector<std::uint8_t> theirs = pillow_exif();
  const std::optional<RiffusionNote> note = riffusion_note(theirs);
  ASSERT_TRUE(note);
  EXPECT_EQ(to_exif(*note), theirs);
}

TEST_F(ForeignNotes, TagsOfAllTypesAndBothByteOrders) {
  // Entries: SHORT, LONG, RATIONAL 1/4, FLOAT; little endian; the value of the third lies behind the directory.
  const std::string little(
      "II*\0\x08\0\0\0\x04\0"
      "\xF8\x2A\x03\0\x01\0\0\0\x40\x1F\0\0"
      "\x20\x2B\x04\0\x01\0\0\0\x10\0\0\0"
      "\x3E\x2B\x05\0\x01\0\0\0\x3E\0\0\0"
      "\x48\x2B\x0B\0\x01\0\0\0\0\0\x80\x3F"
      "\0\0\0\0"
      "\x01\0\0\0\x04\0\0\0",
      70);
  const ExifNumbers expected{{11000, 8000}, {11040, 16}, {11070, 0.25}, {11080, 1}};
  EXPECT_EQ(exif_numbers(as_bytes(little)), expected);
  const std::vector<ExifEntry> entries{{11000, ExifType::Whole, 8000},
                                       {11040, ExifType::Whole, 70000},
                                       {11070, ExifType::Double, 0.25},
                                       {11080, ExifType::Double, -1e-300}};
  EXPECT_EQ(exif_numbers(make_exif(entries)),
            (ExifNumbers{{11000, 8000}, {11040, 70000}, {11070, 0.25}, {11080, -1e-300}}));
}

TEST_F(ForeignNotes, CutAndCorruptedExifIsHarmless) {
  const std::vector<std::uint8_t> whole = pillow_exif();
  const ExifNumbers all = exif_numbers(whole);
  ASSERT_EQ(all.size(), 10U);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const ExifNumbers some = exif_numbers(std::span(whole).first(n));
    EXPECT_LT(some.size(), all.size());
    EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end())) << n;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      std::vector<std::uint8_t> altered = whole;
      altered[i] = value;
      for (const auto& [tag, number] : exif_numbers(altered)) EXPECT_TRUE(std::isfinite(number)) << tag;
      outcome_of([&] { riffusion_note(altered); });
    }
  }
  std::vector<std::uint8_t> endless = whole;
  endless[8] = endless[9] = 0xFF;  // 65535 entries
  EXPECT_EQ(exif_numbers(endless).at(11000), 44100);
}

TEST_F(ForeignNotes, TagsOutOfRangeAreRefused) {
  const auto refused = [](int tag, double value) {
    return outcome_of([&] {
      const std::vector<ExifEntry> entries{{11000, ExifType::Double, tag == 11000 ? value : 44100},
                                           {tag == 11000 ? 12000 : tag, ExifType::Double, value}};
      riffusion_note(make_exif(entries));
    });
  };
  for (const auto& [tag, value] : {std::pair{11000, 0.0},
                                   {11000, 1e10},
                                   {11000, -1.0},
                                   {11000, 44100.5},
                                   {11005, 2.0},
                                   {11010, 0.0},
                                   {11010, 1e9},
                                   {11020, -1.0},
                                   {11030, 0.5},
                                   {11040, 0.0},
                                   {11040, 1e6},
                                   {11050, -5.0},
                                   {11060, 0.0},
                                   {11070, 0.0},
                                   {11070, 1e300},
                                   {11080, -1.0},
                                   {11080, 1e300}}) {
    EXPECT_REFUSED(refused(tag, value), ErrorCode::BadFormat, std::to_string(tag));
  }
  EXPECT_FALSE(refused(11070, 0.5).threw);
  EXPECT_FALSE(riffusion_note(make_exif(std::vector<ExifEntry>{{11005, ExifType::Whole, 1}})))
      << "other programs may use such tags";
}

TEST_F(ForeignNotes, Krajj7sText) {
  const Krajj7Note expected{100, 55, 22050, 0.8, 100, 0, true, true};
  EXPECT_EQ(foreign_notes(data_folder() / "foreign" / "krajj7.png").krajj7, expected);
  EXPECT_EQ(krajj7_note("Spectrogram:;100.0000;55.0000;22050.0000;80.0000;100.0000;0;1;1;"), expected);
  EXPECT_EQ(krajj7_note("Spectrogram:;100;55;22050;80;100;0;1;1"), expected) << "without the last semicolon";

  // The same in chunks of other kinds.
  std::vector<PngChunk> chunks = png_chunks(bytes_of(data_folder() / "foreign" / "krajj7.png"));
  const std::string text = "Spectrogram:;100.0000;55.0000;22050.0000;80.0000;100.0000;0;1;1;";
  // The keyword ends with a zero; behind it stand the method, or flags and two empty texts.
  const std::string deflated("Spectrogram\0\0", 13);
  const std::string international("Spectrogram\0\0\0\0\0", 16);
  for (const PngChunk& chunk :
       {PngChunk{"zTXt", deflated + test::zlib_of(text)}, PngChunk{"iTXt", international + text}}) {
    for (PngChunk& old : chunks) {
      if (old.type == "tEXt" || old.type == "zTXt") old = chunk;
    }
    EXPECT_EQ(notes_of(png_of(chunks)).krajj7, expected) << chunk.type;
  }
}

TEST_F(ForeignNotes, DamagedTextIsRefused) {
  for (const char* text :
       {"", "Spectrogram:", "Spectrogram:;", "Spectrogram:;1;2;3", "Spectrogram:;100;55;22050;80;100;0;1;",
        "Spectrogram:;100;55;22050;80;100;0;1;x;", "Spectrogram:;nan;55;22050;80;100;0;1;1;",
        "Spectrogram:;100;55;22050;100;100;0;1;1;", "Spectrogram:;0;55;22050;80;100;0;1;1;",
        "Spectrogram:;100;-1;22050;80;100;0;1;1;", "Spectrogram:;100;55;inf;80;100;0;1;1;",
        "Spectrogram:;100;55;22050;80;0;0;1;1;", "Spectrogram:;100;55;22050;80;100;9;1;1;",
        "Spectrogram:;100;55;22050;80;100;0;2;1;", "Spectrogram:;100;55;22050;80;100;0;1;-1;", "gramophone"}) {
    EXPECT_REFUSED(outcome_of([&] { krajj7_note(text); }), ErrorCode::BadFormat, "Spectrogram");
  }
}

TEST_F(ForeignNotes, FilesWithoutThemHaveNone) {
  const auto has_none = [](const image::ForeignNotes& notes) { return !notes.riffusion && !notes.krajj7; };
  EXPECT_TRUE(has_none(foreign_notes(folder_.path() / "not_there.png")));
  EXPECT_TRUE(has_none(foreign_notes(folder_.path())));
  for (const std::string& bytes :
       {std::string(), std::string("\x89PNG\r\n\x1A\n", 8), std::string("\xFF\xD8\xFF", 3),
        std::string("RIFF\0\0\0\0WEBP", 12), std::string("RIFF\0\0\0\0WEBPEXIF\xFF\xFF\xFF\xFF", 20),
        std::string("\xFF\xD8\xFF\xE1\0\0", 6), std::string(5000, 'x')}) {
    EXPECT_TRUE(has_none(notes_of(bytes)));
  }
}

TEST_F(ForeignNotes, CutFilesAreHarmless) {
  for (const char* name : {"riffusion.jpg", "riffusion.webp", "krajj7.png"}) {
    const std::string whole = bytes_of(data_folder() / "foreign" / name);
    bool was_found = false;
    for (std::size_t n = 0; n <= whole.size(); ++n) {
      const image::ForeignNotes notes = notes_of(whole.substr(0, n));
      was_found = was_found || notes.riffusion || notes.krajj7;
    }
    EXPECT_TRUE(was_found) << name;
  }
}

// --------------------------------------------------------------------------------------------- our pictures

PictureNote riffusion_like() {
  PictureNote note;
  note.stft.n_fft = 17640;
  note.stft.win_length = 4410;
  note.stft.hop_length = 441;
  note.stft.pad_mode = PadMode::Reflect;
  note.stft.frames = FrameCount::Floor;
  note.pixels.encoding = Encoding::Stereo;
  note.pixels.curve.gamma = 0.25;
  note.pixels.scale = {FrequencyScaleKind::Mel, 16, 0, 10000, MelScale::Htk, BandNorm::None};
  note.pixels.band_power = 1;
  note.arrangement.invert = true;
  note.sample_rate = 44100;
  note.n_samples = 4410;
  note.channels = 2;
  note.ref = {0.5, 0.5};
  return note;
}

TEST_F(ForeignNotes, OurPicturesHaveRiffusionsTagsWhereTheyAreTrue) {
  Picture picture;
  picture.resize(11, 16, {3, 8});
  std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{7});
  const std::filesystem::path path = folder_.path() / "a.png";
  PictureNote note = riffusion_like();
  write_png(path, picture, &note);
  RiffusionNote expected;
  expected.is_stereo = true;
  expected.num_frequencies = 16;
  expected.max_value = 16384;
  EXPECT_EQ(foreign_notes(path).riffusion, expected);
  EXPECT_EQ(inspect(path).note, note) << "the note stands beside them";

  note.stft.hop_length = 440;  // no whole number of milliseconds
  write_png(path, picture, &note);
  EXPECT_FALSE(foreign_notes(path).riffusion);
}

TEST_F(ForeignNotes, OnlyWhatRiffusionCouldHaveMadeIsItsKind) {
  EXPECT_TRUE(as_riffusion(riffusion_like()));
  const auto is_not = [](auto alter) {
    PictureNote note = riffusion_like();
    alter(note);
    return !as_riffusion(note);
  };
  EXPECT_TRUE(is_not([](PictureNote& n) { n.arrangement.invert = false; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.arrangement.flip = true; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.encoding = Encoding::Gray8; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.curve.kind = CurveKind::Db; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.scale.mel_scale = MelScale::Slaney; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.scale.norm = BandNorm::Slaney; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.scale.fmin = 27.5; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.pixels.band_power = 2; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.stft.window = Window::Hamming; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.stft.pad_mode = PadMode::Constant; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.stft.frames = FrameCount::Cover; }));
  EXPECT_TRUE(is_not([](PictureNote& n) { n.tile.padding = 3; }));
}

TEST_F(ForeignNotes, MillisecondsReturnAtEveryUsualRate) {
  for (const int rate : {8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000}) {
    PictureNote note = riffusion_like();
    note.sample_rate = rate;
    note.pixels.scale.fmax = 4000;
    note.stft.n_fft = riffusion_samples(400, rate);
    note.stft.win_length = riffusion_samples(100, rate);
    note.stft.hop_length = riffusion_samples(10, rate);
    const std::optional<RiffusionNote> back = as_riffusion(note);
    ASSERT_TRUE(back) << rate;
    EXPECT_EQ(riffusion_samples(back->step_size_ms, rate), note.stft.hop_length);
    EXPECT_EQ(back->step_size_ms, 10) << rate;
    EXPECT_EQ(back->window_duration_ms, 100) << rate;
    EXPECT_EQ(back->padded_duration_ms, 400) << rate;
  }
}

}  // namespace
}  // namespace spectrohue::image
