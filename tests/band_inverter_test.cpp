// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// From bands back to bins, against numpy and scipy (tests/data/make_band_inverse_reference.py), and what must hold of
// any such way back.
#include "core/band_inverter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

#include "core/row_map.h"
#include "spectrohue/error.h"
#include "support/data.h"

namespace spectrohue {
namespace {

constexpr int kLanes = BandInverter::kLanes;
constexpr BandInverse kAll[] = {BandInverse::Kl, BandInverse::Nnls, BandInverse::Pinv};

/// B x in double.
std::vector<double> bands_of(const FilterBank& bank, const std::vector<double>& bins) {
  std::vector<double> bands(static_cast<std::size_t>(bank.n_bands()));
  for (int i = 0; i < bank.n_bands(); ++i) {
    for (int j = 0; j < bank.count(i); ++j) bands[i] += bank.weights[bank.offset[i] + j] * bins[bank.first_bin[i] + j];
  }
  return bands;
}

double norm_of(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  return std::sqrt(sum);
}

double distance(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return norm_of(a);
}

/// Of one frame, which is in every lane.
std::vector<double> solved(const FilterBank& bank, BandInverse method, const std::vector<double>& bands) {
  std::vector<float> in;
  for (const double band : bands) in.insert(in.end(), kLanes, static_cast<float>(band));
  std::vector<float> out(static_cast<std::size_t>(bank.n_bins) * kLanes);
  BandInverter(bank, method).solve(in.data(), out.data());
  std::vector<double> bins;
  for (int k = 0; k < bank.n_bins; ++k) bins.push_back(out[static_cast<std::size_t>(k) * kLanes + 3]);
  return bins;
}

FrequencyScale mel_of(int n_bands, MelScale mel_scale = MelScale::Slaney, BandNorm norm = BandNorm::Slaney) {
  FrequencyScale scale;
  scale.kind = FrequencyScaleKind::Mel;
  scale.n_bands = n_bands;
  scale.mel_scale = mel_scale;
  scale.norm = norm;
  return scale;
}

FilterBank read_bank(std::istringstream& line) {
  int n_fft = 0;
  int rate = 0;
  int n_bands = 0;
  std::string mel_scale;
  std::string norm;
  line >> n_fft >> rate >> n_bands >> mel_scale >> norm;
  return make_filter_bank(mel_of(n_bands, mel_scale_from_string(mel_scale), band_norm_from_string(norm)), n_fft, rate);
}

std::vector<double> read_values(std::istringstream& line) {
  std::vector<double> values;
  for (double value = 0; line >> value;) values.push_back(value);
  return values;
}

TEST(BandInverter, EqualsNumpyAndScipy) {
  std::ifstream file(test::data_folder() / "band_inverse_reference.txt");
  ASSERT_TRUE(file) << test::data_folder();
  FilterBank bank;
  std::vector<double> bands;
  int compared = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "bank") bank = read_bank(line);
    if (kind == "bands") bands = read_values(line);
    if (kind == "pinv" || kind == "kl") {
      SCOPED_TRACE(kind + " of " + std::to_string(bank.n_bands()) + " bands");
      const std::vector<double> want = read_values(line);
      const std::vector<double> got = solved(bank, kind == "kl" ? BandInverse::Kl : BandInverse::Pinv, bands);
      ASSERT_EQ(got.size(), want.size());
      const double largest = *std::max_element(want.begin(), want.end());
      for (std::size_t k = 0; k < want.size(); ++k) EXPECT_NEAR(got[k], want[k], 1e-4 * largest) << "bin " << k;
      ++compared;
    }
    if (kind == "nnls") {
      const double best = read_values(line).at(0);
      const std::vector<double> got = solved(bank, BandInverse::Nnls, bands);
      const double residual = distance(bands_of(bank, got), bands);
      EXPECT_GT(residual, best - 1e-4 * norm_of(bands));
      EXPECT_LT(residual, best + 2e-2 * norm_of(bands)) << bank.n_bands() << " bands";
      ++compared;
    }
  }
  EXPECT_EQ(compared, 4 * 3 * 3);
}

