// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/png_rows.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "image/png_stripes.h"

namespace spectrohue::image::png {

namespace {

bool is_swapped(int bits) { return bits == 16 && std::endian::native == std::endian::little; }

void swap_pairs(const std::uint8_t* in, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t i = 0; i + 2 <= n; i += 2) {
    std::uint16_t value;
    std::memcpy(&value, in + i, 2);
    value = static_cast<std::uint16_t>(value << 8 | value >> 8);
    std::memcpy(out + i, &value, 2);
  }
}

}  // namespace

void copy_from_row(const std::uint8_t* row, std::int64_t from, std::int64_t to, int bits, std::uint8_t* out) {
  if (!is_swapped(bits)) {
    std::memcpy(out, row + from, static_cast<std::size_t>(to - from));
    return;
  }
  if (from < to && from % 2 != 0) *out++ = row[from++ - 1];
  swap_pairs(row + from, to - from, out);
  if ((to - from) % 2 > 0) out[to - from - 1] = row[to];
}

void copy_to_row(const std::uint8_t* in, std::int64_t from, std::int64_t to, int bits, std::uint8_t* row) {
  if (!is_swapped(bits)) {
    std::memcpy(row + from, in, static_cast<std::size_t>(to - from));
    return;
  }
  if (from < to && from % 2 != 0) row[from++ - 1] = *in++;
  swap_pairs(in, to - from, row + from);
  if ((to - from) % 2 > 0) row[to] = in[to - from - 1];
}

FilteredRows::FilteredRows(const Pixels& pixels, Filter filter)
    : FilteredBytes(pixels), pixels_(pixels), filter_(filter), pixel_bytes_(pixels.channels * (pixels.bits / 8)) {}

Filter FilteredRows::filter_of(std::int64_t y) const {
  if (filter_ == Filter::None || is_silent(row(y), static_cast<std::size_t>(row_bytes_ - 1))) return Filter::None;
  return filter_;
}

void FilteredRows::copy(std::int64_t offset, std::size_t n, std::uint8_t* out) const {
  std::int64_t y = offset / row_bytes_;
  std::int64_t at = offset % row_bytes_;
  for (std::int64_t left = static_cast<std::int64_t>(n); left > 0; ++y) {
    const std::int64_t count = std::min(left, row_bytes_ - at);
    const Filter filter = filter_of(y);
    left -= count;
    const std::int64_t end = at + count;
    if (at == 0) {
      *out++ = static_cast<std::uint8_t>(filter);
      ++at;
    }
    copy_pixels(y, filter, at - 1, end - 1, out);
    out += end - at;
    at = 0;
  }
}

/// Byte i of the row, minus what the filter expects of it.
std::uint8_t FilteredRows::filtered_byte(std::int64_t y, Filter filter, std::int64_t i) const {
  const std::int64_t at = is_swapped(pixels_.bits) ? i ^ 1 : i;
  const bool has_left = i >= pixel_bytes_;
  const int left = has_left ? row(y)[at - pixel_bytes_] : 0;
  const int up = y > 0 ? row(y - 1)[at] : 0;
  const int up_left = y > 0 && has_left ? row(y - 1)[at - pixel_bytes_] : 0;
  return static_cast<std::uint8_t>(row(y)[at] - math::expected_byte(filter, left, up, up_left));
}

/// Bytes [from, to) of the row behind its filter byte.
void FilteredRows::copy_pixels(std::int64_t y, Filter filter, std::int64_t from, std::int64_t to,
                               std::uint8_t* out) const {
  const std::uint8_t* const here = row(y);
  if (filter == Filter::None) {
    copy_from_row(here, from, to, pixels_.bits, out);
    return;
  }
  // The first pixel, the first row and halves of values are the slow way's; for the rest, loops that become SIMD code.
  // Filters treat each byte alone, so they may come before the change of byte order.
  const std::int64_t plain_from = std::min(to, (std::max<std::int64_t>(from, pixel_bytes_) + 1) / 2 * 2);
  const std::int64_t plain_to = y > 0 ? std::max(plain_from, to / 2 * 2) : plain_from;
  for (std::int64_t i = from; i < plain_from; ++i) out[i - from] = filtered_byte(y, filter, i);
  for (std::int64_t i = plain_to; i < to; ++i) out[i - from] = filtered_byte(y, filter, i);
  if (plain_from == plain_to) return;

  const std::int64_t n = plain_to - plain_from;
  const std::uint8_t* const value = here + plain_from;
  const std::uint8_t* const left = value - pixel_bytes_;
  const std::uint8_t* const above = row(y - 1) + plain_from;
  std::uint8_t* const to_plain = out + (plain_from - from);
  const auto store = [&](auto expected) {
    for (std::int64_t i = 0; i < n; ++i) to_plain[i] = static_cast<std::uint8_t>(value[i] - expected(i));
  };
  switch (filter) {
    case Filter::None: break;
    case Filter::Sub: store([&](std::int64_t i) { return left[i]; }); break;
    case Filter::Up: store([&](std::int64_t i) { return above[i]; }); break;
    case Filter::Average: store([&](std::int64_t i) { return (left[i] + above[i]) / 2; }); break;
    case Filter::Paeth:
      store([&](std::int64_t i) { return math::paeth_byte(left[i], above[i], above[i - pixel_bytes_]); });
      break;
  }
  if (is_swapped(pixels_.bits)) swap_pairs(to_plain, n, to_plain);
}

void FilteredRows::copy_row_adaptively(std::int64_t y, std::uint8_t* out) const {
  Filter best = Filter::None;
  std::uint64_t smallest = ~std::uint64_t{0};
  const auto make = [&](Filter filter) {
    out[0] = static_cast<std::uint8_t>(filter);
    copy_pixels(y, filter, 0, row_bytes_ - 1, out + 1);
  };
  for (const Filter filter : {Filter::None, Filter::Sub, Filter::Up, Filter::Average, Filter::Paeth}) {
    make(filter);
    std::uint64_t sum = 0;
    for (std::int64_t i = 1; i < row_bytes_; ++i) {
      sum += static_cast<std::uint64_t>(std::abs(static_cast<std::int8_t>(out[i])));
    }
    if (sum >= smallest) continue;
    smallest = sum;
    best = filter;
  }
  make(best);
}

}  // namespace spectrohue::image::png
