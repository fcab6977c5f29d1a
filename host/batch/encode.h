// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Sound files to picture files.
#pragma once

#include "batch/channel_mix.h"
#include "batch/conversion.h"
#include "image/format.h"
#include "spectro/pages.h"

namespace spectrohue::batch {

/// What the files of a picture are.
struct PictureOutput {
  image::Format format = image::Format::Png;
  int quality = 95;              ///< of formats with loss
  bool has_sidecar = false;      ///< also beside files that hold the note
  bool splits_channels = false;  ///< a file a channel
};

/// How files are named that a picture is spread over, besides tiles; Tiles if it is not.
PieceNames piece_names(Encoding encoding, const PictureOutput& output);

/// Throws Error(Usage) if settings do not go together.
void validate(const EncodeSettings& settings, const TileSettings& tiles, const PictureOutput& output);

/// Reads a sound (a long one: its start), codes its picture and writes it, as one PNG or as several tiles. Whatever the
/// length, one page of the picture and the samples under it are in memory (spectro/pages.h).
class Encoder final : public Conversion {
 public:
  /// verify: every picture is read back and decoded, and Converted::snr_db says how close that is.
  explicit Encoder(const EncodeSettings& settings, image::Compression compression = image::Compression::Fast,
                   const TileSettings& tiles = {}, bool verify = false, const PictureOutput& output = {})
      : settings_(settings), compression_(compression), tiles_(tiles), verify_(verify), output_(output) {}

  std::string parameters() const override;
  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override;
  void compute_all(Worker& worker, std::span<Job* const> jobs) const override;
  bool joins_files() const override { return true; }
  void write(Job& job) const override;

  /// Goes through a sound that was read: what its note will say of it, above all its references.
  PictureNote measure(Worker& worker, Job& job) const;

 private:
  class TileWriter;
  struct Piece;
  class PieceWriter;

  Tiling tiling(const Job& job) const;
  bool is_one_page(const Job& job) const;
  void encode_together(Worker& worker, PngEncoder& encoder, std::span<Job* const> jobs) const;
  std::vector<Piece> measure_together(Worker& worker, std::span<Job* const> jobs) const;
  void complete(PictureNote& note, const Job& job) const;
  void encode(Worker& worker, Job& job, PictureNote note) const;
  void encode_exactly(Worker& worker, Job& job, PictureNote& note) const;
  bool encode_exact_pages(Worker& worker, Job& job, const PictureNote& note, std::uint64_t& largest) const;
  PngEncoder* png_encoder(const Worker& worker) const;
  void rewind(Job& job) const;
  Sound slide_to(Job& job, const PictureNote& note, Columns page) const;
  void write_tiles(Worker& worker, Job& job, const PictureNote& note, const Picture& picture, Columns page) const;
  template <class Tile>
  void write_tile(Worker& worker, Job& job, PictureNote note, Columns page, std::int64_t index, const Tile& tile) const;
  void write_file(Worker& worker, Job& job, const PictureNote& note, const std::filesystem::path& path,
                  const EncodedTile& tile) const;
  void write_file(Worker& worker, Job& job, const PictureNote& note, const std::filesystem::path& path,
                  const Picture& picture) const;
  void write_part(Worker& worker, Job& job, PictureNote note, const std::filesystem::path& path,
                  const Picture& picture) const;
  void say_loss(Worker& worker, Job& job, const PictureNote& note, const Picture& written) const;
  double read_back(Worker& worker, const Job& job) const;
  ChannelMix mix_of(const Job& job) const;
  Sound sound_of(Job& job, std::int64_t n_samples) const;

  EncodeSettings settings_;
  image::Compression compression_;
  TileSettings tiles_;
  bool verify_;
  PictureOutput output_;
};

}  // namespace spectrohue::batch
