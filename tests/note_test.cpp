// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/note.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <ctime>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "core/colormap.h"
#include "spectrohue/error.h"
#include "support/outcome.h"
#include "support/reference.h"

namespace spectrohue::image {
namespace {

PictureNote full_note() {
  PictureNote note;
  note.tool = "spectrohue 0.1.0";
  note.stft = StftSettings::for_n_fft(1024);
  note.stft.hop_length = 200;
  note.stft.win_length = 1000;
  note.stft.window = Window::Kaiser;
  note.stft.window_parameter = std::numbers::pi * 4;
  note.stft.center = false;
  note.stft.pad_mode = PadMode::Reflect;
  note.pixels.encoding = Encoding::Hsv16;
  note.pixels.curve = {CurveKind::Gamma, 1.0 / 3, 100};
  note.pixels.refine = 4;
  note.ref = {0.1, 0, 123.45678901234567, 5e-324};
  note.sample_rate = 44100;
  note.n_samples = (std::int64_t{1} << 48) - 1;
  note.channels = 4;
  note.format = SampleFormat::Pcm24;
  note.tile = {7, 31, 458500, 64, 12};
  note.source_name = "Füße \"und\" 音.wav";
  note.pixels_crc32 = 0x00C0FFEEU;
  return note;
}

/// A legal note as text, with one piece replaced.
std::string altered(const std::string& from, const std::string& to) {
  std::string text = R"({"spectrohue":1,"tool":"t","encoding":"hsv","curve":{"kind":"gamma","gamma":0.3},)"
                     R"("ref":[1.5,0.0],"n_fft":2048,"hop_length":512,"win_length":2048,"window":"hann",)"
                     R"("center":true,"pad_mode":"constant","phase":"centre","freq_scale":"linear",)"
                     R"("sample_rate":16000,"n_samples":48000,"channels":2,"layout":"stacked",)"
                     R"("subtype":"pcm16","source_name":"a.wav","pixels_crc32":"89abcdef"})";
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Note, ReturnsWithAllItsBits) {
  const PictureNote note = full_note();
  const PictureNote back = note_from_json(to_json(note));
  EXPECT_EQ(back.tool, note.tool);
  EXPECT_EQ(back.stft, note.stft);
  EXPECT_EQ(back.pixels, note.pixels);
  ASSERT_EQ(back.ref.size(), note.ref.size());
  for (std::size_t i = 0; i < note.ref.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.ref[i]), std::bit_cast<std::uint64_t>(note.ref[i]));
  }
  EXPECT_EQ(back.sample_rate, note.sample_rate);
  EXPECT_EQ(back.n_samples, note.n_samples);
  EXPECT_EQ(back.channels, note.channels);
  EXPECT_EQ(back.format, note.format);
  EXPECT_EQ(back.tile, note.tile);
  EXPECT_EQ(back.source_name, note.source_name);
  EXPECT_EQ(back.pixels_crc32, note.pixels_crc32);
  EXPECT_EQ(to_json(back), to_json(note));
}

TEST(Note, EveryNameReturns) {
  for (const char* name : {"hann", "hamming", "blackman", "blackmanharris", "gaussian", "kaiser", "rectangular"}) {
    PictureNote note = full_note();
    note.stft = StftSettings::for_n_fft(512);
    note.stft.window = window_from_string(name);
    const bool has_parameter = note.stft.window == Window::Gaussian || note.stft.window == Window::Kaiser;
    if (has_parameter) note.stft.window_parameter = 0.15;
    EXPECT_EQ(note_from_json(to_json(note)).stft, note.stft) << name;
    EXPECT_EQ(to_json(note).find("window_parameter") != std::string::npos, has_parameter) << name;
  }
  for (const char* name : {"gamma", "db", "linear", "adaptive-log", "double-log"}) {
    PictureNote note = full_note();
    note.pixels.encoding = Encoding::Hsv;
    note.pixels.curve = {curve_from_string(name), 0.3, 100.0};
    EXPECT_EQ(note_from_json(to_json(note)).pixels, note.pixels) << name;
  }
  for (const char* name : {"hsv", "hsv16", "hsvx", "hsv16x"}) {
    PictureNote note = full_note();
    note.stft = StftSettings::for_n_fft(512);
    note.pixels.encoding = encoding_from_string(name);
    note.pixels.residual_bits = max_residual_bits(note.pixels.encoding);
    note.pixels.tilt = -2.0 / 3;
    const bool has_steps = is_exact(note.pixels.encoding);
    if (has_steps) note.pixels.code_step = own_code_step(note.pixels.encoding);
    EXPECT_EQ(note_from_json(to_json(note)).pixels, note.pixels) << name;
    EXPECT_EQ(to_json(note).find("code_step") != std::string::npos, note.pixels.encoding == Encoding::Hsv16x) << name;
    if (has_steps) note.pixels.code_step = 1;
    EXPECT_EQ(note_from_json(to_json(note)).pixels, note.pixels) << name;
    EXPECT_EQ(to_json(note).find("code_step"), std::string::npos) << name;
  }
  for (const char* name : {"pcm8", "pcm16", "pcm24", "pcm32", "float", "double", "lossy"}) {
    PictureNote note = full_note();
    note.format = sample_format_from_string(name);
    EXPECT_EQ(note_from_json(to_json(note)).format, note.format) << name;
  }
}

