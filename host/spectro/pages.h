// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures piece by piece, so that what is in memory does not depend on the length of a sound. A page is as many
// columns (frames) of the picture as are made at a time; a tile is as many as lie in a file of their own. Neighbours
// share samples and, if asked for, columns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "spectro/residual.h"
#include "spectrohue/convert.h"
#include "spectrohue/encode_png.h"

namespace spectrohue {

/// Columns first .. first + count - 1 of a sound's picture.
struct Columns {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t end() const { return first + count; }
};

/// The pixels of a channel in some columns; encodings of hue and value.
ConstPlane plane_of(const Picture& picture, const PictureNote& note, int channel, Columns columns);

/// How many columns before a cut share samples with columns behind it.
std::int64_t overlap_columns(const StftSettings& stft);

/// Columns of a page at most: just below what JPEG, many programs and most textures take.
inline constexpr std::int64_t kMaxPageWidth = 65500;
/// Bytes of its pixels at most.
inline constexpr std::int64_t kMaxPageBytes = std::int64_t{512} << 20;

/// Columns cut into pieces of the same width (the last may have fewer), each beginning with the last `overlap` columns
/// of the one before.
struct Cut {
  std::int64_t width = 0;
  std::int64_t overlap = 0;

  /// From the begin of a piece to the next.
  std::int64_t step() const { return width - overlap; }
  /// Pieces of n_frames columns.
  std::int64_t count(std::int64_t n_frames) const;
  Columns piece(std::int64_t index, std::int64_t n_frames) const;
};

/// How tiles are asked for.
struct TileSettings {
  std::optional<std::int64_t> width;  ///< empty: as wide as pages; 0: whatever the length, one tile
  std::int64_t overlap = 0;           ///< columns shared with the next tile
  bool pad_last = false;              ///< black columns make the last tile, or the only one, as wide as the others
};

/// Throws Error(BadFormat) if pixels of this layout are not what the note says they are.
void check_layout(const PictureNote& note, PixelLayout layout);
/// Throws Error(BadFormat), which says what to do, if a whole picture of that size is not what the note says.
void check_size(const PictureNote& note, std::int64_t width, std::int64_t height);

/// How a sound's picture is cut up. A page holds whole tiles, and its overlap is theirs.
struct Tiling {
  Cut tile;
  Cut page;
  bool pad_last = false;

  /// Of a tile's picture.
  std::int64_t stored_width(Columns columns) const { return pad_last ? tile.width : columns.count; }
  /// Of all tiles.
  std::int64_t stored_columns(std::int64_t n_frames) const;
};
/// Depends on the settings alone, not on memory or threads. Throws Error(Usage) if the tiles are too narrow: without
/// what is shared, a sample's frames must lie in two tiles at most.
Tiling make_tiling(const TileSettings& tiles, int channels, const EncodeSettings& settings);

/// Copies columns of a picture; `to` is resized to `width` columns, and those behind the copied ones are black.
void copy_columns(const Picture& from, Columns columns, Picture& to, std::int64_t width);
void copy_columns(const Picture& from, Columns columns, Picture& to);

/// The samples [first, end) of a sound that the frames of some columns see; `end` may lie behind the sound's.
struct SampleSpan {
  std::int64_t first = 0;
  std::int64_t end = 0;
};
SampleSpan samples_under(const StftSettings& stft, Columns columns);

/// Throws Error(BadFormat) if a sample of [first, end) is NaN or infinite, naming the first one.
void refuse_non_finite(const Sound& sound, std::int64_t first, std::int64_t end);

/// Raises peaks[c] to the largest magnitude of channel c's rows, weighed by the tilt, in the given columns; [channels].
void raise_peaks(Backend& backend, const EncodeSettings& settings, const Sound& sound, Columns columns,
                 std::vector<float>& peaks);

/// What value 1 stands for in each channel, given its peaks (for Reference::Kind::Peak).
std::vector<double> references(const EncodeSettings& settings, const std::vector<float>& peaks);

/// The note of a sound's picture (all of it but tool, source_name, tile and pixels_crc32).
PictureNote make_note(const Sound& sound, const EncodeSettings& settings, std::vector<double> ref);

/// The given columns of a sound's picture; `picture` is resized. Columns of an open loop are those of the whole
/// picture, to the bit; a closed loop begins anew on every page. settings must be valid and the sound finite.
void encode_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                    const std::vector<double>& ref, Columns columns, Picture& picture);

