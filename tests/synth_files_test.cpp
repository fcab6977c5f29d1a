// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Picture files to sounds: with and without a note.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "batch/synth.h"
#include "spectrohue/convert.h"
#include "support/outcome.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

using test::TempFolder;

constexpr int kRate = 16000;

Picture gray8(int width, int height, const std::function<int(int x, int y)>& value) {
  Picture picture;
  picture.resize(width, height, {1, 8});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) picture.row(y)[x] = static_cast<std::uint8_t>(value(x, y));
  }
  return picture;
}

/// All steps for one picture.
struct Played {
  Audio audio;
  std::vector<std::string> messages;
};
Played run(const std::filesystem::path& picture, const SynthSettings& settings) {
  const Synthesizer synthesizer(settings);
  Job job;
  job.task.source = picture;
  job.task.relative = picture.filename();
  job.task.destination = picture.parent_path() / "out" / "a.wav";
  Worker worker(make_backend("cpu"));
  synthesizer.read(job);
  synthesizer.compute(worker, job);
  Played done;
  done.messages = job.converted.messages;
  const Audio& made = job.audio;
  done.audio.sample_rate = made.sample_rate;
  done.audio.channels = made.channels;
  done.audio.n_samples = made.n_samples;
  done.audio.samples.resize(made.samples.size());
  std::copy(made.samples.begin(), made.samples.end(), done.audio.samples.begin());
  const Synthesizer::Extent extent = synthesizer.extent_of(job.task);
  EXPECT_EQ(extent.n_samples, made.n_samples);
  EXPECT_EQ(extent.channels, made.channels);
  EXPECT_EQ(extent.sample_rate, made.sample_rate);
  synthesizer.write(job);
  return done;
}

Played run(const Picture& picture, const PictureNote* note, const SynthSettings& settings) {
  const TempFolder folder;
  image::write_png(folder / "a.png", picture, note);
  return run(folder / "a.png", settings);
}

constexpr int kSize = 2048;

/// Of each bin, the mean power over time.
std::vector<double> powers(const Audio& audio, int channel) {
  const StftSettings stft = StftSettings::for_n_fft(kSize);
  std::vector<Complex> spectrum(static_cast<std::size_t>(stft.n_frames(audio.n_samples)) * stft.n_bins());
  const AnalyseItem item{audio.channel(channel), spectrum};
  make_backend("cpu")->analyse(stft, {&item, 1});
  std::vector<double> sums(static_cast<std::size_t>(stft.n_bins()));
  for (std::size_t i = 0; i < spectrum.size(); ++i) sums[i % sums.size()] += std::norm(spectrum[i]);
  for (double& sum : sums) sum /= static_cast<double>(stft.n_frames(audio.n_samples));
  return sums;
}

/// Mean power of the bins from low to high, in dB.
double level_between(const Audio& audio, int channel, double low, double high) {
  const std::vector<double> bins = powers(audio, channel);
  double sum = 0;
  int count = 0;
  for (std::size_t k = 0; k < bins.size(); ++k) {
    const double hz = static_cast<double>(k) * audio.sample_rate / kSize;
    if (hz < low || hz > high) continue;
    sum += bins[k];
    ++count;
  }
  return 10 * std::log10(sum / count + 1e-30);
}

double loudest_hz(const Audio& audio) {
  const std::vector<double> bins = powers(audio, 0);
  const auto loudest = std::max_element(bins.begin(), bins.end()) - bins.begin();
  return static_cast<double>(loudest) * audio.sample_rate / kSize;
}

Audio sound_of(const std::vector<float>& samples) { return test::mono_sound(samples, kRate); }

EncodeSettings encoding(Encoding kind, FrequencyScaleKind scale, BandNorm norm = BandNorm::Slaney, double tilt = 0) {
  EncodeSettings settings;
  settings.stft = StftSettings::for_n_fft(1024);
  settings.pixels.encoding = kind;
  settings.pixels.scale.kind = scale;
  settings.pixels.scale.n_bands = 120;
  settings.pixels.scale.fmin = scale == FrequencyScaleKind::Linear ? 0 : 60;
  settings.pixels.scale.norm = norm;
  settings.pixels.tilt = tilt;
  return settings;
}

struct Encoded {
  Picture picture;
  PictureNote note;
};
Encoded encoded(const Audio& audio, const EncodeSettings& settings) {
  Encoded made;
  made.note = to_picture(*make_backend("cpu"), audio, settings, made.picture);
  return made;
}

SynthSettings as_loud_as_it_comes() {
  SynthSettings settings;
  settings.peak_db = std::nullopt;
  return settings;
}

// --- With a note.

class Noted : public testing::TestWithParam<EncodeSettings> {};

