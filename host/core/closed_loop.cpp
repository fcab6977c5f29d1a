// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/closed_loop.h"

#include <algorithm>
#include <cmath>

namespace spectrohue {

namespace {

/// Keeps the correction finite where hardly any window is left to carry it.
constexpr double kDamping = 1e-4;

/// A sweep lessens the error before the decoder divides it by the sum of squared windows. Where that sum is below this
/// share of its largest, the two are not the same thing, and frames that hold such a sample are left as they are.
constexpr float kLeastWindowSum = 0.3F;

}  // namespace

ClosedLoopTables::ClosedLoopTables(const StftSettings& s) {
  const std::vector<double> window = make_window(s);
  double energy = 0;
  for (int i = 0; i < s.n_fft; ++i) {
    // What this frame and those after it weigh a sample with: each cancels its share.
    double remaining = 0;
    for (int j = i; j >= 0; j -= s.hop_length) remaining += window[j] * window[j];
    correction.push_back(static_cast<float>(window[i] / (remaining + kDamping)));
    energy += window[i] * window[i];
  }
  step = static_cast<float>(s.n_fft / energy);
}

Stretch LoopColumns::sound(const StftSettings& s) const {
  const std::int64_t size = n_positions(s);
  return {std::clamp<std::int64_t>(-start(s), 0, size), std::clamp<std::int64_t>(n_samples - start(s), 0, size)};
}

std::int64_t chain_length(std::int64_t n_frames, const StftSettings& s) {
  constexpr std::int64_t kLongest = 128;
  constexpr std::int64_t kShortest = 64;
  constexpr std::int64_t kLanes = 16;
  // Longer than two frames overlap, so that no more than two chains meet in a sample.
  const std::int64_t meeting = 2 * ((s.n_fft + s.hop_length - 1) / s.hop_length);
  return std::max(meeting, std::clamp((n_frames + kLanes - 1) / kLanes, kShortest, kLongest));
}

std::int64_t sweep_stride(const StftSettings& s) {
  // Moves that overlap much at the same time would overshoot together.
  return std::max(1, (s.n_fft + 2 * s.hop_length - 1) / (2 * s.hop_length));
}

Stretch movable_columns(const StftTables& tables, const LoopColumns& columns) {
  const StftSettings& s = tables.settings;
  const std::int64_t n_frames = s.n_frames(columns.n_samples);
  const float least = kLeastWindowSum * *std::max_element(tables.window_sum.begin(), tables.window_sum.end());
  if (*std::min_element(tables.window_sum.begin(), tables.window_sum.end()) < least) return {0, 0};
  // Positions of the whole sound that enough frames hold: from the first such one to the last.
  std::int64_t first = s.padding();
  std::int64_t last = s.padding() + columns.n_samples;
  const std::int64_t first_limit = std::min<std::int64_t>(last, first + s.n_fft);
  while (first < first_limit && tables.window_sum_at(first, n_frames) < least) ++first;
  while (last > first && tables.window_sum_at(last - 1, n_frames) < least) --last;
  Stretch frames{0, n_frames};
  if (first > s.padding() || last < s.padding() + columns.n_samples) {
    frames.first = (first + s.hop_length - 1) / s.hop_length;
    frames.last = last >= s.n_fft ? (last - s.n_fft) / s.hop_length + 1 : 0;
  }
  const auto column = [&](std::int64_t frame) {
    return std::clamp<std::int64_t>(frame - columns.first_frame, 0, columns.n_frames);
  };
  return {column(frames.first), std::max(column(frames.first), column(frames.last))};
}

double suspicious_error(double top) { return std::pow(10.0, -(top < 256 ? 52.0 : 100.0) / 10); }

}  // namespace spectrohue
