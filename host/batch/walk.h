// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// From what the user named to the files that are meant.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace spectrohue::batch {

/// A file to convert.
struct Source {
  std::filesystem::path path;
  /// Where it lies below the folder it was found in, or its file name if it was named itself: what the output tree
  /// mirrors.
  std::filesystem::path relative;
  /// The pictures that together hold the sound, in order, where there are several (tiles.h); path is the first of them.
  std::vector<std::filesystem::path> tiles = {};
};

/// Something that was named but cannot be used; the batch goes on without it.
struct Problem {
  std::string path;
  std::string reason;
};

struct WalkResult {
  std::vector<Source> sources;                 ///< in the order named; inside a folder sorted by path
  std::vector<std::filesystem::path> folders;  ///< the folders among the inputs
  std::vector<Problem> problems;
};

/// inputs: files (taken whatever their extension), folders (walked, with their sub-folders; links to folders are not
/// followed; `wanted` chooses the files), patterns with * ? [ ] where no such file exists, @LIST (a file with one input
/// a line) and - (such a list on standard input). Empty lines and lines starting with # are ignored in lists.
WalkResult walk(const std::vector<std::string>& inputs,
                const std::function<bool(const std::filesystem::path&)>& wanted);

}  // namespace spectrohue::batch