/// A legal note of an encoding, of a stereo sound.
PictureNote note_of(Encoding encoding) {
  PictureNote note;
  note.tool = "test";
  note.stft = StftSettings::for_n_fft(512);
  note.pixels.encoding = encoding;
  note.ref = {0.25, 3};
  note.sample_rate = 22050;
  note.n_samples = 9000;
  note.channels = 2;
  note.source_name = "a.wav";
  if (encoding == Encoding::Colormap) {
    const Colormap& map = colormap_by_name("magma");
    note.colours = {"magma", {map.colours.begin(), map.colours.end()}};
  }
  return note;
}

void expect_return(const PictureNote& note) {
  const std::string json = to_json(note);
  EXPECT_EQ(note_from_json(json), note) << json;
}

TEST(Note, EncodingsOfMagnitudesReturn) {
  for (const char* name :
       {"gray8", "gray16", "gray32f", "rgb24", "colormap", "stereo", "stereo3", "magphase", "magphase16", "complex"}) {
    SCOPED_TRACE(name);
    PictureNote note = note_of(encoding_from_string(name));
    if (note.pixels.encoding == Encoding::Gray32f) note.pixels.curve.kind = CurveKind::Linear;
    expect_return(note);
    const std::string json = to_json(note);
    EXPECT_NE(json.find(std::string("\"encoding\":\"") + name + '"'), std::string::npos) << json;
    EXPECT_EQ(json.find(R"("phase":"none")") == std::string::npos, holds_phase(note.pixels.encoding)) << json;
  }
}

TEST(Note, ColoursAreOfTwoChannels) {
  const PictureNote note = note_of(Encoding::Stereo3);
  EXPECT_NE(to_json(note).find(R"("layout":"colours")"), std::string::npos);
  for (const int channels : {1, 3}) {
    PictureNote other = note;
    other.channels = channels;
    other.ref.assign(static_cast<std::size_t>(channels), 1.0);
    EXPECT_THROW(note_from_json(to_json(other)), Error) << channels;
  }
  PictureNote split = note;
  split.part = {0, 2};
  EXPECT_THROW(note_from_json(to_json(split)), Error) << "a pixel is not in two files";
}

TEST(Note, ScalesReturn) {
  for (const FrequencyScaleKind kind :
       {FrequencyScaleKind::Mel, FrequencyScaleKind::Log, FrequencyScaleKind::Bark, FrequencyScaleKind::Erb}) {
    for (const int power : {1, 2}) {
      SCOPED_TRACE(to_string(kind));
      PictureNote note = note_of(Encoding::Gray16);
      note.pixels.scale.kind = kind;
      note.pixels.scale.n_bands = 77;
      note.pixels.scale.fmin = 100.0 / 3;
      note.pixels.scale.fmax = 8000.125;
      note.pixels.scale.norm = BandNorm::None;
      if (kind == FrequencyScaleKind::Mel) note.pixels.scale.mel_scale = MelScale::Htk;
      note.pixels.band_power = power;
      expect_return(note);
      const std::string json = to_json(note);
      EXPECT_EQ(json.find("mel_scale") != std::string::npos, kind == FrequencyScaleKind::Mel) << json;
    }
  }
  EXPECT_EQ(to_json(note_of(Encoding::Gray8)).find("n_bands"), std::string::npos) << "bins have no bands";
}

TEST(Note, ArrangementsPartsAndMidSideReturnInVersionThree) {
  const auto expect_three = [](const PictureNote& note) {
    expect_return(note);
    EXPECT_EQ(to_json(note).substr(0, 16), R"({"spectrohue":3,)");
  };
  for (unsigned bits = 1; bits < 16; ++bits) {
    PictureNote note = note_of(Encoding::Gray8);
    note.arrangement.invert = (bits & 1) != 0;
    note.arrangement.flip = (bits & 2) != 0;
    note.arrangement.transpose = (bits & 4) != 0;
    if ((bits & 8) != 0) {
      note.arrangement.width = 320;
      note.arrangement.height = 200;
      note.arrangement.from_width = 71;
      note.arrangement.from_height = 1 << 24;
    }
    expect_three(note);
  }
  PictureNote note = note_of(Encoding::Gray8);
  note.is_mid_side = true;
  expect_three(note);
  note = note_of(Encoding::Gray8);
  note.part = {1, 2};
  expect_three(note);
  for (const int count : {2, 4}) {
    note = note_of(Encoding::Magphase);
    note.part = {count - 1, count};
    expect_three(note);
  }
  EXPECT_EQ(to_json(note_of(Encoding::Gray8)).substr(0, 16), R"({"spectrohue":1,)");
}

