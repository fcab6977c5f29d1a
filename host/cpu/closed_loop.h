// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Closed-loop quantisation: choosing codes so that the rounding errors of overlapping frames cancel in the decoded
// sound. docs/closed-loop.md derives it; the decoder is the same as ever.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/closed_loop.h"
#include "cpu/lane_kernels.h"
#include "cpu/parts.h"
#include "cpu/transform.h"
#include "spectrohue/backend.h"
#include "spectrohue/buffer.h"

namespace spectrohue::cpu {

/// One signal at a time; keeps its memory (as many floats as the signal has samples) between them.
class ClosedLoop {
 public:
  /// Uses the transform's threads; both must live as long.
  ClosedLoop(const LaneKernels& kernels, const Transform& transform);

  /// Plain rounding and decoding of the same item, for the comparison below.
  struct OpenLoop {
    std::function<void()> encode;
    std::function<void(std::span<float>)>
        decode;  ///< to the samples under the item's frames, from the first one's start
  };

  /// Writes all pixels of the item: the feedback pass, then `sweeps` descent sweeps. Where feedback does badly (it can
  /// run away when the reference clips), plain rounding is tried and the better picture is the one that is kept.
  void run(const TileCode& code, const EncodeItem& item, int sweeps, const OpenLoop& open_loop);

 private:
  /// What one thread needs.
  struct Memory {
    Buffer<float> ring;  ///< [n_fft][lanes] see FeedbackTile
    Buffer<float> rows;  ///< [lanes][n_fft]
    Buffer<float> head;  ///< [n_fft] errors of a part's first frame, then its change of those it shares
  };
  /// Frames phase, phase + stride, ... are moved, in every second bin.
  struct Sweep {
    std::int64_t phase;
    std::int64_t stride;
    int parity;
  };

  void feedback(const TileCode& code, const EncodeItem& item);
  void feedback_block(const TileCode& code, const EncodeItem& item, std::int64_t first, std::int64_t chain, int part);
  void drain(float* ring, int lane, int slot, int count, std::int64_t position);
  void measure_error(const EncodeItem& item, const std::function<void(std::span<float>)>& decode);
  bool replace_by_open_loop(const EncodeItem& item, double error, const OpenLoop& open_loop);
  void sweep(const TileCode& code, const EncodeItem& item, int index);
  void sweep_part(const TileCode& code, const EncodeItem& item, const Sweep& sweep, Range moves,
                  std::int64_t shared_end, int part);
  void add_change(const float* change, std::int64_t start, std::int64_t begin, std::int64_t end);
  template <class Sum>
  double sum_blocks(std::int64_t n, Sum&& sum) const;
  double signal_energy(const EncodeItem& item) const;
  double error_energy(const EncodeItem& item) const;

  const LaneKernels& kernels_;
  const Transform& transform_;
  ClosedLoopTables tables_;
  /// What the decoder's sum of windowed frames is off by, [(n_frames - 1) hop + n_fft]; that is the decoded sound's
  /// error times the sum of squared windows.
  Buffer<float> error_;
  Stretch sound_;  // the positions of error_ that are the sound's, not its padding
  std::vector<Memory> threads_;
};

}  // namespace spectrohue::cpu
