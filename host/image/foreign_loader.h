// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "image/foreign.h"

namespace spectrohue::image {

struct ForeignModule {
  ForeignDecode decode = nullptr;
  ForeignRelease release = nullptr;
  ForeignEncode encode = nullptr;
  ForeignReleaseFile release_file = nullptr;
  std::string missing;  ///< why the module could not be loaded
  bool is_whole() const {
    return decode != nullptr && release != nullptr && encode != nullptr && release_file != nullptr;
  }
};

/// The module, loaded at the first call and kept. Throws Error(Unsupported) if it is not there.
const ForeignModule& foreign_module();

}  // namespace spectrohue::image
