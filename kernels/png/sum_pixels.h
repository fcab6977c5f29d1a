// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: CRC-32 of the pixels of a stripe, which a picture's note holds of all of them. One block a stripe.
#pragma once

#include "kernels/block.h"
#include "kernels/png/checksum.h"
#include "kernels/png/stripes.h"

namespace spectrohue::cuda {

struct SumPixelsArgs {
  StripeBatch batch;
  const CrcTables* crc = nullptr;
  std::uint32_t* sums = nullptr;  ///< [n_stripes] BlockCrc::value()
};

inline LaunchShape sum_pixels_launch(const SumPixelsArgs& a) { return stripes_launch(a.batch, kStripeThreads); }

struct SumPixelsShared {
  BlockCrc crc;
};

/// Bytes [byte, byte + 4) of the n that are pixels of the stripe, as in the file; zeros behind the last.
SPECTROHUE_HD std::uint32_t pixel_word(const StripeView& view, std::uint32_t n, std::uint32_t byte) {
  const std::uint32_t row_bytes = view.picture.row_bytes - 1;
  const std::uint32_t local = (view.first_byte > 0 ? view.first_byte - 1 : 0) + byte;
  const std::uint32_t rows = local / row_bytes;
  std::uint32_t at = local - rows * row_bytes;
  const std::uint8_t* row = view.picture.data + (view.first_row + rows) * view.picture.row_stride;
  std::uint32_t word = 0;
  for (std::uint32_t i = 0; i < 4 && byte + i < n; ++i) {
    word |= std::uint32_t{row[at ^ view.picture.is_wide]} << (8 * i);
    if (++at != row_bytes) continue;
    at = 0;
    row += view.picture.row_stride;
  }
  return word;
}

template <class Block>
SPECTROHUE_HD void sum_pixels(const SumPixelsArgs& a, std::int64_t stripe, SumPixelsShared& shared, Block&& block) {
  const StripeView view = view_stripe(a.batch, stripe);
  const std::uint32_t n = pixel_bytes_of(view);
  const std::uint32_t n_words = (n + 3) / 4;
  block.each([&](int thread) { shared.crc.begin(*a.crc, thread); });
  block.each([&](int thread) {
    std::uint32_t crc = 0;
    for (std::uint32_t word = first_crc_word(thread, 0, n_words); word < n_words; word += kStripeThreads) {
      crc = shared.crc.add(crc, pixel_word(view, n, 4 * word));
    }
    shared.crc.finish(*a.crc, thread, crc);
  });
  block.each([&](int thread) {
    if (thread == 0) a.sums[stripe] = shared.crc.value(*a.crc, 4 * n_words - n);
  });
}

}  // namespace spectrohue::cuda
