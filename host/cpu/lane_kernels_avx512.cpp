// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/lane_kernels_impl.h"

namespace spectrohue::cpu {

extern const LaneKernels kAvx512Kernels;
const LaneKernels kAvx512Kernels = make_lane_kernels<16>("avx512");

}  // namespace spectrohue::cpu
