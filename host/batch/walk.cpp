// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Stamp stamp_of(const struct stat& status) {
  return {status.st_size, status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec};
}

std::string error_text(int error) { return std::generic_category().message(error); }

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

bool matches_any(const std::vector<std::string>& patterns, const fs::path& relative) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const bool is_path = pattern.find('/') != std::string::npos;
    const std::string subject = is_path ? relative.native() : relative.filename().native();
    return fnmatch(pattern.c_str(), subject.c_str(), 0) == 0;
  });
}

class Walker {
 public:
  Walker(WalkResult& result, const WalkSettings& settings) : result_(result), settings_(settings) {}

  void add(const std::string& input) {
    if (input.size() > 1 && input.front() == '@') {
      add_list_file(input.substr(1));
    } else if (input == "-") {
      add_lines(std::cin);
    } else {
      add_path(input);
    }
  }

 private:
  struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
  };
  struct Entry {
    std::string name;
    struct stat status;
    bool is_link;
  };

  void add_list_file(const std::string& path) {
    std::ifstream list(path);
    if (!list) {
      problem(path, "cannot open this list of files");
      return;
    }
    add_lines(list);
  }

  void add_lines(std::istream& lines) {
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty() && line.front() != '#') add_path(line);
    }
  }

  void add_path(const std::string& input) {
    struct stat status {};
    const fs::path path(input);
    if (stat(input.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) {
        result_.folders.push_back(path);
        add_folder(path, {}, {{status.st_dev, status.st_ino}});
      } else {
        result_.sources.add(result_.sources.add_folder(path.parent_path(), {}), path.filename().native(),
                            stamp_of(status), fs::is_symlink(path));
      }
    } else if (errno != ENOENT && errno != ENOTDIR) {
      problem(input, error_text(errno));
    } else if (input.find_first_of("*?[") == std::string::npos || !add_pattern(input)) {
      problem(input, "no such file or folder");
    }
  }

  bool add_pattern(const std::string& pattern) {
    glob_t found{};
    const bool any = glob(pattern.c_str(), 0, nullptr, &found) == 0 && found.gl_pathc > 0;
    for (std::size_t i = 0; any && i < found.gl_pathc; ++i) add_path(found.gl_pathv[i]);
    globfree(&found);
    return any;
  }

  /// `above`: the folders that it lies in, and it.
  void add_folder(const fs::path& folder, const fs::path& relative, const std::vector<Identity>& above) {
    std::optional<SourceList::FolderId> id;
    for (const Entry& entry : list(folder, relative)) {
      if (S_ISDIR(entry.status.st_mode)) {
        const Identity own{entry.status.st_dev, entry.status.st_ino};
        if (std::find(above.begin(), above.end(), own) != above.end()) continue;
        std::vector<Identity> inner = above;
        inner.push_back(own);
        add_folder(folder / entry.name, relative / entry.name, inner);
      } else {
        if (!id) id = result_.sources.add_folder(folder, relative);
        result_.sources.add(*id, entry.name, stamp_of(entry.status), entry.is_link);
      }
    }
  }

  /// The files and folders in a folder that are wanted, sorted by name.
  std::vector<Entry> list(const fs::path& folder, const fs::path& relative) {
    std::vector<Entry> entries;
    const std::unique_ptr<DIR, CloseFolder> open(opendir(folder.c_str()));
    if (!open) {
      problem(folder.native(), "cannot read this folder: " + error_text(errno));
      return entries;
    }
    for (errno = 0; const dirent* found = readdir(open.get()); errno = 0) {
      if (std::optional<Entry> entry = look_at(folder, dirfd(open.get()), *found, relative)) {
        entries.push_back(std::move(*entry));
      }
    }
    if (errno != 0) problem(folder.native(), "cannot read this folder to its end: " + error_text(errno));
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  std::optional<Entry> look_at(const fs::path& folder, int open_folder, const dirent& found, const fs::path& relative) {
    Entry entry{found.d_name, {}, false};
    if (entry.name == "." || entry.name == "..") return std::nullopt;
    if (found.d_type == DT_REG && !is_chosen(relative / entry.name)) {
      pass_over(relative / entry.name);
      return std::nullopt;
    }
    if (fstatat(open_folder, found.d_name, &entry.status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    entry.is_link = S_ISLNK(entry.status.st_mode);
    if (entry.is_link) {
      if (settings_.links == Links::None) return std::nullopt;
      if (fstatat(open_folder, found.d_name, &entry.status, 0) != 0) {
        if (is_chosen(relative / entry.name)) problem(folder / entry.name, "this link leads nowhere");
        return std::nullopt;
      }
    }
    if (S_ISDIR(entry.status.st_mode)) {
      if (entry.is_link && settings_.links != Links::All) return std::nullopt;
      if (matches_any(settings_.exclude, relative / entry.name)) return std::nullopt;
      return entry;
    }
    if (!S_ISREG(entry.status.st_mode) || !is_chosen(relative / entry.name)) return std::nullopt;
    return entry;
  }

  bool is_chosen(const fs::path& relative) const { return settings_.wanted(relative) && is_meant(relative); }

  bool is_meant(const fs::path& relative) const {
    return (settings_.include.empty() || matches_any(settings_.include, relative)) &&
           !matches_any(settings_.exclude, relative);
  }

  void pass_over(const fs::path& relative) {
    if (!settings_.worth_a_word || !settings_.worth_a_word(relative) || !is_meant(relative)) return;
    std::string extension = relative.extension().string();
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
    ++result_.passed_over[extension];
  }

  void problem(const std::string& path, const std::string& reason) { result_.problems.push_back({path, reason}); }

  WalkResult& result_;
  const WalkSettings& settings_;
};

}  // namespace

Links links_from_string(std::string_view name) {
  if (name == "none") return Links::None;
  if (name == "files") return Links::Files;
  if (name == "all") return Links::All;
  throw Error(ErrorCode::Usage, "--links must be none, files or all, not '" + std::string(name) + "'");
}

WalkResult walk(const std::vector<std::string>& inputs, const WalkSettings& settings) {
  WalkResult result;
  Walker walker(result, settings);
  for (const std::string& input : inputs) walker.add(input);
  return result;
}

}  // namespace spectrohue::batch
