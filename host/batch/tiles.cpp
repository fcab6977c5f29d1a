// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/tiles.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kDigits = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<PictureNote> note_of(const fs::path& path) {
  try {
    return image::inspect(path).note;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

fs::path tile_path(const fs::path& whole, std::int64_t index) {
  char number[24];
  std::snprintf(number, sizeof(number), ".%0*lld", static_cast<int>(kDigits), static_cast<long long>(index));
  return whole.parent_path() / (whole.stem().string() + number + whole.extension().string());
}

std::optional<fs::path> whole_path(const fs::path& tile) {
  const std::string number = tile.stem().extension().string();
  const bool fits = number.size() > kDigits && std::all_of(number.begin() + 1, number.end(), is_digit);
  if (!fits || tile.stem().stem().empty()) return std::nullopt;
  return tile.parent_path() / (tile.stem().stem().string() + tile.extension().string());
}

void join_tiles(SourceList& sources) {
  std::map<fs::path, std::map<std::int64_t, std::size_t>> sets;  // by the path of the whole, then by tile
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!whole_path(sources.name(i))) continue;
    const fs::path path = sources[i].path;
    const std::optional<PictureNote> note = note_of(path);
    if (note && note->tile.count > 1) sets[*whole_path(path)].emplace(note->tile.index, i);
  }
  std::vector<std::vector<std::size_t>> ordered;
  for (const auto& [whole, tiles] : sets) {
    std::vector<std::size_t>& set = ordered.emplace_back();
    for (const auto& [index, i] : tiles) set.push_back(i);
  }
  sources.group(ordered);
}

void remove_stale_tiles(const fs::path& whole, std::int64_t n_tiles, const std::string& source_name) {
  const auto remove = [&](const fs::path& path, bool is_tile) {
    if (!fs::exists(path)) return false;
    const std::optional<PictureNote> note = note_of(path);
    if (!note || note->source_name != source_name || (note->tile.count > 1) != is_tile) return false;
    std::error_code ignored;
    return fs::remove(path, ignored);
  };
  if (n_tiles > 1) remove(whole, false);
  for (std::int64_t index = n_tiles > 1 ? n_tiles : 0; remove(tile_path(whole, index), true);) ++index;
}

}  // namespace spectrohue::batch
