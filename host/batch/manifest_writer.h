// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "batch/manifest.h"

namespace spectrohue::batch {

/// Appends to a manifest, which is locked as long as this lives: a second run on the same folder is refused.
class ManifestWriter {
 public:
  /// Makes the file and its folder if they are missing, and cuts off a last line without its end. Throws Error(Usage)
  /// if another run has it, or one of an overlapping shard; Error(Write).
  explicit ManifestWriter(const std::filesystem::path& path);
  ManifestWriter(const ManifestWriter&) = delete;
  ManifestWriter& operator=(const ManifestWriter&) = delete;
  ~ManifestWriter();

  void begin(const ManifestRun& run);
  /// Throws Error(Write); what was appended of the line is then taken back.
  void add(const ManifestRecord& record);

 private:
  void append(const std::string& line);
  void cut_torn_line();

  std::filesystem::path path_;
  int file_ = -1;
  std::string parameters_;
};

}  // namespace spectrohue::batch
