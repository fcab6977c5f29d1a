// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures as sound, against sums of sines that are written down here.
#include "synth/synth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <functional>
#include <numbers>
#include <set>
#include <vector>

#include "core/counter_hash.h"
#include "support/outcome.h"
#include "synth/brightness.h"
#include "synth/hilbert.h"
#include "synth/spectrum_map.h"

namespace spectrohue::synth {
namespace {

constexpr int kRate = 16000;

Picture gray(std::int64_t width, std::int64_t height, const std::function<double(int x, int y)>& value) {
  Picture picture;
  picture.resize(width, height, {1, 32});
  auto* const out = reinterpret_cast<float*>(picture.pixels.data());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) out[y * width + x] = static_cast<float>(value(x, y));
  }
  return picture;
}

/// A score of a gray picture whose brightness is the amplitude.
Score score_of(const Picture& picture, double seconds, const FrequencyScale& scale = {}) {
  Score score;
  score.sample_rate = kRate;
  score.n_samples = std::llround(seconds * kRate);
  score.n_columns = picture.width;
  score.n_rows = static_cast<int>(picture.height);
  score.axis = axis_over(scale, frequency_range(scale, kRate), score.n_rows);
  score.time.step = static_cast<double>(score.n_samples) / static_cast<double>(picture.width);
  score.time.first = score.time.step / 2;
  score.amplitudes.resize(static_cast<std::size_t>(picture.width * picture.height));
  compose(picture, {CurveKind::Linear, 1, 60}, 0, Stereo::None, score);
  return score;
}

Audio played(const Score& score, Method method = Method::Sines, std::uint64_t seed = 0) {
  RenderSettings settings;
  settings.method = method;
  settings.stft = StftSettings::for_n_fft(1024);
  settings.seed = seed;
  settings.n_iter = 8;
  Audio audio;
  render(*make_backend("cpu"), score, settings, audio);
  return audio;
}

/// Amplitude and phase of the sine at a frequency in some samples, by Hann's window.
std::complex<double> sine_at(std::span<const float> samples, double hz) {
  std::complex<double> sum = 0;
  double all = 0;
  const auto n = static_cast<double>(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double weight = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / n);
    sum += weight * samples[i] * std::polar(1.0, -2 * std::numbers::pi * hz / kRate * static_cast<double>(i));
    all += weight;
  }
  return 2.0 * sum / all;
}

/// By how many cents the sine near a frequency is off it, from how its phase goes on.
double cents_off(std::span<const float> samples, double hz) {
  const std::size_t half = samples.size() / 2;
  const std::complex<double> early = sine_at(samples.first(half), hz);
  const std::complex<double> late = sine_at(samples.subspan(half, half), hz);
  const double turned = static_cast<double>(half) * hz / kRate * 2 * std::numbers::pi;
  const double off = std::arg(late / early * std::polar(1.0, -turned)) / (2 * std::numbers::pi);
  return 1200 * std::log2((hz + off * kRate / static_cast<double>(half)) / hz);
}

double power(std::span<const float> samples) {
  double sum = 0;
  for (const float x : samples) sum += double{x} * x;
  return sum / static_cast<double>(samples.size());
}

// --- Axes.

TEST(Axis, RowsShareTheRange) {
  FrequencyScale scale;
  scale.kind = FrequencyScaleKind::Log;
  const Axis axis = axis_over(scale, {100, 1600}, 8);  // half an octave a row
  EXPECT_NEAR(axis.hz(-0.5), 100, 1e-9);
  EXPECT_NEAR(axis.hz(7.5), 1600, 1e-9);
  EXPECT_NEAR(axis.hz(0), 100 * std::pow(2.0, 0.25), 1e-9);
  EXPECT_NEAR(axis.row(axis.hz(3.3)), 3.3, 1e-9);
  const Axis coarse = resized(axis, 8, 2);
  EXPECT_NEAR(coarse.hz(0), 200, 1e-9);
  EXPECT_NEAR(coarse.hz(1.5), 1600, 1e-9);
}

TEST(Axis, OfNotesIsThatOfTheirBands) {
  FrequencyScale scale;
  scale.kind = FrequencyScaleKind::Mel;
  scale.n_bands = 40;
  const std::vector<double> centers = band_centers_hz(scale, 1024, kRate);
  const Axis bands = axis_of_rows(scale, 1024, kRate);
  for (int i = 0; i < 40; ++i) EXPECT_NEAR(bands.hz(i), centers[i], 1e-6);
  EXPECT_NEAR(axis_of_rows({}, 1024, kRate).hz(100), 100.0 * kRate / 1024, 1e-9);
}

