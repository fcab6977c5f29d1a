// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Presets against values of the libraries whose conventions they are (tests/data/make_preset_reference.py), and
// pictures of other programs.
#include "batch/presets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <fstream>
#include <map>
#include <numbers>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "batch/by_rate.h"
#include "batch/foreign_parameters.h"
#include "core/stft_tables.h"
#include "image/arrange.h"
#include "image/autotel.h"
#include "image/foreign_notes.h"
#include "image/picture_file.h"
#include "spectrohue/backend.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/data.h"
#include "support/outcome.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

using test::data_folder;
using test::noise;
using test::outcome_of;
using test::sound_of;

/// Settings with all values of a preset, where these flags are given.
EncodeSettings settings_of(Preset preset, const ParameterFlags& given, int sample_rate = 44100) {
  const PresetValues values = preset_values(preset, given, sample_rate);
  const ParameterFlags flags = with_defaults(given, values.flags);
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(flags.n_fft.value_or(2048));
  s.stft.win_length = flags.win_length.value_or(s.stft.win_length);
  s.stft.hop_length = flags.hop_length.value_or(s.stft.hop_length);
  s.stft.window = flags.window.value_or(Window::Hann);
  s.stft.center = flags.center.value_or(true);
  s.stft.pad_mode = values.pad_mode.value_or(PadMode::Constant);
  s.stft.frames = values.frames.value_or(FrameCount::Cover);
  s.pixels.encoding = flags.encoding.value_or(Encoding::Hsv);
  const bool is_float = pixel_layout(s.pixels.encoding).bits == 32;
  s.pixels.curve.kind = flags.curve.value_or(is_float ? CurveKind::Linear : CurveKind::Gamma);
  s.pixels.curve.gamma = flags.gamma.value_or(0.3);
  s.pixels.curve.top_db = flags.top_db.value_or(100);
  s.pixels.tilt = values.tilt.value_or(0);
  fill_scale(flags, s.pixels);
  s.arrangement.invert = values.invert;
  if (is_float && values.ref != "peak") s.ref = {Reference::Kind::Fixed, 1};
  s.pixels.refine = PixelSettings::kOpenLoop;
  return s;
}

struct Array {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::map<std::int64_t, std::vector<double>> values;  // by row
};

/// The arrays of preset_reference.txt by their names.
std::map<std::string, Array> reference() {
  std::ifstream file(data_folder() / "preset_reference.txt");
  EXPECT_TRUE(file) << data_folder();
  std::map<std::string, Array> arrays;
  for (std::string word, name; file >> word >> name;) {
    Array& array = arrays[name];
    int kept = 0;
    file >> array.rows >> array.columns >> kept;
    const std::int64_t n = array.columns * (name == "librosa.stft" ? 2 : 1);
    for (int i = 0; i < kept; ++i) {
      std::int64_t row = 0;
      file >> row;
      std::vector<double>& values = array.values[row];
      values.resize(static_cast<std::size_t>(n));
      for (double& v : values) file >> v;
    }
    EXPECT_TRUE(file) << name;
  }
  return arrays;
}

class Presets : public ::testing::Test {
 protected:
  /// change: of a value before it is compared.
  template <class Change>
  void expect_equal(const std::string& name, const Audio& audio, const EncodeSettings& settings, Change&& change) {
    SCOPED_TRACE(name);
    const Array array = reference().at(name);
    to_picture(*backend_, audio, settings, picture_);
    const int floats = picture_.layout.channels;
    ASSERT_EQ(picture_.width, array.columns);
    ASSERT_EQ(picture_.height, array.rows);
    double largest = 0;
    double error = 0;
    for (const auto& [row, values] : array.values) {
      std::vector<float> ours(static_cast<std::size_t>(picture_.width * floats));
      ASSERT_EQ(ours.size(), values.size());
      std::memcpy(ours.data(), picture_.row(picture_.height - 1 - row), ours.size() * sizeof(float));
      for (std::size_t i = 0; i < ours.size(); ++i) {
        largest = std::max(largest, std::fabs(values[i]));
        error = std::max(error, std::fabs(change(ours[i]) - values[i]));
      }
    }
    EXPECT_GT(largest, 0);
    EXPECT_LT(error, 1e-5 * largest);
  }

