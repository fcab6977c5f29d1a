// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage fft, against a naive DFT in double.
#include <gtest/gtest.h>

#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

class Fft : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(Fft);

TEST_P(Fft, ForwardEqualsTheNaiveDft) {
  for (const auto& [n_fft, hop] : kSizes) {
    const StftSettings s = sized(n_fft, hop);
    ASSERT_NO_THROW(validate(s)) << n_fft;
    const std::vector<float> x = noise(3 * n_fft + 11, 5);
    const std::vector<Complex> spectrum = analyse(*backend_, s, x);
    const std::vector<double> window = make_window(s);
    const std::int64_t n_frames = s.n_frames(x.size());
    for (const std::int64_t t : {std::int64_t{0}, n_frames / 2, n_frames - 1}) {
      const Spectrum expected = frame_spectrum(x, s, window, t);
      EXPECT_LT(relative_error(std::span(spectrum).subspan(t * s.n_bins(), s.n_bins()), expected), 4e-7)
          << "n_fft " << n_fft << " hop " << hop << " frame " << t;
    }
  }
}

TEST_P(Fft, DcAndNyquistAreExactlyReal) {
  for (const int n_fft : {64, 105, 400}) {
    const StftSettings s = sized(n_fft, n_fft / 5);
    const std::vector<Complex> spectrum = analyse(*backend_, s, noise(1000));
    for (std::size_t t = 0; t < spectrum.size() / s.n_bins(); ++t) {
      EXPECT_EQ(spectrum[t * s.n_bins()].imag(), 0.0F);
      if (n_fft % 2 == 0) {
        EXPECT_EQ(spectrum[t * s.n_bins() + n_fft / 2].imag(), 0.0F);
      }
    }
  }
}

}  // namespace
}  // namespace spectrohue::test
