// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/exif.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace spectrohue::image {

namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kInlineBytes = 4;  // values up to so long stand in the entry itself

/// TIFF's types of one number.
enum Type : std::uint16_t {
  kByte = 1,
  kShort = 3,
  kLong = 4,
  kRational = 5,
  kSignedByte = 6,
  kSignedShort = 8,
  kSignedLong = 9,
  kSignedRational = 10,
  kFloat = 11,
  kDouble = 12,
};

/// 0 for what is no number.
std::size_t size_of(std::uint64_t type) {
  switch (type) {
    case kByte:
    case kSignedByte: return 1;
    case kShort:
    case kSignedShort: return 2;
    case kLong:
    case kSignedLong:
    case kFloat: return 4;
    case kRational:
    case kSignedRational:
    case kDouble: return 8;
    default: return 0;
  }
}

/// Bytes in an order that their head says.
class Bytes {
 public:
  Bytes(std::span<const std::uint8_t> bytes, bool is_little) : bytes_(bytes), is_little_(is_little) {}

  bool holds(std::uint64_t at, std::uint64_t n) const { return at <= bytes_.size() && n <= bytes_.size() - at; }

  /// Of `size` bytes at a place that it holds.
  std::uint64_t number(std::uint64_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[at + (is_little_ ? size - 1 - i : i)];
    return value;
  }

  double value(std::uint64_t at, std::uint64_t type) const {
    const std::uint64_t bits = number(at, size_of(type));
    switch (type) {
      case kSignedByte: return static_cast<std::int8_t>(bits);
      case kSignedShort: return static_cast<std::int16_t>(bits);
      case kSignedLong: return static_cast<std::int32_t>(bits);
      case kFloat: return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      case kDouble: return std::bit_cast<double>(bits);
      case kRational: return static_cast<double>(number(at, 4)) / static_cast<double>(number(at + 4, 4));
      case kSignedRational: {
        const auto part = [&](std::uint64_t place) { return static_cast<std::int32_t>(number(place, 4)); };
        return static_cast<double>(part(at)) / part(at + 4);
      }
      default: return static_cast<double>(bits);
    }
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool is_little_;
};

void append(std::vector<std::uint8_t>& out, std::uint64_t value, int size) {
  for (int i = size - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

bool is_short(const ExifEntry& entry) { return entry.value <= std::numeric_limits<std::uint16_t>::max(); }

}  // namespace

ExifNumbers exif_numbers(std::span<const std::uint8_t> exif) {
  ExifNumbers numbers;
  if (exif.size() < kHeaderBytes || exif[0] != exif[1] || (exif[0] != 'I' && exif[0] != 'M')) return numbers;
  const Bytes bytes(exif, exif[0] == 'I');
  constexpr std::uint64_t kMagic = 42;
  if (bytes.number(2, 2) != kMagic) return numbers;
  const std::uint64_t directory = bytes.number(4, 4);
  if (!bytes.holds(directory, 2)) return numbers;
  const std::uint64_t n_entries = bytes.number(directory, 2);
  for (std::uint64_t i = 0; i < n_entries; ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntryBytes;
    if (!bytes.holds(entry, kEntryBytes)) break;
    const std::uint64_t type = bytes.number(entry + 2, 2);
    const std::size_t size = size_of(type);
    if (size == 0 || bytes.number(entry + 4, 4) != 1) continue;
    const std::uint64_t place = size <= kInlineBytes ? entry + 8 : bytes.number(entry + 8, 4);
    if (!bytes.holds(place, size)) continue;
    const double value = bytes.value(place, type);
    if (std::isfinite(value)) numbers.emplace(static_cast<int>(bytes.number(entry, 2)), value);
  }
  return numbers;
}

std::vector<std::uint8_t> make_exif(std::span<const ExifEntry> entries) {
  std::vector<std::uint8_t> out{'M', 'M', 0, 42, 0, 0, 0, kHeaderBytes};
  append(out, entries.size(), 2);
  // Behind the entries stands where the next directory is: nowhere.
  std::uint64_t place = out.size() + entries.size() * kEntryBytes + 4;
  for (const ExifEntry& entry : entries) {
    append(out, static_cast<std::uint64_t>(entry.tag), 2);
    if (entry.type == ExifType::Double) {
      append(out, kDouble, 2);
      append(out, 1, 4);
      append(out, place, 4);
      place += sizeof(double);
    } else {
      append(out, is_short(entry) ? kShort : kLong, 2);
      append(out, 1, 4);
      append(out, static_cast<std::uint64_t>(entry.value), is_short(entry) ? 2 : 4);
      if (is_short(entry)) append(out, 0, 2);
    }
  }
  append(out, 0, 4);
  for (const ExifEntry& entry : entries) {
    if (entry.type == ExifType::Double) append(out, std::bit_cast<std::uint64_t>(entry.value), sizeof(double));
  }
  return out;
}

}  // namespace spectrohue::image
