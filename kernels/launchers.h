// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stages on the device. Each queues its work on the stream and does not wait; pointers in the arguments are device
// memory. Throws Error(Device).
#pragma once

#include <cuda_runtime_api.h>

#include "kernels/closed_loop.h"
#include "kernels/cuda/fft_plan.h"
#include "kernels/fft.h"
#include "kernels/frames.h"
#include "kernels/overlap_add.h"
#include "kernels/peak.h"
#include "kernels/phase_forest.h"
#include "kernels/pixels.h"
#include "kernels/png/code_stripes.h"
#include "kernels/png/count_stripes.h"
#include "kernels/png/pack_stripes.h"
#include "kernels/png/place_stripes.h"
#include "kernels/png/sample_filters.h"
#include "kernels/png/sum_pixels.h"
#include "kernels/projector.h"

namespace spectrohue::cuda {

void launch_frames(const FramesArgs& args, cudaStream_t stream);

/// frames [n_frames, n_fft] to spectrum [n_frames, n_fft / 2 + 1], unscaled. `frames` may be overwritten.
void fft_forward(FftPlans& plans, int n_fft, std::int64_t n_frames, float* frames, Bin* spectrum, cudaStream_t stream);
/// The reverse, unscaled. `spectrum` may be overwritten.
void fft_inverse(FftPlans& plans, int n_fft, std::int64_t n_frames, Bin* spectrum, float* frames, cudaStream_t stream);
void launch_real_bins(const RealBinsArgs& args, cudaStream_t stream);

void launch_encode_pixels(const EncodePixelsArgs<std::uint8_t>& args, cudaStream_t stream);
void launch_encode_pixels(const EncodePixelsArgs<std::uint16_t>& args, cudaStream_t stream);
void launch_decode_pixels(const DecodePixelsArgs<std::uint8_t>& args, cudaStream_t stream);
void launch_decode_pixels(const DecodePixelsArgs<std::uint16_t>& args, cudaStream_t stream);

void launch_overlap_add(const OverlapAddArgs& args, cudaStream_t stream);
void launch_peak(const PeakArgs& args, cudaStream_t stream);

/// Any kernel of closed_loop.h.
template <class Kernel>
void launch_closed_loop(const typename Kernel::Args& args, cudaStream_t stream);
void launch_turn_pixels(const TurnPixelsArgs<std::uint8_t>& args, cudaStream_t stream);
void launch_turn_pixels(const TurnPixelsArgs<std::uint16_t>& args, cudaStream_t stream);
/// Any kernel of projector.h whose threads are on their own, or whose blocks work together.
template <class Kernel>
void launch_projection(const typename Kernel::Args& args, cudaStream_t stream);
template <class Kernel>
void launch_projection_blocks(const typename Kernel::Args& args, cudaStream_t stream);
/// Any kernel of phase_forest.h.
template <class Kernel>
void launch_forest(const ForestArgs& args, cudaStream_t stream);
void launch_sample_filters(const SampleFiltersArgs& args, cudaStream_t stream);
void launch_count_stripes(const CountStripesArgs& args, cudaStream_t stream);
void launch_code_stripes(const CodeStripesArgs& args, cudaStream_t stream);
void launch_place_stripes(const PlaceStripesArgs& args, cudaStream_t stream);
void launch_pack_stripes(const PackStripesArgs& args, cudaStream_t stream);
void launch_sum_pixels(const SumPixelsArgs& args, cudaStream_t stream);

/// Error(Device) if this build holds no code that the current device can run.
void check_kernels_fit_device();

}  // namespace spectrohue::cuda
