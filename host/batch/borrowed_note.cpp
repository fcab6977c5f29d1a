// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/borrowed_note.h"

#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

/// Of the channel that a file holds alone.
void take_channel(PictureNote& note) {
  const bool has_phases = note.pixels.encoding == Encoding::Magphase || note.pixels.encoding == Encoding::Magphase16;
  const int planes = has_phases ? 2 : 1;
  if (note.channels == 1 || note.part.count != planes * note.channels) return;
  note.ref = {note.ref[static_cast<std::size_t>(note.part.index / planes)]};
  note.channels = 1;
  note.is_mid_side = false;
}

}  // namespace

BorrowedNote borrow_note(const std::filesystem::path& path, const std::optional<Half>& half) {
  const std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  try {
    image::FileInfo info = image::inspect(path);
    take_half(info, half);
    if (!info.note) {
      throw Error(ErrorCode::Usage, "it has no note itself; take a picture that spectrohue made, as it made it");
    }
    BorrowedNote borrowed{*info.note, name};
    PictureNote& note = borrowed.note;
    if (note.tile.count > 1 || note.tile.padding > 0) note.n_samples = 0;
    take_channel(note);
    note.tile = {};
    note.part = {};
    note.pixels_crc32.reset();
    return borrowed;
  } catch (const Error& error) {
    throw Error(error.code(), "cannot take parameters from '" + name + "': " + error.what());
  }
}

}  // namespace spectrohue::batch
