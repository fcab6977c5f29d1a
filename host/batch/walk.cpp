// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/walk.h"

#include <glob.h>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

class Walker {
 public:
  Walker(WalkResult& result, const std::function<bool(const fs::path&)>& wanted) : result_(result), wanted_(wanted) {}

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
  void add_list_file(const std::string& path) {
    std::ifstream list(path);
    if (!list) {
      result_.problems.push_back({path, "cannot open this list of files"});
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
    std::error_code error;
    const fs::path path(input);
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      add_folder(path);
    } else if (fs::exists(status)) {
      result_.sources.push_back({path, path.filename()});
    } else if (error && error != std::errc::no_such_file_or_directory) {
      result_.problems.push_back({input, error.message()});
    } else if (input.find_first_of("*?[") == std::string::npos || !add_pattern(input)) {
      result_.problems.push_back({input, "no such file or folder"});
    }
  }

  bool add_pattern(const std::string& pattern) {
    glob_t found{};
    const bool any = glob(pattern.c_str(), 0, nullptr, &found) == 0 && found.gl_pathc > 0;
    for (std::size_t i = 0; any && i < found.gl_pathc; ++i) add_path(found.gl_pathv[i]);
    globfree(&found);
    return any;
  }

  void add_folder(const fs::path& folder) {
    result_.folders.push_back(folder);
    std::vector<fs::path> files;
    collect(folder, files);
    std::sort(files.begin(), files.end());
    for (fs::path& file : files) {
      fs::path relative = file.lexically_relative(folder);
      result_.sources.push_back({std::move(file), std::move(relative)});
    }
  }

  // By hand, because recursive_directory_iterator ends the whole walk at the first folder that cannot be read.
  void collect(const fs::path& folder, std::vector<fs::path>& files) {
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    if (error) {
      result_.problems.push_back({folder.string(), "cannot read this folder: " + error.message()});
      return;
    }
    for (const fs::directory_iterator end; entry != end;) {
      std::error_code ignored;
      if (!entry->is_symlink(ignored) && entry->is_directory(ignored)) {
        collect(entry->path(), files);
      } else if (wanted_(entry->path()) && entry->is_regular_file(ignored)) {
        files.push_back(entry->path());
      }
      entry.increment(error);
      if (error) {
        result_.problems.push_back({folder.string(), "cannot read this folder to its end: " + error.message()});
        return;
      }
    }
  }

  WalkResult& result_;
  const std::function<bool(const fs::path&)>& wanted_;
};

}  // namespace

WalkResult walk(const std::vector<std::string>& inputs, const std::function<bool(const fs::path&)>& wanted) {
  WalkResult result;
  Walker walker(result, wanted);
  for (const std::string& input : inputs) walker.add(input);
  return result;
}

}  // namespace spectrohue::batch
