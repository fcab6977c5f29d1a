// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/ogg_pages.h"

#include <array>
#include <cstring>
#include <span>

namespace spectrohue::audio {

namespace {

constexpr std::size_t kHeaderBytes = 27;
constexpr std::size_t kSerialOffset = 14;
constexpr std::size_t kChecksumOffset = 22;
constexpr std::size_t kSegmentCountOffset = 26;

constexpr std::array<std::uint32_t, 256> kChecksumTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t r = i << 24;
    for (int bit = 0; bit < 8; ++bit) r = (r << 1) ^ ((r >> 31) != 0 ? 0x04C11DB7U : 0U);
    table[i] = r;
  }
  return table;
}();

/// Ogg's own CRC-32: high bit first, starting from zero, not inverted.
std::uint32_t checksum(std::span<const std::uint8_t> page) {
  std::uint32_t r = 0;
  for (const std::uint8_t byte : page) r = (r << 8) ^ kChecksumTable[(r >> 24) ^ byte];
  return r;
}

void put_little_endian(std::uint8_t* to, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

/// Bytes of the page at the start of `data`; 0 while that cannot be said.
std::size_t page_bytes(std::span<const std::uint8_t> data) {
  if (data.size() < kHeaderBytes) return 0;
  const std::size_t segments = data[kSegmentCountOffset];
  if (data.size() < kHeaderBytes + segments) return 0;
  std::size_t bytes = kHeaderBytes + segments;
  for (std::size_t i = 0; i < segments; ++i) bytes += data[kHeaderBytes + i];
  return bytes;
}

}  // namespace

const std::vector<std::uint8_t>& OggPages::add(const void* bytes, std::int64_t count) {
  const auto* first = static_cast<const std::uint8_t*>(bytes);
  pending_.insert(pending_.end(), first, first + count);
  complete_.clear();
  std::size_t done = 0;
  for (;;) {
    const std::span<std::uint8_t> data = std::span(pending_).subspan(done);
    const std::size_t size = page_bytes(data);
    if (size == 0 || data.size() < size) break;
    const std::span<std::uint8_t> page = data.first(size);
    put_little_endian(page.data() + kSerialOffset, serial_);
    put_little_endian(page.data() + kChecksumOffset, 0);
    put_little_endian(page.data() + kChecksumOffset, checksum(page));
    complete_.insert(complete_.end(), page.begin(), page.end());
    done += size;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  return complete_;
}

}  // namespace spectrohue::audio
