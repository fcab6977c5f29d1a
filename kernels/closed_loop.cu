// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Closed-loop quantisation; the order of these launches is in closed_loop_order.h. Bound by memory but for the
// quantiser, and by the launches themselves where chains are few: 5 a step.
#include "kernels/closed_loop.h"
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"

namespace spectrohue::cuda {

namespace {

template <class Kernel>
__global__ void closed_loop_kernel(const typename Kernel::Args args) {
  Kernel::thread(args, {{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}}, blockDim.x);
}

template <class Code>
__global__ void turn_pixels_kernel(const TurnPixelsArgs<Code> args) {
  __shared__ PixelTile<Code> tile;
  const ThreadIndex at{{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}};
  turn_pixels_load(args, tile, at);
  __syncthreads();
  store_pixels(args, tile, at);
}

template <class Code>
void launch_turn(const TurnPixelsArgs<Code>& args, cudaStream_t stream) {
  launch("turn_pixels_kernel", turn_pixels_kernel<Code>, pixels_launch(args.slot.n_frames, args.n_bins), args, stream);
}

}  // namespace

template <class Kernel>
void launch_closed_loop(const typename Kernel::Args& args, cudaStream_t stream) {
  launch(Kernel::kName, closed_loop_kernel<Kernel>, Kernel::shape(args), args, stream);
}

template void launch_closed_loop<FeedBack>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<AddDecoded>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<LoadErrors>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<LoadSamples>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<AddChanges>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<AddFrames>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<JoinChains>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<ErrorsOfSums>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<SumEnergies>(const LoopArgs&, cudaStream_t);
template void launch_closed_loop<Quantise<std::uint8_t>>(const LoopPixelArgs<std::uint8_t>&, cudaStream_t);
template void launch_closed_loop<Quantise<std::uint16_t>>(const LoopPixelArgs<std::uint16_t>&, cudaStream_t);
template void launch_closed_loop<Reread<std::uint8_t>>(const LoopPixelArgs<std::uint8_t>&, cudaStream_t);
template void launch_closed_loop<Reread<std::uint16_t>>(const LoopPixelArgs<std::uint16_t>&, cudaStream_t);
template void launch_closed_loop<Move<std::uint8_t>>(const LoopPixelArgs<std::uint8_t>&, cudaStream_t);
template void launch_closed_loop<Move<std::uint16_t>>(const LoopPixelArgs<std::uint16_t>&, cudaStream_t);

void launch_turn_pixels(const TurnPixelsArgs<std::uint8_t>& args, cudaStream_t stream) { launch_turn(args, stream); }
void launch_turn_pixels(const TurnPixelsArgs<std::uint16_t>& args, cudaStream_t stream) { launch_turn(args, stream); }

}  // namespace spectrohue::cuda
