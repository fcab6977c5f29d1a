// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage overlap_add with the inverse FFT before it, against a naive inverse in double.
#include <gtest/gtest.h>

#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

class OverlapAdd : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(OverlapAdd);

TEST_P(OverlapAdd, InverseEqualsTheNaiveOne) {
  for (const auto& [n_fft, hop] : kSizes) {
    if (n_fft > 1100) continue;  // the judge is slow
    const StftSettings s = sized(n_fft, hop);
    const std::int64_t n = 2 * n_fft + 7;
    // A spectrum that no signal has: noise, with a complex DC and Nyquist whose imaginary parts must be ignored.
    const std::vector<float> values = noise(s.n_frames(n) * s.n_bins() * 2, 9);
    std::vector<Complex> spectrum;
    for (std::size_t i = 0; i < values.size(); i += 2) spectrum.emplace_back(values[i], values[i + 1]);
    const std::vector<double> expected = inverse(Spectrum(spectrum.begin(), spectrum.end()), s, make_window(s), n);
    EXPECT_LT(relative_error(synthesise(*backend_, s, spectrum, n), expected), 1e-6) << n_fft << "/" << hop;
  }
}

TEST_P(OverlapAdd, GoesThereAndBack) {
  for (const auto& [n_fft, hop] : kSizes) {
    for (const int n : {0, 1, 2, n_fft - 1, n_fft, n_fft + 1, 5 * n_fft + 3}) {
      const StftSettings s = sized(n_fft, hop);
      const std::vector<float> x = noise(n, 11);
      EXPECT_LT(relative_error(synthesise(*backend_, s, analyse(*backend_, s, x), n), x), 2e-6)
          << n_fft << "/" << hop << " of " << n;
    }
  }
}

TEST_P(OverlapAdd, WindowsAndWinLengthsGoThereAndBack) {
  for (const Window window : {Window::Hann, Window::Hamming, Window::Blackman, Window::BlackmanHarris, Window::Gaussian,
                              Window::Kaiser, Window::Rectangular}) {
    StftSettings s = sized(512, 100);
    s.win_length = 400;
    s.window = window;
    s.window_parameter = window == Window::Gaussian ? 0.15 : 8.0;
    ASSERT_NO_THROW(validate(s)) << to_string(window);
    const std::vector<float> x = noise(3000, 13);
    EXPECT_LT(relative_error(synthesise(*backend_, s, analyse(*backend_, s, x), 3000), x), 3e-6) << to_string(window);
  }
}

TEST_P(OverlapAdd, UncentredFramesRecoverAllButTheVeryEnds) {
  StftSettings s = sized(512, 128);
  s.center = false;
  const std::vector<float> x = noise(5000, 17);
  const std::vector<float> y = synthesise(*backend_, s, analyse(*backend_, s, x), 5000);
  for (std::size_t i = 32; i < x.size() - 32; ++i) ASSERT_NEAR(y[i], x[i], 2e-5) << i;
  for (const float v : y) ASSERT_LT(std::abs(v), 0.6F);  // tame at the ends too
}

}  // namespace
}  // namespace spectrohue::test
