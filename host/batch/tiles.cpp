// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/tiles.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>

#include "image/picture_file.h"
#include "image/sidecar.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kDigits = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr PieceNames kAllNames[] = {PieceNames::Tiles, PieceNames::Planes, PieceNames::Channels,
                                    PieceNames::ChannelPlanes};

std::optional<PictureNote> note_of(const fs::path& path) {
  try {
    return image::inspect(path).note;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// It is the source of the picture, or of one half of it.
bool is_of(const PictureNote& note, const std::string& source_name) {
  return note.source_name == source_name || (!note.right.empty() && is_of(note.right.front(), source_name));
}

bool is_piece(const PictureNote& note) { return note.tile.count > 1 || note.part.count > 1; }

/// The note of a file, if it is there and of that source.
std::optional<PictureNote> note_from(const fs::path& path, const std::string& source_name) {
  std::error_code ignored;
  std::optional<PictureNote> note = fs::exists(path, ignored) ? note_of(path) : std::nullopt;
  if (note && !is_of(*note, source_name)) note.reset();
  return note;
}

}  // namespace

fs::path tile_path(const fs::path& whole, std::int64_t index, PieceNames names) {
  const auto plane = [](std::int64_t i) { return i % 2 == 0 ? ".mag" : ".phase"; };
  std::string name;
  switch (names) {
    case PieceNames::Tiles: {
      char number[24];
      std::snprintf(number, sizeof(number), ".%0*lld", static_cast<int>(kDigits), static_cast<long long>(index));
      name = number;
      break;
    }
    case PieceNames::Planes: name = plane(index); break;
    case PieceNames::Channels: name = ".ch" + std::to_string(index + 1); break;
    case PieceNames::ChannelPlanes: name = ".ch" + std::to_string(index / 2 + 1) + plane(index); break;
  }
  return whole.parent_path() / (whole.stem().string() + name + whole.extension().string());
}

std::int64_t place_of_part(std::int64_t index, int channels, PieceNames names) {
  return names == PieceNames::ChannelPlanes ? index % 2 * channels + index / 2 : index;
}

std::optional<fs::path> whole_path(const fs::path& tile) {
  fs::path stem = tile.stem();
  const auto drop = [&stem](auto&& fits) {
    if (!fits(stem.extension().string()) || stem.stem().empty()) return false;
    stem = stem.stem();
    return true;
  };
  const auto is_number = [](const std::string& name, std::size_t from, std::size_t least) {
    return name.size() >= from + least && std::all_of(name.begin() + static_cast<int>(from), name.end(), is_digit);
  };
  bool fits = drop([&](const std::string& name) { return is_number(name, 1, kDigits); });
  if (!fits) {
    fits = drop([](const std::string& name) { return name == ".mag" || name == ".phase"; });
    fits = drop([&](const std::string& name) { return name.starts_with(".ch") && is_number(name, 3, 1); }) || fits;
  }
  if (!fits) return std::nullopt;
  return tile.parent_path() / (stem.string() + tile.extension().string());
}

void join_tiles(SourceList& sources) {
  std::map<fs::path, std::map<std::int64_t, std::size_t>> sets;  // by the path of the whole, then by tile
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!whole_path(sources.name(i))) continue;
    const fs::path path = sources[i].path;
    const std::optional<PictureNote> note = note_of(path);
    if (!note || !is_piece(*note)) continue;
    const std::int64_t index = note->part.count > 1 ? note->part.index : note->tile.index;
    sets[*whole_path(path)].emplace(index, i);
  }
  std::vector<std::vector<std::size_t>> ordered;
  for (const auto& [whole, tiles] : sets) {
    std::vector<std::size_t>& set = ordered.emplace_back();
    for (const auto& [index, i] : tiles) set.push_back(i);
  }
  sources.group(ordered);
}

std::optional<fs::path> first_piece(const fs::path& whole, const std::string& source_name) {
  for (const PieceNames kind : kAllNames) {
    fs::path path = tile_path(whole, 0, kind);
    const std::optional<PictureNote> note = note_from(path, source_name);
    if (note && is_piece(*note)) return path;
  }
  return std::nullopt;
}

void remove_stale_pieces(const fs::path& whole, PieceNames names, std::int64_t n_files,
                         const std::string& source_name) {
  const auto remove = [&](const fs::path& path, bool as_piece) {
    const std::optional<PictureNote> note = note_from(path, source_name);
    std::error_code ignored;
    if (!note || is_piece(*note) != as_piece || !fs::remove(path, ignored)) return false;
    image::remove_sidecar(path, *note);
    return true;
  };
  if (n_files > 1) remove(whole, false);
  for (const PieceNames kind : kAllNames) {
    const std::int64_t most = kind == PieceNames::Planes ? 2 : std::numeric_limits<std::int64_t>::max();
    std::int64_t index = kind == names && n_files > 1 ? n_files : 0;
    while (index < most && remove(tile_path(whole, index, kind), true)) ++index;
  }
}

}  // namespace spectrohue::batch