// --- Sines.

class OneRow : public testing::TestWithParam<std::tuple<FrequencyScaleKind, int>> {};

TEST_P(OneRow, IsASineOfItsFrequencyAndLevel) {
  const FrequencyScaleKind kind = std::get<0>(GetParam());
  const int row = std::get<1>(GetParam());
  FrequencyScale scale;
  scale.kind = kind;
  const Score score = score_of(gray(50, 32, [row](int, int y) { return y == 31 - row ? 0.25 : 0; }), 2, scale);
  // Written apart from Axis: the middle of the row's share.
  const double highest = kRate / 2.0;
  double hz = (row + 0.5) / 32 * highest;
  if (kind == FrequencyScaleKind::Log) {
    const double low = FrequencyScale::kLogFmin;
    hz = low * std::pow(highest / low, (row + 0.5) / 32);
  }
  const Audio audio = played(score);
  const std::span<const float> samples = audio.channel(0).subspan(kRate / 10, 2 * kRate - kRate / 5);
  EXPECT_NEAR(std::abs(sine_at(samples, hz)), 0.25, 1e-4);
  EXPECT_NEAR(cents_off(samples, hz), 0, 0.01);

  // Nothing but this sine, whatever the columns and blocks that it was made in: less than -90 dB of it is left.
  const double phase = std::arg(sine_at(samples, hz));
  std::vector<float> rest(samples.begin(), samples.end());
  for (std::size_t i = 0; i < rest.size(); ++i) {
    rest[i] -= static_cast<float>(0.25 * std::cos(2 * std::numbers::pi * hz / kRate * static_cast<double>(i) + phase));
  }
  EXPECT_LT(10 * std::log10(power(rest) / power(samples)), -90);
}

INSTANTIATE_TEST_SUITE_P(Table, OneRow,
                         testing::Combine(testing::Values(FrequencyScaleKind::Linear, FrequencyScaleKind::Log),
                                          testing::Values(3, 11, 30)));

TEST(Sines, AreTheirSum) {
  const Picture picture = gray(7, 9, [](int x, int y) { return (x * 31 + y * 17) % 11 < 4 ? (x + y + 1) / 20.0 : 0; });
  const Score score = score_of(picture, 0.51);
  const Audio audio = played(score);
  std::vector<double> sum(static_cast<std::size_t>(score.n_samples));
  for (int row = 0; row < 9; ++row) {
    const Score alone = score_of(gray(7, 9, [row](int, int y) { return y == 8 - row ? 1 : 0; }), 0.51);
    const Audio one = played(alone);
    const std::span<const float> carrier = one.channel(0);
    for (std::int64_t i = 0; i < score.n_samples; ++i) {
      const double place = std::clamp((static_cast<double>(i) - score.time.first) / score.time.step, 0.0, 6.0);
      const auto left = static_cast<std::int64_t>(place);
      const std::int64_t right = std::min<std::int64_t>(6, left + 1);
      const double beyond = place - static_cast<double>(left);
      sum[i] += carrier[i] * ((1 - beyond) * score.column(0, left)[row] + beyond * score.column(0, right)[row]);
    }
  }
  for (std::int64_t i = 0; i < score.n_samples; ++i) ASSERT_NEAR(audio.channel(0)[i], sum[i], 2e-5) << i;
}

TEST(Sines, DoNotClickBetweenColumns) {
  // Black and white by turns, 50 a second: all that is heard lies near the row's frequency.
  const Score score = score_of(gray(100, 16, [](int x, int y) { return y == 12 && x % 2 == 0 ? 1.0 : 0.0; }), 2);
  const double hz = 3.5 / 16 * kRate / 2;
  const Audio audio = played(score);
  const std::span<const float> samples = audio.channel(0);
  EXPECT_GT(std::abs(sine_at(samples, hz)), 0.4);
  EXPECT_GT(std::abs(sine_at(samples, hz + 25)), 0.1) << "the columns are heard";
  for (const double far : {hz + 2000, hz + 3025, hz - 1500}) {
    for (double f = far; f < far + 30; f += 1) {
      EXPECT_LT(20 * std::log10(std::abs(sine_at(samples, f)) / 0.5), -70) << f;
    }
  }
  for (int i = 0; i < 4; ++i) EXPECT_LT(std::fabs(samples[i]), 0.01) << "it begins softly";
  EXPECT_LT(std::fabs(samples.back()), 0.01);
}

