// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// From what the user named to the files that are meant.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "batch/source_list.h"

namespace spectrohue::batch {

/// Something that was named but cannot be used; the batch goes on without it.
struct Problem {
  std::string path;
  std::string reason;
};

/// Which symbolic links inside a folder are followed. What the user names is, always.
enum class Links {
  None,
  Files,  ///< those to files; not those to folders
  All,    ///< but a folder is not entered again from inside itself
};
Links links_from_string(std::string_view name);  ///< "none" "files" "all"

struct WalkSettings {
  std::function<bool(const std::filesystem::path&)> wanted;  ///< chooses among the files of folders
  /// Of the files in folders, those that match an `include` (if there is any) and no `exclude` are taken, and folders
  /// that match an `exclude` are not entered. A pattern with a slash is for the path below the folder that was named,
  /// another for the name alone; * and ? match any character, slashes too.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
  Links links = Links::Files;
  /// Chooses, among the files of folders that are not wanted, those that are worth a word; absent: none.
  std::function<bool(const std::filesystem::path&)> worth_a_word = {};
};

struct WalkResult {
  SourceList sources;                          ///< in the order named; inside a folder sorted by path
  std::vector<std::filesystem::path> folders;  ///< the folders among the inputs
  std::vector<Problem> problems;
  std::map<std::string, std::size_t> passed_over;  ///< how many were worth a word, by extension in small letters
};

/// inputs: files (taken whatever their extension), folders (walked, with their sub-folders), patterns with * ? [ ]
/// where no such file exists, @LIST (a file with one input a line) and - (such a list on standard input). Empty lines
/// and lines starting with # are ignored in lists.
WalkResult walk(const std::vector<std::string>& inputs, const WalkSettings& settings);

}  // namespace spectrohue::batch