/// Bins like those of sounds: many orders of magnitude.
std::vector<double> spectrum_of(int n_bins, unsigned seed) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> value;
  std::vector<double> bins;
  for (int k = 0; k < n_bins; ++k) bins.push_back(std::pow(value(random), 6) * std::exp(-4.0 * k / n_bins));
  return bins;
}

/// |a - b|: how well bands of what was found fit, relative.
double misfit(const FilterBank& bank, BandInverse method, const std::vector<double>& bands) {
  return distance(bands_of(bank, solved(bank, method, bands)), bands) / norm_of(bands);
}

TEST(BandInverter, BandsOfWhatIsFoundAreNearlyThoseGiven) {
  for (const FrequencyScaleKind kind :
       {FrequencyScaleKind::Mel, FrequencyScaleKind::Log, FrequencyScaleKind::Bark, FrequencyScaleKind::Erb}) {
    for (const int n_bands : {10, 40, 128, 300}) {
      FrequencyScale scale = mel_of(n_bands);
      scale.kind = kind;
      const FilterBank bank = make_filter_bank(scale, 512, 16000);
      const std::vector<double> bands = bands_of(bank, spectrum_of(bank.n_bins, 5));
      const double kl = misfit(bank, BandInverse::Kl, bands);
      const double nnls = misfit(bank, BandInverse::Nnls, bands);
      const double pinv = misfit(bank, BandInverse::Pinv, bands);
      SCOPED_TRACE(to_string(kind) + " " + std::to_string(n_bands));
      EXPECT_LT(kl, 0.15);
      EXPECT_LT(nnls, 0.01);
      EXPECT_LE(nnls, pinv + 1e-5) << "it begins there";
    }
  }
}

TEST(BandInverter, NothingIsBelowZeroNorWhereNoBandIs) {
  FrequencyScale scale = mel_of(12);
  scale.fmin = 500;
  scale.fmax = 3000;
  const FilterBank bank = make_filter_bank(scale, 512, 16000);
  std::vector<bool> is_used(static_cast<std::size_t>(bank.n_bins), false);
  for (int i = 0; i < bank.n_bands(); ++i) {
    for (int j = 0; j < bank.count(i); ++j) is_used[bank.first_bin[i] + j] = true;
  }
  std::vector<double> bands(12);
  for (int i = 0; i < 12; ++i) bands[i] = i % 3 == 0 ? 1 : 0;  // neighbours contradict each other
  for (const BandInverse method : kAll) {
    const std::vector<double> bins = solved(bank, method, bands);
    for (int k = 0; k < bank.n_bins; ++k) {
      EXPECT_GE(bins[k], 0) << to_string(method) << " bin " << k;
      EXPECT_TRUE(is_used[k] || bins[k] == 0) << to_string(method) << " bin " << k;
    }
  }
}

TEST(BandInverter, LeastSquaresMeetTheirConditions) {
  const FilterBank bank = make_filter_bank(mel_of(16), 256, 8000);
  std::vector<double> bands = bands_of(bank, spectrum_of(bank.n_bins, 8));
  for (std::size_t i = 0; i < bands.size(); i += 2) bands[i] *= 0.3;
  const std::vector<double> bins = solved(bank, BandInverse::Nnls, bands);
  std::vector<double> residual = bands_of(bank, bins);
  for (std::size_t i = 0; i < residual.size(); ++i) residual[i] -= bands[i];
  std::vector<double> gradient(bins.size());
  for (int i = 0; i < bank.n_bands(); ++i) {
    for (int j = 0; j < bank.count(i); ++j) {
      gradient[bank.first_bin[i] + j] += bank.weights[bank.offset[i] + j] * residual[i];
    }
  }
  // Karush, Kuhn and Tucker: no step into the allowed side helps.
  const double slope = norm_of(gradient);
  double along = 0;
  for (std::size_t k = 0; k < bins.size(); ++k) {
    EXPECT_GT(gradient[k], -0.02 * slope) << k;
    along += gradient[k] * bins[k];
  }
  EXPECT_LT(std::fabs(along), 0.02 * slope * norm_of(bins));
}