TEST(Sines, SilentOutsideHalfTheRate) {
  Score score = score_of(gray(4, 4, [](int, int) { return 1; }), 0.1);
  score.axis.first = kRate / 2.0;
  EXPECT_EQ(power(played(score).channel(0)), 0);
}

// --- All methods.

class AllMethods : public testing::TestWithParam<Method> {};

TEST_P(AllMethods, LengthIsExact) {
  for (const std::int64_t n : {1, 15, 16, 441, 16001, 40000}) {
    Score score = score_of(gray(9, 12, [](int x, int y) { return x == y ? 1.0 : 0.1; }), 1);
    score.n_samples = n;
    score.time = {static_cast<double>(n) / 18, static_cast<double>(n) / 9};
    const Audio audio = played(score, GetParam());
    EXPECT_EQ(audio.n_samples, n);
    EXPECT_EQ(audio.channels, 1);
    EXPECT_EQ(audio.sample_rate, kRate);
    EXPECT_EQ(audio.samples.size(), static_cast<std::size_t>(n));
    for (const float x : audio.samples) ASSERT_TRUE(std::isfinite(x));
  }
}

TEST_P(AllMethods, BlackIsSilence) {
  const Audio audio = played(score_of(gray(9, 12, [](int, int) { return 0; }), 0.5), GetParam());
  EXPECT_EQ(power(audio.channel(0)), 0);
}

TEST_P(AllMethods, SeedDecides) {
  const Score score = score_of(gray(20, 30, [](int x, int y) { return (x + y) % 5 / 5.0; }), 0.5);
  const Audio one = played(score, GetParam(), 1);
  const Audio again = played(score, GetParam(), 1);
  const Audio other = played(score, GetParam(), 2);
  EXPECT_TRUE(std::ranges::equal(one.samples, again.samples));
  // Hybrid takes its phases from the magnitudes.
  EXPECT_EQ(std::ranges::equal(one.samples, other.samples), GetParam() == Method::Hybrid);
}

TEST_P(AllMethods, AreLoudWhereThePictureIsBright) {
  // The left half is bright below, the right half above.
  const Picture picture = gray(40, 32, [](int x, int y) {
    const int from = x < 20 ? 20 : 6;
    return y >= from && y < from + 4 ? 1.0 : 0.0;
  });
  const Audio audio = played(score_of(picture, 2), GetParam());
  // The middles of the bright rows: 22 of 32 from the top is 9.5 from below.
  const auto energy = [&](std::size_t first, double hz) {
    double sum = 0;
    for (double f = hz - 450; f <= hz + 450; f += 12.5) {
      sum += std::norm(sine_at(audio.channel(0).subspan(first, kRate / 2), f));
    }
    return sum;
  };
  const double low = 10 * 250;
  const double high = 24 * 250;
  const std::size_t late = kRate + kRate / 4;
  EXPECT_GT(energy(kRate / 4, low), 1000 * energy(kRate / 4, high));
  EXPECT_GT(energy(late, high), 1000 * energy(late, low));
}

INSTANTIATE_TEST_SUITE_P(Table, AllMethods,
                         testing::Values(Method::Sines, Method::Noise, Method::Hybrid, Method::GriffinLim),
                         [](const auto& info) { return to_string(info.param); });

TEST(Noise, HasThePowerOfTheSines) {
  FrequencyScale log;
  log.kind = FrequencyScaleKind::Log;
  log.fmin = 500;
  for (const FrequencyScale& scale : {FrequencyScale{}, log}) {
    for (const int rows : {16, 64, 1000}) {
      const Score score = score_of(gray(3, rows, [](int, int) { return 0.1; }), 4, scale);
      const double expected = rows * 0.1 * 0.1 / 2;
      EXPECT_NEAR(power(played(score, Method::Noise).channel(0)) / expected, 1, 0.08)
          << rows << ' ' << to_string(scale.kind);
    }
  }
}

