// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Texts that belong to sounds, for data sets of pictures and texts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch/source_list.h"

namespace spectrohue::batch {

class Captions {
 public:
  Captions() = default;
  /// list: a .csv, .tsv or .jsonl file of names and texts; empty: a source's text is what stands in the file beside it
  /// that has the same name and the extension .txt, where there is one. The columns of a table are named by its first
  /// line (file_name, file or path; text or caption), else they are the first and the second. A name is the path below
  /// the input folder, with or without its extension. White space at both ends of a text is dropped.
  /// Throws Error(Read), Error(BadFormat) (no such table, a name twice), Error(Usage) for another extension.
  Captions(const std::filesystem::path& list, const SourceList& sources);

  /// Whether any source has a text.
  bool any() const { return !texts_.empty(); }
  /// The text of a source (Source::relative); "" if it is known to have none, nothing if it is not known at all.
  std::optional<std::string> find(const std::string& relative) const;

 private:
  void read_list(const std::filesystem::path& list);
  void read_table(const std::string& content, char delimiter);
  void read_json_lines(const std::string& content);
  void put(std::string name, const std::string& text);
  void look_beside(const SourceList& sources);

  std::unordered_map<std::string, std::string> texts_;  // by name
  std::vector<std::uint64_t> known_;                    // hashes of sources, sorted
};

}  // namespace spectrohue::batch
