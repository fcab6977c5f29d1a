// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/resolver.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path), error);
  return error ? fs::absolute(path).lexically_normal() : result;
}

const Resolver::Folder& Resolver::folder(const fs::path& path) {
  const auto [known, is_new] = folders_.try_emplace(path.native());
  if (is_new) {
    std::error_code error;
    const fs::path folder = path.empty() ? "." : path;
    known->second = {resolved(folder), fs::exists(folder, error)};
  }
  return known->second;
}

fs::path Resolver::file(const fs::path& path, std::optional<bool> is_link) {
  const fs::path name = path.filename();
  if (name.empty() || name == "." || name == "..") return resolved(path);
  const Folder& own = folder(path.parent_path());
  std::error_code error;
  if (is_link ? *is_link : own.exists && fs::is_symlink(path, error)) return resolved(path);
  return own.path / name;
}

}  // namespace spectrohue::batch
