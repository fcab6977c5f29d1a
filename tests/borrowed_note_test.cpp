// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures without a note that are decoded by the note of another one.
#include "batch/borrowed_note.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "audio/audio_file.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/parameters.h"
#include "batch/run.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "spectrohue/error.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

namespace fs = std::filesystem;

constexpr PixelLayout kGray8{1, 8};
constexpr PixelLayout kRgb8{3, 8};

std::string refusal(const std::function<void()>& act, ErrorCode code) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

/// Of 101 columns and 257 rows.
PictureNote note_of_one() {
  PictureNote note;
  note.stft = StftSettings::for_n_fft(512);
  note.pixels.encoding = Encoding::Gray8;
  note.pixels.curve.gamma = 0.4;
  note.sample_rate = 16000;
  note.channels = 1;
  note.n_samples = 12750;
  note.ref = {0.75};
  note.format = SampleFormat::Pcm24;
  return note;
}

ParameterFlags flags_with(const PictureNote& note) {
  ParameterFlags flags;
  flags.params_from = BorrowedNote{note, "one.png"};
  return flags;
}

Parameters decoded(const ParameterFlags& flags, std::int64_t width, std::int64_t height, PixelLayout layout = kRgb8) {
  return decode_parameters({}, width, height, layout, "x_SR8000.png", flags);
}

TEST(BorrowedNote, SaysAllButTheLength) {
  const PictureNote one = note_of_one();
  const Parameters p = decoded(flags_with(one), 60, 257);
  PictureNote expected = one;
  expected.n_samples = 59 * 128;
  EXPECT_EQ(p.note, expected) << "the rate in the file's name counts less";
  EXPECT_TRUE(p.has_level);
  ASSERT_EQ(p.messages.size(), 1U);
  EXPECT_EQ(
      p.messages[0],
      "no note in this picture: parameters are those of 'one.png': gray8, n_fft 512, hop_length 128, 1 x 16000 Hz");
  EXPECT_EQ(decoded(flags_with(one), 101, 257).note.n_samples, 12750) << "as wide as the other";
}

TEST(BorrowedNote, LengthsFitTheWidth) {
  for (const bool center : {true, false}) {
    for (const FrameCount frames : {FrameCount::Cover, FrameCount::Floor}) {
      if (!center && frames == FrameCount::Floor) continue;
      PictureNote one = note_of_one();
      one.stft.center = center;
      one.stft.frames = frames;
      for (const std::int64_t width : {1, 2, 77, 5000}) {
        const PictureNote note = decoded(flags_with(one), width, 257).note;
        EXPECT_EQ(note.stft.n_frames(note.n_samples), width) << center;
      }
    }
  }
}

TEST(BorrowedNote, FlagsStandAbove) {
  ParameterFlags flags = flags_with(note_of_one());
  flags.hop_length = 64;
  flags.ref = 2.0;
  flags.channels = 2;
  const Parameters p = decoded(flags, 11, 2 * 257);
  EXPECT_EQ(p.note.n_samples, 10 * 64);
  EXPECT_EQ(p.note.ref, (std::vector<double>{2.0, 2.0}));
  ASSERT_EQ(p.messages.size(), 4U);
  EXPECT_EQ(p.messages[1], "--hop-length 64 overrides the note's 128");
  flags.n_samples = 500;
  EXPECT_EQ(decoded(flags, 11, 2 * 257).note.n_samples, 500);
}

TEST(BorrowedNote, AnotherHeightIsRefused) {
  ParameterFlags flags = flags_with(note_of_one());
  const std::string why = refusal([&] { decoded(flags, 60, 256); }, ErrorCode::BadFormat);
  EXPECT_NE(why.find("has 256 rows"), std::string::npos) << why;
  EXPECT_NE(why.find("'one.png' it should have 257"), std::string::npos) << why;
  flags.resizes_to_note = true;
  EXPECT_EQ(decoded(flags, 60, 256).note.n_samples, 59 * 128);
}

