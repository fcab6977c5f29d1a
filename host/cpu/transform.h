// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "core/stft_tables.h"
#include "cpu/fft_plan.h"
#include "cpu/lane_kernels.h"
#include "spectrohue/buffer.h"

namespace spectrohue::cpu {

/// What one thread needs for a tile at a time.
struct Scratch {
  Scratch(const StftSettings& settings, int lanes) {
    const std::size_t n = settings.n_fft;
    const std::size_t w = lanes;
    work.resize(n * 2 * w);
    frames.resize(n * w);
    spectrum.resize(static_cast<std::size_t>(settings.n_bins()) * 2 * w);
    segment.resize((w - 1) * settings.hop_length + n);
    lane_values.resize(w);
  }
  Buffer<float> work;
  Buffer<float> frames;       // [lanes][n_fft]
  Buffer<float> spectrum;     // [n_bins][2][lanes]
  Buffer<float> segment;      // [(lanes - 1) * hop + n_fft]
  Buffer<float> lane_values;  // [lanes]
};

/// Tables of one StftSettings, and scratch memory for as many threads as may work on a signal.
struct Transform {
  Transform(const StftSettings& settings, const LaneKernels& kernels, int threads)
      : tables(settings),
        plan(settings.n_fft),
        tile{plan.tables(), settings.hop_length, tables.window.data(), tables.synthesis_window.data()} {
    for (int i = 0; i < threads; ++i) scratch.push_back(std::make_unique<Scratch>(settings, kernels.lanes));
  }
  int threads() const { return static_cast<int>(scratch.size()); }

  StftTables tables;
  FftPlan plan;
  TileTables tile;
  std::vector<std::unique_ptr<Scratch>> scratch;
};

}  // namespace spectrohue::cpu
