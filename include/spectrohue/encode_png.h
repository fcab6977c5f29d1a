// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that become stripes of a PNG (docs/png.md) where they are computed, so that no pixel need leave the device.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "spectrohue/settings.h"
#include "spectrohue/signal.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// What is known of a stripe once it is coded.
struct StripeChunk {
  std::uint32_t chunk_bytes = 0;  ///< 0: all of its bytes are zeros, and there is no chunk
  std::uint32_t adler = 1;        ///< of its filtered bytes
};

/// Columns of a sound's picture, of all channels, the first one on top; cut into tiles, which may share columns.
struct PngItem {
  std::span<const Signal> channels;  ///< of the same length
  std::span<const float> refs;       ///< [channels.size()] magnitude of value 1; 0 = silence, all pixels black
  std::int64_t first_frame = 0;      ///< column 0 is this frame of the signals
  std::int64_t n_frames = 0;         ///< columns
  std::int64_t tile_width = 0;       ///< columns of a tile; the last tile has what is left
  std::int64_t tile_step = 0;        ///< from the begin of a tile to the next, 1 to tile_width
  bool pad_last = false;             ///< black columns make the last tile as wide as the others

  /// At least 1.
  std::int64_t n_tiles() const {
    return n_frames <= tile_width ? 1 : 1 + (n_frames - tile_width + tile_step - 1) / tile_step;
  }
  /// Of all tiles together, black ones included.
  std::int64_t n_columns() const { return pad_last ? (n_tiles() - 1) * tile_step + tile_width : n_frames; }
};

/// Bytes from all over a picture, filtered by None, Sub, Up and Average: what the choice of a filter rests on.
using FilterSamples = std::array<std::span<const std::uint8_t>, 4>;

/// A tile. If it is coded, there are stripes and no pixels.
struct EncodedTile {
  std::size_t item = 0;
  std::int64_t tile = 0;  ///< of the item
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 8;  ///< of red, green, blue: 8 or 16

  std::span<const StripeChunk> stripes;  ///< with filter None and runs of cells
  std::span<const std::uint8_t> chunks;  ///< theirs, one after another
  std::uint32_t pixels_crc32 = 0;        ///< PictureNote::pixels_crc32, if it is coded

  const std::uint8_t* pixels = nullptr;  ///< [height] rows, row_bytes apart; 16-bit values in native byte order
  std::int64_t row_bytes = 0;

  /// Whether it is handed over as stripes.
  bool is_coded() const { return pixels == nullptr; }
};

/// Who asks for tiles.
class TileTaker {
 public:
  virtual ~TileTaker() = default;
  /// True if a PNG of such a picture is to have filter None and runs of cells. What it throws ends the call.
  virtual bool is_plain(const FilterSamples& samples) = 0;
  /// Once for every tile, in order; what it points to is there until it returns. What it throws ends the call.
  virtual void take(const EncodedTile& tile) = 0;
};

/// A backend that can code pictures, beside what every backend can.
class PngEncoder {
 public:
  virtual ~PngEncoder() = default;

  /// The pixels are those that Backend::encode() makes. A tile is handed over as pixels if it is not plain, too small
  /// to be worth coding, or of columns that do not fit into the device's memory. Throws what Backend::encode() throws.
  virtual void encode_png(const StftSettings& stft, const PixelSettings& pixels, std::span<const PngItem> items,
                          TileTaker& taker) = 0;
};

}  // namespace spectrohue
