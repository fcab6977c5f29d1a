// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Two sounds to one picture: A on the left, B on the right, as pix2pix and its relatives want pictures that belong
// together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch/conversion.h"
#include "batch/encode.h"

namespace spectrohue::batch {

/// The sounds in a folder, by their paths below it, with and without extension.
class Partners {
 public:
  /// Throws Error(Usage) if there is no such folder.
  explicit Partners(const std::filesystem::path& folder);

  /// The sound of the same relative path; if there is none, the one that differs in its extension alone. Throws
  /// Error(Read) if there is none either, or several.
  const std::filesystem::path& of(const std::filesystem::path& relative) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::unordered_map<std::string, std::filesystem::path> exact_;
  std::unordered_map<std::string, std::vector<std::filesystem::path>> by_stem_;
};

enum class PairOrder {
  AB,  ///< the source left, its partner right
  BA,
};

/// Encodes a source and its partner as Encoder would each, and puts tile beside tile. Where one is shorter, black
/// columns make it as wide as the other; where it has ended before, its half of a tile is black. A source fails if it
/// has no partner or one of another rate or number of channels. What PictureNote::right says holds for the notes.
class PairEncoder final : public Conversion {
 public:
  /// Throws Error(Usage) unless pictures are PNGs of their own, arranged as they are and without sidecars.
  PairEncoder(const EncodeSettings& settings, image::Compression compression, const TileSettings& tiles, bool verify,
              const PictureOutput& output, const Partners& partners, PairOrder order);

  std::string parameters() const override;
  void read(Job& job) const override { encoder_.read(job); }
  void compute(Worker& worker, Job& job) const override;
  void write(Job& job) const override { encoder_.write(job); }

 private:
  using Files = std::vector<std::unique_ptr<OutputFile>>;

  void join(Worker& worker, Job& job, const Files& left, const Files& right) const;

  Encoder encoder_;
  image::Compression compression_;
  const Partners& partners_;
  PairOrder order_;
};

}  // namespace spectrohue::batch
