// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The note of one picture for others that have none: what a model was trained on says what its output means.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "batch/halves.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

struct BorrowedNote {
  /// Of a picture on its own, whatever it was cut from: no tile, no part, no checksum. Its n_samples are those of the
  /// sound if the picture showed all of it and nothing else, otherwise 0.
  PictureNote note;
  std::string owner;  ///< the picture's file name, for the user
};

/// Of a picture, or of the half of it that is meant; a file that holds one channel of several has the note of that
/// channel. Throws Error(Usage) if it has no note, and what image::inspect() throws; messages name the file.
BorrowedNote borrow_note(const std::filesystem::path& path, const std::optional<Half>& half);

}  // namespace spectrohue::batch
