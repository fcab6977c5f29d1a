// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "files/file_task.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "batch/tiles.h"
#include "spectrohue/error.h"

namespace spectrohue::files {

namespace fs = std::filesystem;

namespace {

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::Usage, why); }

/// The output, or what an earlier run made of the same sound and this one would remove or replace.
std::optional<fs::path> existing_picture(const fs::path& picture, batch::PieceNames names, const fs::path& sound) {
  for (const fs::path& path : {picture, batch::tile_path(picture, 0, names)}) {
    if (fs::exists(path)) return path;
  }
  return batch::first_piece(picture, sound.filename().string());
}

void check_output(const fs::path& input, const fs::path& output, const std::optional<fs::path>& existing,
                  bool overwrites) {
  std::error_code error;
  if (fs::equivalent(input, output, error)) refuse("the output " + quoted(output) + " is the input");
  if (fs::is_directory(output, error)) refuse("the output " + quoted(output) + " is a folder");
  if (existing && !overwrites) refuse("the output " + quoted(*existing) + " exists already");
}

/// All pictures of the sound that `picture` is one of, in order; none if it is whole.
std::vector<fs::path> tiles_of(const fs::path& picture) {
  const std::optional<fs::path> whole = batch::whole_path(picture);
  if (!whole || !fs::exists(picture)) return {};
  const fs::path parent = picture.parent_path();
  const fs::path folder = parent.empty() ? "." : parent;
  batch::SourceList beside;
  const auto id = beside.add_folder(parent, {});
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (batch::whole_path(parent / entry.path().filename()) != whole || entry.is_directory()) continue;
    beside.add(id, entry.path().filename().string(), {}, false);
  }
  batch::join_tiles(beside);
  for (std::size_t i = 0; i < beside.size(); ++i) {
    std::vector<fs::path> tiles = beside[i].tiles;
    if (std::ranges::find(tiles, picture) != tiles.end()) return tiles;
  }
  return {};
}

}  // namespace

image::Format picture_format(const fs::path& picture) {
  if (const auto format = image::format_of_extension(picture)) return *format;
  refuse("the output " + quoted(picture) + " should end in .png, .tiff, .npy, .npz, .jpg or .webp");
}

audio::Container sound_container(const fs::path& sound) {
  if (const auto container = audio::container_of_extension(sound)) return *container;
  refuse("the output " + quoted(sound) + " should end in .wav, .flac or .ogg");
}

void refuse_loss_of_phase(image::Format format, Encoding encoding) {
  if (!image::is_lossy(format) || !holds_phase(encoding)) return;
  refuse("phases do not survive the losses of " + image::to_string(format) + " (" + to_string(encoding) +
         " holds some); use PNG or an encoding of magnitudes");
}

batch::Task encode_task(const fs::path& sound, const fs::path& picture, batch::PieceNames names, bool overwrites) {
  check_output(sound, picture, existing_picture(picture, names, sound), overwrites);
  return {sound, picture, {}, sound.filename()};
}

batch::Task decode_task(const fs::path& picture, const fs::path& sound, bool overwrites) {
  check_output(picture, sound, fs::exists(sound) ? std::optional(sound) : std::nullopt, overwrites);
  std::vector<fs::path> tiles = tiles_of(picture);
  const fs::path first = tiles.empty() ? picture : tiles.front();  // what is read before all others
  return {first, sound, std::move(tiles), first.filename()};
}

}  // namespace spectrohue::files
