// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage fft, against a naive DFT in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

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

TEST_P(Fft, PeakIsTheLargestMagnitudeWhereverItIs) {
  // What rises slowly has its peak in the last frames, which a backend may pass over only if they cannot hold it. Of
  // all sounds, DC and the Nyquist frequency have the largest bin for their energy.
  for (const int n_fft : {64, 105, 400}) {
    for (const double cycles_per_sample : {0.0, 0.5, 0.23}) {
      for (const float amplitude : {1.0F, 1e-22F}) {
        const StftSettings s = sized(n_fft, n_fft / 4);
        std::vector<float> x(static_cast<std::size_t>(100) * n_fft);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const double t = static_cast<double>(i);
          x[i] = amplitude *
                 static_cast<float>((1 + 1e-4 * t / n_fft) * std::cos(2 * std::numbers::pi * cycles_per_sample * t));
        }
        float largest = 0;
        for (const Complex& bin : analyse(*backend_, s, x)) {
          largest = std::max(largest, bin.real() * bin.real() + bin.imag() * bin.imag());
        }
        const PeakItem item{x, 0, s.n_frames(std::ssize(x))};
        float peak = -1;
        backend_->peak(s, {&item, 1}, {&peak, 1});
        EXPECT_EQ(peak, std::sqrt(largest)) << n_fft << ", " << cycles_per_sample << ", " << amplitude;
      }
    }
  }
}

}  // namespace
}  // namespace spectrohue::test
