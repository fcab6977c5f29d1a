// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the writer and the reader of PNG files must agree on. docs/png.md describes it.
#pragma once

#include <libdeflate.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "math/deflate.h"
#include "math/png_filter.h"

namespace spectrohue::image::png {

inline constexpr std::int64_t kMaxSide = 0x7FFFFFFF;
inline constexpr std::int64_t kMaxChunkDataBytes = 0x7FFFFFFF;
inline constexpr char kNoteKeyword[] = "spectrohue";

using math::kChunkBytes;
using math::kChunkHeadBytes;
using math::kChunkTailBytes;

inline void put_big_endian(std::uint8_t* to, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}
inline std::uint32_t big_endian(const std::uint8_t* from) {
  return std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 | std::uint32_t{from[2]} << 8 | from[3];
}

/// Completes a chunk whose n bytes of data stand at chunk + kChunkHeadBytes. Returns its size.
inline std::size_t close_chunk(std::uint8_t* chunk, const char* type, std::size_t n) {
  put_big_endian(chunk, static_cast<std::uint32_t>(n));
  std::memcpy(chunk + 4, type, 4);
  put_big_endian(chunk + kChunkHeadBytes + n, libdeflate_crc32(0, chunk + 4, 4 + n));
  return kChunkBytes + n;
}

/// The chunk before the first IDAT that says: every further IDAT but two is a stripe. Private, of no use to others, not
/// to be copied by a program that changes the pixels. Data: version, bytes of a stripe (big endian).
inline constexpr char kStripesChunk[] = "shSZ";
inline constexpr std::uint8_t kStripesVersion = 1;
inline constexpr int kStripesChunkDataBytes = 5;
inline std::array<std::uint8_t, kStripesChunkDataBytes> stripes_chunk_data() {
  std::array<std::uint8_t, kStripesChunkDataBytes> data{kStripesVersion};
  put_big_endian(data.data() + 1, math::kStripeBytes);
  return data;
}

/// The first and the last IDAT chunk, so that all stripes are alike: zlib's header; an empty last block and, of the
/// filtered bytes, Adler-32.
inline constexpr std::uint8_t kZlibHeader[2] = {0x78, 0x01};
inline constexpr std::uint8_t kLastBlock[2] = {0x03, 0x00};
inline constexpr int kEndDataBytes = 6;

using math::Filter;

}  // namespace spectrohue::image::png
