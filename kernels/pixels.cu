// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stage `pixels`, both ways; twin of pixel_sink and pixel_source in host/cpu/pixels_lanes.h. Per pixel 8 bytes
// of spectrum and 3 or 6 of picture, and some 60 operations; bytes are stored one by one, neighbours by neighbours.
#include "kernels/cuda/launch.h"
#include "kernels/launchers.h"
#include "kernels/pixels.h"

namespace spectrohue::cuda {

namespace {

template <class Code>
__global__ void encode_pixels_kernel(const EncodePixelsArgs<Code> args) {
  __shared__ PixelTile<Code> tile;
  const ThreadIndex at{{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}};
  encode_pixels_load(args, tile, at);
  __syncthreads();
  store_pixels(args, tile, at);
}

template <class Code>
__global__ void decode_pixels_kernel(const DecodePixelsArgs<Code> args) {
  __shared__ PixelTile<Code> tile;
  const ThreadIndex at{{blockIdx.x, blockIdx.y}, {threadIdx.x, threadIdx.y}};
  decode_pixels_load(args, tile, at);
  __syncthreads();
  decode_pixels_store(args, tile, at);
}

template <class Code>
void launch_encode(const EncodePixelsArgs<Code>& args, cudaStream_t stream) {
  launch("encode_pixels_kernel", encode_pixels_kernel<Code>, pixels_launch(args.slot.n_frames, args.n_bins), args,
         stream);
}

template <class Code>
void launch_decode(const DecodePixelsArgs<Code>& args, cudaStream_t stream) {
  launch("decode_pixels_kernel", decode_pixels_kernel<Code>, pixels_launch(args.slot.n_frames, args.n_fft / 2 + 1),
         args, stream);
}

}  // namespace

void launch_encode_pixels(const EncodePixelsArgs<std::uint8_t>& args, cudaStream_t stream) {
  launch_encode(args, stream);
}
void launch_encode_pixels(const EncodePixelsArgs<std::uint16_t>& args, cudaStream_t stream) {
  launch_encode(args, stream);
}
void launch_decode_pixels(const DecodePixelsArgs<std::uint8_t>& args, cudaStream_t stream) {
  launch_decode(args, stream);
}
void launch_decode_pixels(const DecodePixelsArgs<std::uint16_t>& args, cudaStream_t stream) {
  launch_decode(args, stream);
}

}  // namespace spectrohue::cuda
