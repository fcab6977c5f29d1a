// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace spectrohue::batch {

/// A file in the making: written under a temporary name in the folder of its destination, and renamed when it is
/// whole. A kill at any moment leaves the destination as it was.
class OutputFile {
 public:
  /// Makes the folders that are missing. Throws Error(Write).
  explicit OutputFile(const std::filesystem::path& destination);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes the temporary file unless it was committed.
  ~OutputFile();

  /// Where to write; the name starts with a dot and ends in ".part".
  const std::filesystem::path& temporary() const { return temporary_; }
  /// Gives it its name, replacing what has it. Throws Error(Write).
  void commit();

 private:
  std::filesystem::path destination_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

}  // namespace spectrohue::batch
