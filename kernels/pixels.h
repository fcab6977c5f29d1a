// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a thread of the stage `pixels` does, both ways; pixels.cu launches it. Each segment of a slot says where its
// pixels are; row 0 = the highest bin. Spectra run along bins, pictures along frames, so a block turns a tile of kTile
// x kTile over in shared memory and both sides are touched in the order in which they lie.
#pragma once

#include "kernels/fft.h"
#include "kernels/launch_shape.h"
#include "kernels/slots.h"
#include "math/pixels.h"

namespace spectrohue::cuda {

inline constexpr int kTile = 32;
inline constexpr int kTileThreadRows = 8;

/// The codes of one pixel.
template <class Code>
struct Pixel {
  Code r;
  Code g;
  Code b;
};

/// Shared memory of a block, [frame][bin]. The odd width lets a column be read without bank conflicts.
template <class Code>
struct PixelTile {
  Pixel<Code> at[kTile][kTile + 1];
};

/// What a bin becomes a pixel with, and a pixel a bin.
struct PixelTables {
  float top = 0.0F;
  math::CodePlaces places;
  math::CurveConstants curve;
  const float* magnitude = nullptr;      ///< [top + 1]; decoding only
  const float* gains = nullptr;          ///< [n_bins] BinGains; null: 1
  const float* inverse_gains = nullptr;  ///< [n_bins]
};

/// A bin times its weight; null: times 1.
SPECTROHUE_HD Bin weigh(const float* weights, int bin, Bin x) {
  if (weights == nullptr) return x;
  return {x.re * weights[bin], x.im * weights[bin]};
}

/// Code is std::uint8_t or std::uint16_t. inverse_ref: 1 / reference.
template <class Code>
SPECTROHUE_HD Pixel<Code> encode_bin(const PixelTables& tables, int bin, Bin x, float inverse_ref) {
  x = weigh(tables.gains, bin, x);
  float r;
  float g;
  float b;
  math::encode_pixel(x.re * inverse_ref, x.im * inverse_ref, tables.top, tables.places, tables.curve, r, g, b);
  return {static_cast<Code>(math::to_integer(r)), static_cast<Code>(math::to_integer(g)),
          static_cast<Code>(math::to_integer(b))};
}

/// real: the bin is DC or Nyquist.
template <class Code>
SPECTROHUE_HD Bin decode_bin(const PixelTables& tables, int bin, Pixel<Code> pixel, float ref, bool real) {
  float value;
  float cos;
  float sin;
  math::decode_pixel(math::to_float(pixel.r), math::to_float(pixel.g), math::to_float(pixel.b), tables.top,
                     tables.places, value, cos, sin);
  const float magnitude = tables.magnitude[math::to_integer(value)] * ref;
  return weigh(tables.inverse_gains, bin, {magnitude * cos, real ? 0.0F : magnitude * sin});
}

/// DC, and Nyquist where there is one.
SPECTROHUE_HD bool is_real_bin(int bin, int n_fft) { return bin == 0 || 2 * bin == n_fft; }

template <class Code>
struct EncodePixelsArgs {
  SlotView slot;
  int n_bins = 0;
  int n_rows = 0;                   ///< bins from this one on have no pixels
  const Bin* spectrum = nullptr;    ///< [slot.n_frames, n_bins]
  Pixel<Code>* pictures = nullptr;  ///< see pixel_place()
  PixelTables tables;
};

template <class Code>
struct DecodePixelsArgs {
  SlotView slot;
  int n_fft = 0;
  const Pixel<Code>* pictures = nullptr;  ///< see pixel_place()
  PixelTables tables;
  Bin* spectrum = nullptr;  ///< [slot.n_frames, n_bins]
};

/// Grid x = tiles along the frames, y = tiles along the bins; a thread handles kTile / kTileThreadRows pixels.
inline LaunchShape pixels_launch(std::int64_t n_frames, int n_bins) {
  return {{static_cast<unsigned>(ceil_div(n_frames, kTile)), static_cast<unsigned>(ceil_div(n_bins, kTile))},
          {kTile, kTileThreadRows}};
}

/// Calls use(frame in the tile, bin in the tile, frame, bin) for a thread's share of a tile; neighbouring threads get
/// neighbouring bins or, if along_frames, neighbouring frames.
template <class Use>
SPECTROHUE_HD void for_tile_elements(const ThreadIndex& at, bool along_frames, std::int64_t n_frames, int n_bins,
                                     Use&& use) {
  for (int step = static_cast<int>(at.thread.y); step < kTile; step += kTileThreadRows) {
    const int x = static_cast<int>(at.thread.x);
    const int tile_frame = along_frames ? x : step;
    const int tile_bin = along_frames ? step : x;
    const std::int64_t frame = static_cast<std::int64_t>(at.block.x) * kTile + tile_frame;
    const std::int64_t bin = static_cast<std::int64_t>(at.block.y) * kTile + tile_bin;
    if (frame < n_frames && bin < n_bins) use(tile_frame, tile_bin, frame, static_cast<int>(bin));
  }
}

/// Where a frame's pixel lies.
SPECTROHUE_HD std::int64_t pixel_place(const SlotView& slot, int n_rows, std::int64_t frame, int bin) {
  const Segment& segment = slot.segment(frame);
  return segment.pixel_offset + (n_rows - 1 - bin) * segment.pixel_stride + (frame - segment.slot_frame);
}

// Each way has two phases, with a barrier of the block between them.

template <class Code>
SPECTROHUE_HD void encode_pixels_load(const EncodePixelsArgs<Code>& a, PixelTile<Code>& tile, const ThreadIndex& at) {
  for_tile_elements(at, false, a.slot.n_frames, a.n_bins,
                    [&](int tile_frame, int tile_bin, std::int64_t frame, int bin) {
                      const Bin x = a.spectrum[frame * a.n_bins + bin];
                      tile.at[tile_frame][tile_bin] = encode_bin<Code>(a.tables, bin, x, a.slot.segment(frame).scale);
                    });
}

/// Args: EncodePixelsArgs or TurnPixelsArgs.
template <class Args, class Code>
SPECTROHUE_HD void store_pixels(const Args& a, const PixelTile<Code>& tile, const ThreadIndex& at) {
  for_tile_elements(at, true, a.slot.n_frames, a.n_bins,
                    [&](int tile_frame, int tile_bin, std::int64_t frame, int bin) {
                      if (bin >= a.n_rows) return;
                      a.pictures[pixel_place(a.slot, a.n_rows, frame, bin)] = tile.at[tile_frame][tile_bin];
                    });
}

template <class Code>
SPECTROHUE_HD void decode_pixels_load(const DecodePixelsArgs<Code>& a, PixelTile<Code>& tile, const ThreadIndex& at) {
  const int n_bins = a.n_fft / 2 + 1;
  for_tile_elements(at, true, a.slot.n_frames, n_bins, [&](int tile_frame, int tile_bin, std::int64_t frame, int bin) {
    tile.at[tile_frame][tile_bin] = a.pictures[pixel_place(a.slot, n_bins, frame, bin)];
  });
}

template <class Code>
SPECTROHUE_HD void decode_pixels_store(const DecodePixelsArgs<Code>& a, const PixelTile<Code>& tile,
                                       const ThreadIndex& at) {
  const int n_bins = a.n_fft / 2 + 1;
  for_tile_elements(at, false, a.slot.n_frames, n_bins, [&](int tile_frame, int tile_bin, std::int64_t frame, int bin) {
    a.spectrum[frame * n_bins + bin] = decode_bin(a.tables, bin, tile.at[tile_frame][tile_bin],
                                                  a.slot.segment(frame).scale, is_real_bin(bin, a.n_fft));
  });
}

}  // namespace spectrohue::cuda