TEST(BorrowedNote, ItsOwnNoteCountsMore) {
  PictureNote own = note_of_one();
  own.ref = {5.0};
  const Parameters p = decode_parameters(own, 101, 257, kGray8, "x.png", flags_with(note_of_one()));
  EXPECT_EQ(p.note, own);
  ASSERT_EQ(p.messages.size(), 1U);
  EXPECT_NE(p.messages[0].find("a note of its own"), std::string::npos);
}

TEST(BorrowedNote, DepthsAreThePictures) {
  PictureNote one = note_of_one();
  EXPECT_EQ(decoded(flags_with(one), 60, 257, {1, 16}).note.pixels.encoding, Encoding::Gray16);
  one.pixels.encoding = Encoding::Gray16;
  EXPECT_EQ(decoded(flags_with(one), 60, 257, kRgb8).note.pixels.encoding, Encoding::Gray8);
  EXPECT_EQ(decoded(flags_with(one), 60, 257, {1, 32}).note.pixels.encoding, Encoding::Gray16) << "to be refused later";
  one.pixels.curve.kind = CurveKind::AdaptiveLog;
  EXPECT_EQ(decoded(flags_with(one), 60, 257, kGray8).note.pixels.encoding, Encoding::Gray16)
      << "its law is another one at 8 bits";
}

TEST(BorrowedNote, ArrangementsAreTheOthers) {
  PictureNote one = note_of_one();
  one.arrangement.invert = true;
  one.arrangement.transpose = true;
  ParameterFlags flags = flags_with(one);
  EXPECT_EQ(arrangement_of({}, flags), one.arrangement);
  EXPECT_EQ(arrangement_of(note_of_one(), flags), Arrangement{}) << "it has its own";
  flags.transpose = false;
  EXPECT_FALSE(arrangement_of({}, flags).transpose);
}

TEST(BorrowedNote, SilentChannelsBorrowTheLevelOfOthers) {
  PictureNote one = note_of_one();
  one.channels = 3;
  one.ref = {0.0, 0.25, 2.0};
  const Parameters p = decoded(flags_with(one), 60, 3 * 257);
  EXPECT_EQ(p.note.ref, (std::vector<double>{2.0, 0.25, 2.0}));
  EXPECT_TRUE(p.has_level);
  one.ref = {0.0, 0.0, 0.0};
  const Parameters silent = decoded(flags_with(one), 60, 3 * 257);
  EXPECT_FALSE(silent.has_level);
  EXPECT_EQ(silent.note.ref, std::vector<double>(3, full_scale_magnitude(one.stft)));
  EXPECT_NE(silent.messages[0].find("normalised"), std::string::npos);
}

TEST(BorrowedNote, ManifestsKnowIt) {
  const std::string with = to_json(flags_with(note_of_one()));
  EXPECT_NE(with.find(R"("params_from":{)"), std::string::npos) << with;
  PictureNote other = note_of_one();
  other.source_name = "b.wav";
  EXPECT_EQ(to_json(flags_with(other)), with) << "another picture that says the same";
  other.ref = {0.5};
  EXPECT_NE(to_json(flags_with(other)), with);
}

class BorrowedFiles : public testing::Test {
 protected:
  fs::path put(const std::string& name, const PictureNote* note, std::int64_t width) {
    Picture picture;
    picture.resize(width, 10, kGray8);
    std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{9});
    image::write_png(folder_ / name, picture, note);
    return folder_ / name;
  }
  void convert(const Conversion& conversion, const Task& task) {
    RunSettings settings;
    settings.device = "cpu";
    Observer observer;
    std::string said;
    observer.say = [&](const fs::path&, const std::string& message) { said = message; };
    EXPECT_EQ(run({1, [&](std::size_t) { return task; }}, settings, conversion, observer).n_failed, 0U) << said;
  }
  /// As a model writes it: the same pixels as colours, and no note.
  void put_as_rgb(const fs::path& from, const fs::path& to) {
    image::PictureFile file;
    image::read(from, file);
    image::expand_to_rgb(file.picture);
    image::write_png(to, file.picture, nullptr);
  }
  Audio sound_of(const fs::path& path) {
    Audio audio;
    audio::read(path, audio);
    return audio;
  }

  test::TempFolder folder_;
};

