// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// PNG files taken apart and put together again, with the right checksums whatever the chunks hold.
#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spectrohue::test {

inline constexpr std::string_view kPngSignature{"\x89PNG\r\n\x1A\n", 8};

struct PngChunk {
  std::string type;
  std::string data;
};

inline std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  return value;
}

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int i = 3; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// The chunks behind the signature; of one that is cut, what is there. Checksums are not looked at.
inline std::vector<PngChunk> png_chunks(std::string_view png) {
  constexpr std::size_t kHeadBytes = 8;
  constexpr std::size_t kChecksumBytes = 4;
  std::vector<PngChunk> chunks;
  for (std::size_t at = kPngSignature.size(); at + kHeadBytes <= png.size();) {
    const std::size_t size = big_endian(png, at);
    chunks.push_back({std::string(png.substr(at + 4, 4)), std::string(png.substr(at + kHeadBytes, size))});
    at += kHeadBytes + size + kChecksumBytes;
  }
  return chunks;
}

inline std::string png_of(const std::vector<PngChunk>& chunks) {
  std::string png(kPngSignature);
  for (const PngChunk& chunk : chunks) {
    const std::string body = chunk.type + chunk.data;
    png += big_endian(static_cast<std::uint32_t>(chunk.data.size())) + body;
    png += big_endian(libdeflate_crc32(0, body.data(), body.size()));
  }
  return png;
}

/// As zTXt and IDAT hold it.
inline std::string zlib_of(std::string_view bytes) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(9);
  std::string packed(libdeflate_zlib_compress_bound(compressor, bytes.size()), '\0');
  packed.resize(libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), packed.data(), packed.size()));
  libdeflate_free_compressor(compressor);
  return packed;
}

}  // namespace spectrohue::test
