// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/source_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <limits>

#include "batch/tiles.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

void add_stamp(const fs::path& path, Stamp& stamp) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return;
  stamp.bytes += status.st_size;
  stamp.modified_ns = std::max(stamp.modified_ns, status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec);
}

SourceList::FolderId SourceList::add_folder(const fs::path& path, const fs::path& relative) {
  const auto next = static_cast<FolderId>(folders_.size());
  const auto [known, is_new] = folder_ids_.try_emplace(relative.native() + '\0' + path.native(), next);
  if (is_new) folders_.push_back({path.native(), relative.native()});
  return known->second;
}

void SourceList::add(FolderId folder, std::string_view name, Stamp stamp, bool is_link) {
  if (files_.size() == std::numeric_limits<FileId>::max()) {
    throw Error(ErrorCode::Unsupported, "more than 4,294,967,294 files; convert them in parts");
  }
  entries_.push_back({static_cast<FileId>(files_.size()), 0});
  files_.push_back({folder, static_cast<std::uint32_t>(name.size()), is_link ? 1U : 0U, names_.size(), stamp});
  names_ += name;
}

fs::path SourceList::path_of(const File& file) const { return fs::path(folders_[file.folder].path) / name_of(file); }

std::string SourceList::name(std::size_t i) const {
  const std::string own(name_of(first(i)));
  return entries_[i].n_tiles > 0 ? whole_path(own).value_or(own).native() : own;
}

Stamp SourceList::stamp(std::size_t i) const {
  Stamp all = first(i).stamp;
  for (std::uint32_t tile = 1; tile < entries_[i].n_tiles; ++tile) {
    const Stamp& own = file(entries_[i], tile).stamp;
    all.bytes += own.bytes;
    all.modified_ns = std::max(all.modified_ns, own.modified_ns);
  }
  return all;
}

Source SourceList::operator[](std::size_t i) const {
  Source source{path_of(first(i)), fs::path(folder(i).relative) / name(i), {}, stamp(i)};
  for (std::uint32_t tile = 0; tile < entries_[i].n_tiles; ++tile) {
    source.tiles.push_back(path_of(file(entries_[i], tile)));
  }
  return source;
}

void SourceList::group(const std::vector<std::vector<std::size_t>>& sets) {
  constexpr std::uint32_t kTaken = std::numeric_limits<std::uint32_t>::max();
  for (const std::vector<std::size_t>& set : sets) {
    const Entry whole{static_cast<std::uint32_t>(grouped_.size()), static_cast<std::uint32_t>(set.size())};
    for (const std::size_t i : set) {
      grouped_.push_back(entries_[i].at);
      entries_[i].n_tiles = kTaken;
    }
    entries_[*std::min_element(set.begin(), set.end())] = whole;
  }
  std::erase_if(entries_, [](const Entry& entry) { return entry.n_tiles == kTaken; });
}

}  // namespace spectrohue::batch
