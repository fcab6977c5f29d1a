// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>

namespace spectrohue::test {

/// tests/data, or wherever the environment says it was put.
inline std::filesystem::path data_folder() {
  const char* elsewhere = std::getenv("SPECTROHUE_TEST_DATA");
  return elsewhere != nullptr ? elsewhere : SPECTROHUE_TEST_DATA;
}

}  // namespace spectrohue::test