/// One sample of shaped noise, by sums over the frames that see it: Hann's window of 1024, hop 256.
double shaped_noise_at(std::int64_t i, std::span<const float> gains, std::uint64_t seed) {
  constexpr int kSize = 1024;
  constexpr std::int64_t kHop = 256;
  const auto window = [](std::int64_t j) {
    return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(j) / kSize);
  };
  double sum = 0;
  double squares = 0;
  for (std::int64_t start = (i / kHop - 5) * kHop; start <= i; start += kHop) {
    const std::int64_t at = i - start;
    if (at >= kSize) continue;
    double y = 0;
    for (std::size_t k = 1; k < gains.size(); ++k) {
      if (gains[k] == 0) continue;
      std::complex<double> bin = 0;
      const double turn = -2 * std::numbers::pi * static_cast<double>(k) / kSize;
      for (std::int64_t m = 0; m < kSize; ++m) {
        const double noise = 2 * unit_number(seed, static_cast<std::uint64_t>(start + m)) - 1;
        bin += window(m) * noise * std::polar(1.0, turn * static_cast<double>(m));
      }
      y += gains[k] * 2 / kSize * (bin * std::polar(1.0, -turn * static_cast<double>(at))).real();
    }
    sum += window(at) * y;
    squares += window(at) * window(at);
  }
  return std::sqrt(0.75 * kSize) * sum / squares;
}

TEST(Noise, IsWhiteNoiseThroughItsFrames) {
  // Longer than two blocks of frames: what is heard does not depend on them.
  const Score score = score_of(gray(1, 100, [](int, int y) { return y == 97 ? 0.5 : 0; }), 20);
  const Audio audio = played(score, Method::Noise, 5);
  std::vector<float> gains(513);
  SpectrumMap(score, StftSettings::for_n_fft(1024), true).read(0, 0, gains);
  const std::int64_t block = std::int64_t{512} * 256;
  ASSERT_LT(2 * block, audio.n_samples);
  for (const std::int64_t i : {std::int64_t{300}, block - 700, block - 1, block, block + 1, block + 300, 2 * block - 1,
                               2 * block, 2 * block + 100, audio.n_samples - 200}) {
    EXPECT_NEAR(audio.samples[i], shaped_noise_at(i, gains, 5), 2e-5) << i;
  }
}

TEST(SpectrumMap, KeepsMagnitudesAndSpreadsPower) {
  // Rows of 4 bins each.
  const StftSettings stft = StftSettings::for_n_fft(512);
  const Score score = score_of(gray(1, 64, [](int, int) { return 0.5; }), 1);
  std::vector<float> bins(static_cast<std::size_t>(stft.n_bins()));
  SpectrumMap(score, stft, false).read(0, 8000, bins);
  EXPECT_EQ(bins[0], 0);
  for (std::size_t k = 1; k < bins.size(); ++k) EXPECT_NEAR(bins[k], 0.5, 1e-6) << k;
  SpectrumMap(score, stft, true).read(0, 8000, bins);
  for (std::size_t k = 1; k < bins.size(); ++k) EXPECT_NEAR(bins[k], 0.25, 1e-6) << k;

  // A quarter of a bin each: powers add up, or are averaged.
  const Score fine = score_of(gray(1, 1024, [](int, int y) { return y % 2 == 0 ? 0.4 : 0.0; }), 1);
  SpectrumMap(fine, stft, true).read(0, 8000, bins);
  EXPECT_NEAR(bins[100], std::sqrt(4 * 0.16 / 2), 1e-6);
  SpectrumMap(fine, stft, false).read(0, 8000, bins);
  EXPECT_NEAR(bins[100], std::sqrt(0.16 / 2), 1e-6);
}

// --- Colours.

TEST(Brightness, OfCodesAndFloats) {
  Picture bytes;
  bytes.resize(2, 1, {1, 8});
  bytes.pixels[0] = 51;
  bytes.pixels[1] = 255;
  const Picture made = brightness_of(std::move(bytes));
  EXPECT_FLOAT_EQ(rgb_at(made, 0, 0).green, 0.2F);
  EXPECT_FLOAT_EQ(rgb_at(made, 1, 0).red, 1.0F);

  Picture indices;
  indices.resize(2, 1, {1, 8});
  indices.pixels[0] = 1;
  indices.pixels[1] = 0;
  indices.palette = {{255, 0, 0}, {0, 0, 51}};
  const Picture coloured = brightness_of(std::move(indices));
  EXPECT_EQ(coloured.layout.channels, 3);
  EXPECT_FLOAT_EQ(rgb_at(coloured, 0, 0).blue, 0.2F);
  EXPECT_FLOAT_EQ(rgb_at(coloured, 1, 0).red, 1.0F);

  const Picture wild = brightness_of(gray(4, 1, [](int x, int) {
    return x == 0 ? 8.0 : x == 1 ? -3.0 : x == 2 ? std::nan("") : 2.0;
  }));
  EXPECT_FLOAT_EQ(rgb_at(wild, 0, 0).green, 1);
  EXPECT_FLOAT_EQ(rgb_at(wild, 1, 0).green, 0);
  EXPECT_FLOAT_EQ(rgb_at(wild, 2, 0).green, 0);
  EXPECT_FLOAT_EQ(rgb_at(wild, 3, 0).green, 0.25F);

  Picture complex;
  complex.resize(1, 1, {2, 32});
  EXPECT_REFUSED(test::outcome_of([&] { brightness_of(std::move(complex)); }), ErrorCode::Unsupported, "complex");
}

