// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Which file becomes which, decided and checked before any byte is written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "batch/walk.h"

namespace spectrohue::batch {

/// What to do about an output that is there already.
enum class Existing {
  Refuse,     ///< the plan fails
  Overwrite,  ///< replace it
  Resume,     ///< skip its source, unless the source is newer
  Rename,     ///< write beside it: song-1.wav
};

struct PlanSettings {
  std::filesystem::path output;  ///< folder or file; empty: beside each source
  std::string extension;         ///< of the outputs, with its dot: ".png"
  bool keep_extension = false;   ///< song.wav -> song.wav.png
  Existing existing = Existing::Refuse;
  /// A long sound becomes tiles (tiles.h) under names that are made of its output's: those exist too, and must not be
  /// taken by another source.
  bool makes_tiles = false;
};

struct Task {
  std::filesystem::path source;
  std::filesystem::path destination;
  std::vector<std::filesystem::path> tiles = {};  ///< see Source
};

struct Plan {
  std::vector<Task> tasks;
  std::size_t skipped = 0;  ///< sources that Existing::Resume left out
};

/// song.wav -> song.png. Sources of one folder that differ only in their extension keep it (song.wav.png,
/// song.mp3.png). A source whose name is an earlier output with its extension kept goes back to it (song.wav.png ->
/// song.wav). `output` is a file if there is one source, which was named itself, and `output` has the extension; else a
/// folder. Throws Error(Usage) naming the paths: two sources for one output, an output that is one of the sources,
/// outputs that exist (Existing::Refuse), or an output folder inside an input folder.
Plan make_plan(const WalkResult& found, const PlanSettings& settings);

}  // namespace spectrohue::batch
