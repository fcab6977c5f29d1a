// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "kernels/cuda/array.h"
#include "kernels/cuda/event.h"
#include "kernels/cuda/fft_plan.h"
#include "kernels/cuda/range.h"
#include "kernels/cuda/stream.h"
#include "kernels/launchers.h"

namespace spectrohue::cuda {

/// The queue of SlotBackend: a stream with FFT plans and a work area of its own. A plan shared by streams would have to
/// be given another stream and work area before every transform.
class CudaQueue {
 public:
  using Event = cuda::Event;
  using Range = cuda::Range;
  template <class T>
  using Array = DeviceArray<T>;
  template <class T>
  using Staging = PinnedArray<T>;

  /// The device must be current.
  explicit CudaQueue(int ordinal) : ordinal_(ordinal) {}

  void enter() const { CUDA_CHECK(cudaSetDevice(ordinal_)); }
  void leave() const noexcept {
    CUDA_CHECK_QUIET(cudaSetDevice(ordinal_));
    CUDA_CHECK_QUIET(cudaStreamSynchronize(stream_.get()));
  }
  void record(Event& event) const { CUDA_CHECK(cudaEventRecord(event.get(), stream_.get())); }
  void wait(const Event& event) const { CUDA_CHECK(cudaStreamWaitEvent(stream_.get(), event.get(), 0)); }

  template <class T>
  void upload(DeviceArray<T>& to, const PinnedArray<T>& from, std::int64_t n, std::int64_t first = 0) {
    copy(to.data() + first, from.data(), n, cudaMemcpyHostToDevice);
  }
  template <class T>
  void download(PinnedArray<T>& to, const DeviceArray<T>& from, std::int64_t n, std::int64_t first = 0) {
    copy(to.data(), from.data() + first, n, cudaMemcpyDeviceToHost);
  }
  template <class T>
  void clear(DeviceArray<T>& to, std::int64_t first, std::int64_t n) {
    if (n == 0) return;
    CUDA_CHECK(cudaMemsetAsync(to.data() + first, 0, static_cast<std::size_t>(n) * sizeof(T), stream_.get()));
  }
  void finish() const { stream_.synchronize(); }
  cudaStream_t stream() const { return stream_.get(); }

  void plan(int n_fft, std::int64_t n_frames) {
    plans_.get(FftDirection::Forward, n_fft, n_frames, stream_.get());
    plans_.get(FftDirection::Inverse, n_fft, n_frames, stream_.get());
  }
  void fft_forward(int n_fft, std::int64_t n_frames, float* frames, Bin* spectrum) {
    cuda::fft_forward(plans_, n_fft, n_frames, frames, spectrum, stream_.get());
  }
  void fft_inverse(int n_fft, std::int64_t n_frames, Bin* spectrum, float* frames) {
    cuda::fft_inverse(plans_, n_fft, n_frames, spectrum, frames, stream_.get());
  }
  void real_bins(const RealBinsArgs& args) const { launch_real_bins(args, stream_.get()); }
  void frames(const FramesArgs& args) const { launch_frames(args, stream_.get()); }
  template <class Code>
  void encode_pixels(const EncodePixelsArgs<Code>& args) const {
    launch_encode_pixels(args, stream_.get());
  }
  template <class Code>
  void decode_pixels(const DecodePixelsArgs<Code>& args) const {
    launch_decode_pixels(args, stream_.get());
  }
  void overlap_add(const OverlapAddArgs& args) const { launch_overlap_add(args, stream_.get()); }
  void peak(const PeakArgs& args) const { launch_peak(args, stream_.get()); }
  template <class Kernel>
  void closed_loop(const typename Kernel::Args& args) const {
    launch_closed_loop<Kernel>(args, stream_.get());
  }
  template <class Code>
  void turn_pixels(const TurnPixelsArgs<Code>& args) const {
    launch_turn_pixels(args, stream_.get());
  }
  template <class Kernel>
  void projection(const typename Kernel::Args& args) const {
    launch_projection<Kernel>(args, stream_.get());
  }
  template <class Kernel>
  void projection_blocks(const typename Kernel::Args& args) const {
    launch_projection_blocks<Kernel>(args, stream_.get());
  }
  template <class Kernel>
  void forest(const ForestArgs& args) const {
    launch_forest<Kernel>(args, stream_.get());
  }

  void sample_filters(const SampleFiltersArgs& args) const { launch_sample_filters(args, stream_.get()); }
  void count_stripes(const CountStripesArgs& args) const { launch_count_stripes(args, stream_.get()); }
  void code_stripes(const CodeStripesArgs& args) const { launch_code_stripes(args, stream_.get()); }
  void place_stripes(const PlaceStripesArgs& args) const { launch_place_stripes(args, stream_.get()); }
  void pack_stripes(const PackStripesArgs& args) const { launch_pack_stripes(args, stream_.get()); }
  void sum_pixels(const SumPixelsArgs& args) const { launch_sum_pixels(args, stream_.get()); }

 private:
  template <class T>
  void copy(T* to, const T* from, std::int64_t n, cudaMemcpyKind kind) const {
    if (n == 0) return;
    const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(T);
    const cudaError_t error = cudaMemcpyAsync(to, from, bytes, kind, stream_.get());
    if (error == cudaSuccess) return;
    detail::check(error, ("cudaMemcpyAsync of " + std::to_string(bytes) + " bytes").c_str(), __FILE__, __LINE__);
  }

  int ordinal_;
  Stream stream_;
  FftPlans plans_;
};

}  // namespace spectrohue::cuda
