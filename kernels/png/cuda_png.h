// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The PNG coder on a CUDA device, seen from plain C++, for pictures in host memory: for tests. In the pipeline pictures
// are in device memory already, and PngCoder itself is what to use.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/png/stripes.h"

namespace spectrohue::cuda {

/// What PngCoder::stripes() and chunks() return.
struct CodedPicture {
  std::vector<math::StripeChunk> stripes;
  std::vector<std::uint8_t> chunks;
};

/// Pictures whose data is in host memory. Throws Error(Device) if the device cannot be used.
std::vector<CodedPicture> code_on_device(int ordinal, std::span<const DevicePicture> pictures);

}  // namespace spectrohue::cuda
