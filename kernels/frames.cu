// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stage `frames`; twin of FramesLanes::load_frames in host/cpu/pixels_lanes.h. Bound by memory: n_fft floats
// written a frame, hop read (the rest comes from the cache).
#include "kernels/cuda/launch.h"
#include "kernels/frames.h"
#include "kernels/launchers.h"

namespace spectrohue::cuda {

namespace {

__global__ void frames_kernel(const FramesArgs args) {
  frames_thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

}  // namespace

void launch_frames(const FramesArgs& args, cudaStream_t stream) {
  launch("frames_kernel", frames_kernel, frames_launch(args), args, stream);
}

void check_kernels_fit_device() {
  cudaFuncAttributes attributes;
  CUDA_CHECK(cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(frames_kernel)));
}

}  // namespace spectrohue::cuda