  std::unique_ptr<Backend> backend_ = make_backend("cpu");
  Picture picture_;
};

double same(double x) { return x; }
double squared(double x) { return x * x; }

TEST_F(Presets, LibrosasArrays) {
  const Audio audio = sound_of({noise(4000, 7)}, 22050);
  ParameterFlags flags;
  expect_equal("librosa.abs", audio, settings_of(Preset::Librosa, flags), same);
  flags.encoding = Encoding::Complex;
  expect_equal("librosa.stft", audio, settings_of(Preset::Librosa, flags), same);
  flags = {};
  flags.freq_scale = FrequencyScaleKind::Mel;
  expect_equal("librosa.melspectrogram", audio, settings_of(Preset::Librosa, flags), squared);
  flags = {};
  flags.curve = CurveKind::Db;
  expect_equal("librosa.amplitude_to_db", audio, settings_of(Preset::Librosa, flags), same);
}

TEST_F(Presets, TorchaudiosArrays) {
  const Audio audio = sound_of({noise(1700, 8)}, 16000);
  ParameterFlags flags;
  expect_equal("torchaudio.spectrogram", audio, settings_of(Preset::Torchaudio, flags), squared);
  flags.freq_scale = FrequencyScaleKind::Mel;
  expect_equal("torchaudio.melspectrogram", audio, settings_of(Preset::Torchaudio, flags), squared);
}

TEST_F(Presets, WhatFollowsFromWhatWasGiven) {
  ParameterFlags flags;
  flags.n_fft = 1024;
  EXPECT_EQ(settings_of(Preset::Librosa, flags).stft.hop_length, 256);
  EXPECT_EQ(settings_of(Preset::Torchaudio, flags).stft.hop_length, 512);
  flags.win_length = 400;
  EXPECT_EQ(settings_of(Preset::Librosa, flags).stft.hop_length, 100);
  EXPECT_EQ(settings_of(Preset::Torchaudio, flags).stft.hop_length, 200);
  flags.hop_length = 7;
  EXPECT_EQ(settings_of(Preset::Librosa, flags).stft.hop_length, 7);
  flags.encoding = Encoding::Gray8;
  EXPECT_EQ(settings_of(Preset::Librosa, flags).pixels.curve, (Curve{CurveKind::Db, 0.3, 80}));
  flags.curve = CurveKind::Linear;
  flags.top_db = 60;
  EXPECT_EQ(settings_of(Preset::Librosa, flags).pixels.curve, (Curve{CurveKind::Linear, 0.3, 60}));
  EXPECT_EQ(settings_of(Preset::Archive, {}).pixels.encoding, Encoding::Hsv16x);
  EXPECT_GT(settings_of(Preset::Edit, {}).pixels.tilt, 0);
  flags.encoding = Encoding::Complex;
  EXPECT_EQ(settings_of(Preset::Edit, flags).pixels.tilt, 0) << "it would be refused";
}

TEST_F(Presets, RiffusionsPixelsToOneCode) {
  std::vector<std::vector<float>> channels{noise(9000, 9), noise(9000, 10, 0.125F)};
  for (std::vector<float>& channel : channels) {
    for (float& x : channel) x = std::nearbyint(x * 32768) / 32768;
  }
  const EncodeSettings settings = settings_of(Preset::Riffusion, {});
  PictureNote note = to_picture(*backend_, sound_of(channels, 44100), settings, picture_);
  note.arrangement = settings.arrangement;
  image::arrange(picture_, settings.arrangement);

  const std::filesystem::path path = data_folder() / "foreign" / "riffusion_stereo.png";
  image::PictureFile theirs;
  image::read(path, theirs);
  ASSERT_EQ(picture_.width, theirs.picture.width);
  ASSERT_EQ(picture_.height, theirs.picture.height);
  ASSERT_EQ(picture_.layout, theirs.picture.layout);
  int furthest = 0;
  std::int64_t n_other = 0;
  for (std::size_t i = 0; i < picture_.pixels.size(); ++i) {
    const int difference = std::abs(picture_.pixels[i] - theirs.picture.pixels[i]);
    furthest = std::max(furthest, difference);
    n_other += difference != 0 ? 1 : 0;
    ASSERT_TRUE(i % 3 != 0 || picture_.pixels[i] == 0) << "red is 0";
  }
  EXPECT_EQ(furthest, 1) << "riffusion cuts off, spectrohue rounds";
  EXPECT_LT(static_cast<double>(n_other), 0.6 * static_cast<double>(picture_.pixels.size()) * 2 / 3);

  const std::optional<image::RiffusionNote> ours = image::as_riffusion(note);
  const std::optional<image::RiffusionNote> expected = image::foreign_notes(path).riffusion;
  ASSERT_TRUE(ours && expected);
  EXPECT_NEAR(*ours->max_value, *expected->max_value, 1e-4 * *expected->max_value);
  image::RiffusionNote same_level = *ours;
  same_level.max_value = expected->max_value;
  EXPECT_EQ(same_level, *expected);
}

