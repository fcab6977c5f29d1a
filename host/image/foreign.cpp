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

/// The file that this code is in: the program, or libspectrohue.so in another one. Empty if nobody knows.
fs::path own_file() {
  std::error_code error;
  Dl_info info{};
  const bool is_known = dladdr(reinterpret_cast<const void*>(&own_file), &info) != 0 && info.dli_fname != nullptr;
  // A program's name is what it was called by, not where it is.
  const fs::path library = is_known ? fs::canonical(info.dli_fname, error) : fs::path();
  const bool is_library = library.filename().string().find(".so") != std::string::npos;
  return is_library ? library : fs::read_symlink("/proc/self/exe", error);
}

/// Beside it, where an installation puts it (bin and lib/spectrohue, or lib/x86_64-linux-gnu and lib/spectrohue), and
/// wherever the loader looks.
std::vector<std::string> places() {
  std::vector<std::string> list;
  if (const fs::path folder = own_file().parent_path(); !folder.empty()) {
    list.push_back(folder / kForeignModule);
    list.push_back(folder / "spectrohue" / kForeignModule);
    list.push_back(folder.parent_path() / "lib" / "spectrohue" / kForeignModule);
    list.push_back(folder.parent_path() / "spectrohue" / kForeignModule);
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
                    module.missing + "); install the package spectrohue-opencv, or convert it to PNG first");
  }
  return module;
}

}  // namespace spectrohue::image
