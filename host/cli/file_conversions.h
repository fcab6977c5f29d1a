// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// encode and decode for one file, for others to run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "serve/file_conversion.h"

namespace spectrohue::cli {

// What `spectrohue encode ARGUMENTS source` and `spectrohue decode ARGUMENTS source` convert with: the same options,
// the same checks, the same bytes. Options about files and the run are read and not used. Throw Error as the commands
// do.
serve::FileConversion encode_conversion(const std::filesystem::path& source, const std::vector<std::string>& arguments);
serve::FileConversion decode_conversion(const std::filesystem::path& source, const std::vector<std::string>& arguments);

}  // namespace spectrohue::cli