TEST_F(Presets, RiffusionsSizesFollowFromTheRate) {
  EXPECT_EQ(settings_of(Preset::Riffusion, {}, 48000).stft.n_fft, 19200);
  EXPECT_EQ(settings_of(Preset::Riffusion, {}, 22050).stft.hop_length, 220);
  EXPECT_REFUSED(outcome_of([] { preset_values(Preset::Riffusion, {}, 16000); }), ErrorCode::Unsupported, "16000 Hz");
  EXPECT_REFUSED(outcome_of([] { preset_values(Preset::Riffusion, {}, 44099); }), ErrorCode::Unsupported, "44099 Hz");
  ParameterFlags flags;
  flags.fmax = 8000;
  EXPECT_EQ(preset_values(Preset::Riffusion, flags, 16000).flags.n_fft, 6400);
}

/// What --resume goes by.
TEST_F(Presets, SettingsAsTextDifferWhereSettingsDo) {
  std::set<std::string> texts;
  const auto is_new = [&](auto alter) {
    EncodeSettings s = settings_of(Preset::Riffusion, {});
    alter(s);
    return texts.insert(to_json(s)).second;
  };
  EXPECT_TRUE(is_new([](EncodeSettings&) {}));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.arrangement.invert = false; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.arrangement.flip = true; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.arrangement.width = s.arrangement.height = 64; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.stft.frames = FrameCount::Cover; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.channels.kind = ChannelChoice::Kind::Mono; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.channels.kind = ChannelChoice::Kind::MidSide; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.channels.kind = ChannelChoice::Kind::One; }));
  EXPECT_TRUE(is_new([](EncodeSettings& s) { s.channels = {ChannelChoice::Kind::One, 1}; }));
  EXPECT_FALSE(is_new([](EncodeSettings&) {}));
}

TEST_F(Presets, NamesReturn) {
  for (const Preset p : {Preset::Librosa, Preset::Torchaudio, Preset::Riffusion, Preset::Archive, Preset::Edit}) {
    EXPECT_EQ(preset_from_string(to_string(p)), p);
  }
  EXPECT_REFUSED(outcome_of([] { preset_from_string("matlab"); }), ErrorCode::Usage, "librosa, torchaudio");
}

// ---------------------------------------------------------------------------------- pictures of other programs

Parameters parameters_of(const std::filesystem::path& path, const ParameterFlags& flags = {}) {
  const image::FileInfo info = image::inspect(path);
  return decode_parameters(info.note, info.width, info.height, info.layout, path, flags);
}

TEST_F(Presets, RiffusionsPicturesBecomeSound) {
  const std::filesystem::path path = data_folder() / "foreign" / "riffusion_stereo.png";
  const Parameters p = parameters_of(path);
  EXPECT_EQ(p.note.channels, 2);
  EXPECT_EQ(p.note.sample_rate, 44100);
  EXPECT_EQ(p.note.stft.n_fft, 17640);
  EXPECT_EQ(p.note.n_samples, 20 * 441);
  EXPECT_TRUE(p.prepare);
  EXPECT_TRUE(p.has_level);
  ASSERT_FALSE(p.messages.empty());
  EXPECT_NE(p.messages.front().find("riffusion's EXIF"), std::string::npos);

  image::PictureFile file;
  image::read(path, file);
  p.prepare(file.picture);
  Audio audio;
  RetrievalSettings retrieval;
  retrieval.n_iter = 8;
  to_audio(*backend_, file.picture, p.note, audio, retrieval);
  // White noise up to 10 kHz of 22, the right channel 12 dB below the left.
  const auto level = [&](int c) {
    double sum = 0;
    for (const float x : audio.channel(c)) sum += static_cast<double>(x) * x;
    return std::sqrt(sum / static_cast<double>(audio.n_samples));
  };
  const double expected = 0.5 / std::sqrt(3.0) * std::sqrt(10000.0 / 22050);
  EXPECT_NEAR(level(0), expected, 0.3 * expected);
  EXPECT_NEAR(level(1) / level(0), 0.25, 0.05);
}

