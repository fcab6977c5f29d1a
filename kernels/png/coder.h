// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of the PNG coder, free of CUDA as slot_backend.h is: Device does them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/png/code_stripes.h"
#include "kernels/png/count_stripes.h"
#include "kernels/png/pack_stripes.h"
#include "kernels/png/place_stripes.h"
#include "spectrohue/error.h"

namespace spectrohue::cuda {

/// Device has
///   Array<T>, Staging<T>     device memory; host memory that copies use: resize(n) (contents are lost), data(), size()
///   upload(to, from, n), download(to, from, n), finish()
///   count_stripes, code_stripes, place_stripes, pack_stripes
/// All but finish() may return before the work is done; it is done in order.
template <class Device>
class PngCoder {
 public:
  /// The device must outlive the coder.
  explicit PngCoder(Device& device) : device_(device) {
    Staging<CrcTables> staging;
    staging.resize(1);
    *staging.data() = make_crc_tables();
    crc_tables_.resize(1);
    device_.upload(crc_tables_, staging, 1);
    device_.finish();
  }

  /// Codes the pictures, in device memory, with filter None and runs of cells; waits for what it does. Takes 1.3 times
  /// their size of device memory. Throws Error(Unsupported) if a row has 2^31 bytes or more in the file, or the batch
  /// 2^31 stripes.
  void code(std::span<const DevicePicture> pictures) {
    lay_out(pictures);
    if (n_stripes_ == 0) return;
    const StripeBatch batch{pictures_.data(), picture_of_stripe_.data(), n_stripes_};
    device_.count_stripes(CountStripesArgs{batch, counts_.data()});
    device_.code_stripes(CodeStripesArgs{batch, counts_.data(), codes_.data(), chunks_.data()});
    device_.place_stripes(PlaceStripesArgs{n_stripes_, chunks_.data(), places_.data()});
    device_.pack_stripes(
        PackStripesArgs{batch, codes_.data(), chunks_.data(), places_.data(), crc_tables_.data(), out_.data()});
    device_.download(chunks_staging_, chunks_, n_stripes_);
    device_.finish();

    std::int64_t bytes = 0;
    std::int64_t stripe = 0;
    for (Coded& coded : coded_) {
      coded.first_byte = bytes;
      for (; stripe < coded.first_stripe + coded.n_stripes; ++stripe)
        bytes += chunks_staging_.data()[stripe].chunk_bytes;
      coded.n_bytes = bytes - coded.first_byte;
    }
    const std::int64_t n_words = ceil_div(bytes, 4);
    out_staging_.resize(static_cast<std::size_t>(n_words));
    device_.download(out_staging_, out_, n_words);
    device_.finish();
  }

  /// Of a picture of the last call, until the next: what image::png::CodedPixels holds.
  std::span<const math::StripeChunk> stripes(std::size_t picture) const {
    const Coded& coded = coded_[picture];
    return {chunks_staging_.data() + coded.first_stripe, static_cast<std::size_t>(coded.n_stripes)};
  }
  std::span<const std::uint8_t> chunks(std::size_t picture) const {
    const Coded& coded = coded_[picture];
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(out_staging_.data());
    return {bytes + coded.first_byte, static_cast<std::size_t>(coded.n_bytes)};
  }

 private:
  template <class T>
  using Array = typename Device::template Array<T>;
  template <class T>
  using Staging = typename Device::template Staging<T>;

  struct Coded {
    std::int64_t first_stripe;
    std::int64_t n_stripes;
    std::int64_t first_byte;
    std::int64_t n_bytes;
  };

  void lay_out(std::span<const DevicePicture> pictures) {
    coded_.clear();
    n_stripes_ = 0;
    pictures_staging_.resize(pictures.size());
    std::int64_t most_bytes = 0;
    for (const DevicePicture& picture : pictures) {
      const std::int64_t row_bytes = 1 + 3 * picture.width * (picture.bits / 8);
      if (row_bytes > kMaxRowBytes) fail("a row of " + std::to_string(picture.width) + " pixels");
      const std::int64_t bytes = row_bytes * picture.height;
      const std::int64_t n = ceil_div(bytes, math::kStripeBytes);
      pictures_staging_.data()[coded_.size()] = {
          picture.data, picture.row_bytes, static_cast<std::uint32_t>(row_bytes), picture.bits == 16 ? 1U : 0U,
          bytes,        n_stripes_};
      coded_.push_back({n_stripes_, n, 0, 0});
      n_stripes_ += n;
      most_bytes += bytes + n * (math::kStoredHeaderBytes + math::kChunkBytes);
    }
    if (n_stripes_ > kMaxStripes) fail("a batch of " + std::to_string(most_bytes) + " bytes");
    if (n_stripes_ == 0) return;

    const auto n = static_cast<std::size_t>(n_stripes_);
    picture_of_stripe_staging_.resize(n);
    for (std::size_t i = 0; i < coded_.size(); ++i) {
      std::fill_n(picture_of_stripe_staging_.data() + coded_[i].first_stripe, coded_[i].n_stripes,
                  static_cast<std::uint32_t>(i));
    }
    pictures_.resize(pictures.size());
    picture_of_stripe_.resize(n);
    counts_.resize(n);
    codes_.resize(n);
    chunks_.resize(n);
    chunks_staging_.resize(n);
    places_.resize(n);
    out_.resize(static_cast<std::size_t>(ceil_div(most_bytes, 4)));
    device_.upload(pictures_, pictures_staging_, static_cast<std::int64_t>(pictures.size()));
    device_.upload(picture_of_stripe_, picture_of_stripe_staging_, n_stripes_);
  }

  [[noreturn]] static void fail(const std::string& what) {
    throw Error(ErrorCode::Unsupported, "the device's PNG coder cannot take " + what + "; use --device cpu");
  }

  static constexpr std::int64_t kMaxStripes = 0x7FFFFFFF;  // of a grid

  Device& device_;
  std::vector<Coded> coded_;
  std::int64_t n_stripes_ = 0;
  Array<CrcTables> crc_tables_;
  Array<FilteredPicture> pictures_;
  Staging<FilteredPicture> pictures_staging_;
  Array<std::uint32_t> picture_of_stripe_;
  Staging<std::uint32_t> picture_of_stripe_staging_;
  Array<StripeCounts> counts_;
  Array<StripeCodes> codes_;
  Array<math::StripeChunk> chunks_;
  Staging<math::StripeChunk> chunks_staging_;
  Array<std::int64_t> places_;
  Array<std::uint32_t> out_;
  Staging<std::uint32_t> out_staging_;
};

}  // namespace spectrohue::cuda
