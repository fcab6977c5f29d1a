// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "kernels/cuda/queue.h"
#include "kernels/png/coder.h"
#include "kernels/png/cuda_png.h"

namespace spectrohue::cuda {

std::vector<CodedPicture> code_on_device(int ordinal, std::span<const DevicePicture> pictures,
                                         std::int64_t batch_bytes) {
  CUDA_CHECK(cudaSetDevice(ordinal));
  check_kernels_fit_device();
  CudaQueue queue(ordinal);
  std::vector<DeviceArray<std::uint8_t>> data;
  std::vector<DevicePicture> on_device(pictures.begin(), pictures.end());
  for (DevicePicture& picture : on_device) {
    PinnedArray<std::uint8_t> staging;
    const std::int64_t bytes = (picture.height - 1) * picture.row_bytes + 3 * picture.width * (picture.bits / 8);
    staging.resize(static_cast<std::size_t>(bytes));
    std::copy_n(picture.data, bytes, staging.data());
    DeviceArray<std::uint8_t>& here = data.emplace_back();
    here.resize(static_cast<std::size_t>(4 * ceil_div(bytes, 4)));
    queue.upload(here, staging, bytes);
    picture.data = here.data();
    queue.finish();
  }
  PngCoder<CudaQueue> coder({&queue, &queue, &queue});
  coder.look_at(on_device);
  coder.code(std::vector<bool>(pictures.size(), true), batch_bytes);
  std::vector<CodedPicture> coded(pictures.size());
  for (std::size_t i = 0; i < coded.size(); ++i) {
    const auto stripes = coder.stripes(i);
    const auto chunks = coder.chunks(i);
    coded[i].stripes.assign(stripes.begin(), stripes.end());
    coded[i].chunks.assign(chunks.begin(), chunks.end());
    coded[i].pixels_crc32 = coder.pixels_crc32(i);
    const FilterSamples samples = coder.samples(i);
    for (std::size_t filter = 0; filter < samples.size(); ++filter) {
      coded[i].samples[filter].assign(samples[filter].begin(), samples[filter].end());
    }
  }
  return coded;
}

}  // namespace spectrohue::cuda
