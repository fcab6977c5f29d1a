// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/manifest_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(ErrorCode code, const std::string& what, const fs::path& path, int error) {
  throw Error(code, what + " '" + path.string() + "': " + std::strerror(error));
}

/// False if another process has it; true also where the file system has no locks.
bool try_lock(int file) { return flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

/// Shards of one count keep to their own; any others may meet.
bool may_meet(Shard a, Shard b) { return a.count != b.count; }

void refuse_other_runs(const fs::path& own) {
  const std::optional<Shard> shard = shard_of_manifest(own);
  if (!shard) return;
  std::error_code error;
  const fs::path folder = own.has_parent_path() ? own.parent_path() : ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::optional<Shard> other = shard_of_manifest(entry.path());
    if (!other || !may_meet(*shard, *other)) continue;
    const int file = open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) continue;
    const bool is_free = try_lock(file);
    close(file);
    if (!is_free) {
      throw Error(ErrorCode::Usage, "another run is writing into '" + folder.string() + "': it has '" +
                                        entry.path().filename().string() + "'; wait for it, or choose another folder");
    }
  }
}

}  // namespace

ManifestWriter::ManifestWriter(const fs::path& path) : path_(path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const bool is_new = !fs::exists(path, error);
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) fail(ErrorCode::Write, "cannot open the manifest", path, errno);
  if (!try_lock(file_)) {
    close(file_);
    throw Error(ErrorCode::Usage, "another run is writing into this folder: it has the manifest '" + path.string() +
                                      "'; wait for it, or choose another folder");
  }
  try {
    refuse_other_runs(path);
    cut_torn_line();
  } catch (...) {
    if (is_new) unlink(path.c_str());
    close(file_);
    throw;
  }
}

ManifestWriter::~ManifestWriter() { close(file_); }

void ManifestWriter::cut_torn_line() {
  struct stat status {};
  if (fstat(file_, &status) != 0) fail(ErrorCode::Write, "cannot look at the manifest", path_, errno);
  off_t end = status.st_size;
  for (char c = 0; end > 0; --end) {
    if (pread(file_, &c, 1, end - 1) != 1) fail(ErrorCode::Write, "cannot read the manifest", path_, errno);
    if (c == '\n') break;
  }
  if (end < status.st_size && ftruncate(file_, end) != 0) {
    fail(ErrorCode::Write, "cannot mend the manifest", path_, errno);
  }
}

void ManifestWriter::begin(const ManifestRun& run) {
  parameters_ = parameters_id(run.parameters);
  append(to_line(run));
}

void ManifestWriter::add(const ManifestRecord& record) { append(to_line(record, parameters_)); }

void ManifestWriter::append(const std::string& line) {
  const off_t before = lseek(file_, 0, SEEK_END);
  const ssize_t written = write(file_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  const int error = written < 0 ? errno : ENOSPC;
  if (written > 0 && ftruncate(file_, before) != 0) cut_torn_line();
  fail(ErrorCode::Write, "cannot append to the manifest", path_, error);
}

}  // namespace spectrohue::batch
