// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/hilbert.h"

#include <cstring>
#include <utility>

namespace spectrohue::synth {

Pixel hilbert_pixel(int side, std::int64_t index) {
  // From the smallest square to the whole: two bits of the index say in which quarter of the next one it is; in the
  // first and the last the smaller curve is mirrored at a diagonal, so that the ends of quarters meet.
  int x = 0;
  int up = 0;
  for (int size = 1; size < side; size *= 2, index /= 4) {
    const bool is_right = (index & 2) != 0;
    const bool is_upper = ((index ^ (index >> 1)) & 1) != 0;
    if (!is_upper) {
      if (is_right) {
        x = size - 1 - x;
        up = size - 1 - up;
      }
      std::swap(x, up);
    }
    if (is_right) x += size;
    if (is_upper) up += size;
  }
  return {x, side - 1 - up};
}

Picture along_hilbert(const Picture& square) {
  const auto side = static_cast<int>(square.width);
  const std::int64_t n = square.width * square.height;
  const auto bytes = static_cast<std::size_t>(square.layout.bytes());
  Picture line;
  line.resize(1, n, square.layout);
  for (std::int64_t i = 0; i < n; ++i) {
    const Pixel pixel = hilbert_pixel(side, i);
    std::memcpy(line.row(n - 1 - i), square.row(pixel.y) + pixel.x * bytes, bytes);
  }
  return line;
}

}  // namespace spectrohue::synth
