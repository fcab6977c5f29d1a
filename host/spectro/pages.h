// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures piece by piece, so that what is in memory does not depend on the length of a sound. A page is as many
// columns (frames) of the picture as are made at a time; a tile is as many as lie in a file of their own. Neighbours
// share samples, not columns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "spectrohue/convert.h"

namespace spectrohue {

/// Columns first .. first + count - 1 of a sound's picture.
struct Columns {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t end() const { return first + count; }
};

/// Columns of a page at most: just below what JPEG, many programs and most textures take.
inline constexpr std::int64_t kMaxPageWidth = 65500;
/// Bytes of its pixels at most.
inline constexpr std::int64_t kMaxPageBytes = std::int64_t{512} << 20;

/// How a sound's picture is cut up.
struct TileWidths {
  std::int64_t tile = 0;
  std::int64_t page = 0;  ///< a multiple of tile
};
/// tile_width as asked for; nothing: the widest page; 0: whatever the length, one page of one tile. Depends on the
/// settings alone, not on memory or threads. Throws Error(Usage) if it is too narrow: a sample's frames must lie in two
/// tiles at most.
TileWidths tile_widths(std::optional<std::int64_t> tile_width, int channels, const EncodeSettings& settings);

/// Piece `index` of n_frames columns that are cut every `width`.
Columns piece(std::int64_t index, std::int64_t width, std::int64_t n_frames);
/// How many pieces.
std::int64_t count_pieces(std::int64_t width, std::int64_t n_frames);

/// Copies columns of a picture; `to` is resized.
void copy_columns(const Picture& from, Columns columns, Picture& to);

/// The samples [first, end) of a sound that the frames of some columns see; `end` may lie behind the sound's.
struct SampleSpan {
  std::int64_t first = 0;
  std::int64_t end = 0;
};
SampleSpan samples_under(const StftSettings& stft, Columns columns);

/// Throws Error(BadFormat) if a sample of [first, end) is NaN or infinite, naming the first one.
void refuse_non_finite(const Sound& sound, std::int64_t first, std::int64_t end);

/// Raises peaks[c] to the largest magnitude of channel c in the given columns; [channels].
void raise_peaks(Backend& backend, const StftSettings& stft, const Sound& sound, Columns columns,
                 std::vector<float>& peaks);

/// What value 1 stands for in each channel, given its peaks (for Reference::Kind::Peak).
std::vector<double> references(const EncodeSettings& settings, const std::vector<float>& peaks);

/// The note of a sound's picture (all of it but tool, source_name, tile and pixels_crc32).
PictureNote make_note(const Sound& sound, const EncodeSettings& settings, std::vector<double> ref);

/// The given columns of a sound's picture; `picture` is resized. Columns of an open loop are those of the whole
/// picture, to the bit; a closed loop begins anew on every page. settings must be valid and the sound finite.
void encode_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                    const std::vector<double>& ref, Columns columns, Picture& picture);

/// Joins tiles to the sound that they were cut from: the same bits as from the whole picture.
class TileJoiner {
 public:
  /// Takes the next n samples of every channel, channel c at samples + c * stride.
  using Take = std::function<void(const float* samples, std::int64_t stride, std::int64_t n)>;

  /// `note`: of any of the tiles.
  TileJoiner(Backend& backend, const PictureNote& note);

  /// The next tile, in order. Hands over the samples that are complete; after the last tile that is all. Throws
  /// Error(BadFormat) if the picture is not what belongs there.
  void add(const Picture& picture, const PictureNote& note, const Take& take);

 private:
  void check(const Picture& picture, const PictureNote& note) const;
  std::int64_t decode(const Picture& picture, Buffer<float>& samples);
  void hand_over(const Buffer<float>& samples, std::int64_t stride, std::int64_t offset, std::int64_t end,
                 const Take& take);

  Backend& backend_;
  PictureNote note_;
  StftSettings uncentred_;
  std::int64_t n_frames_ = 0;
  std::int64_t overlap_ = 0;   // columns before and behind a cut that share samples with the other side
  std::int64_t columns_ = 0;   // so far
  std::int64_t position_ = 0;  // sample + padding: up to here all has been handed over
  Picture tail_;               // the last columns so far
  Picture seam_;               // those and the next tile's first
  Buffer<float> samples_;
  Buffer<float> seam_samples_;
};

}  // namespace spectrohue