TEST(Brightness, LumaAndHue) {
  EXPECT_FLOAT_EQ(luma({1, 0, 0}), 0.2126F);
  EXPECT_FLOAT_EQ(luma({0.3F, 0.3F, 0.3F}), 0.3F);
  EXPECT_NEAR(luma({0.5F, 0.25F, 1}), 0.2126 * 0.5 + 0.7152 * 0.25 + 0.0722, 1e-6);
  EXPECT_FLOAT_EQ(place_of_hue({1, 0, 0}), 0);
  EXPECT_FLOAT_EQ(place_of_hue({0, 1, 1}), 1);
  EXPECT_FLOAT_EQ(place_of_hue({0, 1, 0}), 2.0F / 3);
  EXPECT_FLOAT_EQ(place_of_hue({0, 0, 1}), 2.0F / 3);
  EXPECT_FLOAT_EQ(place_of_hue({1, 1, 0}), 1.0F / 3);
  EXPECT_FLOAT_EQ(place_of_hue({1, 0, 1}), 1.0F / 3);
  EXPECT_FLOAT_EQ(place_of_hue({0.4F, 0.4F, 0.4F}), 0.5F);
  EXPECT_FLOAT_EQ(place_of_hue({1, 0.5F, 0.5F}), 0.25F);  // half as saturated, half as far
  EXPECT_FLOAT_EQ(place_of_hue({0, 0, 0}), 0.5F);
}

TEST(Brightness, BlurIsGausss) {
  Picture picture = gray(41, 31, [](int x, int y) { return x == 20 && y == 15 ? 1.0 : 0.0; });
  blur(picture, 2);
  double sum = 0;
  for (int y = 0; y < 31; ++y) {
    for (int x = 0; x < 41; ++x) sum += rgb_at(picture, x, y).green;
  }
  EXPECT_NEAR(sum, 1, 1e-5);
  const double middle = rgb_at(picture, 20, 15).green;
  for (const auto& [x, y] : {std::pair{22, 15}, {20, 18}, {17, 12}}) {
    const double expected = std::exp(-((x - 20) * (x - 20) + (y - 15) * (y - 15)) / 8.0);
    EXPECT_NEAR(rgb_at(picture, x, y).green / middle, expected, 1e-5);
  }
  Picture flat = gray(5, 5, [](int, int) { return 0.5; });
  blur(flat, 10);
  EXPECT_NEAR(rgb_at(flat, 0, 4).green, 0.5, 1e-6);
}

TEST(Stereo, ColoursAreSides) {
  Picture colours;
  colours.resize(3, 1, {3, 32});
  const float pixels[] = {1, 0, 0, 0, 1, 0, 0.5F, 0.5F, 0.5F};  // red, green, gray
  std::memcpy(colours.pixels.data(), pixels, sizeof pixels);
  const auto sides = [&](Stereo stereo) {
    Score score;
    score.channels = n_channels(stereo);
    score.n_columns = 3;
    score.n_rows = 1;
    score.amplitudes.resize(std::size_t{3} * static_cast<std::size_t>(score.channels));
    compose(colours, {CurveKind::Linear, 1, 60}, 0, stereo, score);
    std::vector<std::pair<float, float>> list;
    for (int x = 0; x < 3; ++x) {
      list.emplace_back(score.column(0, x)[0], score.channels == 2 ? score.column(1, x)[0] : 0.0F);
    }
    return list;
  };
  using Sides = std::vector<std::pair<float, float>>;
  EXPECT_EQ(sides(Stereo::RedGreen), (Sides{{1, 0}, {0, 1}, {0.5F, 0.5F}}));
  EXPECT_EQ(sides(Stereo::GreenBlue), (Sides{{0, 0}, {1, 0}, {0.5F, 0.5F}}));
  const Sides hue = sides(Stereo::Hue);
  EXPECT_NEAR(hue[0].first, 0.2126, 1e-6);
  EXPECT_NEAR(hue[0].second, 0, 1e-6);
  EXPECT_NEAR(hue[1].first, 0.7152 * 0.5, 1e-6);  // 60 degrees of a quarter turn
  EXPECT_NEAR(std::hypot(hue[1].first, hue[1].second), 0.7152, 1e-6);
  EXPECT_NEAR(hue[2].first, 0.5 / std::sqrt(2), 1e-6);
  EXPECT_NEAR(hue[2].second, 0.5 / std::sqrt(2), 1e-6);
}