TEST_F(BorrowedFiles, TilesPartsAndHalvesSayTheSameOfWholePictures) {
  PictureNote note = note_of_one();
  EXPECT_EQ(borrow_note(put("whole.png", &note, 101), {}).note, note);
  EXPECT_EQ(borrow_note(folder_ / "whole.png", {}).owner, "whole.png");

  PictureNote tile = note;
  tile.tile = {3, 7, 90, 4, 0};
  PictureNote expected = note;
  expected.n_samples = 0;  // of a longer sound
  EXPECT_EQ(borrow_note(put("tile.png", &tile, 31), {}).note, expected);
  tile.tile = {0, 1, 0, 0, 27};
  EXPECT_EQ(borrow_note(put("padded.png", &tile, 128), {}).note, expected) << "columns that are no frames";

  PictureNote channel = note;
  channel.channels = 2;
  channel.ref = {1.0, 3.0};
  channel.is_mid_side = true;
  channel.part = {1, 2};
  expected = note;
  expected.ref = {3.0};
  EXPECT_EQ(borrow_note(put("channel.png", &channel, 101), {}).note, expected) << "the second of two, alone";

  PictureNote pair = note;
  pair.right.push_back(note);
  pair.right[0].ref = {9.0};
  put("pair.png", &pair, 202);
  EXPECT_EQ(borrow_note(folder_ / "pair.png", Half::Left).note, note);
  EXPECT_EQ(borrow_note(folder_ / "pair.png", Half::Right).note, pair.right[0]);
  EXPECT_NE(refusal([&] { borrow_note(folder_ / "pair.png", {}); }, ErrorCode::Usage).find("--pair"),
            std::string::npos);
}

TEST_F(BorrowedFiles, WhatHasNoNoteIsRefusedByName) {
  put("bare.png", nullptr, 20);
  const std::string why = refusal([&] { borrow_note(folder_ / "bare.png", {}); }, ErrorCode::Usage);
  EXPECT_NE(why.find("'bare.png'"), std::string::npos) << why;
  EXPECT_NE(why.find("no note"), std::string::npos) << why;
  EXPECT_NE(refusal([&] { borrow_note(folder_ / "gone.png", {}); }, ErrorCode::Read).find("'gone.png'"),
            std::string::npos);
}

TEST_F(BorrowedFiles, TheSoundIsThatOfThePictureWithItsNote) {
  const Audio audio = test::sound_of({test::voice(9000, 0.3F), test::noise(9000, 4, 0.1F)}, 16000);
  audio::write(folder_ / "a.wav", audio, {audio::Container::Wav, SampleFormat::Float32});
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Stereo3, Encoding::Hsv}) {
    SCOPED_TRACE(to_string(encoding));
    EncodeSettings s;
    s.stft = StftSettings::for_n_fft(512);
    s.pixels.encoding = encoding;
    s.arrangement.invert = encoding == Encoding::Gray8;
    s.arrangement.flip = encoding == Encoding::Gray8;
    convert(Encoder(s, image::Compression::Fast, {}), {folder_ / "a.wav", folder_ / "one.png"});
    put_as_rgb(folder_ / "one.png", folder_ / "generated.png");
    DecodeSettings with_note;
    with_note.flags.retrieval.n_iter = 2;
    DecodeSettings borrowed = with_note;
    borrowed.flags.params_from = borrow_note(folder_ / "one.png", {});
    convert(Decoder(with_note), {folder_ / "one.png", folder_ / "one.wav"});
    convert(Decoder(borrowed), {folder_ / "generated.png", folder_ / "generated.wav"});
    const Audio want = sound_of(folder_ / "one.wav");
    const Audio got = sound_of(folder_ / "generated.wav");
    ASSERT_EQ(got.n_samples, want.n_samples);
    ASSERT_EQ(got.format, want.format);
    EXPECT_TRUE(std::equal(got.samples.begin(), got.samples.end(), want.samples.begin()));
  }
}

}  // namespace
}  // namespace spectrohue::batch
