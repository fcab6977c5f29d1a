// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/sines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "core/counter_hash.h"

namespace spectrohue::synth {

namespace {

/// Samples that are made side by side. The bits do not depend on what the processor has for it: + - * only.
constexpr int kLanes = 8;
using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;

/// Samples after which a sine is taken from its exact phase again; until then rounding adds up to less than -100 dB.
constexpr std::int64_t kBlock = 1024;

/// Neighbouring samples between the same two columns.
struct Stretch {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t left = 0;  ///< column
  std::int64_t right = 0;
  double weight = 0;  ///< of the right one, at the first sample
  double weight_step = 0;
};

class Sine {
 public:
  Sine(int row, double cycles_per_sample, double start_cycles)
      : row_(row), cycles_per_sample_(cycles_per_sample), start_cycles_(start_cycles) {
    for (int lane = 0; lane <= kLanes; ++lane) {
      const double angle = 2 * std::numbers::pi * cycles_per_sample * lane;
      cos_[lane] = static_cast<float>(std::cos(angle));
      sin_[lane] = static_cast<float>(std::sin(angle));
    }
  }

  int row() const { return row_; }

  /// Adds to `out`, which has room for whole lanes, the samples from `first` on.
  void add(std::int64_t first, std::int64_t count, float amplitude, float amplitude_step, float* out) const {
    const double cycles = start_cycles_ + cycles_per_sample_ * static_cast<double>(first);
    const double angle = 2 * std::numbers::pi * (cycles - std::floor(cycles));
    const auto re = static_cast<float>(std::cos(angle));
    const auto im = static_cast<float>(std::sin(angle));
    Lanes cosines;
    Lanes sines;
    Lanes amplitudes;
    for (int lane = 0; lane < kLanes; ++lane) {
      cosines[lane] = re * cos_[lane] - im * sin_[lane];
      sines[lane] = re * sin_[lane] + im * cos_[lane];
      amplitudes[lane] = amplitude + amplitude_step * static_cast<float>(lane);
    }
    const float turn_cos = cos_[kLanes];
    const float turn_sin = sin_[kLanes];
    const float rise = amplitude_step * kLanes;
    for (std::int64_t i = 0; i < count; i += kLanes) {
      Lanes sum;
      std::memcpy(&sum, out + i, sizeof sum);
      sum += amplitudes * cosines;
      std::memcpy(out + i, &sum, sizeof sum);
      const Lanes turned = cosines * turn_cos - sines * turn_sin;
      sines = cosines * turn_sin + sines * turn_cos;
      cosines = turned;
      amplitudes += rise;
    }
  }

 private:
  int row_;
  double cycles_per_sample_;
  double start_cycles_;
  std::array<float, kLanes + 1> cos_{};  // of the angle that it goes on by in so many samples
  std::array<float, kLanes + 1> sin_{};
};

std::vector<Sine> sines_of(const Score& score, std::uint64_t seed) {
  std::vector<Sine> sines;
  for (int row = 0; row < score.n_rows; ++row) {
    const double cycles = score.axis.hz(row) / score.sample_rate;
    if (cycles > 0 && cycles < 0.5) sines.emplace_back(row, cycles, unit_number(seed, static_cast<std::uint64_t>(row)));
  }
  return sines;
}

/// Of the samples from `first` on, as many as lie between the same columns, up to kBlock.
Stretch stretch_at(const Score& score, std::int64_t first) {
  const std::int64_t last = score.n_columns - 1;
  const double place = (static_cast<double>(first) - score.time.first) / score.time.step;
  const auto reached = [&](std::int64_t column) {
    return static_cast<std::int64_t>(std::ceil(score.time.first + static_cast<double>(column) * score.time.step));
  };
  Stretch stretch;
  stretch.first = first;
  std::int64_t end = score.n_samples;
  if (place < 0) {
    end = reached(0);
  } else if (place >= static_cast<double>(last)) {
    stretch.left = stretch.right = last;
  } else {
    stretch.left = static_cast<std::int64_t>(place);
    stretch.right = stretch.left + 1;
    stretch.weight = place - static_cast<double>(stretch.left);
    stretch.weight_step = 1 / score.time.step;
    end = reached(stretch.right);
  }
  stretch.count = std::clamp<std::int64_t>(std::min(end, score.n_samples) - first, 1, kBlock);
  return stretch;
}

void add_stretch(const Score& score, const std::vector<Sine>& sines, const Stretch& stretch, int channel, float* out) {
  std::array<float, kBlock> sum{};
  const std::span<const float> left = score.column(channel, stretch.left);
  const std::span<const float> right = score.column(channel, stretch.right);
  for (const Sine& sine : sines) {
    const float from = left[sine.row()];
    const float change = right[sine.row()] - from;
    if (from == 0 && change == 0) continue;
    sine.add(stretch.first, stretch.count, from + change * static_cast<float>(stretch.weight),
             change * static_cast<float>(stretch.weight_step), sum.data());
  }
  for (std::int64_t i = 0; i < stretch.count; ++i) out[i] += sum[i];
}

}  // namespace

void add_sines(const Score& score, std::uint64_t seed, Audio& audio) {
  const std::vector<Sine> sines = sines_of(score, seed);
  std::int64_t first = 0;
  while (first < score.n_samples) {
    const Stretch stretch = stretch_at(score, first);
    for (int c = 0; c < score.channels; ++c) {
      add_stretch(score, sines, stretch, c, audio.channel(c).data() + first);
    }
    first += stretch.count;
  }
}

}  // namespace spectrohue::synth
