// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::report {

/// The picture at 8 bits and at most so wide and high, each side by itself (time and frequency have no common scale);
/// never larger. A pixel is the mean, to the nearest code, of the area it covers of the original, which is RGB of 8 or
/// 16 bits. Throws Error(OutOfMemory); Error(Unsupported) for any other picture.
Picture scale_down(const Picture& picture, std::int64_t most_width, std::int64_t most_height);

/// A PNG file in memory.
std::vector<std::uint8_t> to_png(const Picture& picture);

}  // namespace spectrohue::report
