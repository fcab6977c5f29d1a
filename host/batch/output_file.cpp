// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

void make_folders(const fs::path& folder) {
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::Write, "cannot make the folder '" + folder.string() + "': " + error.message());
  }
}

/// Short, so that a name near the file system's limit of 255 bytes still gets one.
fs::path temporary_name() {
  static std::atomic<unsigned> counter{0};
  return ".spectrohue-" + std::to_string(getpid()) + "-" + std::to_string(counter++) + ".part";
}

/// A file's data, or a folder's names, are on the disk.
void sync_to_disk(const fs::path& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  const bool done = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (!done) throw Error(ErrorCode::Write, "cannot sync '" + path.string() + "': " + std::strerror(error));
}

}  // namespace

OutputFile::OutputFile(const fs::path& destination, const fs::path& temporary_folder, bool sync)
    : destination_(destination), sync_(sync) {
  make_folders(destination.parent_path());
  temporary_ = (temporary_folder.empty() ? destination.parent_path() : temporary_folder) / temporary_name();
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(temporary_, ignored);
}

void OutputFile::commit() {
  if (sync_) sync_to_disk(temporary_, O_RDONLY);
  std::error_code error;
  fs::rename(temporary_, destination_, error);
  if (error == std::errc::cross_device_link) {
    // A folder below the output folder may be a file system of its own.
    const fs::path beside = destination_.parent_path() / temporary_name();
    fs::copy_file(temporary_, beside, error);
    if (!error) fs::rename(beside, destination_, error);
    std::error_code ignored;
    fs::remove(error ? beside : temporary_, ignored);
  }
  if (error) {
    throw Error(ErrorCode::Write, "cannot rename to '" + destination_.string() + "': " + error.message());
  }
  committed_ = true;
  if (sync_) sync_to_disk(destination_.has_parent_path() ? destination_.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

TemporaryFolder::TemporaryFolder(fs::path path) : path_(std::move(path)) {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  make_folders(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace spectrohue::batch
