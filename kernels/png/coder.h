// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of the PNG coder, free of CUDA as slot_backend.h is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "kernels/png/checksum.h"
#include "kernels/png/code_stripes.h"
#include "kernels/png/count_stripes.h"
#include "kernels/png/pack_stripes.h"
#include "kernels/png/place_stripes.h"
#include "kernels/png/sample_filters.h"
#include "kernels/png/sum_pixels.h"
#include "kernels/slots.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue::cuda {

/// What a stripe takes on a device while it is coded: its chunk and what leads to it.
inline constexpr std::int64_t kStripeCodingBytes =
    math::kStripeBytes + math::kStoredHeaderBytes + math::kChunkBytes + std::int64_t{sizeof(StripeCounts)} +
    std::int64_t{sizeof(StripeCodes)} + std::int64_t{sizeof(StripeChunk)} + 16;

/// Codes pictures that are in device memory, with filter None and runs of cells. First look_at() them, then code()
/// those for which that is right. Queue: see SlotBackend; of it are used Array, Staging, upload, download, finish and
/// the kernels of this folder. Memory is kept from call to call.
///
/// Batches of stripes go round the queues: while one is coded, the chunks of the one before are downloaded and those of
/// the one before that copied to where they stay. Pinned memory holds batches, not pictures.
template <class Queue>
class PngCoder {
 public:
  /// Queues of one device, which must live as long. They may be one and the same.
  explicit PngCoder(const std::array<Queue*, kSlotsInFlight>& queues) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].queue = queues[i];
  }

  /// The pictures must be complete, and stay until they are coded. Waits for the samples. Throws Error(Unsupported) if
  /// a row has 2^31 bytes or more in the file.
  void look_at(std::span<const DevicePicture> pictures) {
    lay_out(pictures);
    list_pieces();
    upload_tables();
    if (list_.empty()) return;
    Queue& queue = *lanes_.front().queue;
    samples_.resize(size(sample_bytes_), size(2 * sample_bytes_));
    samples_staging_.resize(size(sample_bytes_), size(2 * sample_bytes_));
    queue.sample_filters(SampleFiltersArgs{pictures_.data(), parts_.data(), std::ssize(list_), samples_.data()});
    queue.download(samples_staging_, samples_, sample_bytes_);
    queue.finish();
  }

  /// Of a picture that was looked at; until the next call of look_at().
  FilterSamples samples(std::size_t picture) const {
    const FilteredPicture& here = pictures_staging_.data()[picture];
    const std::size_t n = size(math::plan_samples(here.bytes).bytes());
    FilterSamples samples;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] = {samples_staging_.data() + here.first_sample + i * n, n};
    }
    return samples;
  }

  /// Codes those of the pictures that were looked at, as many stripes at a time as take `batch_bytes` of device memory;
  /// one at least. Waits for what it does. Throws Error(Unsupported) if a batch has 2^31 stripes or more.
  void code(const std::vector<bool>& which, std::int64_t batch_bytes) {
    list_stripes(which);
    upload_tables();
    at_once_ = std::clamp<std::int64_t>(batch_bytes / kStripeCodingBytes, 1, kMaxStripes);
    const std::int64_t n_stripes = std::ssize(list_);
    const std::int64_t n_batches = ceil_div(n_stripes, at_once_);
    stripes_.clear();
    n_chunk_bytes_ = 0;
    static_assert(kSlotsInFlight >= 3);
    for (std::int64_t step = 0; step < n_batches + 2; ++step) {
      if (step < n_batches) queue_batch(step, std::min(at_once_, n_stripes - step * at_once_));
      if (step >= 1 && step - 1 < n_batches) download_chunks(lane(step - 1));
      if (step >= 2) hand_out(lane(step - 2));
    }
  }

  // Of a picture that was coded, until the next call: what image::png::CodedPixels holds.
  std::span<const StripeChunk> stripes(std::size_t picture) const {
    const Coded& coded = coded_[picture];
    return std::span(stripes_).subspan(size(coded.first_stripe), size(coded.n_stripes));
  }
  std::span<const std::uint8_t> chunks(std::size_t picture) const {
    const Coded& coded = coded_[picture];
    return {chunks_.data() + coded.first_byte, size(coded.n_bytes)};
  }
  /// PictureNote::pixels_crc32.
  std::uint32_t pixels_crc32(std::size_t picture) const { return coded_[picture].crc.value(); }

 private:
  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;

  struct Coded {
    std::int64_t first_stripe = 0;
    std::int64_t n_stripes = 0;
    std::int64_t first_byte = 0;
    std::int64_t n_bytes = 0;
    PartsCrc crc;
  };

  /// A batch of stripes on its way.
  struct Lane {
    Queue* queue = nullptr;
    std::span<const PicturePart> stripes;
    Array<StripeCounts> counts;
    Array<StripeCodes> codes;
    Array<StripeChunk> chunks;
    Array<std::int64_t> places;
    Array<std::uint32_t> sums;
    Array<std::uint32_t> out;
    Staging<StripeChunk> chunks_staging;
    Staging<std::uint32_t> sums_staging;
    Staging<std::uint32_t> out_staging;
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  Lane& lane(std::int64_t batch) { return lanes_[size(batch) % lanes_.size()]; }

  // ---------------------------------------------------------------------------------------------- preparation

  void lay_out(std::span<const DevicePicture> pictures) {
    pictures_staging_.resize(pictures.size(), 2 * pictures.size());
    sample_bytes_ = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const DevicePicture& picture = pictures[i];
      const std::int64_t row_bytes = 1 + 3 * picture.width * (picture.bits / 8);
      if (row_bytes > kMaxRowBytes) fail("a row of " + std::to_string(picture.width) + " pixels");
      pictures_staging_.data()[i] = {picture.data,
                                     picture.row_bytes,
                                     static_cast<std::uint32_t>(row_bytes),
                                     picture.bits == 16 ? 1U : 0U,
                                     row_bytes * picture.height,
                                     sample_bytes_};
      sample_bytes_ += math::kSampledFilters * math::plan_samples(row_bytes * picture.height).bytes();
    }
  }

  void list_pieces() {
    list_.clear();
    for (std::uint32_t i = 0; i < pictures_staging_.size(); ++i) {
      list_parts(i, math::plan_samples(pictures_staging_.data()[i].bytes).n_pieces);
    }
  }

  void list_stripes(const std::vector<bool>& which) {
    list_.clear();
    coded_.assign(pictures_staging_.size(), {});
    std::int64_t most_bytes = 0;
    for (std::uint32_t i = 0; i < coded_.size(); ++i) {
      if (!which[i]) continue;
      const std::int64_t bytes = pictures_staging_.data()[i].bytes;
      coded_[i].first_stripe = std::ssize(list_);
      coded_[i].n_stripes = ceil_div(bytes, math::kStripeBytes);
      list_parts(i, coded_[i].n_stripes);
      most_bytes += bytes + coded_[i].n_stripes * (math::kStoredHeaderBytes + math::kChunkBytes);
    }
    chunks_.resize(size(most_bytes));  // what is not used takes no memory
  }

  void list_parts(std::uint32_t picture, std::int64_t n_parts) {
    if (std::ssize(list_) + n_parts > kMaxStripes) fail("so many pixels at a time");
    for (std::uint32_t part = 0; part < n_parts; ++part) list_.push_back({picture, part});
  }

  /// Waits.
  void upload_tables() {
    Queue& queue = *lanes_.front().queue;
    if (crc_tables_.size() == 0) {
      crc_staging_.resize(1);
      *crc_staging_.data() = make_crc_tables();
      crc_tables_.resize(1);
      queue.upload(crc_tables_, crc_staging_, 1);
    }
    const std::size_t n_pictures = pictures_staging_.size();
    pictures_.resize(n_pictures, 2 * n_pictures);
    parts_.resize(list_.size(), 2 * list_.size());
    parts_staging_.resize(list_.size(), 2 * list_.size());
    std::copy(list_.begin(), list_.end(), parts_staging_.data());
    queue.upload(pictures_, pictures_staging_, static_cast<std::int64_t>(n_pictures));
    queue.upload(parts_, parts_staging_, std::ssize(list_));
    queue.finish();  // every lane may read them
  }

  [[noreturn]] static void fail(const std::string& what) {
    throw Error(ErrorCode::Unsupported, "the device's PNG coder cannot take " + what + "; use --device cpu");
  }

  // -------------------------------------------------------------------------------------------------- batches

  /// Buffers grow by doubling, up to whole batches.
  std::size_t room_for(std::int64_t n_stripes) const {
    constexpr std::int64_t kLeast = 8;
    std::int64_t room = kLeast;
    while (room < n_stripes) room *= 2;
    return size(std::max(n_stripes, std::min(room, at_once_)));
  }
  /// In words. Each batch begins with a word of its own.
  static std::size_t chunk_room(std::size_t n_stripes) {
    constexpr std::size_t kMostBytes = math::kStripeBytes + math::kStoredHeaderBytes + math::kChunkBytes;
    return (n_stripes * kMostBytes + 3) / 4;
  }

  void queue_batch(std::int64_t number, std::int64_t n) {
    Lane& l = lane(number);
    l.stripes = std::span(list_).subspan(size(number * at_once_), size(n));
    const std::size_t room = room_for(n);
    l.counts.resize(size(n), room);
    l.codes.resize(size(n), room);
    l.chunks.resize(size(n), room);
    l.places.resize(size(n), room);
    l.sums.resize(size(n), room);
    l.chunks_staging.resize(size(n), room);
    l.sums_staging.resize(size(n), room);
    l.out.resize(chunk_room(size(n)), chunk_room(room));
    const StripeBatch batch{pictures_.data(), parts_.data() + number * at_once_, n};
    l.queue->count_stripes(CountStripesArgs{batch, l.counts.data()});
    l.queue->code_stripes(CodeStripesArgs{batch, l.counts.data(), l.codes.data(), l.chunks.data()});
    l.queue->place_stripes(PlaceStripesArgs{n, l.chunks.data(), l.places.data()});
    l.queue->pack_stripes(
        PackStripesArgs{batch, l.codes.data(), l.chunks.data(), l.places.data(), crc_tables_.data(), l.out.data()});
    l.queue->sum_pixels(SumPixelsArgs{batch, crc_tables_.data(), l.sums.data()});
    l.queue->download(l.chunks_staging, l.chunks, n);
    l.queue->download(l.sums_staging, l.sums, n);
  }

  /// Waits until the batch is coded: how long its chunks are is not known before.
  void download_chunks(Lane& l) {
    l.queue->finish();
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < l.stripes.size(); ++i) bytes += l.chunks_staging.data()[i].chunk_bytes;
    const std::int64_t n_words = ceil_div(bytes, 4);
    l.out_staging.resize(size(n_words), chunk_room(room_for(std::ssize(l.stripes))));
    l.queue->download(l.out_staging, l.out, n_words);
  }

  void hand_out(Lane& l) {
    l.queue->finish();
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < l.stripes.size(); ++i) {
      const auto [picture, stripe] = l.stripes[i];
      const StripeChunk& chunk = l.chunks_staging.data()[i];
      Coded& coded = coded_[picture];
      if (stripe == 0) coded.first_byte = n_chunk_bytes_ + bytes;
      coded.n_bytes += chunk.chunk_bytes;
      coded.crc.add(l.sums_staging.data()[i], pixel_bytes_of(view_stripe(pictures_staging_.data()[picture], stripe)));
      stripes_.push_back(chunk);
      bytes += chunk.chunk_bytes;
    }
    if (bytes == 0) return;
    std::memcpy(chunks_.data() + n_chunk_bytes_, l.out_staging.data(), size(bytes));
    n_chunk_bytes_ += bytes;
  }

  static constexpr std::int64_t kMaxStripes = 0x7FFFFFFF;  // of a grid

  std::array<Lane, kSlotsInFlight> lanes_;
  std::int64_t at_once_ = 1;       // stripes of a batch
  std::vector<PicturePart> list_;  // pieces or stripes; on the device too
  std::int64_t sample_bytes_ = 0;

  // What was coded.
  std::vector<Coded> coded_;
  std::vector<StripeChunk> stripes_;
  Buffer<std::uint8_t> chunks_;
  std::int64_t n_chunk_bytes_ = 0;

  Array<CrcTables> crc_tables_;
  Staging<CrcTables> crc_staging_;
  Array<FilteredPicture> pictures_;
  Staging<FilteredPicture> pictures_staging_;
  Array<PicturePart> parts_;
  Staging<PicturePart> parts_staging_;
  Array<std::uint8_t> samples_;
  Staging<std::uint8_t> samples_staging_;
};

}  // namespace spectrohue::cuda
