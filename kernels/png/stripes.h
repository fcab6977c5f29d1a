// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stripes of pictures in device memory, as the kernels of the PNG coder see them. What a block of each does is in a
// file of its own; stripes.cu launches them, coder.h says in which order. They make the chunks of stripes as
// math/deflate.h describes them, of pictures whose filter is None and whose runs are those that cover a cell, to the
// bytes of host/image/png_writer.cpp. What is coded together over several stripes is left to it.
#pragma once

#include "kernels/launch_shape.h"
#include "math/deflate.h"

namespace spectrohue::cuda {

/// A picture in device memory. All words of 4 bytes that it lies in, also in part, can be read.
struct DevicePicture {
  const std::uint8_t* data = nullptr;  ///< [height] rows, row_bytes apart; 16-bit values native and at even addresses
  std::int64_t row_bytes = 0;          ///< >= 3 * width * bits / 8
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 8;  ///< of red, green, blue: 8 or 16
};

/// The same for kernels: what is filtered.
struct FilteredPicture {
  const std::uint8_t* data = nullptr;
  std::int64_t row_stride = 0;    ///< from row to row in memory
  std::uint32_t row_bytes = 0;    ///< of a row in the file, its filter byte included; no more than kMaxRowBytes
  std::uint32_t is_wide = 0;      ///< 16-bit values
  std::int64_t bytes = 0;         ///< in the file
  std::int64_t first_sample = 0;  ///< where its samples go
};
inline constexpr std::int64_t kMaxRowBytes = 0x7FFFFFFF;

/// One of the parts of one of the pictures: a stripe, or a piece that is sampled.
struct PicturePart {
  std::uint32_t picture;
  std::uint32_t part;
};

/// Stripes that are coded together, in order.
struct StripeBatch {
  const FilteredPicture* pictures = nullptr;
  const PicturePart* stripes = nullptr;  ///< [n_stripes]
  std::int64_t n_stripes = 0;
};

inline constexpr int kStripeThreads = 256;

inline constexpr int kStripeCells = (math::kStripeBytes + math::kCellBytes - 1) / math::kCellBytes;

/// A stripe, seen through the picture that it is of.
struct StripeView {
  FilteredPicture picture;
  std::int64_t first_row;    ///< in which it starts
  std::uint32_t first_byte;  ///< in that row
  int n;                     ///< bytes
  int n_cells;
};

SPECTROHUE_HD StripeView view_stripe(const FilteredPicture& picture, std::int64_t stripe) {
  StripeView view;
  view.picture = picture;
  const std::int64_t offset = stripe * math::kStripeBytes;
  const std::int64_t left = view.picture.bytes - offset;
  view.first_row = offset / view.picture.row_bytes;
  view.first_byte = static_cast<std::uint32_t>(offset % view.picture.row_bytes);
  view.n = left < math::kStripeBytes ? static_cast<int>(left) : math::kStripeBytes;
  view.n_cells = static_cast<int>(ceil_div(view.n, math::kCellBytes));
  return view;
}
SPECTROHUE_HD StripeView view_stripe(const StripeBatch& batch, std::int64_t stripe) {
  const PicturePart& part = batch.stripes[stripe];
  return view_stripe(batch.pictures[part.picture], part.part);
}

/// How many of its bytes are pixels, not numbers of filters.
SPECTROHUE_HD std::uint32_t pixel_bytes_of(const StripeView& view) {
  const std::int64_t row_bytes = view.picture.row_bytes;
  const auto n_filters = ceil_div(std::int64_t{view.first_byte} + view.n, row_bytes) - (view.first_byte > 0 ? 1 : 0);
  return static_cast<std::uint32_t>(view.n - n_filters);
}

/// Grid of the kernels that take a block a stripe.
inline LaunchShape stripes_launch(const StripeBatch& batch, unsigned threads) {
  return {{static_cast<unsigned>(batch.n_stripes)}, {threads}};
}

}  // namespace spectrohue::cuda