TEST_F(Presets, FlagsStandAboveTagsAndNotesAbovePresets) {
  const std::filesystem::path path = data_folder() / "foreign" / "riffusion_stereo.png";
  ParameterFlags flags;
  flags.sample_rate = 48000;
  flags.gamma = 0.5;
  const Parameters p = parameters_of(path, flags);
  EXPECT_EQ(p.note.sample_rate, 48000);
  EXPECT_EQ(p.note.pixels.curve.gamma, 0.5);
  EXPECT_EQ(p.note.stft.n_fft, 17640);

  PictureNote note;
  note.sample_rate = 8000;
  note.channels = 1;
  note.n_samples = 100;
  note.ref = {1};
  flags = {};
  flags.preset = Preset::Riffusion;
  const Parameters own = decode_parameters(note, 2, 1025, {3, 8}, path, flags);
  EXPECT_EQ(own.note, note);
  EXPECT_TRUE(own.messages.empty());
}

TEST_F(Presets, PresetsDescribePicturesWithoutANote) {
  ParameterFlags flags;
  flags.preset = Preset::Riffusion;
  const Parameters p = decode_parameters({}, 100, 512, {3, 8}, "a.png", flags);
  EXPECT_EQ(p.note.sample_rate, 44100);
  EXPECT_EQ(p.note.stft.hop_length, 441);
  EXPECT_EQ(p.note.pixels.encoding, Encoding::Stereo);
  EXPECT_TRUE(p.prepare);
  EXPECT_FALSE(p.has_level);
  EXPECT_NE(p.messages.front().find("preset riffusion"), std::string::npos);

  flags.preset = Preset::Torchaudio;
  flags.sample_rate = 16000;
  const Parameters spectrogram = decode_parameters({}, 100, 201, {1, 32}, "a.npy", flags);
  EXPECT_EQ(spectrogram.note.stft.hop_length, 200);
  EXPECT_EQ(spectrogram.note.stft.frames, FrameCount::Floor);
  EXPECT_EQ(spectrogram.note.stft.n_frames(spectrogram.note.n_samples), 100);
  EXPECT_EQ(spectrogram.note.pixels.encoding, Encoding::Gray32f);
  EXPECT_TRUE(spectrogram.has_level);
  EXPECT_EQ(decode_parameters({}, 100, 201, {3, 8}, "a.png", flags).note.pixels.encoding, Encoding::Gray8);
}

TEST_F(Presets, ContradictingTagsAreRefused) {
  EXPECT_REFUSED(
      outcome_of([] { foreign_parameters(data_folder() / "foreign" / "riffusion_stereo.png", 500, ParameterFlags{}); }),
      ErrorCode::BadFormat, "500 rows");
  EXPECT_REFUSED(
      outcome_of([] { foreign_parameters(data_folder() / "foreign" / "krajj7.png", 100000, ParameterFlags{}); }),
      ErrorCode::BadFormat, "contradicts");
}

TEST_F(Presets, Krajj7sRowsAreWhereTheirFiltersAre) {
  const Parameters p = parameters_of(data_folder() / "foreign" / "krajj7.png");
  EXPECT_EQ(p.note.pixels.scale.kind, FrequencyScaleKind::Log);
  EXPECT_EQ(p.note.sample_rate, 44100);
  EXPECT_EQ(p.note.stft.hop_length, 441);
  // Filter i is centred i steps of 20 cents above 55 Hz.
  const std::vector<double> centres = band_centers_hz(p.note.pixels.scale, p.note.stft.n_fft, p.note.sample_rate);
  ASSERT_EQ(centres.size(), 16U);
  for (std::size_t i = 0; i < centres.size(); ++i) {
    EXPECT_NEAR(centres[i], 55 * std::exp2(20.0 * static_cast<double>(i) / 1200), 1e-9) << i;
  }
  // Its brightness is log10(1 + 9 m).
  const double b = adaptive_log_strength(p.note.pixels.curve.top_db, 255);
  EXPECT_NEAR(b, 9, 1e-6);
  EXPECT_FALSE(p.has_level);
  EXPECT_NE(p.messages.front().find("krajj7"), std::string::npos);
}

