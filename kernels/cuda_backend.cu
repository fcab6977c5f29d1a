// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The CUDA backend; twin of host/cpu/cpu_backend.cpp. Here: devices, copies, and which launcher is which stage. The
// order of the stages is in slot_backend.h.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "kernels/cuda/array.h"
#include "kernels/cuda/event.h"
#include "kernels/cuda/fft_plan.h"
#include "kernels/cuda/range.h"
#include "kernels/cuda/stream.h"
#include "kernels/cuda_backend.h"
#include "kernels/launchers.h"
#include "kernels/slot_backend.h"

namespace spectrohue::cuda {

namespace {

int attribute(cudaDeviceAttr which, int ordinal) {
  int value = 0;
  CUDA_CHECK(cudaDeviceGetAttribute(&value, which, ordinal));
  return value;
}

/// 90 for 9.0, as in the architecture's name.
int compute_capability(int ordinal) {
  return 10 * attribute(cudaDevAttrComputeCapabilityMajor, ordinal) +
         attribute(cudaDevAttrComputeCapabilityMinor, ordinal);
}

std::string to_text(int capability) { return std::to_string(capability / 10) + "." + std::to_string(capability % 10); }

/// Whether the build holds code for a device: machine code of its major version and no later minor one, or code that
/// the driver can compile, which is there for the newest architecture of the list only.
bool fits(int capability) {
  constexpr int kBuiltFor[] = {__CUDA_ARCH_LIST__};  // 750, 800, ... ascending
  int newest = 0;
  for (const int arch : kBuiltFor) {
    newest = arch / 10;
    if (newest / 10 == capability / 10 && newest <= capability) return true;
  }
  return newest <= capability;
}

/// What is missing when devices cannot be counted.
std::string missing(cudaError_t error) {
  int driver = 0;
  const bool known = cudaDriverGetVersion(&driver) == cudaSuccess;
  detail::forget_last_error();
  if (known && driver == 0) return "no NVIDIA driver is loaded";
  std::string text = detail::describe(error);
  if (error == cudaErrorInsufficientDriver) {
    const auto version = [](int v) { return std::to_string(v / 1000) + "." + std::to_string(v % 1000 / 10); };
    text += "; the driver goes up to CUDA " + version(driver) + ", this build needs " + version(CUDART_VERSION);
  }
  return text;
}

std::string device_name(int ordinal) {
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, ordinal));
  return properties.name;
}

BackendInfo describe_device(int ordinal) {
  BackendInfo info;
  info.device = "cuda:" + std::to_string(ordinal);
  try {
    const int capability = compute_capability(ordinal);
    info.description = device_name(ordinal) + ", compute capability " + to_text(capability);
    if (attribute(cudaDevAttrComputeMode, ordinal) == cudaComputeModeProhibited) {
      info.reason = "its compute mode is 'prohibited'";
    } else if (!fits(capability)) {
      info.reason = "this build holds no code for compute capability " + to_text(capability);
    } else {
      info.usable = true;
    }
  } catch (const Error& error) {
    info.usable = false;
    info.reason = error.what();
  }
  return info;
}

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
  void download(PinnedArray<T>& to, const DeviceArray<T>& from, std::int64_t n) {
    copy(to.data(), from.data(), n, cudaMemcpyDeviceToHost);
  }
  template <class T>
  void clear(DeviceArray<T>& to, std::int64_t first, std::int64_t n) {
    if (n == 0) return;
    CUDA_CHECK(cudaMemsetAsync(to.data() + first, 0, static_cast<std::size_t>(n) * sizeof(T), stream_.get()));
  }
  void finish() const { stream_.synchronize(); }

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

}  // namespace

std::vector<BackendInfo> list_devices() {
  int n = 0;
  const cudaError_t error = cudaGetDeviceCount(&n);
  if (error != cudaSuccess) {
    detail::forget_last_error();
    return {{"cuda", "CUDA", false, missing(error)}};
  }
  if (n == 0) return {{"cuda", "CUDA", false, "the driver knows no device"}};
  std::vector<BackendInfo> list;
  for (int ordinal = 0; ordinal < n; ++ordinal) list.push_back(describe_device(ordinal));
  return list;
}

std::unique_ptr<Backend> make_cuda_backend(int ordinal, const MemoryShare& memory) {
  int n = 0;
  CUDA_CHECK(cudaGetDeviceCount(&n));
  if (ordinal < 0 || ordinal >= n) {
    throw Error(ErrorCode::Device,
                "there is no CUDA device " + std::to_string(ordinal) + "; there are " + std::to_string(n));
  }
  CUDA_CHECK(cudaSetDevice(ordinal));
  check_kernels_fit_device();
  std::int64_t bytes = memory.device_bytes;
  if (bytes == 0) {
    std::size_t free_bytes = 0;
    std::size_t total_bytes = 0;
    CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
    bytes = static_cast<std::int64_t>(free_bytes / 2);
  }
  std::vector<CudaQueue> queues;
  for (int i = 0; i < kSlotsInFlight; ++i) queues.emplace_back(ordinal);
  return std::make_unique<SlotBackend<CudaQueue>>("cuda:" + std::to_string(ordinal) + " (" + device_name(ordinal) + ")",
                                                  std::move(queues), limits_within(bytes / memory.backends));
}

}  // namespace spectrohue::cuda
