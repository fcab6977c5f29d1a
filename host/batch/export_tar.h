// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Tar archives. libarchive stops in this file's source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace spectrohue::batch {

/// Writes a tar archive (POSIX ustar, with pax headers where a name needs them) whose bytes depend on the names and
/// contents of its members alone: no times, no owners. Throws Error(Write).
class TarWriter {
 public:
  explicit TarWriter(const std::filesystem::path& path);
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;
  ~TarWriter();

  /// name: UTF-8.
  void add(const std::string& name, std::string_view content);
  /// The content of a file. Throws also Error(Read).
  void add_file(const std::string& name, const std::filesystem::path& file);
  /// Ends the archive; nothing can be added any more.
  void finish();

  /// No member takes more bytes than this.
  static std::int64_t most_bytes(const std::string& name, std::int64_t content_bytes);
  static constexpr std::int64_t kEndBytes = 1024;

 private:
  class Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace spectrohue::batch
