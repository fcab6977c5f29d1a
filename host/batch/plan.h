// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Which file becomes which, decided and checked before any byte is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch/tiles.h"
#include "batch/walk.h"

namespace spectrohue::batch {

/// What to do about an output that is there already.
enum class Existing {
  Refuse,     ///< the plan fails
  Overwrite,  ///< replace it
  Resume,     ///< skip what is done
  Rename,     ///< write beside it: song-1.wav
};

/// The part of the sources that one of several runs takes: those whose relative path has the hash `index` modulo
/// `count`. Adding files moves none, and the shards of one count are disjoint and complete.
struct Shard {
  int index = 0;
  int count = 1;
  bool is_all() const { return count == 1; }
};
/// "3/7": shard 3 of the shards 0 .. 6. Throws Error(Usage).
Shard shard_from_string(std::string_view text);

struct Task {
  std::filesystem::path source;
  std::filesystem::path destination;
  std::vector<std::filesystem::path> tiles = {};  ///< see Source
  std::filesystem::path relative = {};            ///< see Source
  Stamp stamp = {};                               ///< of the source
};

struct PlanSettings {
  std::filesystem::path output;  ///< folder or file; empty: beside each source
  std::string extension;         ///< of the outputs, with its dot: ".png"
  std::string formats;           ///< all that outputs could be, for a message: "wav, flac or ogg"
  bool keep_extension = false;   ///< song.wav -> song.wav.png
  Existing existing = Existing::Refuse;
  /// A long sound becomes tiles (tiles.h) under names that are made of its output's: those exist too, and must not be
  /// taken by another source.
  bool makes_tiles = false;
  Shard shard;
  /// False: outputs go elsewhere, and is_done alone says which are there; absent: none.
  bool has_outputs_of_its_own = true;
  /// Existing::Resume: whether a task whose output (or first tile) is there need not be done again. Absent: if it is
  /// not older than the source.
  std::function<bool(const Task&)> is_done;
  PieceNames piece_names = PieceNames::Tiles;  ///< of outputs that are several files
  /// Whether a folder takes "A" and "a" for one name. Absent: it is tried out, where it matters.
  std::function<bool(const std::filesystem::path&)> folds_case;
};

/// What is to be done, packed as SourceList is.
class Plan {
 public:
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  Task operator[](std::size_t i) const;
  /// Of all sources.
  std::int64_t source_bytes() const;

  std::size_t skipped = 0;  ///< sources that Existing::Resume left out

 private:
  friend class Planner;

  struct Item {
    std::uint32_t source;
    bool keep_extension;
  };

  std::filesystem::path destination(const Item& item) const;
  Task task_of(const Item& item) const;

  SourceList sources_;
  std::vector<Item> items_;
  std::unordered_map<std::uint32_t, std::filesystem::path> renamed_;  // by source
  std::filesystem::path output_;
  std::string extension_;
};

/// Whether `output` is meant as a file: there is one source, which was named itself, and `output` has the extension, or
/// another of the same type (.tif, .jpeg, .wave), and is no folder.
bool output_is_file(const WalkResult& found, const PlanSettings& settings);

/// song.wav -> song.png. Sources of one folder that differ only in their extension keep it (song.wav.png,
/// song.mp3.png). A source whose name is an earlier output with its extension kept goes back to it (song.wav.png ->
/// song.wav). What concerns all sources is decided before a shard is taken, so shards agree. Throws Error(Usage) naming
/// the paths: two sources for one output (also where the file system takes "A.png" and "a.png" for one), an output
/// that is one of the sources, outputs that exist (Existing::Refuse), an output folder inside an input folder, or, of
/// one source, an output that is named as a sound or picture of another type than `extension`.
Plan make_plan(WalkResult found, const PlanSettings& settings);

}  // namespace spectrohue::batch