TEST(Note, ColoursReturnByNameOrOneByOne) {
  PictureNote note = note_of(Encoding::Colormap);
  expect_return(note);
  EXPECT_EQ(to_json(note).find("colours"), std::string::npos) << "every build knows magma";
  std::reverse(note.colours.palette.begin(), note.colours.palette.end());
  note.colours.name = "magma_r";
  expect_return(note);
  EXPECT_EQ(to_json(note).find("colours"), std::string::npos);
  note.colours.name = "magma";  // but with other colours
  expect_return(note);
  note.colours.name = "my own";
  note.colours.palette[7] = {0, 255, 16};
  expect_return(note);
  EXPECT_NE(to_json(note).find("00ff10"), std::string::npos);
}

TEST(Note, IsPlainAsciiWithTheSpecifiedKeys) {
  const std::string json = to_json(full_note());
  EXPECT_TRUE(std::all_of(json.begin(), json.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) << json;
  EXPECT_EQ(json.rfind(R"({"spectrohue":2,"tool":"spectrohue 0.1.0","encoding":"hsv16",)", 0), 0U) << json;
  for (const char* piece :
       {R"("curve":{"kind":"gamma","gamma":0.3333333333333333})", R"("n_fft":1024)", R"("hop_length":200)",
        R"("win_length":1000)", R"("window":"kaiser")", R"("window_parameter":12.566370614359172)", R"("center":false)",
        R"("pad_mode":"reflect")", R"("phase":"centre")", R"("freq_scale":"linear")", R"("sample_rate":44100)",
        R"("n_samples":281474976710655)", R"("channels":4)", R"("layout":"stacked")", R"("subtype":"pcm24")",
        R"("tile":{"index":7,"count":31,"first_frame":458500,"overlap":64,"padding":12})",
        R"("pixels_crc32":"00c0ffee")"}) {
    EXPECT_NE(json.find(piece), std::string::npos) << piece << " in " << json;
  }
}

TEST(Note, SaysTheOldestVersionThatKnowsAllItHolds) {
  const auto version = [](void (*alter)(PictureNote&)) {
    PictureNote note = full_note();
    note.tile = {7, 31, 458500};
    alter(note);
    const std::string json = to_json(note);
    EXPECT_EQ(to_json(note_from_json(json)), json);
    return json.substr(0, json.find(','));
  };
  EXPECT_EQ(version([](PictureNote&) {}), R"({"spectrohue":1)");
  EXPECT_EQ(version([](PictureNote& n) { n.tile = {}; }), R"({"spectrohue":1)");
  EXPECT_EQ(version([](PictureNote& n) { n.tile.overlap = 1; }), R"({"spectrohue":2)");
  EXPECT_EQ(version([](PictureNote& n) { n.tile.padding = 1; }), R"({"spectrohue":2)");
  EXPECT_EQ(version([](PictureNote& n) { n.tile = {0, 1, 0, 0, 5}; }), R"({"spectrohue":2)") << "padded, alone";
  EXPECT_EQ(version([](PictureNote& n) { n.pixels.drop_top = true; }), R"({"spectrohue":2)");
  EXPECT_EQ(version([](PictureNote& n) { n.pixels.tilt = -3; }), R"({"spectrohue":3)");
  const auto set_floor = [](PictureNote& n) {
    n.stft.center = true;
    n.stft.frames = FrameCount::Floor;
  };
  EXPECT_EQ(version(set_floor), R"({"spectrohue":3)");
}

TEST(Note, FramesAreThereWhereTheyAreNotTheDefault) {
  EXPECT_EQ(to_json(full_note()).find("\"frames\""), std::string::npos);
  const PictureNote floor = note_from_json(altered(R"("center":true)", R"("center":true,"frames":"floor")"));
  EXPECT_EQ(floor.stft.frames, FrameCount::Floor);
  EXPECT_EQ(note_from_json(to_json(floor)).stft, floor.stft);
  EXPECT_EQ(note_from_json(altered(R"("center":true)", R"("center":true,"frames":"cover")")).stft.frames,
            FrameCount::Cover);
}

TEST(Note, FileNamesNeedNotBeUtf8) {
  PictureNote note = full_note();
  note.source_name = "caf\xE9\xFF\xC0\x80.wav";
  note.tool = "\xF0\x9F";
  const PictureNote back = note_from_json(to_json(note));
  EXPECT_EQ(back.source_name.substr(0, 3), "caf");
  EXPECT_NE(back.source_name.find("\xEF\xBF\xBD"), std::string::npos) << "replaced by U+FFFD";
}

TEST(Note, WhatOnlyInformsMayBeMissing) {
  const std::string text = altered(R"(,"subtype":"pcm16","source_name":"a.wav","pixels_crc32":"89abcdef")", "");
  const PictureNote note = note_from_json(text);
  EXPECT_EQ(note.source_name, "");
  EXPECT_EQ(note.format, SampleFormat::Pcm16);
  EXPECT_FALSE(note.pixels_crc32.has_value());
  EXPECT_EQ(note_from_json(altered(R"("tool":"t",)", "")).tool, "");
}

TEST(Note, UnknownKeysAreIgnored) {
  const PictureNote note = note_from_json(altered(R"("tool")", R"("later":{"a":[1,{"b":null}]},"tool")"));
  EXPECT_EQ(note.n_samples, 48000);
}

TEST(Note, WholeNumbersMayBeWrittenAsFractions) {
  EXPECT_EQ(note_from_json(altered("48000", "4.8e4")).n_samples, 48000);
  EXPECT_EQ(note_from_json(altered("2048,", "2048.0,")).stft.n_fft, 2048);
}

TEST(Note, SourceNamesLeadNowhere) {
  EXPECT_EQ(note_from_json(altered("a.wav", "../../etc/passwd")).source_name, "passwd");
  EXPECT_EQ(note_from_json(altered("a.wav", "C:\\\\music\\\\b.wav")).source_name, "b.wav");
  EXPECT_EQ(note_from_json(altered("a.wav", "..")).source_name, "");
  EXPECT_EQ(note_from_json(altered("a.wav", "x/..")).source_name, "");
  EXPECT_EQ(note_from_json(altered("a.wav", "..\\u0000b")).source_name, ".._b");
  EXPECT_EQ(note_from_json(altered("a.wav", "\\u001b[2Ja\\u007f.wav")).source_name, "_[2Ja_.wav");
  EXPECT_EQ(note_from_json(altered("a.wav", "Füße.wav")).source_name, "Füße.wav");
}

struct Hostile {
  const char* from;
  const char* to;
  ErrorCode code;
  const char* named;  ///< what the message must hold
};

class HostileNote : public testing::TestWithParam<Hostile> {};

TEST_P(HostileNote, IsRefusedByName) {
  const Hostile& h = GetParam();
  const std::string text = altered(h.from, h.to);
  try {
    note_from_json(text);
    FAIL() << "taken: " << text;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), h.code) << e.what();
    EXPECT_NE(std::string(e.what()).find(h.named), std::string::npos) << e.what();
    EXPECT_LT(std::strlen(e.what()), 400U) << e.what();
  }
}

