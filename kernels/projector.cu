// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The steps of phase retrieval; the order of these launches is in projector_order.h. Bound by memory: a step reads and
// writes a spectrum once (relaxation a state too), beside what frames, the FFT and overlap_add do.
#include "kernels/block.h"
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"
#include "kernels/projector.h"

namespace spectrohue::cuda {

namespace {

template <class Kernel>
__global__ void projection_kernel(const typename Kernel::Args args) {
  Kernel::thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

template <class Kernel>
__global__ void projection_blocks_kernel(const typename Kernel::Args args) {
  __shared__ typename Kernel::Shared shared;
  Kernel::block(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

}  // namespace

template <class Kernel>
void launch_projection(const typename Kernel::Args& args, cudaStream_t stream) {
  launch(Kernel::kName, projection_kernel<Kernel>, Kernel::shape(args), args, stream);
}

template <class Kernel>
void launch_projection_blocks(const typename Kernel::Args& args, cudaStream_t stream) {
  launch(Kernel::kName, projection_blocks_kernel<Kernel>, Kernel::shape(args), args, stream);
}

template void launch_projection<BeginState>(const BeginStateArgs&, cudaStream_t);
template void launch_projection<Project>(const ProjectArgs&, cudaStream_t);
template void launch_projection<Relax>(const ProjectArgs&, cudaStream_t);
template void launch_projection<LoadState<false>>(const ProjectArgs&, cudaStream_t);
template void launch_projection<LoadState<true>>(const ProjectArgs&, cudaStream_t);
template void launch_projection<Accelerate>(const AccelerateArgs&, cudaStream_t);
template void launch_projection<CopySamples>(const CopySamplesArgs&, cudaStream_t);
template void launch_projection<Couple>(const CoupleArgs&, cudaStream_t);
template void launch_projection_blocks<ProjectBands>(const ProjectBandsArgs&, cudaStream_t);
template void launch_projection_blocks<SumErrors>(const SumErrorsArgs&, cudaStream_t);
template void launch_projection_blocks<SumBandErrors>(const SumBandErrorsArgs&, cudaStream_t);

}  // namespace spectrohue::cuda
