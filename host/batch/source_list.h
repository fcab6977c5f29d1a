// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace spectrohue::batch {

/// What tells whether a file is still the one it was.
struct Stamp {
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
  bool operator==(const Stamp&) const = default;
};

/// Adds a file: the sum of the sizes, the time of the latest. One that is not there counts as empty.
void add_stamp(const std::filesystem::path& path, Stamp& stamp);

/// A file to convert.
struct Source {
  std::filesystem::path path;
  /// Where it lies below the folder it was found in, or its file name if it was named itself: what the output tree
  /// mirrors.
  std::filesystem::path relative;
  /// The pictures that together hold the sound, in order, where there are several (tiles.h); path is the first of them.
  std::vector<std::filesystem::path> tiles = {};
  Stamp stamp = {};  ///< of tiles: the sum of their sizes, the time of the latest
};

/// Sources, packed: millions of them take their names and 44 bytes each. Folders are stored once.
class SourceList {
 public:
  struct Folder {
    std::string path;      ///< "" for the current one
    std::string relative;  ///< of its files below the folder that was named
  };
  using FolderId = std::uint32_t;
  using FileId = std::uint32_t;

  FolderId add_folder(const std::filesystem::path& path, const std::filesystem::path& relative);
  /// Throws Error(Unsupported) beyond 2^32 - 1 files.
  void add(FolderId folder, std::string_view name, Stamp stamp, bool is_link);

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Source operator[](std::size_t i) const;

  // The parts of a source, without making one.
  const Folder& folder(std::size_t i) const { return folders_[first(i).folder]; }
  /// Of the whole where there are tiles: song.png for song.0000.png.
  std::string name(std::size_t i) const;
  /// The first file's own name is a link.
  bool is_link(std::size_t i) const { return first(i).is_link; }
  Stamp stamp(std::size_t i) const;

  /// Sources that are files of their own become the tiles of one: files in the order given, at least one, at the place
  /// of the first of them in the list. Sets must not overlap.
  void group(const std::vector<std::vector<std::size_t>>& sets);

 private:
  struct File {
    FolderId folder;
    std::uint32_t name_bytes : 31;
    std::uint32_t is_link : 1;
    std::uint64_t name_at;
    Stamp stamp;
  };
  struct Entry {
    std::uint32_t at;       // in grouped_ if n_tiles > 0, else in files_
    std::uint32_t n_tiles;  // 0: a file of its own
  };

  const File& file(const Entry& entry, std::uint32_t tile = 0) const {
    return files_[entry.n_tiles > 0 ? grouped_[entry.at + tile] : entry.at];
  }
  const File& first(std::size_t i) const { return file(entries_[i]); }
  std::string_view name_of(const File& file) const {
    return std::string_view(names_).substr(file.name_at, file.name_bytes);
  }
  std::filesystem::path path_of(const File& file) const;

  std::vector<Folder> folders_;
  std::unordered_map<std::string, FolderId> folder_ids_;  // by relative '\0' path
  std::vector<File> files_;
  std::string names_;
  std::vector<FileId> grouped_;
  std::vector<Entry> entries_;
};

}  // namespace spectrohue::batch