TEST_F(Presets, AutotelsNames) {
  using image::autotel_name;
  using image::AutotelName;
  EXPECT_EQ(autotel_name("a/song_SR44100_LOG_PHASE.png"), (AutotelName{44100, true, true}));
  EXPECT_EQ(autotel_name("song_SR8000_LIN_MAG.png"), (AutotelName{8000, false, false}));
  EXPECT_EQ(autotel_name("a_SR1_b_SR22050_LIN_PHASE.png"), (AutotelName{22050, false, true}));
  for (const char* name :
       {"song.png", "song_SR44100.png", "song_SR44100_LOG.png", "song_SR44100_LOG_PHASES.png", "song_SR0_LIN_MAG.png",
        "song_SR_LIN_MAG.png", "song_SR-5_LIN_MAG.png", "song_SR99999999999_LIN_MAG.png", "song_SR44100_lin_mag.png"}) {
    EXPECT_FALSE(autotel_name(name)) << name;
  }
  EXPECT_REFUSED(outcome_of([&] {
                   decode_parameters({}, 100, 2049, {3, 8}, "a_SR8000_LOG_PHASE.png", {});
                 }),
                 ErrorCode::Unsupported, "--encoding gray8");
  ParameterFlags flags;
  flags.encoding = Encoding::Gray8;
  const Parameters p = decode_parameters({}, 100, 2049, {3, 8}, "a_SR8000_LOG_PHASE.png", flags);
  EXPECT_EQ(p.note.pixels.encoding, Encoding::Gray16);
  flags.freq_scale = FrequencyScaleKind::Log;
  EXPECT_FALSE(decode_parameters({}, 100, 2049, {3, 8}, "a_SR8000_LOG_PHASE.png", flags).prepare);
}

/// A picture as autotel/spectrogram-decoder-encoder makes it, in double and by its definition: frames that begin at
/// multiples of the hop, a symmetric Hann window, 80 dB below the largest magnitude after 6 dB per octave above 1 kHz,
/// hue the phase plus half a turn, codes cut off.
Picture autotel_picture(const std::vector<float>& x, int n_fft, int hop, int sample_rate, bool has_phases,
                        bool has_log_axis) {
  const int n_bins = n_fft / 2 + 1;
  const int n_frames = (static_cast<int>(x.size()) - n_fft) / hop + 1;
  std::vector<std::vector<std::complex<double>>> bins(n_frames, std::vector<std::complex<double>>(n_bins));
  double largest = 0;
  for (int t = 0; t < n_frames; ++t) {
    for (int k = 0; k < n_bins; ++k) {
      for (int i = 0; i < n_fft; ++i) {
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / (n_fft - 1));
        bins[t][k] += window * x[t * hop + i] * std::polar(1.0, -2 * std::numbers::pi * i * k / n_fft);
      }
      largest = std::max(largest, std::abs(bins[t][k]));
    }
  }
  Picture picture;
  picture.resize(n_frames, n_bins, {3, 8});
  for (int row = 0; row < n_bins; ++row) {
    const double share = static_cast<double>(row) / (n_bins - 1);
    const double nyquist = sample_rate / 2.0;
    const double hz = has_log_axis ? 20 * std::pow(nyquist / 20, share) : nyquist * share;
    const double boost = hz > 1000 ? 6 * std::log2(hz / 1000) : 0;
    const auto k = static_cast<int>(std::lrint(hz / nyquist * (n_bins - 1)));
    for (int t = 0; t < n_frames; ++t) {
      const std::complex<double> bin = bins[t][k];
      const double db = 20 * std::log10(std::abs(bin) / largest) + boost;
      const double v = std::clamp((db + 80) / 80, 0.0, 1.0);
      std::uint8_t* rgb = picture.row(n_bins - 1 - row) + 3 * t;
      std::fill_n(rgb, 3, static_cast<std::uint8_t>(v * 255));
      if (!has_phases || v < 0.01) continue;
      const double h = (std::arg(bin) + std::numbers::pi) / (2 * std::numbers::pi) * 6;
      for (int c = 0; c < 3; ++c) {
        const double away = std::fabs(std::remainder(h - 2 * c, 6));  // from the channel's own hue
        rgb[c] = static_cast<std::uint8_t>(v * 255 * std::clamp(2 - away, 0.0, 1.0));
      }
    }
  }
  return picture;
}

