// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/closed_loop.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "cpu/parts.h"
#include "math/frames.h"

namespace spectrohue::cpu {

namespace {

/// Keeps the correction finite where hardly any window is left to carry it.
constexpr double kDamping = 1e-4;

/// Frames that follow one another in a feedback chain. Chains are independent and run side by side in the lanes; each
/// begin costs a little quality, so long sounds use long ones. Depends on the sound alone, so that the picture does.
std::int64_t chain_length(std::int64_t n_frames, const StftSettings& s) {
  constexpr std::int64_t kLongest = 128;
  constexpr std::int64_t kShortest = 64;
  constexpr std::int64_t kLanes = 16;
  // Longer than two frames overlap, so that no more than two chains meet in a sample: two addends have no order.
  const std::int64_t meeting = 2 * ((s.n_fft + s.hop_length - 1) / s.hop_length);
  return std::max(meeting, std::clamp((n_frames + kLanes - 1) / kLanes, kShortest, kLongest));
}

/// A sweep lessens the error before the decoder divides it by the sum of squared windows. Where that sum is below this
/// share of its largest, the two are not the same thing, and frames that hold such a sample are left as they are.
constexpr float kLeastWindowSum = 0.3F;

/// Frames of a sweep that make it worth to start a thread for them.
constexpr std::int64_t kLeastMovesAThread = 256;

/// Below this, feedback is suspected to have gone wrong: plain rounding reaches about that much.
double suspicious_snr_db(const TileCode& code) { return code.bits == 8 ? 52 : 100; }

}  // namespace

ClosedLoop::ClosedLoop(const LaneKernels& kernels, const Transform& transform)
    : kernels_(kernels), transform_(transform) {
  const StftSettings& s = transform.tables.settings;
  const std::vector<double> window = make_window(s);
  double energy = 0;
  for (int i = 0; i < s.n_fft; ++i) {
    // What this frame and those after it weigh a sample with: each cancels its share.
    double remaining = 0;
    for (int j = i; j >= 0; j -= s.hop_length) remaining += window[j] * window[j];
    correction_.push_back(static_cast<float>(window[i] / (remaining + kDamping)));
    energy += window[i] * window[i];
  }
  step_ = static_cast<float>(s.n_fft / energy);
  rings_.resize(transform.scratch.size());
  for (Buffer<float>& ring : rings_) ring.resize(static_cast<std::size_t>(s.n_fft) * kernels.lanes);
}

void ClosedLoop::run(const TileCode& code, const EncodeItem& item, int sweeps, const OpenLoop& open_loop) {
  const StftTables& tables = transform_.tables;
  const auto n = static_cast<std::int64_t>(item.signal.size());
  load_signal(item.signal);
  feedback(code, item);
  forget_errors_outside(n);

  double energy = 0;
  for (const float x : item.signal) energy += static_cast<double>(x) * x;
  const double error = error_energy(n);
  if (error > energy * std::pow(10.0, -suspicious_snr_db(code) / 10)) {
    Buffer<float> decoded(item.signal.size());
    open_loop.encode();
    open_loop.decode(decoded.span());
    double plain = 0;
    for (std::int64_t i = 0; i < n; ++i) plain += std::pow(static_cast<double>(decoded[i]) - item.signal[i], 2);
    if (plain <= error) {
      const std::int64_t padding = tables.settings.padding();
      for (std::int64_t i = 0; i < n; ++i) {
        error_[padding + i] = (decoded[i] - item.signal[i]) * tables.window_sum_at(padding + i, item.plane.n_frames);
      }
    } else {
      feedback(code, item);
      forget_errors_outside(n);
    }
  }
  for (int i = 0; i < sweeps; ++i) sweep(code, item, i);
}

void ClosedLoop::load_signal(std::span<const float> signal) {
  const StftSettings& s = transform_.tables.settings;
  const auto n = static_cast<std::int64_t>(signal.size());
  const std::int64_t length = (s.n_frames(n) - 1) * s.hop_length + s.n_fft;
  signal_.resize(static_cast<std::size_t>(length));
  for (std::int64_t i = 0; i < length; ++i) {
    signal_[i] = math::padded_sample(signal.data(), n, i - s.padding(), s.pad_mode == PadMode::Reflect);
  }
  error_.resize(signal_.size());
  before_.resize(signal_.size());
}

void ClosedLoop::feedback(const TileCode& code, const EncodeItem& item) {
  const std::int64_t n_frames = item.plane.n_frames;
  const std::int64_t chain = chain_length(n_frames, transform_.tables.settings);
  const std::int64_t block = chain * kernels_.lanes;
  const std::int64_t n_blocks = (n_frames + block - 1) / block;
  std::fill(error_.begin(), error_.end(), 0.0F);
  // Neighbouring blocks meet in some samples: first every other one, then those between.
  for (std::int64_t odd = 0; odd < 2; ++odd) {
    const std::int64_t count = (n_blocks + 1 - odd) / 2;
    const int parts = count_parts(count, 1, transform_.threads());
    run_parts(parts, [&](int part) {
      const Range range = part_of(count, 1, part, parts);
      for (std::int64_t i = range.first; i < range.last; ++i) {
        feedback_block(code, item, (2 * i + odd) * block, chain, part);
      }
    });
  }
}

/// W chains side by side, the first beginning with frame `first`.
void ClosedLoop::feedback_block(const TileCode& code, const EncodeItem& item, std::int64_t first, std::int64_t chain,
                                int part) {
  const int n_fft = transform_.tables.settings.n_fft;
  const int hop = transform_.tables.settings.hop_length;
  const int lanes = kernels_.lanes;
  const std::int64_t n_frames = item.plane.n_frames;
  const std::int64_t pixel_bytes = 3 * code.bits / 8;
  Buffer<float>& ring = rings_[part];
  std::fill(ring.begin(), ring.end(), 0.0F);
  std::vector<const float*> rows(static_cast<std::size_t>(lanes));

  int base = 0;
  for (std::int64_t t = 0; t < chain && first + t < n_frames; ++t) {
    // Lane l is at frame first + l chain + t; those that exist come first.
    const auto valid = static_cast<int>(std::min<std::int64_t>(lanes, (n_frames - 1 - first - t) / chain + 1));
    for (int l = 0; l < lanes; ++l) {
      rows[l] = signal_.data() + (first + (l < valid ? l : 0) * chain + t) * hop;
    }
    FeedbackTile tile{};
    tile.rows = rows.data();
    tile.correction = correction_.data();
    tile.ring = ring.data();
    tile.base = base;
    tile.ref = item.ref;
    tile.inverse_ref = 1.0F / item.ref;
    tile.pixels = {item.plane.data + (first + t) * pixel_bytes, item.plane.row_bytes, chain * pixel_bytes, valid};
    kernels_.feedback(transform_.tile, code, tile, transform_.scratch[part]->work.data());
    for (int l = 0; l < valid; ++l) {
      const std::int64_t frame = first + l * chain + t;
      const bool ends = t + 1 == chain || frame + 1 == n_frames;
      drain(ring.data(), l, base, ends ? n_fft : hop, frame * hop);
    }
    base = (base + hop) % n_fft;
  }
}

/// Takes `count` samples from `slot` on out of a lane's ring: they are final as far as this chain goes.
void ClosedLoop::drain(float* ring, int lane, int slot, int count, std::int64_t position) {
  const int lanes = kernels_.lanes;
  float* error = error_.data() + position;
  for (int i = 0; i < count; ++i) {
    float& value = ring[static_cast<std::int64_t>(slot) * lanes + lane];
    error[i] += value;
    value = 0.0F;
    if (++slot == transform_.tables.settings.n_fft) slot = 0;
  }
}

void ClosedLoop::sweep(const TileCode& code, const EncodeItem& item, int index) {
  const StftSettings& s = transform_.tables.settings;
  const int lanes = kernels_.lanes;
  const std::int64_t n_frames = item.plane.n_frames;
  const auto n = static_cast<std::int64_t>(item.signal.size());
  // One pixel in 2 x stride: moves that overlap much at the same time would overshoot together.
  const std::int64_t stride = std::max(1, (s.n_fft + 2 * s.hop_length - 1) / (2 * s.hop_length));
  const Range movable = movable_frames(n, n_frames);
  const std::int64_t phase = movable.first + index / 2 % stride;
  const std::int64_t count = phase < movable.last ? (movable.last - 1 - phase) / stride + 1 : 0;
  const std::int64_t pixel_bytes = 3 * code.bits / 8;
  if (count == 0) return;
  std::copy(error_.begin(), error_.end(), before_.begin());

  const int parts = count_parts(count, kLeastMovesAThread, transform_.threads());
  std::vector<std::vector<Deferred>> deferred(static_cast<std::size_t>(parts));
  run_parts(parts, [&](int part) {
    const Range range = part_of(count, lanes, part, parts);
    Scratch& scratch = *transform_.scratch[part];
    std::vector<const float*> rows(static_cast<std::size_t>(lanes));
    // Samples before this one the part before adds to.
    const std::int64_t mine =
        range.first > 0 ? (phase + (range.first - 1) * stride) * s.hop_length + s.n_fft : std::int64_t{0};
    for (std::int64_t i = range.first; i < range.last; i += lanes) {
      const auto valid = static_cast<int>(std::min<std::int64_t>(lanes, range.last - i));
      const std::int64_t first = phase + i * stride;
      for (int l = 0; l < lanes; ++l) {
        rows[l] = before_.data() + (first + (l < valid ? l : 0) * stride) * s.hop_length;
      }
      SweepTile tile{};
      tile.rows = rows.data();
      tile.parity = index % 2;
      tile.step = step_;
      tile.ref = item.ref;
      tile.inverse_ref = 1.0F / item.ref;
      tile.pixels = {item.plane.data + first * pixel_bytes, item.plane.row_bytes, stride * pixel_bytes, valid};
      kernels_.sweep(transform_.tile, code, tile, scratch.work.data(), scratch.frames.data());
      for (int l = 0; l < valid; ++l) {
        const std::int64_t start = (first + l * stride) * s.hop_length;
        const std::int64_t begin = std::max<std::int64_t>(start, s.padding());
        const std::int64_t end = std::min<std::int64_t>(start + s.n_fft, s.padding() + n);
        const float* change = scratch.frames.data() + static_cast<std::int64_t>(l) * s.n_fft;
        const std::int64_t border = std::clamp(mine, begin, std::max(begin, end));
        if (begin < border) deferred[part].push_back({begin, {change + (begin - start), change + (border - start)}});
        for (std::int64_t p = border; p < end; ++p) error_[p] += change[p - start];
      }
    }
  });
  for (const std::vector<Deferred>& list : deferred) {
    for (const Deferred& d : list) {
      for (std::size_t i = 0; i < d.change.size(); ++i) error_[d.position + i] += d.change[i];
    }
  }
}

/// The frames that sweeps may change: all, as a rule; not those at the ends of uncentred sounds, and none where hops
/// are so long that the windows hardly meet.
Range ClosedLoop::movable_frames(std::int64_t n_samples, std::int64_t n_frames) const {
  const StftTables& tables = transform_.tables;
  const StftSettings& s = tables.settings;
  const float least = kLeastWindowSum * *std::max_element(tables.window_sum.begin(), tables.window_sum.end());
  if (*std::min_element(tables.window_sum.begin(), tables.window_sum.end()) < least) return {0, 0};
  // Positions of the sound that enough frames hold: from the first such one to the last.
  std::int64_t first = s.padding();
  std::int64_t last = s.padding() + n_samples;
  const std::int64_t first_limit = std::min<std::int64_t>(last, first + s.n_fft);
  while (first < first_limit && tables.window_sum_at(first, n_frames) < least) ++first;
  while (last > first && tables.window_sum_at(last - 1, n_frames) < least) --last;
  if (first > s.padding() || last < s.padding() + n_samples) {
    const std::int64_t begin = (first + s.hop_length - 1) / s.hop_length;
    const std::int64_t end = last >= s.n_fft ? (last - s.n_fft) / s.hop_length + 1 : 0;
    return {begin, std::clamp(end, begin, n_frames)};
  }
  return {0, n_frames};
}

/// What lies outside the sound is dropped by the decoder.
void ClosedLoop::forget_errors_outside(std::int64_t n_samples) {
  const std::int64_t padding = transform_.tables.settings.padding();
  std::fill_n(error_.begin(), padding, 0.0F);
  std::fill(error_.begin() + padding + n_samples, error_.end(), 0.0F);
}

double ClosedLoop::error_energy(std::int64_t n_samples) const {
  const StftTables& tables = transform_.tables;
  const StftSettings& s = tables.settings;
  const std::int64_t n_frames = s.n_frames(n_samples);
  double energy = 0;
  for (std::int64_t i = 0; i < n_samples; ++i) {
    const std::int64_t position = i + s.padding();
    const bool inside = position >= s.n_fft && position / s.hop_length < n_frames;
    const float sum = inside ? tables.window_sum[static_cast<std::size_t>(position % s.hop_length)]
                             : tables.window_sum_at(position, n_frames);
    const double error = math::overlap_add_quotient(error_[position], sum, tables.window_sum_floor);
    energy += error * error;
  }
  return energy;
}

}  // namespace spectrohue::cpu
