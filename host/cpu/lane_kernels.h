// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The arithmetic of the CPU backend, one table of functions an instruction set. A tile is `lanes` consecutive
// frames of one signal: they go through window, FFT and pixel coding side by side, one frame a SIMD lane, inside the
// cache, and come out as neighbouring pixels of each picture row. Every instruction set returns the same bits.
#pragma once

#include <cstdint>
#include <vector>

#include "core/magnitude_kernels.h"
#include "core/stft_tables.h"
#include "cpu/fft_plan.h"

namespace spectrohue::cpu {

/// Tables of one transform, as plain pointers: the translation units of the instruction sets use no library code.
struct TileTables {
  FftTables fft;
  int hop;
  const float* window;            ///< [n_fft]
  const float* synthesis_window;  ///< [n_fft]
};

/// Tables of one pixel code.
struct TileCode {
  int bits;
  float top;
  math::CodePlaces places;
  math::CurveConstants curve;
  const float* magnitude;      ///< [top + 1]
  const float* gains;          ///< [n_bins] BinGains; null: 1
  const float* inverse_gains;  ///< [n_bins]
  int top_bin;                 ///< whose row is 0; a bin above it has none: it is not stored, and read as 0
};

/// The columns of a picture that a tile covers. The first `valid` lanes exist.
struct TilePixels {
  std::uint8_t* first;  ///< the pixel of lane 0 in row 0 (the highest bin); not written through when decoding
  std::int64_t row_bytes;
  int valid;
  const std::uint8_t* end;  ///< one past the plane's last byte: loads stay below
};

/// Pixels of frames that are not neighbours: lane l is lane_bytes * l further along each row.
struct LanePixels {
  std::uint8_t* first;  ///< the pixel of lane 0 in row 0
  std::int64_t row_bytes;
  std::int64_t lane_bytes;
  int valid;  ///< the first `valid` lanes exist
};

/// One frame of each of W independent chains of the feedback pass (see closed_loop.h).
struct FeedbackTile {
  const float* const* rows;  ///< [lanes] the frame's first sample
  const float* correction;   ///< [n_fft] share of the error so far that this frame is asked to cancel
  float* ring;  ///< [n_fft][lanes] error so far of the samples the frame holds; sample i is at (base + i) % n_fft
  int base;
  float ref;
  float inverse_ref;
  LanePixels pixels;
};

/// W frames of a descent sweep.
struct SweepTile {
  const float* const* rows;  ///< [lanes] the errors of the frame's samples
  int parity;                ///< bins of this parity are moved
  float step;
  float ref;
  float inverse_ref;
  LanePixels pixels;
};

/// W frames in a step of phase retrieval.
struct ProjectionTile {
  const float* segment;     ///< as for analyse; not read by settle
  const float* magnitudes;  ///< [n_bins][lanes] as ProjectorItem has them
  const float* bands;       ///< [n_bands][lanes] of project_bands and band_errors
  float* state;             ///< [n_bins][re, im][lanes] of relax and settle
};

/// BandSums, as plain pointers.
struct BandTables {
  int n_bands;
  int n_bins;
  const std::int32_t* first_bin;
  const std::int32_t* offset;
  const float* weights;
  const float* inverse_columns;
  bool of_squares;
};

/// `segment` holds the samples of the tile: lane l, sample i of its frame = segment[l * hop + i].
/// `work` is scratch memory of n_fft * 2 * lanes floats, 64-byte aligned.
/// A `spectrum` is [n_bins][re, im][lanes]; `frames` are [lanes][n_fft], windowed for overlap-add.
struct LaneKernels {
  const char* name;  ///< of the instruction set
  int lanes;
  void (*analyse)(const TileTables&, const float* segment, float* work, float* spectrum);
  void (*synthesise)(const TileTables&, const float* spectrum, float* work, float* frames);
  void (*encode_pixels)(const TileTables&, const TileCode&, const float* spectrum, float inverse_ref,
                        const TilePixels&);
  void (*decode_pixels)(const TileTables&, const TileCode&, const TilePixels&, float ref, float* spectrum);
  /// analyse and encode_pixels without the spectrum between.
  void (*encode)(const TileTables&, const TileCode&, const float* segment, float inverse_ref, float* work,
                 const TilePixels&);
  /// decode_pixels and synthesise without the spectrum between.
  void (*decode)(const TileTables&, const TileCode&, const TilePixels&, float ref, float* work, float* frames);
  /// The largest re^2 + im^2 of each lane, [lanes], of bins times `gains` (BinGains; null: 1); or zeros, without a
  /// transform, if their energies say that none can be above `floor`.
  void (*peak)(const TileTables&, const float* gains, const float* segment, float floor, float* work, float* power);
  /// Quantises frame minus correction times error, writes the pixels, and adds what the decoder will make of them,
  /// minus the frame, to the ring.
  void (*feedback)(const TileTables&, const TileCode&, const FeedbackTile&, float* work);
  /// Moves pixels one step against the error's gradient and rounds; `frames` receives what that adds to the error.
  void (*sweep)(const TileTables&, const TileCode&, const SweepTile&, float* work, float* frames);
  /// Of the encodings that are not hue and value.
  MagnitudeKernels magnitudes;

  // Phase retrieval: the operations of Projector on a tile. `spectrum` and `bins`, [2 n_bins][lanes] both, are scratch
  // memory; errors are [lanes].
  void (*project)(const TileTables&, const ProjectionTile&, float* work, float* frames);
  void (*relax)(const TileTables&, const ProjectionTile&, float beta, float* work, float* frames);
  void (*settle)(const TileTables&, const ProjectionTile&, float* work, float* frames);
  void (*errors)(const TileTables&, const ProjectionTile&, float* work, float* errors);
  void (*project_bands)(const TileTables&, const BandTables&, const ProjectionTile&, float* work, float* spectrum,
                        float* bins, float* frames);
  void (*band_errors)(const TileTables&, const BandTables&, const ProjectionTile&, float* work, float* spectrum,
                      float* bins, float* errors);
};

/// The tables that this build holds and this processor can run, fastest first. Never empty.
const std::vector<const LaneKernels*>& usable_lane_kernels();

}  // namespace spectrohue::cpu
