// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage frames: where frames lie, what they see past the ends, and that batches do not mix.
#include <gtest/gtest.h>

#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

class Frames : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(Frames);

TEST_P(Frames, PaddingAndCentring) {
  for (const PadMode pad : {PadMode::Constant, PadMode::Reflect}) {
    for (const bool center : {true, false}) {
      for (const int n : {1, 2, 5, 63, 64, 65, 200}) {
        StftSettings s = sized(64, 16);
        s.pad_mode = pad;
        s.center = center;
        const std::vector<float> x = noise(n, 3);
        const std::vector<Complex> spectrum = analyse(*backend_, s, x);
        const std::vector<double> window = make_window(s);
        for (std::int64_t t = 0; t < s.n_frames(n); ++t) {
          const Spectrum expected = frame_spectrum(x, s, window, t);
          for (int k = 0; k < s.n_bins(); ++k) {
            ASSERT_NEAR(std::abs(std::complex<double>(spectrum[t * s.n_bins() + k]) - expected[k]), 0, 5e-6)
                << to_string(pad) << " center " << center << " n " << n << " frame " << t << " bin " << k;
          }
        }
      }
    }
  }
}

TEST_P(Frames, KnownAnswers) {
  const StftSettings s = sized(64, 16);
  std::vector<Complex> spectrum = analyse(*backend_, s, std::vector<float>(256, 1.0F));
  EXPECT_NEAR(spectrum[8 * 33].real(), 32, 1e-5);  // DC of 1: the sum of the window
  EXPECT_EQ(spectrum[8 * 33].imag(), 0.0F);
  EXPECT_NEAR(std::abs(spectrum[8 * 33 + 5]), 0, 1e-5);

  std::vector<float> impulse(256);
  impulse[128] = 1;  // the centre of frame 8: phase 0 in every bin
  spectrum = analyse(*backend_, s, impulse);
  for (int k = 0; k <= 32; ++k) {
    EXPECT_NEAR(spectrum[8 * 33 + k].real(), 1, 1e-6) << k;
    EXPECT_NEAR(spectrum[8 * 33 + k].imag(), 0, 1e-6) << k;
  }

  spectrum = analyse(*backend_, s, std::vector<float>(100, 0.0F));
  for (const Complex& bin : spectrum) EXPECT_EQ(bin, Complex(0, 0));
}

TEST_P(Frames, ABatchIsTheSameAsItsItems) {
  const StftSettings s = sized(256, 64);
  std::vector<std::vector<float>> signals;
  for (const int n : {0, 1, 300, 64, 5000, 255, 256, 257}) signals.push_back(noise(n, 100 + n));
  std::vector<std::vector<Complex>> together;
  std::vector<AnalyseItem> items;
  for (const auto& x : signals) together.emplace_back(static_cast<std::size_t>(s.n_frames(x.size()) * s.n_bins()));
  for (std::size_t i = 0; i < signals.size(); ++i) items.push_back({signals[i], together[i]});
  backend_->analyse(s, items);
  for (std::size_t i = 0; i < signals.size(); ++i) EXPECT_EQ(together[i], analyse(*backend_, s, signals[i])) << i;
}

}  // namespace
}  // namespace spectrohue::test