constexpr ErrorCode kBad = ErrorCode::BadFormat;
constexpr ErrorCode kUnknown = ErrorCode::Unsupported;

INSTANTIATE_TEST_SUITE_P(
    Table, HostileNote,
    testing::Values(
        Hostile{R"("spectrohue":1)", R"("spectrohue":4)", kUnknown, "version 4"},
        Hostile{R"("spectrohue":1)", R"("spectrohue":0)", kBad, "spectrohue"},
        Hostile{R"("spectrohue":1)", R"("spectrohue":"1")", kBad, "spectrohue"},
        Hostile{R"("spectrohue":1)", R"("spectrohue":1.5)", kBad, "spectrohue"},
        Hostile{R"("spectrohue":1,)", "", kBad, "spectrohue"}, Hostile{R"("tool":"t")", R"("tool":5)", kBad, "tool"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"cmyk")", kUnknown, "cmyk"},
        Hostile{R"("encoding":"hsv")", R"("encoding":null)", kBad, "encoding"},
        Hostile{R"("encoding":"hsv",)", "", kBad, "encoding"},
        Hostile{R"("kind":"gamma")", R"("kind":"sqrt")", kUnknown, "sqrt"},
        Hostile{R"("kind":"gamma",)", "", kBad, "curve.kind"},
        Hostile{R"("kind":"gamma","gamma":0.3)", R"("kind":"db")", kBad, "curve.top_db"},
        Hostile{R"("kind":"gamma","gamma":0.3)", R"("kind":"db","top_db":-3)", kBad, "top_db"},
        Hostile{R"("kind":"gamma","gamma":0.3)", R"("kind":"adaptive-log","top_db":10)", kBad, "top_db"},
        Hostile{R"({"kind":"gamma","gamma":0.3})", R"("gamma")", kBad, "curve"},
        Hostile{R"("gamma":0.3)", R"("gamma":1.01)", kBad, "gamma"},
        Hostile{R"("gamma":0.3)", R"("gamma":0)", kBad, "gamma"},
        Hostile{R"("gamma":0.3)", R"("gamma":-1)", kBad, "gamma"},
        Hostile{R"("gamma":0.3)", R"("gamma":true)", kBad, "curve.gamma"},
        Hostile{R"("gamma":0.3)", R"("gamma":1e999)", kBad, "gamma"},
        Hostile{R"(,"gamma":0.3)", "", kBad, "curve.gamma"}, Hostile{"[1.5,0.0]", "[1.5]", kBad, "ref"},
        Hostile{"[1.5,0.0]", "[1.5,0.0,1.0]", kBad, "ref"}, Hostile{"[1.5,0.0]", "[1.5,-0.1]", kBad, "ref"},
        Hostile{"[1.5,0.0]", R"([1.5,"x"])", kBad, "ref"}, Hostile{"[1.5,0.0]", "[1.5,1e300]", kBad, "ref"},
        Hostile{"[1.5,0.0]", "[1.5,1e309]", kBad, "ref"}, Hostile{"[1.5,0.0]", "[1.5,NaN]", kBad, "ref"},
        Hostile{"[1.5,0.0]", "[1.5,null]", kBad, "ref"}, Hostile{"[1.5,0.0]", "1.5", kBad, "ref"},
        Hostile{R"("n_fft":2048)", R"("n_fft":2026)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":0)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":-2048)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":2147483648)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":18446744073709551615)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":-9223372036854775808)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":99999999999999999999999999)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":2048.5)", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":"2048")", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":[2048])", kBad, "n_fft"},
        Hostile{R"("n_fft":2048)", R"("n_fft":false)", kBad, "n_fft"},
        Hostile{R"("hop_length":512)", R"("hop_length":0)", kBad, "hop_length"},
        Hostile{R"("hop_length":512)", R"("hop_length":2048)", kBad, "hop_length"},
        Hostile{R"("hop_length":512)", R"("hop_length":4096)", kBad, "hop_length"},
        Hostile{R"("win_length":2048)", R"("win_length":4096)", kBad, "win_length"},
        Hostile{R"("win_length":2048,)", "", kBad, "win_length"},
        Hostile{R"("channels":2)", R"("channels":2,"refine":-1)", kBad, "refine"},
        Hostile{R"("channels":2)", R"("channels":2,"refine":65)", kBad, "refine"},
        Hostile{R"("channels":2)", R"("channels":2,"refine":"high")", kBad, "refine"},
        Hostile{R"("window":"hann")", R"("window":"tukey")", kUnknown, "tukey"},
        Hostile{R"("window":"hann")", R"("window":{"name":"hann"})", kBad, "window"},
        Hostile{R"("window":"hann")", R"("window":"kaiser")", kBad, "window_parameter"},
        Hostile{R"("window":"hann")", R"("window":"kaiser","window_parameter":-1)", kBad, "kaiser"},
        Hostile{R"("window":"hann")", R"("window":"gaussian","window_parameter":0)", kBad, "gaussian"},
        Hostile{R"("window":"hann")", R"("window":"gaussian","window_parameter":"a")", kBad, "window_parameter"},
        Hostile{R"("center":true)", R"("center":1)", kBad, "center"},
        Hostile{R"("pad_mode":"constant")", R"("pad_mode":"wrap")", kUnknown, "wrap"},
        Hostile{R"("center":true)", R"("center":true,"frames":"ceil")", kUnknown, "ceil"},
        Hostile{R"("center":true)", R"("center":true,"frames":1)", kBad, "frames"},
        Hostile{R"("center":true)", R"("center":false,"frames":"floor")", kBad, "centred"},
        Hostile{R"("phase":"centre")", R"("phase":"start")", kUnknown, "phase"},
        Hostile{R"("freq_scale":"linear")", R"("freq_scale":"octaves")", kUnknown, "frequency scale"},
        Hostile{R"("layout":"stacked")", R"("layout":"side")", kUnknown, "layout"},
        Hostile{R"("layout":"stacked")", R"("layout":7)", kBad, "layout"},
        Hostile{R"("sample_rate":16000)", R"("sample_rate":0)", kBad, "sample_rate"},
        Hostile{R"("sample_rate":16000)", R"("sample_rate":2147483648)", kBad, "sample_rate"},
        Hostile{R"("sample_rate":16000)", R"("sample_rate":1e308)", kBad, "sample_rate"},
        Hostile{R"("n_samples":48000)", R"("n_samples":-1)", kBad, "n_samples"},
        Hostile{R"("n_samples":48000)", R"("n_samples":281474976710657)", kBad, "n_samples"},
        Hostile{R"("n_samples":48000,)", "", kBad, "n_samples"},
        Hostile{R"("channels":2)", R"("channels":0)", kBad, "channels"},
        Hostile{R"("channels":2)", R"("channels":1025)", kBad, "channels"},
        Hostile{R"("channels":2)", R"("channels":1)", kBad, "channels"},
        Hostile{R"("subtype":"pcm16")", R"("subtype":"pcm12")", kUnknown, "pcm12"},
        Hostile{R"("source_name":"a.wav")", R"("source_name":["a"])", kBad, "source_name"},
        Hostile{R"("pixels_crc32":"89abcdef")", R"("pixels_crc32":"89abcde")", kBad, "pixels_crc32"},
        Hostile{R"("pixels_crc32":"89abcdef")", R"("pixels_crc32":"89abcdefg")", kBad, "pixels_crc32"},
        Hostile{R"("pixels_crc32":"89abcdef")", R"("pixels_crc32":"+9abcdef")", kBad, "pixels_crc32"},
        Hostile{R"("pixels_crc32":"89abcdef")", R"("pixels_crc32":2309737967)", kBad, "pixels_crc32"},
        Hostile{R"("tool":"t")", R"("tool":"t","tile":3)", kBad, "tile"},
        Hostile{R"("tool":"t")", R"("tool":"t","tile":{"index":0,"count":2})", kBad, "first_frame"},
        Hostile{R"("tool":"t")", R"("tool":"t","tile":{"index":2,"count":2,"first_frame":0})", kBad, "tile.index"},
        Hostile{R"("tool":"t")", R"("tool":"t","tile":{"index":0,"count":0,"first_frame":0})", kBad, "tile.count"},
        Hostile{R"("tool":"t")", R"("tool":"t","tile":{"index":0,"count":2,"first_frame":-1})", kBad, "first_frame"},
        Hostile{R"("tool":"t")", R"("tile":{"index":0,"count":2,"first_frame":0,"overlap":-1})", kBad, "overlap"},
        Hostile{R"("tool":"t")", R"("tile":{"index":0,"count":2,"first_frame":0,"padding":"1"})", kBad, "padding"},
        Hostile{R"("tool":"t")", R"("drop_top":1)", kBad, "drop_top"},
        Hostile{R"("tool":"t")", R"("tilt":24.1)", kBad, "tilt"},
        Hostile{R"("tool":"t")", R"("tilt":-1e300)", kBad, "tilt"},
        Hostile{R"("tool":"t")", R"("tilt":"3")", kBad, "tilt"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsvx")", kBad, "residual_bits"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsvx","residual_bits":0)", kBad, "residual_bits"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsvx","residual_bits":8)", kBad, "residual_bits"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":13)", kBad, "residual_bits"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":-1)", kBad, "residual_bits"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsvx","residual_bits":3,"tilt":1e999)", kBad, "tilt"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsvx","residual_bits":3,"code_step":256)", kBad, "code_step"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":3,"code_step":0)", kBad, "code_step"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":3,"code_step":16)", kBad, "code_step"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":3,"code_step":-256)", kBad, "code_step"},
        Hostile{R"("encoding":"hsv")", R"("encoding":"hsv16x","residual_bits":3,"code_step":"1")", kBad, "code_step"},
        Hostile{
            R"("encoding":"hsv","curve":{"kind":"gamma","gamma":0.3},"ref":[1.5,0.0],"n_fft":2048,"hop_length":512)",
            R"("encoding":"hsvx","curve":{"kind":"gamma","gamma":0.3},"ref":[1.5,0.0],"residual_bits":3,"n_fft":2048,"hop_length":1025)",
            kBad, "hop_length"},
        Hostile{R"("center":true)", R"("center":false,"encoding":"hsvx","residual_bits":3)", kBad, "center"},
        Hostile{R"("n_fft":2048,"hop_length":512,"win_length":2048)",
                R"("drop_top":true,"n_fft":2025,"hop_length":512,"win_length":2025)", kBad, "drop_top"},
        Hostile{R"("tool":"t")", "\"tool\":\"\xFF\xFE\"", kBad, "JSON"},
        Hostile{R"("tool":"t")", R"("tool":t)", kBad, "tool"}));