TEST_F(Presets, AutotelsPicturesBecomeSound) {
  constexpr int kRate = 8000;
  constexpr int kFft = 128;
  constexpr int kHop = 32;
  const std::vector<float> x = test::voice(kFft + 40 * kHop);
  ParameterFlags flags;
  flags.hop_length = kHop;
  for (const bool has_phases : {true, false}) {
    const std::string name = std::string("a_SR8000_LIN_") + (has_phases ? "PHASE" : "MAG") + ".png";
    Picture picture = autotel_picture(x, kFft, kHop, kRate, has_phases, false);
    const Parameters p = decode_parameters({}, picture.width, picture.height, picture.layout, name, flags);
    EXPECT_EQ(p.note.n_samples, std::ssize(x));
    EXPECT_FALSE(p.has_level);
    ASSERT_TRUE(p.prepare);
    p.prepare(picture);
    Audio audio;
    to_audio(*backend_, picture, p.note, audio);
    ASSERT_EQ(audio.n_samples, std::ssize(x));
    if (has_phases) {
      // The level is not known; its ends are faded by the window.
      double xy = 0;
      double yy = 0;
      double xx = 0;
      for (int i = kFft; i < audio.n_samples - kFft; ++i) {
        xy += static_cast<double>(x[i]) * audio.samples[i];
        yy += static_cast<double>(audio.samples[i]) * audio.samples[i];
        xx += static_cast<double>(x[i]) * x[i];
      }
      EXPECT_GT(xy * xy / (xx * yy), 0.99) << "the share of the energy that is the sound's";
    }
  }
}

TEST_F(Presets, AutotelsBrightnessIsUndone) {
  constexpr int kRate = 44100;
  constexpr int kFft = 512;
  // White noise, and a tone so loud that what is raised by 27 dB does not reach the end of the range.
  std::vector<float> x = noise(20 * kFft, 3, 0.01F);
  const std::vector<float> tone = test::sine(std::ssize(x), 3.0 / kFft, 0.9F);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += tone[i];
  const auto spectrum_of = [&](bool has_log_axis) {
    Picture picture = autotel_picture(x, kFft, kFft / 2, kRate, false, has_log_axis);
    image::import_autotel(picture, {kRate, has_log_axis, false}, false);
    EXPECT_EQ(picture.layout, (PixelLayout{1, 16}));
    std::vector<double> db;
    for (std::int64_t row = 0; row < picture.height; ++row) {
      double sum = 0;
      for (std::int64_t t = 0; t < picture.width; ++t) {
        std::uint16_t code = 0;
        std::memcpy(&code, picture.row(picture.height - 1 - row) + 2 * t, sizeof code);
        sum += (code / 65535.0 - 1) * image::kAutotelTopDb;
      }
      db.push_back(sum / static_cast<double>(picture.width));
    }
    return db;
  };
  // The noise is flat again, below 1 kHz and where it was raised by 20 dB and more.
  const auto mean = [](const std::vector<double>& v, std::size_t first, std::size_t last) {
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) sum += v[i];
    return sum / static_cast<double>(last - first);
  };
  const std::vector<double> linear = spectrum_of(false);
  EXPECT_NEAR(mean(linear, 130, 256), mean(linear, 6, 11), 1.5);
  const std::vector<double> from_log = spectrum_of(true);
  EXPECT_NEAR(mean(from_log, 130, 256), mean(linear, 130, 256), 1.5);
  EXPECT_GT(from_log[3], mean(from_log, 6, 11) + 30) << "the tone is where it was";
}

}  // namespace
}  // namespace spectrohue::batch
