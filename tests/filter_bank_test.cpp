// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Filter banks against stored values of librosa and torchaudio, and of formulas
// (tests/data/make_filter_bank_reference.py).
#include "core/filter_bank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>

#include "support/data.h"
#include "support/outcome.h"

namespace spectrohue {
namespace {

using test::outcome_of;

/// Of the largest weight of the bank, and of 1.
constexpr double kTolerance = 1e-5;

struct Case {
  FrequencyScale scale;
  int n_fft = 0;
  int sample_rate = 0;
  std::string label;
};

Case read_case(std::istringstream& line) {
  Case c;
  c.label = line.str();
  std::string source;
  std::string kind;
  std::string mel_scale;
  std::string norm;
  line >> source >> kind >> c.n_fft >> c.sample_rate >> c.scale.n_bands >> c.scale.fmin >> c.scale.fmax >> mel_scale >>
      norm;
  c.scale.kind = frequency_scale_from_string(kind);
  c.scale.mel_scale = mel_scale_from_string(mel_scale);
  c.scale.norm = band_norm_from_string(norm);
  return c;
}

/// Row of the matrix, [n_bins].
std::vector<double> dense_row(const FilterBank& bank, int band) {
  std::vector<double> row(static_cast<std::size_t>(bank.n_bins), 0.0);
  for (int j = 0; j < bank.count(band); ++j) row[bank.first_bin[band] + j] = bank.weights[bank.offset[band] + j];
  return row;
}

double row_sum(const FilterBank& bank, int band) {
  const std::vector<double> row = dense_row(bank, band);
  return std::accumulate(row.begin(), row.end(), 0.0);
}

double limit_of(const FilterBank& bank) {
  return kTolerance * std::min(1.0F, *std::max_element(bank.weights.begin(), bank.weights.end()));
}

void expect_band(const Case& c, const FilterBank& bank, std::istringstream& line) {
  int band = 0;
  double center = 0;
  int first = 0;
  int count = 0;
  line >> band >> center >> first >> count;
  std::vector<double> theirs(static_cast<std::size_t>(bank.n_bins), 0.0);
  for (int j = 0; j < count; ++j) line >> theirs[first + j];
  ASSERT_TRUE(line) << c.label;

  EXPECT_NEAR(band_centers_hz(c.scale, c.n_fft, c.sample_rate)[band], center, 1e-8 * center) << c.label;
  const std::vector<double> ours = dense_row(bank, band);
  for (int k = 0; k < bank.n_bins; ++k) {
    EXPECT_NEAR(ours[k], theirs[k], limit_of(bank)) << c.label << ", band " << band << ", bin " << k;
  }
}

void expect_sums(const Case& c, const FilterBank& bank, std::istringstream& line) {
  for (int band = 0; band < bank.n_bands(); ++band) {
    double sum = 0;
    line >> sum;
    EXPECT_NEAR(row_sum(bank, band), sum, limit_of(bank)) << c.label << ", band " << band;
  }
  EXPECT_TRUE(line) << c.label;
}

TEST(FilterBank, EqualsLibrosaTorchaudioAndFormulas) {
  std::ifstream file(test::data_folder() / "filter_bank_reference.txt");
  ASSERT_TRUE(file) << test::data_folder();
  Case c;
  FilterBank bank;
  int banks = 0;
  int bands = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "bank") {
      c = read_case(line);
      bank = make_filter_bank(c.scale, c.n_fft, c.sample_rate);
      ASSERT_EQ(bank.n_bins, c.n_fft / 2 + 1);
      ASSERT_EQ(bank.n_bands(), c.scale.n_bands);
      ++banks;
    } else if (kind == "empty") {
      int empty = 0;
      line >> empty;
      EXPECT_EQ(bank.n_empty_bands(), empty) << c.label;
    } else if (kind == "sums") {
      expect_sums(c, bank, line);
    } else if (kind == "band") {
      expect_band(c, bank, line);
      ++bands;
    }
  }
  EXPECT_EQ(banks, 21);
  EXPECT_GT(bands, 9 * banks);
}

