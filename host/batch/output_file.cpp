// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/output_file.h"

#include <unistd.h>

#include <atomic>
#include <string>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

OutputFile::OutputFile(const fs::path& destination) : destination_(destination) {
  static std::atomic<unsigned> counter{0};
  const fs::path folder = destination.parent_path();
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::Write, "cannot make the folder '" + folder.string() + "': " + error.message());
  }
  // Short, so that a name near the file system's limit of 255 bytes still gets one.
  temporary_ = folder / (".spectrohue-" + std::to_string(getpid()) + "-" + std::to_string(counter++) + ".part");
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(temporary_, ignored);
}

void OutputFile::commit() {
  std::error_code error;
  fs::rename(temporary_, destination_, error);
  if (error) {
    throw Error(ErrorCode::Write, "cannot rename to '" + destination_.string() + "': " + error.message());
  }
  committed_ = true;
}

}  // namespace spectrohue::batch
