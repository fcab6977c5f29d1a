// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: the samples of pictures from which their filters are chosen (math/png_filter.h), once a filter. One block a
// piece. Twin of FilteredRows::copy in host/image/png_rows.cpp.
#pragma once

#include "kernels/block.h"
#include "kernels/png/cells.h"
#include "math/png_filter.h"

namespace spectrohue::cuda {

struct SampleFiltersArgs {
  const FilteredPicture* pictures = nullptr;
  const PicturePart* pieces = nullptr;  ///< [n_pieces]
  std::int64_t n_pieces = 0;
  /// From first_sample of each picture on: [kSampledFilters, plan_samples(picture.bytes).bytes()].
  std::uint8_t* samples = nullptr;
};

inline constexpr int kSampleThreads = 256;

inline LaunchShape sample_filters_launch(const SampleFiltersArgs& a) {
  return {{static_cast<unsigned>(a.n_pieces)}, {kSampleThreads}};
}

/// The largest piece is a whole picture of no more than kMinSampledBytes; a row has 4 bytes at least.
inline constexpr int kMaxSampledRows = math::kMinSampledBytes / 4 + 1;

/// Which rows of the piece are not zeros only. Those have no filter.
struct SampleFiltersShared {
  std::uint32_t is_set_in_piece[kMaxSampledRows];
  std::uint32_t is_set_elsewhere[kMaxSampledRows];
};

/// Where a byte of a piece lies.
struct SampledByte {
  std::int64_t row;      ///< of the picture
  std::uint32_t in_row;  ///< 0: the filter's number
};
SPECTROHUE_HD SampledByte sampled_byte(const FilteredPicture& picture, std::int64_t offset) {
  const std::int64_t row = offset / picture.row_bytes;
  return {row, static_cast<std::uint32_t>(offset - row * picture.row_bytes)};
}

/// What the filter makes of it, in a row that is not zeros.
SPECTROHUE_HD std::uint8_t filtered_byte(const FilteredPicture& picture, SampledByte byte, math::Filter filter) {
  if (byte.in_row == 0) return static_cast<std::uint8_t>(filter);
  const std::uint32_t pixel_bytes = picture.is_wide != 0 ? 6 : 3;
  const std::uint32_t at = (byte.in_row - 1) ^ picture.is_wide;
  const std::uint8_t* const row = picture.data + byte.row * picture.row_stride;
  const int left = byte.in_row > pixel_bytes ? row[at - pixel_bytes] : 0;
  const int up = byte.row > 0 ? (row - picture.row_stride)[at] : 0;
  constexpr int kUpLeft = 0;  // Paeth's, which is not tried
  return static_cast<std::uint8_t>(row[at] - math::expected_byte(filter, left, up, kUpLeft));
}

/// A thread's share of a row.
SPECTROHUE_HD bool has_set_byte(const FilteredPicture& picture, std::int64_t row, int thread) {
  constexpr std::uint32_t kBytes = 16;
  const std::uint8_t* const bytes = picture.data + row * picture.row_stride;
  const std::uint32_t n = picture.row_bytes - 1;
  std::uint32_t any = 0;
  for (std::uint32_t at = static_cast<std::uint32_t>(thread) * kBytes; at < n; at += kSampleThreads * kBytes) {
    if (n - at >= kBytes) {
      std::uint32_t words[4];
      load_bytes(bytes + at, words);
      any |= words[0] | words[1] | words[2] | words[3];
    } else {
      for (std::uint32_t i = at; i < n; ++i) any |= bytes[i];
    }
  }
  return any != 0;
}

template <class Block>
SPECTROHUE_HD void sample_filters(const SampleFiltersArgs& a, std::int64_t piece, SampleFiltersShared& shared,
                                  Block&& block) {
  const PicturePart part = a.pieces[piece];
  const FilteredPicture picture = a.pictures[part.picture];
  const math::SamplePlan plan = math::plan_samples(picture.bytes);
  const std::int64_t offset = plan.offset(part.part);
  const auto n = static_cast<int>(plan.piece_bytes);
  const std::int64_t first_row = sampled_byte(picture, offset).row;
  const auto n_rows = static_cast<int>(sampled_byte(picture, offset + n - 1).row - first_row + 1);

  block.each([&](int thread) {
    for (int row = thread; row < n_rows; row += kSampleThreads) {
      shared.is_set_in_piece[row] = shared.is_set_elsewhere[row] = 0;
    }
  });
  block.each([&](int thread) {
    for (int i = thread; i < n; i += kSampleThreads) {
      const SampledByte byte = sampled_byte(picture, offset + i);
      if (filtered_byte(picture, byte, math::Filter::None) != 0) {
        or_shared(shared.is_set_in_piece[byte.row - first_row], 1);
      }
    }
  });
  block.each([&](int thread) {
    for (int row = 0; row < n_rows; ++row) {
      if (shared.is_set_in_piece[row] == 0 && has_set_byte(picture, first_row + row, thread)) {
        or_shared(shared.is_set_elsewhere[row], 1);
      }
    }
  });
  block.each([&](int thread) {
    for (int i = thread; i < n; i += kSampleThreads) {
      const SampledByte byte = sampled_byte(picture, offset + i);
      const std::int64_t row = byte.row - first_row;
      const bool is_set = (shared.is_set_in_piece[row] | shared.is_set_elsewhere[row]) != 0;
      std::uint8_t* to = a.samples + picture.first_sample + part.part * plan.piece_bytes + i;
      for (int filter = 0; filter < math::kSampledFilters; ++filter, to += plan.bytes()) {
        *to = is_set ? filtered_byte(picture, byte, static_cast<math::Filter>(filter)) : std::uint8_t{0};
      }
    }
  });
}

}  // namespace spectrohue::cuda