constexpr FrequencyScaleKind kBanded[] = {FrequencyScaleKind::Mel, FrequencyScaleKind::Log, FrequencyScaleKind::Bark,
                                          FrequencyScaleKind::Erb};

FrequencyScale scale_of(FrequencyScaleKind kind) {
  FrequencyScale scale;
  scale.kind = kind;
  return scale;
}

TEST(FilterBank, ArraysFitTogether) {
  for (const FrequencyScaleKind kind : kBanded) {
    const FilterBank bank = make_filter_bank(scale_of(kind), 1024, 44100);
    ASSERT_EQ(bank.offset.size(), bank.first_bin.size() + 1);
    EXPECT_EQ(bank.offset.front(), 0);
    EXPECT_EQ(bank.offset.back(), static_cast<int>(bank.weights.size()));
    for (int i = 0; i < bank.n_bands(); ++i) {
      EXPECT_GE(bank.count(i), 0);
      EXPECT_GE(bank.first_bin[i], 0);
      EXPECT_LE(bank.first_bin[i] + bank.count(i), bank.n_bins);
    }
    EXPECT_GT(*std::min_element(bank.weights.begin(), bank.weights.end()), 0.0F);
  }
}

// Neighbouring triangles cross over: what one loses the next has. Wide bands only, so from a bin's width upwards.
TEST(FilterBank, UnnormalizedBandsShareEachBinBetweenThem) {
  for (const FrequencyScaleKind kind : kBanded) {
    FrequencyScale scale = scale_of(kind);
    scale.n_bands = 20;
    scale.fmin = 300;
    scale.norm = BandNorm::None;
    const FilterBank bank = make_filter_bank(scale, 4096, 16000);
    const std::vector<double> centers = band_centers_hz(scale, 4096, 16000);
    std::vector<double> total(static_cast<std::size_t>(bank.n_bins), 0.0);
    for (int i = 0; i < bank.n_bands(); ++i) {
      const std::vector<double> row = dense_row(bank, i);
      for (int k = 0; k < bank.n_bins; ++k) total[k] += row[k];
    }
    int checked = 0;
    for (int k = 0; k < bank.n_bins; ++k) {
      const double hz = k * 16000.0 / 4096;
      if (hz < centers.front() || hz > centers.back()) continue;
      EXPECT_NEAR(total[k], 1, 1e-6) << to_string(kind) << ", bin " << k;
      ++checked;
    }
    EXPECT_GT(checked, 1500);
  }
}

TEST(FilterBank, SlaneyNormGivesWideBandsTheSameArea) {
  for (const FrequencyScaleKind kind : kBanded) {
    FrequencyScale scale = scale_of(kind);
    scale.n_bands = 20;
    scale.fmin = 300;
    const FilterBank bank = make_filter_bank(scale, 65536, 16000);
    for (int i = 0; i < bank.n_bands(); ++i) {
      EXPECT_NEAR(row_sum(bank, i) * 16000 / 65536, 1, 1e-4) << to_string(kind) << ", band " << i;
    }
  }
}

TEST(FilterBank, NarrowBandsInterpolateBetweenTwoBins) {
  FrequencyScale scale = scale_of(FrequencyScaleKind::Log);
  scale.n_bands = 512;
  scale.norm = BandNorm::None;
  const FilterBank bank = make_filter_bank(scale, 512, 44100);
  EXPECT_EQ(bank.n_empty_bands(), 0);
  const std::vector<double> centers = band_centers_hz(scale, 512, 44100);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(bank.count(i), 2) << i;
    const double at = centers[i] * 512 / 44100;
    EXPECT_EQ(bank.first_bin[i], static_cast<int>(at));
    EXPECT_NEAR(bank.weights[bank.offset[i] + 1], at - std::floor(at), 1e-6) << i;
    EXPECT_NEAR(row_sum(bank, i), 1, 1e-6);
  }
}

