// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stage `overlap_add`; twin of FramesLanes::store_frames and CpuBackend::overlap_add in host/cpu. A gather: no
// atomics, every sum in the order of its frames. Bound by memory: n_fft floats read a frame, hop written.
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"
#include "kernels/overlap_add.h"

namespace spectrohue::cuda {

namespace {

__global__ void overlap_add_kernel(const OverlapAddArgs args) {
  overlap_add_thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

}  // namespace

void launch_overlap_add(const OverlapAddArgs& args, cudaStream_t stream) {
  launch("overlap_add_kernel", overlap_add_kernel, overlap_add_launch(args), args, stream);
}

}  // namespace spectrohue::cuda
