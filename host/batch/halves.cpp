// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/halves.h"

#include <algorithm>

#include "spectro/pages.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

bool is_pair(const std::optional<PictureNote>& note) { return note && !note->right.empty(); }

/// The chosen half's note, as of a picture that is `width` columns wide. Both halves count the tiles of the longer
/// sound.
PictureNote note_of_half(const PictureNote& note, Half half, std::int64_t width) {
  PictureNote own = half == Half::Left ? note : note.right.front();
  own.right.clear();
  PictureNote::Tile& tile = own.tile;
  if (tile.count == 1) return own;
  // The last tile of all may be narrower, but then it does not come first.
  const std::int64_t step = tile.index > 0 ? tile.first_frame / tile.index : width - tile.overlap;
  const Cut cut{step + tile.overlap, tile.overlap};
  tile.count = std::max(tile.index + 1, cut.count(own.stft.n_frames(own.n_samples)));
  if (tile.count == 1) tile.overlap = 0;
  return own;
}

Half required(const std::optional<Half>& half) {
  if (half) return *half;
  throw Error(ErrorCode::Usage,
              "the picture holds two sounds side by side; --pair left or --pair right says which one is meant");
}

std::int64_t half_of(std::int64_t width) {
  if (width % 2 == 0) return width / 2;
  throw Error(ErrorCode::BadFormat, "the picture is to hold two sounds side by side, but is " + std::to_string(width) +
                                        " columns wide, an odd number; was it cropped?");
}

}  // namespace

Half half_from_string(const std::string& name) {
  if (name == "left") return Half::Left;
  if (name == "right") return Half::Right;
  throw Error(ErrorCode::Usage, "'" + name + "' is no half of a picture; there are left and right");
}

std::string to_string(Half half) { return half == Half::Left ? "left" : "right"; }

void take_half(image::PictureFile& file, const std::optional<Half>& half) {
  if (!is_pair(file.note)) return;
  const Half chosen = required(half);
  const std::int64_t width = half_of(file.picture.width);
  Picture own;
  own.palette = file.picture.palette;
  copy_columns(file.picture, {chosen == Half::Left ? 0 : width, width}, own);
  file.picture = std::move(own);
  file.note = note_of_half(*file.note, chosen, width);
}

void take_half(image::FileInfo& info, const std::optional<Half>& half) {
  if (!is_pair(info.note)) return;
  const Half chosen = required(half);
  info.width = half_of(info.width);
  info.note = note_of_half(*info.note, chosen, info.width);
}

std::vector<fs::path> tiles_with(const std::vector<fs::path>& tiles, const std::optional<Half>& half) {
  std::vector<fs::path> own;
  for (const fs::path& path : tiles) {
    image::FileInfo info = image::inspect(path);
    take_half(info, half);
    const bool has_ended = info.note && info.note->tile.padding >= info.width;
    if (!has_ended) own.push_back(path);
  }
  return own;
}

}  // namespace spectrohue::batch
