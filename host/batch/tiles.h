// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Names of tiles, and which files are tiles of one sound.
#pragma once

#include <filesystem>
#include <optional>

#include "batch/source_list.h"

namespace spectrohue::batch {

/// What the files are called that a sound's picture is spread over.
enum class PieceNames {
  Tiles,          ///< columns: song.0000.png, song.0001.png ...
  Planes,         ///< song.mag.png, song.phase.png
  Channels,       ///< song.ch1.png, song.ch2.png ...
  ChannelPlanes,  ///< song.ch1.mag.png, song.ch1.phase.png, song.ch2.mag.png ...
};

/// song.png, 3 -> song.0003.png
std::filesystem::path tile_path(const std::filesystem::path& whole, std::int64_t index,
                                PieceNames names = PieceNames::Tiles);
/// song.0003.png, song.ch1.mag.png ... -> song.png; nothing if it is no such name.
std::optional<std::filesystem::path> whole_path(const std::filesystem::path& tile);

/// Puts pictures that are tiles or parts of one sound, by name and note, together: one source with Source::tiles, its
/// relative path that of the whole. Pictures that cannot be read are left for later to complain about.
void join_tiles(SourceList& sources);

/// After an output was replaced: removes the pictures that the same source left under the names that are no longer in
/// use (a whole picture where there are tiles now, tiles where there is one picture, tiles behind the last).
/// keeps_whole: the picture is in one file; n_tiles: those of several that are numbered.
void remove_stale_tiles(const std::filesystem::path& whole, bool keeps_whole, std::int64_t n_tiles,
                        const std::string& source_name);

}  // namespace spectrohue::batch
