// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/lane_kernels_impl.h"

namespace spectrohue::cpu {

extern const LaneKernels kAvx2Kernels;
const LaneKernels kAvx2Kernels = make_lane_kernels<8>("avx2");

}  // namespace spectrohue::cpu