/// What notes of magnitudes say more, each wrong in one way.
struct HostileKey {
  const char* encoding;
  const char* from;  ///< a key and its value as to_json writes them; "tool": of any note
  const char* to;
  ErrorCode code;
  const char* named;
};

class HostileMagnitudeNote : public testing::TestWithParam<HostileKey> {};

TEST_P(HostileMagnitudeNote, IsRefusedByName) {
  const HostileKey& h = GetParam();
  PictureNote note = note_of(encoding_from_string(h.encoding));
  if (note.pixels.encoding == Encoding::Gray8) {
    note.pixels.scale.kind = FrequencyScaleKind::Mel;
    note.pixels.scale.fmax = 8000;
  }
  std::string text = to_json(note);
  ASSERT_NO_THROW(note_from_json(text)) << text;
  const std::size_t at = text.find(h.from);
  ASSERT_NE(at, std::string::npos) << h.from << " in " << text;
  text.replace(at, std::strlen(h.from), h.to);
  const test::Outcome outcome = test::outcome_of([&] { note_from_json(text); });
  EXPECT_REFUSED(outcome, h.code, h.named);
  EXPECT_LT(outcome.message.size(), 400U) << outcome.message;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostileMagnitudeNote,
    testing::Values(
        HostileKey{"gray8", R"("n_bands":128)", R"("n_bands":0)", kBad, "n_bands"},
        HostileKey{"gray8", R"("n_bands":128)", R"("n_bands":-128)", kBad, "n_bands"},
        HostileKey{"gray8", R"("n_bands":128)", R"("n_bands":2147483648)", kBad, "n_bands"},
        HostileKey{"gray8", R"("n_bands":128)", R"("n_bands":1.5)", kBad, "n_bands"},
        HostileKey{"gray8", R"("n_bands":128)", R"("n_bands":"many")", kBad, "n_bands"},
        HostileKey{"gray8", R"("n_bands":128,)", "", kBad, "n_bands"},
        HostileKey{"gray8", R"("fmin":0.0)", R"("fmin":-1)", kBad, "fmin"},
        HostileKey{"gray8", R"("fmin":0.0)", R"("fmin":8000)", kBad, "fmin"},
        HostileKey{"gray8", R"("fmin":0.0)", R"("fmin":1e999)", kBad, "fmin"},
        HostileKey{"gray8", R"("fmin":0.0)", R"("fmin":null)", kBad, "fmin"},
        HostileKey{"gray8", R"("fmin":0.0,)", "", kBad, "fmin"},
        HostileKey{"gray8", R"("fmax":8000.0)", R"("fmax":11026)", kBad, "fmax"},
        HostileKey{"gray8", R"("fmax":8000.0)", R"("fmax":1e308)", kBad, "fmax"},
        HostileKey{"gray8", R"("fmax":8000.0)", R"("fmax":-5)", kBad, "fmax"},
        HostileKey{"gray8", R"("fmax":8000.0)", R"("fmax":[8000])", kBad, "fmax"},
        HostileKey{"gray8", R"("mel_scale":"slaney")", R"("mel_scale":"bark")", kUnknown, "bark"},
        HostileKey{"gray8", R"("mel_scale":"slaney")", R"("mel_scale":1)", kBad, "mel_scale"},
        HostileKey{"gray8", R"("band_norm":"slaney")", R"("band_norm":"l2")", kUnknown, "l2"},
        HostileKey{"gray8", R"("band_norm":"slaney",)", "", kBad, "band_norm"},
        HostileKey{"gray8", R"("band_power":2)", R"("band_power":0)", kBad, "band_power"},
        HostileKey{"gray8", R"("band_power":2)", R"("band_power":3)", kBad, "band_power"},
        HostileKey{"gray8", R"("band_power":2)", R"("band_power":true)", kBad, "band_power"},
        HostileKey{"gray8", R"("encoding":"gray8")", R"("encoding":"hsv")", kBad, "scale"},
        HostileKey{"colormap", R"("colormap":"magma")", R"("colormap":"mauve")", kUnknown, "mauve"},
        HostileKey{"colormap", R"("colormap":"magma")", R"("colormap":7)", kBad, "colormap"},
        HostileKey{"colormap", R"("colormap":"magma",)", "", kBad, "colormap"},
        HostileKey{"colormap", R"("tool")", R"("colours":"00ff","tool")", kBad, "colours"},
        HostileKey{"colormap", R"("tool")", R"("colours":["000000"],"tool")", kBad, "colours"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":[1],"tool")", kBad, "arrangement"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"invert":1},"tool")", kBad, "arrangement.invert"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"flip":"no"},"tool")", kBad, "arrangement.flip"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"transpose":null},"tool")", kBad, "arrangement.transpose"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3,4]},"tool")", kBad, "arrangement.from_size"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3],"from_size":[1,1]},"tool")", kBad,
                   "arrangement.size"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3,0],"from_size":[1,1]},"tool")", kBad,
                   "arrangement.size"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3,4],"from_size":[1,16777217]},"tool")", kBad,
                   "arrangement.from_size"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3,4],"from_size":[1e300,1]},"tool")", kBad,
                   "arrangement.from_size"},
        HostileKey{"gray16", R"("tool")", R"("arrangement":{"size":[3.5,4],"from_size":[1,1]},"tool")", kBad,
                   "arrangement.size"},
        HostileKey{"gray16", R"("tool")", R"("mid_side":2,"tool")", kBad, "mid_side"},
        HostileKey{"gray16", R"("ref":[0.25,3.0])", R"("mid_side":true,"ref":[0.25])", kBad, "ref"},
        HostileKey{"gray16", R"("tool")", R"("part":1,"tool")", kBad, "part"},
        HostileKey{"gray16", R"("tool")", R"("part":{"index":0},"tool")", kBad, "part.count"},
        HostileKey{"gray16", R"("tool")", R"("part":{"index":2,"count":2},"tool")", kBad, "part.index"},
        HostileKey{"gray16", R"("tool")", R"("part":{"index":-1,"count":2},"tool")", kBad, "part.index"},
        HostileKey{"gray16", R"("tool")", R"("part":{"index":0,"count":4294967298},"tool")", kBad, "part.count"},
        HostileKey{"gray16", R"("tool")", R"("part":{"index":0,"count":4},"tool")", kBad, "part.count"},
        HostileKey{"magphase", R"("tool")", R"("part":{"index":0,"count":3},"tool")", kBad, "part.count"},
        HostileKey{"stereo", R"("tool")", R"("part":{"index":0,"count":2},"tool")", kBad, "part.count"},
        HostileKey{"gray16", R"("tool")",
                   R"("part":{"index":0,"count":2},"tile":{"index":0,"count":2,"first_frame":0},"tool")", kBad, "tile"},
        HostileKey{"complex", R"("phase":"start")", R"("phase":"centre")", kUnknown, "phase"},
        HostileKey{"gray16", R"("phase":"none")", R"("phase":"centre")", kUnknown, "phase"},
        HostileKey{"stereo", R"("layout":"colours")", R"("layout":"stacked")", kUnknown, "layout"}));

