// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "kernels/cuda/array.h"
#include "kernels/cuda/stream.h"
#include "kernels/launchers.h"
#include "kernels/png/coder.h"
#include "kernels/png/cuda_png.h"

namespace spectrohue::cuda {

namespace {

/// The device of PngCoder.
class PngDevice {
 public:
  template <class T>
  using Array = DeviceArray<T>;
  template <class T>
  using Staging = PinnedArray<T>;

  template <class T>
  void upload(Array<T>& to, const Staging<T>& from, std::int64_t n) const {
    copy(to.data(), from.data(), n, cudaMemcpyHostToDevice);
  }
  template <class T>
  void download(Staging<T>& to, const Array<T>& from, std::int64_t n) const {
    copy(to.data(), from.data(), n, cudaMemcpyDeviceToHost);
  }
  void finish() const { stream_.synchronize(); }
  void count_stripes(const CountStripesArgs& args) const { launch_count_stripes(args, stream_.get()); }
  void code_stripes(const CodeStripesArgs& args) const { launch_code_stripes(args, stream_.get()); }
  void place_stripes(const PlaceStripesArgs& args) const { launch_place_stripes(args, stream_.get()); }
  void pack_stripes(const PackStripesArgs& args) const { launch_pack_stripes(args, stream_.get()); }

 private:
  template <class T>
  void copy(T* to, const T* from, std::int64_t n, cudaMemcpyKind kind) const {
    if (n == 0) return;
    CUDA_CHECK(cudaMemcpyAsync(to, from, static_cast<std::size_t>(n) * sizeof(T), kind, stream_.get()));
  }

  Stream stream_;
};

}  // namespace

std::vector<CodedPicture> code_on_device(int ordinal, std::span<const DevicePicture> pictures) {
  CUDA_CHECK(cudaSetDevice(ordinal));
  check_kernels_fit_device();
  PngDevice device;
  std::vector<DeviceArray<std::uint8_t>> data;
  std::vector<DevicePicture> on_device(pictures.begin(), pictures.end());
  for (DevicePicture& picture : on_device) {
    PinnedArray<std::uint8_t> staging;
    const std::int64_t bytes = (picture.height - 1) * picture.row_bytes + 3 * picture.width * (picture.bits / 8);
    staging.resize(static_cast<std::size_t>(bytes));
    std::copy_n(picture.data, bytes, staging.data());
    DeviceArray<std::uint8_t>& here = data.emplace_back();
    here.resize(static_cast<std::size_t>(4 * ceil_div(bytes, 4)));
    device.upload(here, staging, bytes);
    picture.data = here.data();
    device.finish();
  }
  PngCoder<PngDevice> coder(device);
  coder.code(on_device);
  std::vector<CodedPicture> coded(pictures.size());
  for (std::size_t i = 0; i < coded.size(); ++i) {
    const auto stripes = coder.stripes(i);
    const auto chunks = coder.chunks(i);
    coded[i].stripes.assign(stripes.begin(), stripes.end());
    coded[i].chunks.assign(chunks.begin(), chunks.end());
  }
  return coded;
}

}  // namespace spectrohue::cuda
