// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Closed-loop quantisation: choosing codes so that the rounding errors of overlapping frames cancel in the decoded
// sound. docs/closed-loop.md derives it; the decoder is the same as ever.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/stft_tables.h"
#include "cpu/lane_kernels.h"
#include "spectrohue/backend.h"
#include "spectrohue/buffer.h"

namespace spectrohue::cpu {

/// One signal at a time; keeps its memory (about three times the signal's) between them.
class ClosedLoop {
 public:
  ClosedLoop(const LaneKernels& kernels, const StftTables& tables, const TileTables& tile);

  /// Plain rounding and decoding of the same item, for the comparison below.
  struct OpenLoop {
    std::function<void()> encode;
    std::function<void(std::span<float>)> decode;
  };

  /// Writes all pixels of the item: the feedback pass, then `sweeps` descent sweeps. Where feedback does badly (it can
  /// run away when the reference clips), plain rounding is tried and the better picture is the one that is kept.
  /// `work` and `frames` are as the lane kernels want them.
  void run(const TileCode& code, const EncodeItem& item, int sweeps, const OpenLoop& open_loop, float* work,
           float* frames);

 private:
  void load_signal(std::span<const float> signal);
  void feedback(const TileCode& code, const EncodeItem& item, float* work);
  void sweep(const TileCode& code, const EncodeItem& item, int index, float* work, float* frames);
  void drain(int lane, int slot, int count, std::int64_t position);
  void forget_errors_outside(std::int64_t n_samples);
  double error_energy(std::int64_t n_samples) const;

  const LaneKernels& kernels_;
  const StftTables& tables_;
  const TileTables& tile_;
  std::vector<float> correction_;  // [n_fft]
  float step_;
  Buffer<float> signal_;  // padded: what the frames see, [(n_frames - 1) hop + n_fft]
  Buffer<float> error_;   // the decoder's error times the sum of squared windows, at the same positions
  Buffer<float> before_;  // error_ before a sweep
  Buffer<float> ring_;    // [n_fft][lanes]
};

}  // namespace spectrohue::cpu
