// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace spectrohue::image {

inline constexpr bool kIsLittleEndian = std::endian::native == std::endian::little;

/// Turns the order of the bytes in each of the values round that stand in n bytes.
template <int ValueBytes>
void swap_values(std::uint8_t* bytes, std::size_t n) {
  for (std::size_t i = 0; i + ValueBytes <= n; i += ValueBytes) std::reverse(bytes + i, bytes + i + ValueBytes);
}
inline void swap_values(std::uint8_t* bytes, std::size_t n, int value_bytes) {
  if (value_bytes == 2) swap_values<2>(bytes, n);
  if (value_bytes == 4) swap_values<4>(bytes, n);
  if (value_bytes == 8) swap_values<8>(bytes, n);
}

}  // namespace spectrohue::image