TEST_P(Noted, KeepsThePowerInEveryRange) {
  const Audio noise = sound_of(test::noise(4 * kRate));
  const Encoded picture = encoded(noise, GetParam());
  const Audio made = run(picture.picture, &picture.note, as_loud_as_it_comes()).audio;
  ASSERT_EQ(made.n_samples, noise.n_samples);
  ASSERT_EQ(made.sample_rate, noise.sample_rate);
  for (const double low : {250.0, 500.0, 1000.0, 2000.0, 3500.0}) {
    EXPECT_NEAR(level_between(made, 0, low, 2 * low), level_between(noise, 0, low, 2 * low), 1.5) << low;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Noted,
                         testing::Values(encoding(Encoding::Gray8, FrequencyScaleKind::Linear),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Linear, BandNorm::Slaney, 6),
                                         encoding(Encoding::Hsv, FrequencyScaleKind::Linear),
                                         encoding(Encoding::Hsv16, FrequencyScaleKind::Linear, BandNorm::Slaney, 6),
                                         encoding(Encoding::Magphase, FrequencyScaleKind::Linear),
                                         encoding(Encoding::Gray8, FrequencyScaleKind::Log),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Log, BandNorm::None),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Log, BandNorm::Slaney, 6),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Mel),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Mel, BandNorm::None),
                                         encoding(Encoding::Gray16, FrequencyScaleKind::Erb)),
                         [](const auto& info) {
                           const PixelSettings& pixels = info.param.pixels;
                           return to_string(pixels.encoding) + "_" + to_string(pixels.scale.kind) + "_" +
                                  to_string(pixels.scale.norm) + (pixels.tilt != 0 ? "_tilt" : "");
                         });

TEST(NotedPictures, FlagsGoBeforeTheNote) {
  const Audio sine = sound_of(test::sine(2 * kRate, 1000.0 / kRate));
  const Encoded picture = encoded(sine, encoding(Encoding::Gray8, FrequencyScaleKind::Log));
  const auto made = [&](const std::function<void(SynthSettings&)>& set) {
    SynthSettings settings;
    set(settings);
    return run(picture.picture, &picture.note, settings);
  };
  const Audio plain = made([](SynthSettings&) {}).audio;
  EXPECT_NEAR(loudest_hz(plain), 1000, 30);
  float peak = 0;
  for (const float x : plain.samples) peak = std::max(peak, std::fabs(x));
  EXPECT_NEAR(20 * std::log10(peak), -1, 0.001);

  const Audio slow = made([](SynthSettings& s) { s.seconds = 3.5; }).audio;
  EXPECT_EQ(slow.n_samples, 7 * kRate / 2);
  EXPECT_NEAR(loudest_hz(slow), 1000, 30);

  const Played low_rate = made([](SynthSettings& s) { s.sample_rate = 8000; });
  EXPECT_EQ(low_rate.audio.n_samples, 2 * 8000);
  EXPECT_NEAR(loudest_hz(low_rate.audio), 1000, 30);
  ASSERT_EQ(low_rate.messages.size(), 1U);
  EXPECT_NE(low_rate.messages[0].find("half the sample rate"), std::string::npos);

  // The same rows as octaves from 120 Hz on: all an octave higher.
  const Audio high = made([](SynthSettings& s) {
                       s.fmin = 120;
                       s.fmax = 16000;
                       s.sample_rate = 32000;
                     }).audio;
  EXPECT_NEAR(loudest_hz(high), 2000, 60);

  const Played ignored = made([](SynthSettings& s) { s.ignores_note = true; });
  EXPECT_EQ(ignored.audio.sample_rate, 44100);
  EXPECT_EQ(ignored.audio.n_samples, picture.picture.width * 441);
}

TEST(NotedPictures, ChannelsKeepTheirLevels) {
  Audio two;
  two.sample_rate = kRate;
  two.channels = 2;
  two.n_samples = kRate;
  two.samples.resize(2 * kRate);
  const std::vector<float> left = test::sine(kRate, 500.0 / kRate, 0.4F);
  const std::vector<float> right = test::sine(kRate, 3000.0 / kRate, 0.1F);
  std::copy(left.begin(), left.end(), two.channel(0).begin());
  std::copy(right.begin(), right.end(), two.channel(1).begin());
  for (const Encoding kind : {Encoding::Gray16, Encoding::Stereo, Encoding::Hsv}) {
    const Encoded picture = encoded(two, encoding(kind, FrequencyScaleKind::Linear));
    const Audio made = run(picture.picture, &picture.note, as_loud_as_it_comes()).audio;
    ASSERT_EQ(made.channels, 2);
    const double difference = level_between(made, 0, 400, 600) - level_between(made, 1, 2900, 3100);
    EXPECT_NEAR(difference, 20 * std::log10(4), 1) << to_string(kind);
    EXPECT_GT(level_between(made, 0, 400, 600), level_between(made, 1, 400, 600) + 40);
  }
}

TEST(NotedPictures, WhatCannotBePlayedIsSaid) {
  const Encoded picture = encoded(sound_of(test::noise(kRate)), encoding(Encoding::Gray8, FrequencyScaleKind::Linear));
  SynthSettings settings;
  settings.stereo = synth::Stereo::Hue;
  EXPECT_REFUSED(test::outcome_of([&] { run(picture.picture, &picture.note, settings); }), ErrorCode::Usage,
                 "--ignore-note");
  PictureNote pair = picture.note;
  pair.right.push_back(picture.note);
  EXPECT_REFUSED(test::outcome_of([&] { run(picture.picture, &pair, {}); }), ErrorCode::Usage, "two sounds");
  settings = {};
  settings.fmax = 9000;
  EXPECT_REFUSED(test::outcome_of([&] { run(picture.picture, &picture.note, settings); }), ErrorCode::Usage,
                 "half the sample rate");
}

