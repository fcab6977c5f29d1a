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

ForeignModule load() {
  ForeignModule loaded;
  for (const std::string& place : places()) {
    void* const module = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps it a thread
      if (const char* why = dlerror(); fs::exists(place) || loaded.missing.empty()) loaded.missing = why;
      continue;
    }
    loaded.decode = reinterpret_cast<ForeignDecode>(dlsym(module, kForeignDecode));
    loaded.release = reinterpret_cast<ForeignRelease>(dlsym(module, kForeignRelease));
    loaded.encode = reinterpret_cast<ForeignEncode>(dlsym(module, kForeignEncode));
    loaded.release_file = reinterpret_cast<ForeignReleaseFile>(dlsym(module, kForeignReleaseFile));
    if (loaded.is_whole()) return loaded;
    loaded.missing = place + " is of another version";
  }
  return loaded;
}

}  // namespace

const ForeignModule& foreign_module() {
  static const ForeignModule module = load();
  if (!module.is_whole()) {
    throw Error(ErrorCode::Unsupported,
                "only png, npy, npz and simple tiff can be read and written here: the module for other pictures is "
                "missing (" +
                    module.missing + "); convert it to PNG first");
  }
  return module;
}

}  // namespace spectrohue::image