TEST(Note, MidAndSideAreTwoChannels) {
  PictureNote note = note_of(Encoding::Gray8);
  note.channels = 1;
  note.ref = {1};
  note.is_mid_side = true;
  EXPECT_REFUSED(test::outcome_of([&] { note_from_json(to_json(note)); }), ErrorCode::BadFormat, "mid_side");
}

TEST(Note, WhatIsNoNoteIsRefused) {
  const std::string cases[] = {"",
                               "{",
                               "[]",
                               "null",
                               "7",
                               "\"spectrohue\"",
                               R"({"a":1})",
                               std::string(3, '\0'),
                               "{}{}",
                               "<xml>",
                               std::string(2 << 20, ' ')};
  for (const std::string& text : cases) {
    try {
      note_from_json(text);
      ADD_FAILURE() << "taken: " << text.substr(0, 40);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::BadFormat) << e.what();
    }
  }
}

TEST(Note, DeepNestingIsRefused) {
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string text = R"({"spectrohue":1,"tool":)";
    for (int i = 0; i < 150000; ++i) text += open;
    EXPECT_THROW(note_from_json(text), Error);
  }
}

/// The contents of an array or object that is as long as a note may be: the same piece, or keys, again and again.
std::string repeated(const std::string& piece) {
  std::string text = piece;
  while (text.size() < 900000) text += "," + piece;
  return text;
}
std::string many_keys() {
  std::string text = "\"\":0";
  for (int i = 0; text.size() < 900000; ++i) text += ",\"" + std::to_string(i) + "\":0";
  return text;
}

