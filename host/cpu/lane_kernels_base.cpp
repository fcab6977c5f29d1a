// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/lane_kernels_impl.h"

namespace spectrohue::cpu {

extern const LaneKernels kBaseKernels;
#if defined(__aarch64__)
const LaneKernels kBaseKernels = make_lane_kernels<4>("neon");
#else
const LaneKernels kBaseKernels = make_lane_kernels<4>("sse2");
#endif

}  // namespace spectrohue::cpu
