// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>

#include "cpu/lane_kernels.h"
#include "spectrohue/projector.h"

namespace spectrohue::cpu {

/// Twin of kernels/projector.h. Frames go through the FFT, the change of their bins and the FFT back inside the cache;
/// in memory are 12 bytes a bin until settle(), 4 from then on, 4 a band, and the signals. bands: null, or what
/// outlives it.
std::unique_ptr<Projector> make_projector(const LaneKernels& kernels, const StftSettings& stft, const BandSums* bands,
                                          std::span<const ProjectorItem> items, int threads);

}  // namespace spectrohue::cpu
