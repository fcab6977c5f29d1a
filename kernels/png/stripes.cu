// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The PNG coder's kernels; twin of host/image/png_stripes.cpp. A picture is read six times, mostly from caches, and
// its chunks are written once. Pixels are loaded as words, words of chunks stored as such, each warp's side by side.
// Shared memory: 27 kB for counting, 12 kB a warp for codes, 42 kB for packing, so 5 to 8 blocks of 256 threads fit on
// a multiprocessor of compute capability 9.0. A warp that makes a code mostly waits for its first lane: what hides that
// is the number of stripes.
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"

namespace spectrohue::cuda {

namespace {

__global__ void __launch_bounds__(kSampleThreads) sample_filters_kernel(const SampleFiltersArgs args) {
  __shared__ SampleFiltersShared shared;
  sample_filters(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

__global__ void __launch_bounds__(kStripeThreads) count_stripes_kernel(const CountStripesArgs args) {
  __shared__ CountStripeShared shared;
  count_stripe(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

__global__ void __launch_bounds__(kCodeThreads) code_stripes_kernel(const CodeStripesArgs args) {
  __shared__ CodeStripeShared shared;
  code_stripe(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

__global__ void __launch_bounds__(kPlaceThreads) place_stripes_kernel(const PlaceStripesArgs args) {
  __shared__ PlaceStripesShared shared;
  place_stripes(args, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

__global__ void __launch_bounds__(kStripeThreads) pack_stripes_kernel(const PackStripesArgs args) {
  __shared__ PackStripeShared shared;
  pack_stripe(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

__global__ void __launch_bounds__(kStripeThreads) sum_pixels_kernel(const SumPixelsArgs args) {
  __shared__ SumPixelsShared shared;
  sum_pixels(args, blockIdx.x, shared, BlockThread{static_cast<int>(threadIdx.x)});
}

}  // namespace

void launch_sample_filters(const SampleFiltersArgs& args, cudaStream_t stream) {
  launch("sample_filters_kernel", sample_filters_kernel, sample_filters_launch(args), args, stream);
}
void launch_count_stripes(const CountStripesArgs& args, cudaStream_t stream) {
  launch("count_stripes_kernel", count_stripes_kernel, count_stripes_launch(args), args, stream);
}
void launch_code_stripes(const CodeStripesArgs& args, cudaStream_t stream) {
  launch("code_stripes_kernel", code_stripes_kernel, code_stripes_launch(args), args, stream);
}
void launch_place_stripes(const PlaceStripesArgs& args, cudaStream_t stream) {
  launch("place_stripes_kernel", place_stripes_kernel, place_stripes_launch(args), args, stream);
}
void launch_pack_stripes(const PackStripesArgs& args, cudaStream_t stream) {
  launch("pack_stripes_kernel", pack_stripes_kernel, pack_stripes_launch(args), args, stream);
}
void launch_sum_pixels(const SumPixelsArgs& args, cudaStream_t stream) {
  launch("sum_pixels_kernel", sum_pixels_kernel, sum_pixels_launch(args), args, stream);
}

}  // namespace spectrohue::cuda
