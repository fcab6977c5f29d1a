// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Windows, STFT and ISTFT against stored values of scipy and librosa (tests/data/make_stft_reference.py).
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/backends.h"
#include "support/data.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

class Librosa : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(Librosa);

struct Case {
  StftSettings settings;
  std::int64_t n = 0;
  std::string label;
};

Case read_case(std::istringstream& line) {
  Case c;
  std::string window;
  std::string pad;
  line >> window >> c.settings.window_parameter >> c.settings.n_fft >> c.settings.hop_length >> c.settings.win_length >>
      c.settings.center >> pad >> c.n;
  c.settings.window = window_from_string(window);
  c.settings.pad_mode = pad_mode_from_string(pad);
  c.label = line.str();
  return c;
}

/// librosa's phase convention: bin k times exp(-2 pi i k floor(n/2) / n).
std::complex<double> as_librosa(Complex value, int k, int n_fft) {
  const int centre = n_fft / 2;
  return std::complex<double>(value) * std::polar(1.0, -2 * std::numbers::pi * k * centre / n_fft);
}

TEST_P(Librosa, EqualsLibrosa) {
  std::ifstream file(data_folder() / "stft_reference.txt");
  ASSERT_TRUE(file) << data_folder();
  int forward_cases = 0;
  int inverse_cases = 0;
  std::vector<Complex> spectrum;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "stft") {
      const Case c = read_case(line);
      int frames = 0;
      int bins = 0;
      line >> frames >> bins;
      spectrum = analyse(*backend_, c.settings, noise(c.n, 7));
      std::vector<std::complex<double>> ours;
      std::vector<std::complex<double>> theirs;
      for (int i = 0; i < frames * bins; ++i) {
        std::getline(file, text);
        std::istringstream row(text);
        std::int64_t t = 0;
        int k = 0;
        double re = 0;
        double im = 0;
        row >> t >> k >> re >> im;
        ours.push_back(as_librosa(spectrum[t * c.settings.n_bins() + k], k, c.settings.n_fft));
        theirs.emplace_back(re, im);
      }
      EXPECT_LT(relative_error(ours, theirs), 1e-6) << c.label;
      ++forward_cases;
    } else if (kind == "istft") {
      const Case c = read_case(line);
      for (std::size_t i = 0; i < spectrum.size(); ++i) {
        if (i % c.settings.n_bins() % 3 == 0) spectrum[i] = 0;
      }
      std::getline(file, text);
      std::istringstream row(text);
      std::vector<double> theirs(static_cast<std::size_t>(c.n));
      for (double& v : theirs) row >> v;
      ASSERT_TRUE(row);
      EXPECT_LT(relative_error(synthesise(*backend_, c.settings, spectrum, c.n), theirs), 1e-6) << c.label;
      ++inverse_cases;
    }
  }
  EXPECT_EQ(forward_cases, 11);
  EXPECT_EQ(inverse_cases, 8);
}

TEST(Windows, EqualScipys) {
  std::ifstream file(data_folder() / "stft_reference.txt");
  int cases = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string kind;
    std::string name;
    StftSettings s;
    int n = 0;
    line >> kind;
    if (kind != "window") continue;
    line >> name >> s.window_parameter >> n;
    s.n_fft = s.win_length = n;
    s.window = window_from_string(name);
    const std::vector<double> window = make_window(s);
    std::getline(file, text);
    std::istringstream row(text);
    for (int i = 0; i < n; ++i) {
      double expected = 0;
      row >> expected;
      EXPECT_NEAR(window[i], expected, 2e-12) << name << " " << n << " [" << i << "]";
    }
    ++cases;
  }
  EXPECT_EQ(cases, 14);
}

}  // namespace
}  // namespace spectrohue::test
