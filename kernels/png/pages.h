// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures of sounds from their pixels to coded tiles, free of CUDA as slot_backend.h is. Pages, each the columns of an
// item, lie one behind the other; tiles are parts of their rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "kernels/png/coder.h"
#include "spectrohue/backend.h"
#include "spectrohue/buffer.h"
#include "spectrohue/encode_png.h"

namespace spectrohue::cuda {

/// Where the pixels of an item go, in pixels of the pages; all columns of some rows.
struct PixelPlace {
  std::int64_t offset = 0;
  std::int64_t stride = 0;  ///< from row to row
};

/// Where a page is put together.
enum class PageMemory { Device, Host };

/// n_rows: of a channel.
inline std::int64_t page_bytes(const PngItem& item, int n_rows, int bits) {
  return std::ssize(item.channels) * n_rows * item.n_columns() * 3 * (bits / 8);
}

/// Memory is kept from call to call. Queue: see SlotBackend.
template <class Queue>
class PngPages {
 public:
  /// As for PngCoder.
  explicit PngPages(const std::array<Queue*, kSlotsInFlight>& queues) : queues_(queues), coder_(queues) {}

  /// Makes room for the pages of some items. Where device memory must grow, it grows by doubling, up to most_bytes.
  void lay_out(std::span<const PngItem> items, int n_rows, int bits, PageMemory memory, std::int64_t most_bytes) {
    items_ = items;
    n_rows_ = n_rows;
    bits_ = bits;
    pixel_bytes_ = 3 * (bits / 8);
    n_bytes_ = 0;
    for (const PngItem& item : items) n_bytes_ += page_bytes(item, n_rows, bits);
    host_.resize(size(n_bytes_));  // what is not used takes no memory
    if (memory == PageMemory::Device) {
      device_.resize(whole_words(n_bytes_), whole_words(std::min(2 * n_bytes_, most_bytes)));
    }
    blacken_padding(memory);
    list_channels(memory);
    list_tiles();
  }

  /// Every channel of every item: what is to be encoded, and where to. In host memory they have planes, on the device
  /// places.
  std::span<const EncodeItem> channels() const { return channels_; }
  std::span<const PixelPlace> places() const { return places_; }
  std::uint8_t* device() { return device_.data(); }
  /// Queued on the first queue.
  void blacken(const PixelPlace& place) {
    queues_.front()->clear(device_, place.offset * pixel_bytes_, n_rows_ * place.stride * pixel_bytes_);
  }

  /// Once the pages are complete, but for what is queued on the first queue: codes the tiles that are plain and worth
  /// it, and downloads the others. stripe_bytes: see PngCoder::code().
  void code(TileTaker& taker, std::int64_t stripe_bytes) {
    std::vector<EncodedTile*> looked_at;
    std::vector<DevicePicture> pictures;
    for (EncodedTile& tile : tiles_) {
      if (!is_worth_coding(tile)) continue;
      looked_at.push_back(&tile);
      pictures.push_back(
          {device_.data() + (tile.pixels - host_.data()), tile.row_bytes, tile.width, tile.height, tile.bits});
    }
    coder_.look_at(pictures);
    std::vector<bool> which;
    for (std::size_t i = 0; i < pictures.size(); ++i) which.push_back(taker.is_plain(coder_.samples(i)));
    coder_.code(which, stripe_bytes);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      if (!which[i]) continue;
      EncodedTile& tile = *looked_at[i];
      tile.stripes = coder_.stripes(i);
      tile.chunks = coder_.chunks(i);
      tile.pixels_crc32 = coder_.pixels_crc32(i);
      tile.pixels = nullptr;
    }
    download_pixels();
  }

  /// The items' tiles, in order.
  std::span<const EncodedTile> tiles() const { return tiles_; }

 private:
  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;

  /// Bytes of the pages on their way to the host.
  struct Piece {
    std::int64_t first = 0;
    std::int64_t n = 0;
    Staging<std::uint8_t> staging;
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  /// The coder reads words.
  static std::size_t whole_words(std::int64_t bytes) { return size(4 * ceil_div(bytes, 4)); }

  /// False if the samples to choose a filter from are no fewer bytes than the pixels.
  static bool is_worth_coding(const EncodedTile& tile) {
    return tile.height * tile.width * 3 * (tile.bits / 8) > math::kSampledFilters * math::kMinSampledBytes;
  }

