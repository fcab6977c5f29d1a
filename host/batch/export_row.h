// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What data sets say of a picture. docs/datasets.md lists the keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "image/picture_file.h"

namespace spectrohue::batch {

/// Names in JSON and in tar archives are UTF-8.
bool is_utf8(std::string_view text);

/// A line of metadata.jsonl, with its end. file_name: the picture's path below the folder of that file, with '/';
/// source: of the sound, below the input folder; text: the caption, where the data set has any. All rows of a data set
/// have the same keys. Throws Error(BadFormat) if the picture has no note.
std::string metadata_row(const std::string& file_name, const std::string& source, const image::FileInfo& info,
                         const std::optional<std::string>& text);

/// What goes beside a picture in a WebDataset: its note, with `tile` also where it is whole, and source, seconds, width
/// and height. Throws Error(BadFormat) if it has no note.
std::string sample_json(const std::string& source, const image::FileInfo& info);

}  // namespace spectrohue::batch