TEST(FilterBank, OnlyMelHasEmptyBands) {
  for (const int n_fft : {15, 16, 400, 2048}) {
    for (const FrequencyScaleKind kind : kBanded) {
      FrequencyScale scale = scale_of(kind);
      scale.n_bands = 2048;
      const FilterBank bank = make_filter_bank(scale, n_fft, 48000);
      EXPECT_EQ(bank.n_empty_bands() > 0, kind == FrequencyScaleKind::Mel) << to_string(kind) << " " << n_fft;
    }
  }
}

TEST(FilterBank, LinearIsTheBinsInRange) {
  FrequencyScale scale;
  FilterBank bank = make_filter_bank(scale, 2048, 44100);
  EXPECT_EQ(bank.n_bands(), 1025);
  for (int i = 0; i < bank.n_bands(); ++i) {
    ASSERT_EQ(bank.first_bin[i], i);
    ASSERT_EQ(bank.count(i), 1);
    ASSERT_EQ(bank.weights[i], 1.0F);
  }
  EXPECT_EQ(band_centers_hz(scale, 2048, 44100).back(), 22050);

  scale.fmin = 100;
  scale.fmax = 200;
  bank = make_filter_bank(scale, 800, 8000);  // bins 10 Hz apart
  EXPECT_EQ(bank.n_bands(), 11);
  EXPECT_EQ(bank.first_bin.front(), 10);
  EXPECT_EQ(bank.first_bin.back(), 20);
}

TEST(FrequencyScale, CentersRiseInsideTheRange) {
  for (const FrequencyScaleKind kind : kBanded) {
    for (const int sample_rate : {8000, 11025, 192000}) {
      FrequencyScale scale = scale_of(kind);
      scale.n_bands = 300;
      const std::vector<double> centers = band_centers_hz(scale, 512, sample_rate);
      const FrequencyRange range = frequency_range(scale, sample_rate);
      ASSERT_EQ(centers.size(), 300U);
      EXPECT_GT(centers.front(), range.fmin);
      EXPECT_LT(centers.back(), range.fmax);
      for (std::size_t i = 1; i < centers.size(); ++i) EXPECT_LT(centers[i - 1], centers[i]);
    }
  }
}

// Values of the papers' and libraries' formulas, worked out by hand.
TEST(FrequencyScale, KnownPositions) {
  FrequencyScale scale = scale_of(FrequencyScaleKind::Mel);
  EXPECT_DOUBLE_EQ(scale_of_hz(scale, 0), 0);
  EXPECT_DOUBLE_EQ(scale_of_hz(scale, 500), 7.5);
  EXPECT_DOUBLE_EQ(scale_of_hz(scale, 1000), 15);
  EXPECT_NEAR(scale_of_hz(scale, 6400), 42, 1e-12);
  scale.mel_scale = MelScale::Htk;
  EXPECT_NEAR(scale_of_hz(scale, 6300), 2595, 1e-9);
  scale.kind = FrequencyScaleKind::Log;
  EXPECT_DOUBLE_EQ(scale_of_hz(scale, 512), 9);
  scale.kind = FrequencyScaleKind::Bark;
  EXPECT_NEAR(scale_of_hz(scale, 1960), 12.875, 1e-12);
  EXPECT_NEAR(scale_of_hz(scale, 0), -0.1505, 1e-12);
  EXPECT_NEAR(scale_of_hz(scale, 7840), 20.918 + 0.22 * 0.818, 1e-12);
  scale.kind = FrequencyScaleKind::Erb;
  EXPECT_NEAR(scale_of_hz(scale, 9 / 0.00437), 21.4, 1e-12);
  scale.kind = FrequencyScaleKind::Linear;
  EXPECT_EQ(scale_of_hz(scale, 440), 440);
}

