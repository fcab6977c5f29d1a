// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>

namespace spectrohue::batch {

/// One spelling for every way to write a path, whether or not it exists.
std::filesystem::path resolved(const std::filesystem::path& path);

/// The same for many paths in few folders: each folder is looked up once.
class Resolver {
 public:
  struct Folder {
    std::filesystem::path path;  ///< resolved
    bool exists = false;
  };

  const Folder& folder(const std::filesystem::path& path);
  /// is_link: where the caller knows whether the last name is one.
  std::filesystem::path file(const std::filesystem::path& path, std::optional<bool> is_link = {});

 private:
  std::unordered_map<std::string, Folder> folders_;
};

}  // namespace spectrohue::batch
