// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Indices of the stages `frames` and `overlap_add`: which sample a frame holds where, and which frames hold a sample.
#pragma once

#include "math/hd.h"
#include "spectrohue/signal.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// Index i of a signal of n > 0 samples that is mirrored at both ends without repeating its end samples, any number
/// of times over: ... 2 1 [0 1 2 3] 2 1 0 1 ... One sample repeats itself.
SPECTROHUE_HD std::int64_t reflect_index(std::int64_t i, std::int64_t n) {
  if (n == 1) return 0;
  const std::int64_t period = 2 * (n - 1);
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - i;
}

/// 16-bit samples as the floats that Signal makes of them.
struct ShortSamples {
  const std::int16_t* data;
  SPECTROHUE_HD float operator[](std::int64_t i) const { return static_cast<float>(data[i]) * kShortStep; }
};

/// The sample that a frame sees at index i of a signal of n samples, i possibly outside of it. `signal` is a pointer,
/// or anything else with an index.
template <class Signal>
SPECTROHUE_HD float padded_sample(const Signal& signal, std::int64_t n, std::int64_t i, bool reflect) {
  if (i >= 0 && i < n) return signal[i];
  if (!reflect || n == 0) return 0.0F;
  return signal[reflect_index(i, n)];
}

/// Where sample i of a frame stands in the FFT's input: the frame is rotated so that its centre comes first, which
/// measures phase at the centre (the same as multiplying bin k by (-1)^k when n_fft is even).
SPECTROHUE_HD int rotated(int i, int n_fft) {
  const int centre = n_fft / 2;
  return i >= centre ? i - centre : i + n_fft - centre;
}

/// The frames [first, last] that hold a sample; `position` is its index + padding.
struct FrameRange {
  std::int64_t first;
  std::int64_t last;
};
SPECTROHUE_HD FrameRange frames_holding(std::int64_t position, int n_fft, int hop, std::int64_t n_frames) {
  const std::int64_t first = position < n_fft ? 0 : (position - n_fft) / hop + 1;
  const std::int64_t last = position / hop;
  return {first, last < n_frames ? last : n_frames - 1};
}

/// True where every frame that could hold a position exists: its sum of squared windows depends on position % hop
/// alone.
SPECTROHUE_HD bool all_frames_exist(std::int64_t position, int n_fft, int hop, std::int64_t n_frames) {
  return position >= n_fft && position / hop < n_frames;
}

/// The end of weighted overlap-add (Griffin & Lim 1984): sum of window * frame over sum of window^2, both summed in
/// the order of the frames. `floor` keeps the division tame where uncentred frames barely hold a sample.
SPECTROHUE_HD float overlap_add_quotient(float sum, float window_sum, float floor) {
  return sum / (window_sum > floor ? window_sum : floor);
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
