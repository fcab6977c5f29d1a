// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Closed-loop quantisation: choosing codes so that the rounding errors of overlapping frames cancel in the decoded
// sound. docs/closed-loop.md derives it; the decoder is the same as ever.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "cpu/lane_kernels.h"
#include "cpu/parts.h"
#include "cpu/transform.h"
#include "spectrohue/backend.h"
#include "spectrohue/buffer.h"

namespace spectrohue::cpu {

/// One signal at a time; keeps its memory (about three times the signal's) between them.
class ClosedLoop {
 public:
  /// Uses the transform's threads; both must live as long.
  ClosedLoop(const LaneKernels& kernels, const Transform& transform);

  /// Plain rounding and decoding of the same item, for the comparison below.
  struct OpenLoop {
    std::function<void()> encode;
    std::function<void(std::span<float>)> decode;
  };

  /// Writes all pixels of the item: the feedback pass, then `sweeps` descent sweeps. Where feedback does badly (it can
  /// run away when the reference clips), plain rounding is tried and the better picture is the one that is kept.
  void run(const TileCode& code, const EncodeItem& item, int sweeps, const OpenLoop& open_loop);

 private:
  /// A part of a sweep's change that falls on samples which the part before it still adds to; added afterwards, so that
  /// every sum has the order of the frames.
  struct Deferred {
    std::int64_t position;
    std::vector<float> change;
  };

  void load_signal(std::span<const float> signal);
  void feedback(const TileCode& code, const EncodeItem& item);
  void feedback_block(const TileCode& code, const EncodeItem& item, std::int64_t first, std::int64_t chain, int part);
  void sweep(const TileCode& code, const EncodeItem& item, int index);
  void drain(float* ring, int lane, int slot, int count, std::int64_t position);
  Range movable_frames(std::int64_t n_samples, std::int64_t n_frames) const;
  void forget_errors_outside(std::int64_t n_samples);
  double error_energy(std::int64_t n_samples) const;

  const LaneKernels& kernels_;
  const Transform& transform_;
  std::vector<float> correction_;  // [n_fft]
  float step_;
  Buffer<float> signal_;              // padded: what the frames see, [(n_frames - 1) hop + n_fft]
  Buffer<float> error_;               // the decoder's error times the sum of squared windows, at the same positions
  Buffer<float> before_;              // error_ before a sweep
  std::vector<Buffer<float>> rings_;  // one a thread, [n_fft][lanes]
};

}  // namespace spectrohue::cpu
