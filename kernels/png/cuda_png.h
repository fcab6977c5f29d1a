// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The PNG coder on a CUDA device, seen from plain C++, for pictures in host memory: for tests. In the pipeline pictures
// are in device memory already, and PngCoder itself is what to use.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/png/stripes.h"

namespace spectrohue::cuda {

/// What PngCoder returns of a picture.
struct CodedPicture {
  std::vector<StripeChunk> stripes;
  std::vector<std::uint8_t> chunks;
  std::uint32_t pixels_crc32 = 0;
  std::array<std::vector<std::uint8_t>, 4> samples;
};

/// Pictures whose data is in host memory; batch_bytes as for PngCoder::code(). Throws Error(Device) if the device
/// cannot be used.
std::vector<CodedPicture> code_on_device(int ordinal, std::span<const DevicePicture> pictures,
                                         std::int64_t batch_bytes);

}  // namespace spectrohue::cuda
