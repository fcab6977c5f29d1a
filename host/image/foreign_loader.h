// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "image/foreign.h"

namespace spectrohue::image {

struct ForeignReader {
  ForeignDecode decode = nullptr;
  ForeignRelease release = nullptr;
  std::string missing;  ///< why the module could not be loaded
};

/// The module, loaded at the first call and kept. Throws Error(Unsupported) if it is not there.
const ForeignReader& foreign_reader();

}  // namespace spectrohue::image
