// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The CUDA backend, seen from plain C++: no CUDA type here.
#pragma once

#include <memory>
#include <vector>

#include "spectrohue/backend.h"

namespace spectrohue::cuda {

/// One entry a device, "cuda:N"; or a single entry "cuda" that says why there is none (no driver, no device). Never
/// throws for the want of a device.
std::vector<BackendInfo> list_devices();

/// All stages on device `ordinal`. Throws Error(Device) if it cannot be used.
std::unique_ptr<Backend> make_cuda_backend(int ordinal, const MemoryShare& memory = {});

}  // namespace spectrohue::cuda
