// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "report/thumbnail.h"

#include <algorithm>

#include "image/png.h"
#include "spectrohue/error.h"

namespace spectrohue::report {

namespace {

constexpr std::int64_t kChannels = 3;

/// How one of n values is shared out between the cells `cell` and `cell + 1` of m <= n that cover the same length. In
/// units of 1 / n of a cell, so all arithmetic is exact.
struct Share {
  std::int64_t cell;
  std::uint64_t weight;
  std::uint64_t next_weight;
};

std::vector<Share> shares(std::int64_t n, std::int64_t m) {
  std::vector<Share> all;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t cell = i * m / n;
    const std::int64_t inside = std::min((cell + 1) * n - i * m, m);
    all.push_back({cell, static_cast<std::uint64_t>(inside), static_cast<std::uint64_t>(m - inside)});
  }
  return all;
}

using Sums = std::vector<std::uint64_t>;

/// Adds a row of pixels to a row of cells, which has one more than there are: the last value's next one.
template <class Code>
void add_row(const std::uint8_t* row, const std::vector<Share>& columns, Sums& cells) {
  const auto* code = reinterpret_cast<const Code*>(row);
  for (const Share& share : columns) {
    std::uint64_t* to = cells.data() + share.cell * kChannels;
    for (std::int64_t c = 0; c < kChannels; ++c, ++code) {
      to[c] += share.weight * *code;
      to[c + kChannels] += share.next_weight * *code;
    }
  }
}

/// [height + 1, width + 1] cells; the last ones stay empty.
Sums sum_cells(const Picture& picture, std::int64_t width, std::int64_t height) {
  const std::vector<Share> columns = shares(picture.width, width);
  const std::vector<Share> rows = shares(picture.height, height);
  const auto row_size = static_cast<std::size_t>((width + 1) * kChannels);
  Sums row(row_size);
  Sums sums(row_size * static_cast<std::size_t>(height + 1));
  for (std::int64_t y = 0; y < picture.height; ++y) {
    std::fill(row.begin(), row.end(), 0);
    picture.layout.bits == 16 ? add_row<std::uint16_t>(picture.row(y), columns, row)
                              : add_row<std::uint8_t>(picture.row(y), columns, row);
    const Share& share = rows[static_cast<std::size_t>(y)];
    std::uint64_t* to = sums.data() + static_cast<std::size_t>(share.cell) * row_size;
    for (std::size_t i = 0; i < row_size; ++i) {
      to[i] += share.weight * row[i];
      to[i + row_size] += share.next_weight * row[i];
    }
  }
  return sums;
}

}  // namespace

Picture scale_down(const Picture& picture, std::int64_t most_width, std::int64_t most_height) {
  if (picture.layout.channels != kChannels || picture.layout.bits > 16) {
    throw Error(ErrorCode::Unsupported, "only pictures of colours have thumbnails, not those of floats");
  }
  Picture small;
  small.width = std::min(picture.width, most_width);
  small.height = std::min(picture.height, most_height);
  small.pixels.resize(static_cast<std::size_t>(small.row_bytes() * small.height));

  const Sums sums = sum_cells(picture, small.width, small.height);
  const std::uint64_t code_scale = picture.layout.bits == 16 ? 65535 / 255 : 1;
  const std::uint64_t whole = static_cast<std::uint64_t>(picture.width * picture.height) * code_scale;
  for (std::int64_t y = 0; y < small.height; ++y) {
    const std::uint64_t* from = sums.data() + y * (small.width + 1) * kChannels;
    std::transform(from, from + small.row_bytes(), small.row(y),
                   [&](std::uint64_t sum) { return static_cast<std::uint8_t>((sum + whole / 2) / whole); });
  }
  return small;
}

std::vector<std::uint8_t> to_png(const Picture& picture) {
  std::vector<std::uint8_t> file;
  image::png::Coder().write(image::png::pixels_of(picture), nullptr, {image::Compression::Small, 1},
                            [&](image::png::Pieces pieces) {
                              for (const auto& piece : pieces) file.insert(file.end(), piece.begin(), piece.end());
                            });
  return file;
}

}  // namespace spectrohue::report
