// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/foreign.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>
#include <vector>

#include "image/foreign_loader.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace fs = std::filesystem;

namespace {

/// Beside the program, where an installation puts it, and wherever the loader looks.
std::vector<std::string> places() {
  std::vector<std::string> list;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    list.push_back(program.parent_path() / kForeignModule);
    list.push_back(program.parent_path().parent_path() / "lib" / "spectrohue" / kForeignModule);
  }
  list.emplace_back(kForeignModule);
  return list;
}

ForeignReader load() {
  ForeignReader reader;
  for (const std::string& place : places()) {
    void* const module = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps it a thread
      if (const char* why = dlerror(); fs::exists(place) || reader.missing.empty()) reader.missing = why;
      continue;
    }
    reader.decode = reinterpret_cast<ForeignDecode>(dlsym(module, kForeignDecode));
    reader.release = reinterpret_cast<ForeignRelease>(dlsym(module, kForeignRelease));
    if (reader.decode != nullptr && reader.release != nullptr) return reader;
    reader.missing = place + " is of another version";
  }
  return reader;
}

}  // namespace

const ForeignReader& foreign_reader() {
  static const ForeignReader reader = load();
  if (reader.decode == nullptr || reader.release == nullptr) {
    throw Error(ErrorCode::Unsupported, "only PNG can be read here: the module for other pictures is missing (" +
                                            reader.missing + "); convert it to PNG first");
  }
  return reader;
}

}  // namespace spectrohue::image