/// The given columns as something to code, cut into tiles; a view of sound and refs.
PngItem png_item(const Sound& sound, std::span<const float> refs, Columns columns, const Tiling& tiling);

/// The same from a backend that codes what it encodes, cut into tiles.
void encode_tiles(PngEncoder& encoder, const Sound& sound, const EncodeSettings& settings,
                  const std::vector<double>& ref, Columns columns, const Tiling& tiling, TileTaker& taker);

/// Where the tiles that there are lie in their sound's picture, and which of their columns count. Needs what their
/// files say, not their pixels.
class TileLayout {
 public:
  /// The next tile, by index; some may be left out. Throws Error(BadFormat) if it is no tile of the same picture, or
  /// its size is not that of what it says it holds.
  void add(const PictureNote& note, std::int64_t width, std::int64_t height, PixelLayout layout);

  const PictureNote& note() const { return note_; }  ///< of the first
  std::size_t size() const { return tiles_.size(); }
  /// The columns that tile i of those that there are holds.
  Columns held(std::size_t i) const { return tiles_[i].columns; }
  /// Those that are taken from it: where it shares columns with a neighbour, the cut is in the middle of them.
  Columns used(std::size_t i) const;

  /// Stretches of indices [first, last) of tiles that are not there.
  struct Missing {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  std::vector<Missing> missing() const;

 private:
  struct Tile {
    std::int64_t index = 0;
    Columns columns;
  };
  void check_place(const PictureNote::Tile& place, Columns columns) const;
  std::int64_t cut_between(std::size_t i) const;

  PictureNote note_;
  std::vector<Tile> tiles_;
};

/// Puts tile i of the layout where it belongs in the picture of the whole sound, which the first makes black.
void paste_tile(const TileLayout& layout, std::size_t i, const Picture& picture, Picture& whole);

/// Samples that are decoded from some columns of a picture, as if nothing were around them. Positions are samples plus
/// padding, of the whole sound.
struct Piece {
  const Picture& picture;
  Columns columns;                ///< of `picture`
  std::int64_t first_column = 0;  ///< which of the whole picture the first of them is
  std::int64_t begin = 0;         ///< positions [begin, end) are wanted
  std::int64_t end = 0;
  bool is_untouched = true;  ///< all of the columns are as they were encoded
};

/// Cuts the sound of tiles that come one by one into pieces: the same bits as from the whole picture, in which columns
/// that no tile holds are black. Pieces come in order and leave nothing out.
class TileWalk {
 public:
  using Use = std::function<void(const Piece&)>;
  /// Positions [begin, end) are silence.
  using Rest = std::function<void(std::int64_t begin, std::int64_t end)>;

  /// The layout holds at least one tile and must live as long.
  explicit TileWalk(const TileLayout& layout);

  /// The next tile of the layout. Hands over the samples that are complete; after the last tile that is all. A piece's
  /// picture lives until this returns. Throws Error(BadFormat) if the picture is not the one of the layout.
  void add(const Picture& picture, bool is_untouched, const Use& use, const Rest& rest);

 private:
  void add_black(std::int64_t count, const Use& use, const Rest& rest);
  void add_columns(const Picture& picture, Columns columns, bool is_untouched, const Use& use);
  void make_seam(const Picture& picture, Columns columns);
  void keep_tail(const Picture& picture, Columns columns, bool is_untouched);
  std::int64_t complete() const;
  void hand_over(const Piece& piece, const Use& use);

