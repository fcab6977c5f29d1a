// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Which instruction sets this build and this processor have.
#include "cpu/lane_kernels.h"

namespace spectrohue::cpu {

extern const LaneKernels kBaseKernels;
#ifdef SPECTROHUE_X86
extern const LaneKernels kAvx2Kernels;
extern const LaneKernels kAvx512Kernels;
#endif

const std::vector<const LaneKernels*>& usable_lane_kernels() {
  static const std::vector<const LaneKernels*> usable = [] {
    std::vector<const LaneKernels*> list;
#ifdef SPECTROHUE_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      list.push_back(&kAvx512Kernels);
    }
    if (__builtin_cpu_supports("avx2")) list.push_back(&kAvx2Kernels);
#endif
    list.push_back(&kBaseKernels);
    return list;
  }();
  return usable;
}

}  // namespace spectrohue::cpu