TEST(Compose, CurvesAreAsTheyAreCalled) {
  const Picture picture = gray(4, 1, [](int x, int) { return x / 3.0; });
  Score score = score_of(picture, 1);
  compose(picture, {CurveKind::Db, 1, 60}, 0, Stereo::None, score);
  EXPECT_EQ(score.column(0, 0)[0], 0);
  EXPECT_NEAR(score.column(0, 1)[0], 0.01, 1e-7);  // -40 dB
  EXPECT_NEAR(score.column(0, 2)[0], 0.1, 1e-6);
  EXPECT_NEAR(score.column(0, 3)[0], 1, 1e-6);
  compose(picture, {CurveKind::Gamma, 0.5, 60}, 0, Stereo::None, score);
  EXPECT_NEAR(score.column(0, 1)[0], 1.0 / 9, 1e-6);
}

// --- Hilbert's curve.

TEST(Hilbert, NeighboursStayNeighbours) {
  for (const int side : {1, 2, 4, 8, 64}) {
    std::set<std::pair<int, int>> seen;
    Pixel before;
    for (std::int64_t i = 0; i < std::int64_t{side} * side; ++i) {
      const Pixel pixel = hilbert_pixel(side, i);
      ASSERT_TRUE(pixel.x >= 0 && pixel.x < side && pixel.y >= 0 && pixel.y < side);
      EXPECT_TRUE(seen.emplace(pixel.x, pixel.y).second) << side << ' ' << i;
      if (i > 0) {
        EXPECT_EQ(std::abs(pixel.x - before.x) + std::abs(pixel.y - before.y), 1) << side << ' ' << i;
      }
      before = pixel;
    }
    EXPECT_EQ(hilbert_pixel(side, 0), (Pixel{0, side - 1}));
    EXPECT_EQ(before, (Pixel{side - 1, side - 1}));
  }
}

TEST(Hilbert, LineGoesFromTheBottomUp) {
  const Picture line = along_hilbert(gray(2, 2, [](int x, int y) { return 10 * y + x; }));
  ASSERT_EQ(line.width, 1);
  ASSERT_EQ(line.height, 4);
  // Bottom left, top left, top right, bottom right.
  const float expected[] = {10, 0, 1, 11};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(rgb_at(line, 0, 3 - i).green, expected[i]) << i;
}

// --- Names, level.

TEST(SynthNames, ComeBack) {
  for (const Method method : {Method::Sines, Method::Noise, Method::Hybrid, Method::GriffinLim}) {
    EXPECT_EQ(method_from_string(to_string(method)), method);
  }
  for (const Stereo stereo : {Stereo::None, Stereo::RedGreen, Stereo::GreenBlue, Stereo::Hue}) {
    EXPECT_EQ(stereo_from_string(to_string(stereo)), stereo);
  }
  EXPECT_REFUSED(test::outcome_of([] { method_from_string("saws"); }), ErrorCode::Usage, "sines, noise");
}

TEST(Normalize, MakesThePeakThis) {
  Audio audio = played(score_of(gray(9, 12, [](int x, int y) { return x == y ? 1.0 : 0.1; }), 0.3));
  normalize(audio, 0.25);
  float most = 0;
  for (const float x : audio.samples) most = std::max(most, std::fabs(x));
  EXPECT_NEAR(most, 0.25, 1e-6);
  Audio silence = played(score_of(gray(2, 2, [](int, int) { return 0; }), 0.3));
  normalize(silence, 0.25);
  EXPECT_EQ(power(silence.channel(0)), 0);
}

}  // namespace
}  // namespace spectrohue::synth