  /// With all of its page. Waits if there is any.
  void blacken_padding(PageMemory memory) {
    std::int64_t first = 0;
    for (const PngItem& item : items_) {
      const std::int64_t n = page_bytes(item, n_rows_, bits_);
      if (item.n_columns() > item.n_frames && memory == PageMemory::Host) {
        std::fill_n(host_.data() + first, n, std::uint8_t{0});
      } else if (item.n_columns() > item.n_frames) {
        queues_.front()->clear(device_, first, n);
        queues_.front()->finish();
      }
      first += n;
    }
  }

  void list_channels(PageMemory memory) {
    channels_.clear();
    places_.clear();
    std::int64_t pixel = 0;
    for (const PngItem& item : items_) {
      for (std::size_t c = 0; c < item.channels.size(); ++c) {
        Plane plane{nullptr, item.n_columns() * pixel_bytes_, item.n_frames};
        if (memory == PageMemory::Host) {
          plane.data = host_.data() + pixel * pixel_bytes_;
        } else {
          places_.push_back({pixel, item.n_columns()});
        }
        channels_.push_back({item.channels[c], item.refs[c], plane, item.first_frame});
        pixel += n_rows_ * item.n_columns();
      }
    }
  }

  /// As pixels in host memory, for now.
  void list_tiles() {
    tiles_.clear();
    const std::uint8_t* page = host_.data();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const PngItem& item = items_[i];
      EncodedTile tile;
      tile.item = i;
      tile.height = std::ssize(item.channels) * n_rows_;
      tile.bits = bits_;
      tile.row_bytes = item.n_columns() * pixel_bytes_;
      for (tile.tile = 0; tile.tile < item.n_tiles(); ++tile.tile) {
        const std::int64_t first = tile.tile * item.tile_step;
        tile.width = std::min(item.tile_width, item.n_columns() - first);
        tile.pixels = page + first * pixel_bytes_;
        tiles_.push_back(tile);
      }
      page += tile.height * tile.row_bytes;
    }
  }

  /// Pages with a tile that is not coded, in pieces that go round the queues.
  void download_pixels() {
    const auto copy_out = [&](std::size_t i) {
      Piece& piece = pieces_[i];
      if (piece.n == 0) return;
      queues_[i]->finish();
      std::memcpy(host_.data() + piece.first, piece.staging.data(), size(std::exchange(piece.n, 0)));
    };
    std::size_t next = 0;
    for_each_piece_of_pixels([&](std::int64_t first, std::int64_t n) {
      copy_out(next);
      Piece& piece = pieces_[next];
      piece.first = first;
      piece.n = n;
      piece.staging.resize(size(n), size(std::min(2 * n, kPieceBytes)));
      queues_[next]->download(piece.staging, device_, n, first);
      next = (next + 1) % pieces_.size();
    });
    for (std::size_t i = 0; i < pieces_.size(); ++i) copy_out(i);
  }

  /// Calls use(first byte, bytes); neighbouring pages go together.
  template <class Use>
  void for_each_piece_of_pixels(Use&& use) const {
    std::vector<bool> is_wanted(items_.size());
    for (const EncodedTile& tile : tiles_) {
      if (!tile.is_coded()) is_wanted[tile.item] = true;
    }
    std::int64_t at = 0;    // the page
    std::int64_t from = 0;  // what is wanted and not yet used
    const auto flush = [&] {
      for (; from < at; from += std::min(kPieceBytes, at - from)) use(from, std::min(kPieceBytes, at - from));
    };
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::int64_t end = at + page_bytes(items_[i], n_rows_, bits_);
      if (!is_wanted[i]) {
        flush();
        from = end;
      }
      at = end;
    }
    flush();
  }

  static constexpr std::int64_t kPieceBytes = std::int64_t{4} << 20;

  std::array<Queue*, kSlotsInFlight> queues_;
  PngCoder<Queue> coder_;
  std::span<const PngItem> items_;
  std::vector<EncodeItem> channels_;
  std::vector<PixelPlace> places_;
  std::vector<EncodedTile> tiles_;
  int n_rows_ = 0;  // of a channel
  int bits_ = 8;
  std::int64_t pixel_bytes_ = 3;
  std::int64_t n_bytes_ = 0;
  Array<std::uint8_t> device_;
  Buffer<std::uint8_t> host_;
  std::array<Piece, kSlotsInFlight> pieces_;
};

}  // namespace spectrohue::cuda
