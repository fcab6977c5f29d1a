// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace spectrohue::batch {

/// A file in the making: written under a temporary name and renamed when it is whole. A kill at any moment leaves the
/// destination as it was.
class OutputFile {
 public:
  /// Makes the folders that are missing. temporary_folder: where it is written; empty: in the folder of its
  /// destination. sync: it is on the disk before it gets its name. Throws Error(Write).
  explicit OutputFile(const std::filesystem::path& destination, const std::filesystem::path& temporary_folder = {},
                      bool sync = false);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes the temporary file unless it was committed.
  ~OutputFile();

  /// Where to write; the name starts with a dot and ends in ".part".
  const std::filesystem::path& temporary() const { return temporary_; }
  const std::filesystem::path& destination() const { return destination_; }
  /// Gives it its name, replacing what has it. Throws Error(Write).
  void commit();

 private:
  std::filesystem::path destination_;
  std::filesystem::path temporary_;
  bool sync_;
  bool committed_ = false;
};

/// Makes an empty folder for temporary files, and removes it, with all that is in it, in the end. What an earlier run
/// that was killed left there is removed. One run at a time may have it.
class TemporaryFolder {
 public:
  /// Throws Error(Write).
  explicit TemporaryFolder(std::filesystem::path path);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace spectrohue::batch
