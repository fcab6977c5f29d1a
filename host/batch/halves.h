// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures of two sounds side by side: taking one of the halves.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "image/picture_file.h"

namespace spectrohue::batch {

enum class Half { Left, Right };
Half half_from_string(const std::string& name);  ///< "left", "right"; throws Error(Usage)
std::string to_string(Half half);

/// Turns the picture of two sounds into that of one: its columns, its note, and its place among the tiles of its sound
/// alone. Does nothing to a picture of one sound. Throws Error(Usage) if it is one of two and no half is chosen,
/// Error(BadFormat) if its width is odd.
void take_half(image::PictureFile& file, const std::optional<Half>& half);
/// The same of what a file says of itself.
void take_half(image::FileInfo& info, const std::optional<Half>& half);

/// Of the tiles of two sounds, those in which the chosen half's sound has a column; others as they are.
std::vector<std::filesystem::path> tiles_with(const std::vector<std::filesystem::path>& tiles,
                                              const std::optional<Half>& half);

}  // namespace spectrohue::batch
