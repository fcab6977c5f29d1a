// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stage `fft`, by cuFFT; twin of host/cpu/fft_plan.cpp. The one stage whose bits differ from the CPU's.
#include "kernels/cuda/launch.h"
#include "kernels/fft.h"
#include "kernels/launchers.h"

namespace spectrohue::cuda {

static_assert(sizeof(Bin) == sizeof(cufftComplex) && alignof(Bin) == alignof(cufftComplex));

namespace {

__global__ void real_bins_kernel(const RealBinsArgs args) {
  real_bins_thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

}  // namespace

void fft_forward(FftPlans& plans, int n_fft, std::int64_t n_frames, float* frames, Bin* spectrum, cudaStream_t stream) {
  const FftPlan& plan = plans.get(FftDirection::Forward, n_fft, n_frames, stream);
  CUFFT_CHECK(cufftExecR2C(plan.get(), frames, reinterpret_cast<cufftComplex*>(spectrum)));
}

void fft_inverse(FftPlans& plans, int n_fft, std::int64_t n_frames, Bin* spectrum, float* frames, cudaStream_t stream) {
  const FftPlan& plan = plans.get(FftDirection::Inverse, n_fft, n_frames, stream);
  CUFFT_CHECK(cufftExecC2R(plan.get(), reinterpret_cast<cufftComplex*>(spectrum), frames));
}

void launch_real_bins(const RealBinsArgs& args, cudaStream_t stream) {
  launch("real_bins_kernel", real_bins_kernel, real_bins_launch(args), args, stream);
}

}  // namespace spectrohue::cuda
