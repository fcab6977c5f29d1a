// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What stands around the library's transform in the stage `fft`; fft.cu launches it.
#pragma once

#include "kernels/launch_shape.h"

namespace spectrohue::cuda {

/// A complex bin; laid out as std::complex<float> and cufftComplex.
struct alignas(8) Bin {
  float re;
  float im;
};

struct RealBinsArgs {
  Bin* spectrum = nullptr;  ///< [n_frames, n_fft / 2 + 1]
  std::int64_t n_frames = 0;
  int n_fft = 0;
};

/// One thread a frame.
inline LaunchShape real_bins_launch(const RealBinsArgs& a) {
  const unsigned threads = block_threads(a.n_frames);
  return {{static_cast<unsigned>(ceil_div(a.n_frames, threads))}, {threads}};
}

/// Makes DC, and Nyquist where there is one, exactly real: after a forward transform because the interface says so,
/// before an inverse one because what is in their imaginary parts must not count, which the library does not promise.
SPECTROHUE_HD void real_bins_thread(const RealBinsArgs& a, const ThreadIndex& at, unsigned threads) {
  const std::int64_t frame = static_cast<std::int64_t>(at.block.x) * threads + at.thread.x;
  if (frame >= a.n_frames) return;
  Bin* bins = a.spectrum + frame * (a.n_fft / 2 + 1);
  bins[0].im = 0.0F;
  if (a.n_fft % 2 == 0) bins[a.n_fft / 2].im = 0.0F;
}

}  // namespace spectrohue::cuda
