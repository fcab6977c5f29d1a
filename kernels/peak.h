// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a thread of the stage `peak` does; peak.cu launches it.
#pragma once

#include "kernels/fft.h"
#include "kernels/launch_shape.h"
#include "kernels/pixels.h"
#include "kernels/slots.h"

namespace spectrohue::cuda {

struct PeakArgs {
  SlotView slot;
  int n_bins = 0;
  const Bin* spectrum = nullptr;  ///< [slot.n_frames, n_bins]
  const float* gains = nullptr;   ///< [n_bins] BinGains; null: 1
  /// [items] bit patterns of the largest re^2 + im^2 so far. Floats that are not negative are ordered as their
  /// patterns are, and a maximum does not depend on its order: an integer atomic is exact.
  std::int32_t* power_bits = nullptr;
};

/// One block a frame.
inline LaunchShape peak_launch(const PeakArgs& a) {
  return {{static_cast<unsigned>(a.slot.n_frames)}, {block_threads(a.n_bins)}};
}

/// The largest pattern among a thread's share of the bins. NaN does not count.
SPECTROHUE_HD std::int32_t peak_thread(const PeakArgs& a, const ThreadIndex& at, unsigned threads) {
  float largest = 0.0F;
  for (std::int64_t bin = at.thread.x; bin < a.n_bins; bin += threads) {
    const std::int64_t place = static_cast<std::int64_t>(at.block.x) * a.n_bins + bin;
    const Bin x = weigh(a.gains, static_cast<int>(bin), a.spectrum[place]);
    largest = math::max(x.re * x.re + x.im * x.im, largest);
  }
  return math::to_bits(largest);
}

}  // namespace spectrohue::cuda
