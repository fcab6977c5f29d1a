// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// metadata.jsonl, which makes a folder of pictures a data set that Hugging Face's `imagefolder` loads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "batch/captions.h"
#include "batch/conversion.h"
#include "batch/walk.h"

namespace spectrohue::batch {

/// A folder of this name is a split for its loader: train, validation, test, their synonyms (training, valid, val, dev,
/// testing, eval, evaluation), and names that hold one of them between '-', '_', '.', spaces and digits.
bool is_split_folder(const std::string& name);

struct ImagefolderReport {
  std::size_t n_pictures = 0;
  std::vector<std::filesystem::path> files;  ///< written
  std::vector<Problem> left_out;             ///< done according to a manifest, but not there as they were written
};

/// Writes metadata.jsonl, one line a picture, sorted by path: for each folder right below `folder` that
/// is_split_folder() one of its own, and one in `folder` for all other pictures. Everything comes from the manifests in
/// `folder` and from the pictures' notes, so whatever runs there were, whole, killed, resumed or in shards, the files
/// are right once this has come to its end; a metadata.jsonl of earlier is replaced, or removed where it has lost its
/// last picture. A picture's text is the one that `captions` has for its source; where they do not know the source, the
/// one that it had. Throws Error(Usage) if there is a metadata.jsonl that somebody else wrote; Error(Read),
/// Error(Write).
ImagefolderReport write_imagefolder(const std::filesystem::path& folder, const Captions& captions, int threads,
                                    const OutputSettings& outputs = {});

/// What write_imagefolder() would refuse, before a run. Throws Error(Usage).
void refuse_foreign_metadata(const std::filesystem::path& folder);

}  // namespace spectrohue::batch