// --- Without one.

TEST(PlainPictures, AreTurnedAsAsked) {
  // The topmost of 20 rows, from 0 to 8 kHz: 7.8 kHz.
  const Picture picture = gray8(30, 20, [](int, int y) { return y == 0 ? 255 : 0; });
  SynthSettings settings;
  settings.sample_rate = kRate;
  const Audio plain = run(picture, nullptr, settings).audio;
  EXPECT_EQ(plain.n_samples, 30 * kRate / 100);
  EXPECT_NEAR(loudest_hz(plain), 7800, 15);
  settings.turned.flip = true;
  EXPECT_NEAR(loudest_hz(run(picture, nullptr, settings).audio), 200, 15);
  settings.turned = {};
  settings.turned.transpose = true;
  const Audio turned = run(picture, nullptr, settings).audio;
  EXPECT_EQ(turned.n_samples, 20 * kRate / 100);
  settings.turned = {};
  settings.invert = true;
  const Audio inverted = run(picture, nullptr, settings).audio;
  EXPECT_LT(level_between(inverted, 0, 7700, 7900), level_between(inverted, 0, 4000, 6000) - 20);
}

TEST(PlainPictures, SpeedAndDuration) {
  const Picture picture = gray8(30, 20, [](int, int) { return 100; });
  SynthSettings settings;
  settings.columns_per_second = 24;
  EXPECT_EQ(run(picture, nullptr, settings).audio.n_samples, 30 * 44100 / 24);
  settings.columns_per_second.reset();
  settings.seconds = 0.1234;
  EXPECT_EQ(run(picture, nullptr, settings).audio.n_samples, std::llround(0.1234 * 44100));
  settings.seconds = 1e-5;  // less than a sample
  EXPECT_EQ(run(picture, nullptr, settings).audio.n_samples, 0);
  settings.seconds = 1e9;
  EXPECT_REFUSED(test::outcome_of([&] { run(picture, nullptr, settings); }), ErrorCode::Usage, "--duration");
}

TEST(PlainPictures, ChordsAreStill) {
  // One pixel of 4 x 4.
  constexpr int kPlace = 1;
  const Picture picture = gray8(4, 4, [&](int x, int y) { return x == kPlace && y == kPlace ? 255 : 0; });
  SynthSettings settings;
  settings.traversal = Traversal::Hilbert;
  settings.sample_rate = kRate;
  const Audio audio = run(picture, nullptr, settings).audio;
  EXPECT_EQ(audio.n_samples, 5 * kRate);
  // Bottom left 2 x 2 is steps 0 to 3, top left 4 to 7, of which (1, 1), its lower right pixel, is step 7.
  EXPECT_NEAR(loudest_hz(audio), 7.5 / 16 * 8000, 15);
}

TEST(PlainPictures, BandsAreAsManyAsAsked) {
  // Two rows of 2 pixels each become one tone each.
  const Picture picture = gray8(16, 4, [](int, int y) { return y < 2 ? 255 : 0; });
  SynthSettings settings;
  settings.sample_rate = kRate;
  settings.seconds = 1;
  settings.bands = 2;
  EXPECT_NEAR(loudest_hz(run(picture, nullptr, settings).audio), 6000, 15);
  settings.bands = 5;
  settings.traversal = Traversal::Hilbert;
  EXPECT_REFUSED(test::outcome_of([&] { validate(settings); }), ErrorCode::Usage, "power of 4");
}

TEST(Previews, ShowWhatIsHeard) {
  const TempFolder folder;
  const Picture picture = gray8(200, 150, [](int x, int y) { return (x < 100 ? y / 10 == 3 : y / 10 == 9) ? 255 : 0; });
  image::write_png(folder / "a.png", picture, nullptr);
  SynthSettings settings;
  settings.preview = folder / "previews";
  settings.preview_colours = colormap_by_name("gray");
  run(folder / "a.png", settings);
  image::PictureFile preview;
  image::read(folder / "previews/a.png", preview);
  ASSERT_EQ(preview.picture.width, 200);
  ASSERT_EQ(preview.picture.height, 150);
  const auto brightness = [&](int x, int y) { return preview.picture.row(y)[x * preview.picture.layout.bytes()]; };
  EXPECT_GT(brightness(50, 35), 200);
  EXPECT_LT(brightness(50, 95), 60);
  EXPECT_GT(brightness(150, 95), 200);
  EXPECT_LT(brightness(150, 35), 60);

  EXPECT_REFUSED(test::outcome_of([&] { run(folder / "a.png", settings); }), ErrorCode::Usage, "exists");
  settings.preview = folder.path();
  settings.replaces_preview = true;
  EXPECT_REFUSED(test::outcome_of([&] { run(folder / "a.png", settings); }), ErrorCode::Usage, "replace");
}

}  // namespace
}  // namespace spectrohue::batch
