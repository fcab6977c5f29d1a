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
/// Which of a picture's equal shares of rows part `index` holds: all phases lie below all magnitudes, but the files of
/// a channel belong together.
std::int64_t place_of_part(std::int64_t index, int channels, PieceNames names);
/// song.0003.png, song.ch1.mag.png ... -> song.png; nothing if it is no such name.
std::optional<std::filesystem::path> whole_path(const std::filesystem::path& tile);

/// Puts pictures that are tiles or parts of one sound, by name and note, together: one source with Source::tiles, its
/// relative path that of the whole. Pictures that cannot be read are left for later to complain about.
void join_tiles(SourceList& sources);

/// The first of several files that a picture of this source is in, however they are named; nothing if there is none.
std::optional<std::filesystem::path> first_piece(const std::filesystem::path& whole, const std::string& source_name);

/// After an output was replaced: removes the pictures, and their sidecars, that the same source left under names that
/// are no longer in use (a whole picture where there are tiles or parts now, tiles or parts where there is one picture
/// or others, those behind the last). The picture is in n_files, named as `names` says if there are several.
void remove_stale_pieces(const std::filesystem::path& whole, PieceNames names, std::int64_t n_files,
                         const std::string& source_name);

}  // namespace spectrohue::batch