TEST(BandInverter, DivergenceFalls) {
  const FilterBank bank = make_filter_bank(mel_of(64), 1024, 16000);
  const std::vector<double> truth = spectrum_of(bank.n_bins, 3);
  const std::vector<double> bands = bands_of(bank, truth);
  const auto divergence = [&](const std::vector<double>& bins) {
    const std::vector<double> got = bands_of(bank, bins);
    double sum = 0;
    for (std::size_t i = 0; i < bands.size(); ++i) sum += bands[i] * std::log(bands[i] / got[i]) - bands[i] + got[i];
    return sum;
  };
  const std::vector<double> flat(truth.size(), norm_of(bands));
  const double kl = divergence(solved(bank, BandInverse::Kl, bands));
  EXPECT_GE(kl, -1e-6);
  EXPECT_LT(kl, 0.02 * divergence(flat));
}

TEST(BandInverter, AnyShapeOfBankIsTaken) {
  // One wide band, more bands than bins, as many bands as there may be, all of them empty.
  FrequencyScale empty = mel_of(3);
  empty.fmin = 1001;
  empty.fmax = 1002;
  for (const auto& [scale, n_fft] :
       {std::pair{mel_of(1), 4096}, {mel_of(500), 64}, {mel_of(FrequencyScale::kMaxBands), 256}, {empty, 256}}) {
    const FilterBank bank = make_filter_bank(scale, n_fft, 16000);
    const std::vector<double> bands = bands_of(bank, spectrum_of(bank.n_bins, 2));
    for (const BandInverse method : kAll) {
      for (const double x : solved(bank, method, bands)) ASSERT_TRUE(std::isfinite(x) && x >= 0) << to_string(method);
    }
  }
}

TEST(BandedCholesky, SolvesWhatItIsGiven) {
  for (const auto& [n, width] : {std::pair{1, 0}, {1, 5}, {7, 0}, {30, 3}, {12, 11}}) {
    std::mt19937 random(9);
    std::uniform_real_distribution<double> value(-1, 1);
    BandedCholesky matrix(n, width);
    std::vector<std::vector<double>> dense(n, std::vector<double>(n));
    for (int i = 0; i < n; ++i) {
      for (int j = std::max(0, i - width); j <= i; ++j) {
        const double x = i == j ? 2.0 * width + 1 : value(random);
        matrix.add(i, j, x);
        dense[i][j] = dense[j][i] = x;
      }
    }
    std::vector<double> right(static_cast<std::size_t>(2 * n));
    for (double& x : right) x = value(random);
    std::vector<double> x = right;
    matrix.factorise();
    matrix.solve(x.data(), 2);
    for (int i = 0; i < n; ++i) {
      for (int side = 0; side < 2; ++side) {
        double sum = 0;
        for (int j = 0; j < n; ++j) sum += dense[i][j] * x[2 * j + side];
        EXPECT_NEAR(sum, right[2 * i + side], 1e-12 * (2 * width + 1));
      }
    }
  }
}

// ------------------------------------------------------------------------------------------- rows of a picture

PixelSettings pixels_of(int power, double tilt = 0) {
  PixelSettings pixels;
  pixels.encoding = Encoding::Gray8;
  pixels.scale = mel_of(40);
  pixels.band_power = power;
  pixels.tilt = tilt;
  return pixels;
}

/// Frame t of values that are [n_frames, n].
template <class Values>
auto frame_of(Values& values, int t, int n) {
  return std::span(values).subspan(static_cast<std::size_t>(t) * static_cast<std::size_t>(n),
                                   static_cast<std::size_t>(n));
}

/// Rows of frames that are complex, [n_frames, n_rows].
std::vector<float> rows_of(RowMap& map, int n_frames) {
  std::vector<float> rows(static_cast<std::size_t>(n_frames * map.n_rows()));
  for (int t = 0; t < n_frames; ++t) {
    std::vector<std::complex<float>> spectrum;
    for (const double x : spectrum_of(map.n_bins(), static_cast<unsigned>(t))) {
      spectrum.emplace_back(static_cast<float>(x), static_cast<float>(-x));
    }
    map.measure(spectrum, frame_of(rows, t, map.n_rows()));
  }
  return rows;
}