TEST(FrequencyScale, InverseUndoesThePosition) {
  for (const MelScale mel_scale : {MelScale::Slaney, MelScale::Htk}) {
    for (const auto kind : {FrequencyScaleKind::Linear, FrequencyScaleKind::Mel, FrequencyScaleKind::Log,
                            FrequencyScaleKind::Bark, FrequencyScaleKind::Erb}) {
      FrequencyScale scale = scale_of(kind);
      scale.mel_scale = mel_scale;
      double below = -std::numeric_limits<double>::infinity();
      for (double hz = 0.5; hz < 100000; hz *= 1.03) {
        const double position = scale_of_hz(scale, hz);
        EXPECT_GT(position, below) << to_string(kind) << " " << hz;
        EXPECT_NEAR(hz_of_scale(scale, position), hz, 1e-9 * hz + 1e-10) << to_string(kind);
        below = position;
      }
    }
  }
}

TEST(FrequencyScale, ZerosStandForWholeRanges) {
  FrequencyScale scale = scale_of(FrequencyScaleKind::Mel);
  EXPECT_EQ(frequency_range(scale, 11025).fmin, 0);
  EXPECT_EQ(frequency_range(scale, 11025).fmax, 5512.5);
  scale.kind = FrequencyScaleKind::Log;
  EXPECT_NEAR(frequency_range(scale, 44100).fmin, 32.70319566, 1e-8);
  EXPECT_EQ(frequency_range(scale, 100).fmin, 6.25);
  scale.fmin = 55;
  scale.fmax = 880;
  EXPECT_EQ(frequency_range(scale, 44100).fmin, 55);
  EXPECT_EQ(frequency_range(scale, 44100).fmax, 880);
}

TEST(FrequencyScale, EveryRefusalNamesTheSetting) {
  const auto refusal = [](FrequencyScale scale, int n_fft = 2048, int sample_rate = 16000) {
    return outcome_of([&] { validate(scale, n_fft, sample_rate); });
  };
  const FrequencyScale mel = scale_of(FrequencyScaleKind::Mel);
  EXPECT_FALSE(refusal(mel).threw);

  FrequencyScale s = mel;
  for (const int n : {0, -3, (1 << 16) + 1}) {
    s.n_bands = n;
    EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "n_bands " + std::to_string(n));
  }
  s = mel;
  s.fmin = -1;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmin -1");
  s.fmin = NAN;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmin nan");
  s.fmin = 8000;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmin 8000 is not below fmax 8000");
  s.fmin = 500;
  s.fmax = 400;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmin 500 is not below fmax 400");
  s.fmax = 8001;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "at most 8000 Hz");
  s.fmax = INFINITY;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmax inf");
  s.fmax = NAN;
  EXPECT_REFUSED(refusal(s), ErrorCode::Usage, "fmax nan");
  EXPECT_REFUSED(refusal(mel, 0), ErrorCode::Usage, "n_fft 0");
  EXPECT_REFUSED(refusal(mel, 2048, 0), ErrorCode::Usage, "sample rate of 0");

  FrequencyScale linear;
  linear.fmin = 102;
  linear.fmax = 103;
  EXPECT_REFUSED(refusal(linear), ErrorCode::Usage, "no bin lies between");
  EXPECT_REFUSED(outcome_of([&] { make_filter_bank(linear, 2048, 16000); }), ErrorCode::Usage, "no bin lies between");
}

TEST(FrequencyScale, NamesGoBothWays) {
  for (const char* name : {"linear", "mel", "log", "bark", "erb"}) {
    EXPECT_EQ(to_string(frequency_scale_from_string(name)), name);
  }
  for (const char* name : {"slaney", "htk"}) EXPECT_EQ(to_string(mel_scale_from_string(name)), name);
  for (const char* name : {"none", "slaney"}) EXPECT_EQ(to_string(band_norm_from_string(name)), name);
  EXPECT_REFUSED(outcome_of([] { frequency_scale_from_string("Mel"); }), ErrorCode::Usage,
                 "unknown frequency scale 'Mel'; known: linear, mel, log, bark, erb");
  EXPECT_REFUSED(outcome_of([] { mel_scale_from_string(""); }), ErrorCode::Usage, "slaney, htk");
  EXPECT_REFUSED(outcome_of([] { band_norm_from_string("l2"); }), ErrorCode::Usage, "none, slaney");
}

}  // namespace
}  // namespace spectrohue
