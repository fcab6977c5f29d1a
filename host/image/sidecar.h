// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Notes beside pictures: song.json belongs to song.jpg, song.npy, and to every picture of that name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "spectrohue/types.h"

namespace spectrohue::image {

struct Sidecar {
  std::filesystem::path path;
  std::string text;  ///< JSON and a line's end
};

/// The sidecar of a picture that is to be at that path, for a caller that writes it in its own way.
Sidecar make_sidecar(const std::filesystem::path& picture, const PictureNote& note);

/// Writes it, replacing what is there. On failure nothing is promised about the file. Throws Error(Write).
void write_sidecar(const std::filesystem::path& picture, const PictureNote& note);

/// The note beside a picture; nothing if there is no such file or it holds something else. Throws what note_from_json
/// throws, with the name of the file, if it is a note.
std::optional<PictureNote> read_sidecar(const std::filesystem::path& picture);

/// Removes the sidecar of a picture that is gone, if it holds that picture's note.
void remove_sidecar(const std::filesystem::path& picture, const PictureNote& note);

/// True if a text that may be anything is meant as a note: an object with the key "spectrohue".
bool looks_like_note(std::string_view text);

}  // namespace spectrohue::image
