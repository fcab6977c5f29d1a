// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The largest magnitude of each item; twin of Kernels::peak in host/cpu/lane_kernels_impl.h. Reads the spectrum once.
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"
#include "kernels/peak.h"

namespace spectrohue::cuda {

namespace {

__global__ void peak_kernel(const PeakArgs args) {
  __shared__ std::int32_t largest;
  if (threadIdx.x == 0) largest = 0;
  __syncthreads();
  atomicMax(&largest, peak_thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x));
  __syncthreads();
  if (threadIdx.x == 0) atomicMax(&args.power_bits[args.slot.segment(blockIdx.x).item], largest);
}

}  // namespace

void launch_peak(const PeakArgs& args, cudaStream_t stream) {
  launch("peak_kernel", peak_kernel, peak_launch(args), args, stream);
}

}  // namespace spectrohue::cuda
