// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Picture files to sound files.
#pragma once

#include <functional>

#include "batch/conversion.h"
#include "spectro/pages.h"

namespace spectrohue::batch {

/// What becomes of a sound some of whose tiles are not there.
enum class MissingTiles {
  Error,    ///< none is made
  Silence,  ///< where no tile is, the picture is black
};

struct DecodeSettings {
  ParameterFlags flags;
  audio::Container container = audio::Container::Wav;
  std::optional<SampleFormat> format;  ///< empty: the source's, as the note says
  bool normalize = false;              ///< to full scale, also where the level is known
  MissingTiles missing_tiles = MissingTiles::Error;
  std::filesystem::path log_folder;  ///< of a StepLog for each picture; empty: none
  /// Whether to say and record that pixels are not those that were written, also where the sound does not depend on it.
  /// Takes 4 % of the time of a long sound with phases.
  bool checks_pixels = false;
};

/// Reads a picture, makes its sound and writes it. The tiles of a long sound are read, decoded and written one by one.
class Decoder final : public Conversion {
 public:
  explicit Decoder(DecodeSettings settings) : settings_(std::move(settings)) {}

  std::string parameters() const override;
  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override;
  /// Pictures that can go together are decoded together.
  void compute_all(Worker& worker, std::span<Job* const> jobs) const override;
  bool joins_files() const override { return true; }
  void write(Job& job) const override;

 private:
  struct Prepared;
  bool is_single(const Job& job) const;
  void compute_single(Worker& worker, Job& job, Parameters parameters) const;
  void compute_together(Worker& worker, std::span<Prepared> group) const;
  void decode_tiles(Worker& worker, Job& job) const;
  audio::WriteSettings write_settings(SampleFormat source) const;

  DecodeSettings settings_;
};

/// Decodes a picture file, or all its tiles, piece by piece: what `begin` returns takes the samples. Throws Error.
void decode_pieces(Worker& worker, Job& job, const ParameterFlags& flags,
                   const std::function<TileJoiner::Take(const Parameters&)>& begin);

/// The pixels of a picture file, or of all its tiles or parts, as one: job.file.picture. Returns what they are to be
/// decoded with. Throws Error.
Parameters load_picture(Worker& worker, Job& job, const ParameterFlags& flags);

/// The sound of a picture file, or of all its tiles, in memory: job.audio. Throws Error.
void load_sound(Worker& worker, Job& job, const ParameterFlags& flags);

}  // namespace spectrohue::batch
