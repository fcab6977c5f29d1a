// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace spectrohue::serve {

/// A fresh folder that nobody else may enter, in the system's folder for temporary files (TMPDIR) or in another that is
/// given; removed in the end with all that is in it.
class PrivateFolder {
 public:
  /// Throws Error(Write).
  explicit PrivateFolder(const std::filesystem::path& parent = {});
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace spectrohue::serve
