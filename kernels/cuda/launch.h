// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The only place that launches kernels.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "kernels/cuda/check.h"
#include "kernels/launch_shape.h"

namespace spectrohue::cuda {

/// Queues kernel(args) on the stream; does nothing for an empty grid, which CUDA calls an error. Throws Error(Device)
/// with the kernel's name. What goes wrong while it runs is reported by the next call that waits.
template <class Args>
void launch(const char* name, void (*kernel)(Args), const LaunchShape& shape, const Args& args, cudaStream_t stream) {
  if (shape.grid.x == 0 || shape.grid.y == 0) return;
  void* parameters[] = {const_cast<Args*>(&args)};  // read, as the kernel takes them by value
  const cudaError_t launched = cudaLaunchKernel(reinterpret_cast<const void*>(kernel), dim3(shape.grid.x, shape.grid.y),
                                                dim3(shape.block.x, shape.block.y), parameters, 0, stream);
  const cudaError_t error = launched != cudaSuccess ? launched : cudaGetLastError();
  if (error == cudaSuccess) return;
  const auto extent = [](const Extent& e) { return std::to_string(e.x) + "x" + std::to_string(e.y); };
  const std::string call =
      std::string(name) + " in " + extent(shape.grid) + " blocks of " + extent(shape.block) + " threads";
  detail::check(error, call.c_str(), __FILE__, __LINE__);
}

}  // namespace spectrohue::cuda