  const TileLayout& layout_;
  const PictureNote& note_;
  std::int64_t n_frames_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t overlap_ = 0;   // columns before a cut that share samples with columns behind it
  std::size_t tile_ = 0;       // of the layout, the next
  std::int64_t columns_ = 0;   // of the whole picture, so far
  std::int64_t position_ = 0;  // that is handed over next
  Picture tail_;               // the last columns so far, overlap_ of them once there are so many
  bool tail_is_untouched_ = true;
  Picture seam_;  // the tail and as many columns behind it
  Picture black_;
};

class DoubleDecoder;

/// Decodes pieces, all channels together.
class PieceDecoder {
 public:
  /// The note must live as long.
  PieceDecoder(Backend& backend, const PictureNote& note);
  PieceDecoder(const PieceDecoder&) = delete;
  PieceDecoder& operator=(const PieceDecoder&) = delete;
  ~PieceDecoder();
  /// Channel c of what this returns begins at data + c * stride: the samples piece.begin .. piece.end - 1, until the
  /// next call.
  struct Samples {
    const float* data = nullptr;
    std::int64_t stride = 0;
  };
  /// Exact encodings: an untouched piece's samples are those that were encoded.
  Samples decode(const Piece& piece);

  /// Exact encodings: calls use(channel, sample, values) for stretches of the piece, each channel's in order; values
  /// are what the samples from that one on decode to before the residual is added, in least significant bits.
  using UseValues = std::function<void(int channel, std::int64_t sample, std::span<const double> values)>;
  void decode_values(const Piece& piece, const UseValues& use);

 private:
  Samples decode_floats(const Piece& piece);
  Samples decode_exactly(const Piece& piece);
  ConstPlane plane(const Piece& piece, int channel) const;

  Backend& backend_;
  const PictureNote& note_;
  StftSettings uncentred_;
  std::unique_ptr<DoubleDecoder> doubles_;  // where floats are not enough
  Buffer<float> samples_;
  Buffer<float> exact_;
};

/// Joins tiles to the sound that they were cut from.
class TileJoiner {
 public:
  /// Takes the next n samples of every channel, channel c at samples + c * stride.
  using Take = std::function<void(const float* samples, std::int64_t stride, std::int64_t n)>;

  /// The layout holds at least one tile and must live as long.
  TileJoiner(Backend& backend, const TileLayout& layout);

  /// The next tile of the layout. Hands over the samples that are complete; after the last tile that is all. Samples of
  /// exact encodings are those that were encoded where all tiles that they depend on are untouched. Throws
  /// Error(BadFormat) if the picture is not the one of the layout.
  void add(const Picture& picture, const Take& take, bool is_untouched = true);

 private:
  TileWalk walk_;
  PieceDecoder decoder_;
};

/// Puts the residual into the pages of an exact encoding's picture. The last samples of a page depend on the next one,
/// so a page is held back until that has come.
class ExactPages {
 public:
  /// note: of the sound, with the residual_bits to try; pages do not overlap.
  ExactPages(Backend& backend, const PictureNote& note, const Cut& pages);

  /// Takes a page whose residual is in it.
  using Finished = std::function<void(const Picture& page, Columns columns)>;

  /// The next page as encode_columns() made it, and the samples under it; the page is used up. False: the residual does
  /// not fit, and it is over.
  bool add(const Sound& sound, Picture& page, const Finished& finished);
  /// Of the residuals so far.
  std::uint64_t largest() const { return largest_; }

 private:
  PictureNote note_;
  Cut pages_;
  std::int64_t n_frames_;
  TileLayout layout_;
  std::optional<TileWalk> walk_;
  PieceDecoder decoder_;
  ResidualPlaces places_;
  std::int64_t index_ = 0;  // of the next page
  std::uint64_t largest_ = 0;
  Picture held_;  // the page before
};

}  // namespace spectrohue