TEST(Note, ManyValuesAreRefusedInNoTime) {
  const std::clock_t start = std::clock();
  for (const std::string& value : {"[" + repeated("{}") + "]", "[" + repeated("0") + "]", "{" + many_keys() + "}"}) {
    const test::Outcome outcome = test::outcome_of([&] { note_from_json(altered("\"t\"", value)); });
    EXPECT_REFUSED(outcome, ErrorCode::BadFormat, "more than 10000 values");
  }
  EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);
}

TEST(Note, AsManyChannelsAsThereMayBeAreTaken) {
  PictureNote note = full_note();
  note.channels = PictureNote::kMaxChannels;
  note.ref.assign(static_cast<std::size_t>(note.channels), 1.0 / 3);
  EXPECT_EQ(note_from_json(to_json(note)), note);
}

TEST(Note, EveryTruncationIsRefused) {
  const std::string text = to_json(full_note());
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_THROW(note_from_json(text.substr(0, n)), Error) << n;
}

TEST(PixelsCrc32, MatchesTheDefinition) {
  for (const PixelLayout layout : {PixelLayout{3, 8}, PixelLayout{3, 16}, PixelLayout{1, 8}, PixelLayout{1, 16},
                                   PixelLayout{1, 32}, PixelLayout{2, 32}}) {
    for (const int width : {1, 3, 11000, 900000}) {
      Picture picture;
      picture.resize(width, 5, layout);
      std::vector<std::uint8_t> bytes;
      std::uint32_t state = 7;
      for (std::int64_t i = 0; i < picture.width * layout.channels * picture.height; ++i) {
        state = state * 1664525U + 1013904223U;
        const auto value = static_cast<std::uint16_t>(state >> 16);
        if (layout.bits == 32) {
          const auto number = static_cast<float>(value) / 7;
          const auto pattern = std::bit_cast<std::uint32_t>(number);
          std::memcpy(picture.pixels.data() + 4 * i, &number, 4);
          for (int b = 0; b < 32; b += 8) bytes.push_back(static_cast<std::uint8_t>(pattern >> b));
          continue;
        }
        if (layout.bits == 16) {
          std::memcpy(picture.pixels.data() + 2 * i, &value, 2);
          bytes.push_back(static_cast<std::uint8_t>(value >> 8));
        } else {
          picture.pixels[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
        }
        bytes.push_back(static_cast<std::uint8_t>(value));
      }
      const std::uint32_t expected = test::naive_crc32(bytes);
      EXPECT_EQ(pixels_crc32(picture), expected) << layout.channels << " x " << layout.bits << ", width " << width;
      EXPECT_EQ(pixels_crc32(picture, 3), expected) << layout.bits << " bits, width " << width << ", on threads";
    }
  }
}

}  // namespace
}  // namespace spectrohue::image