TEST(RowMapInverse, FramesDoNotDependOnTheirNeighbours) {
  const StftSettings stft = StftSettings::for_n_fft(512);
  for (const BandInverse method : kAll) {
    RowMap map(stft, pixels_of(2), 16000, method);
    constexpr int kFrames = 2 * kLanes + 5;
    const std::vector<float> rows = rows_of(map, kFrames);
    std::vector<float> together(static_cast<std::size_t>(kFrames * map.n_bins()));
    map.invert(rows, together);
    std::vector<float> alone(static_cast<std::size_t>(map.n_bins()));
    for (int t = 0; t < kFrames; ++t) {
      map.invert(frame_of(rows, t, map.n_rows()), alone);
      for (int k = 0; k < map.n_bins(); ++k) {
        ASSERT_EQ(alone[k], together[static_cast<std::size_t>(t * map.n_bins() + k)]) << to_string(method) << t;
      }
    }
  }
}

TEST(RowMapInverse, WhatIsFoundMeasuresLikeTheRows) {
  const StftSettings stft = StftSettings::for_n_fft(512);
  for (const BandInverse method : kAll) {
    for (const int power : {1, 2}) {
      for (const double tilt : {0.0, 6.0}) {
        RowMap map(stft, pixels_of(power, tilt), 16000, method);
        const std::vector<float> rows = rows_of(map, 3);
        std::vector<float> bins(static_cast<std::size_t>(3 * map.n_bins()));
        map.invert(rows, bins);
        std::vector<float> again(rows.size());
        for (int t = 0; t < 3; ++t) {
          const std::vector<std::complex<float>> spectrum(bins.begin() + t * map.n_bins(),
                                                          bins.begin() + (t + 1) * map.n_bins());
          map.measure(spectrum, frame_of(again, t, map.n_rows()));
        }
        const std::vector<double> got(again.begin(), again.end());
        const std::vector<double> want(rows.begin(), rows.end());
        const double most = method == BandInverse::Pinv ? 0.5 : 0.1;  // clipping leaves too much
        EXPECT_LT(distance(got, want), most * norm_of(want)) << to_string(method) << ' ' << power << ' ' << tilt;
      }
    }
  }
}

TEST(RowMapInverse, LevelsAreTaken) {
  const StftSettings stft = StftSettings::for_n_fft(512);
  for (const BandInverse method : kAll) {
    RowMap map(stft, pixels_of(2), 16000, method);
    std::vector<float> rows = rows_of(map, 1);
    std::vector<float> one(static_cast<std::size_t>(map.n_bins()));
    map.invert(rows, one);
    for (const float gain : {0x1p-80F, 0x1p70F}) {  // their squares are no floats
      std::vector<float> scaled = rows;
      for (float& x : scaled) x *= gain;
      std::vector<float> found(one.size());
      map.invert(scaled, found);
      for (std::size_t k = 0; k < one.size(); ++k) ASSERT_EQ(found[k], one[k] * gain) << to_string(method);
    }
  }
}

TEST(RowMapInverse, SilenceAndNonsenseAreSilence) {
  const StftSettings stft = StftSettings::for_n_fft(512);
  for (const BandInverse method : kAll) {
    RowMap map(stft, pixels_of(2), 16000, method);
    std::vector<float> rows = rows_of(map, 4);
    const auto row = [&](int t) { return rows.data() + t * map.n_rows(); };
    std::fill_n(row(0), map.n_rows(), 0.0F);
    row(1)[7] = INFINITY;
    row(2)[39] = NAN;
    std::vector<float> found(static_cast<std::size_t>(4 * map.n_bins()));
    map.invert(rows, found);
    EXPECT_TRUE(std::all_of(found.begin(), found.begin() + 3 * map.n_bins(), [](float x) { return x == 0; }));
    EXPECT_TRUE(std::all_of(found.end() - map.n_bins(), found.end(), [](float x) { return std::isfinite(x); }));
    EXPECT_GT(*std::max_element(found.end() - map.n_bins(), found.end()), 0);
  }
}

TEST(BandInverse, NamesReturn) {
  for (const BandInverse method : kAll) EXPECT_EQ(band_inverse_from_string(to_string(method)), method);
  EXPECT_THROW(band_inverse_from_string("pinv2"), Error);
}

}  // namespace
}  // namespace spectrohue
