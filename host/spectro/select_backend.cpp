// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/cpu_backend.h"
#include "spectrohue/backend.h"
#include "spectrohue/error.h"
#ifdef SPECTROHUE_HAVE_CUDA
#include "kernels/cuda_backend.h"
#endif

namespace spectrohue {

namespace {

std::vector<BackendInfo> cuda_devices() {
#ifdef SPECTROHUE_HAVE_CUDA
  return cuda::list_devices();
#else
  return {{"cuda", "CUDA", false,
           "this build has no CUDA backend (it was made without a CUDA compiler, or with SPECTROHUE_ENABLE_CUDA=OFF)"}};
#endif
}

std::unique_ptr<Backend> make_cuda(const std::string& device, [[maybe_unused]] const MemoryShare& memory) {
  for (const BackendInfo& info : cuda_devices()) {
    if (info.device != device && device != "cuda") continue;
    if (!info.usable) throw Error(ErrorCode::Device, "device '" + device + "' cannot be used: " + info.reason);
#ifdef SPECTROHUE_HAVE_CUDA
    return cuda::make_cuda_backend(std::stoi(info.device.substr(info.device.find(':') + 1)), memory);
#endif
  }
  throw Error(ErrorCode::Device, "there is no device '" + device + "'; 'spectrohue devices' lists what is there");
}

}  // namespace

std::vector<BackendInfo> list_backends() {
  std::vector<BackendInfo> list = cuda_devices();
  const std::vector<std::string> sets = cpu::usable_instruction_sets();
  std::string description = "CPU, " + sets.front();
  if (sets.size() > 1) {
    description += " (also";
    for (std::size_t i = 1; i < sets.size(); ++i) description += " " + sets[i];
    description += ")";
  }
  list.push_back({"cpu", description, true, {}});
  return list;
}

std::vector<std::string> devices_of(const std::string& device) {
  if (device != "all") return {device};
  std::vector<std::string> devices;
  std::string reasons;
  for (const BackendInfo& info : cuda_devices()) {
    if (info.usable) {
      devices.push_back(info.device);
    } else {
      reasons += (reasons.empty() ? "" : "; ") + info.device + ": " + info.reason;
    }
  }
  if (devices.empty()) throw Error(ErrorCode::Device, "device 'all' means no device: " + reasons);
  return devices;
}

std::unique_ptr<Backend> make_backend(const std::string& device, const MemoryShare& memory) {
  if (device == "cpu") return cpu::make_cpu_backend();
  if (device.starts_with("cpu:")) return cpu::make_cpu_backend(device.substr(4));
  if (device == "auto") {
    for (const BackendInfo& info : cuda_devices()) {
      if (info.usable) return make_cuda(info.device, memory);
    }
    return cpu::make_cpu_backend();
  }
  if (device == "cuda" || device.starts_with("cuda:")) return make_cuda(device, memory);
  throw Error(ErrorCode::Usage, "unknown device '" + device + "'; known: auto, cpu, cpu:SET, cuda, cuda:N, all");
}

}  // namespace spectrohue
