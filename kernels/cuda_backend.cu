// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The CUDA backend; twin of host/cpu/cpu_backend.cpp. Here: devices. The order of the stages is in slot_backend.h.
#include <string>
#include <utility>
#include <vector>

#include "kernels/cuda/queue.h"
#include "kernels/cuda_backend.h"
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
  if (known && driver == 0) return "no NVIDIA driver is loaded (in a container: docker run --gpus all)";
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
