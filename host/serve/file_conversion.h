// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the command line makes of one file: the page's conversions are those, option by option.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "batch/conversion.h"

namespace spectrohue::serve {

/// One file's conversion, checked and ready.
struct FileConversion {
  std::shared_ptr<const batch::Conversion> conversion;
  std::string extension;  ///< of outputs, with its dot
  bool makes_tiles = false;
  bool joins_tiles = false;
  batch::PieceNames piece_names = batch::PieceNames::Tiles;
  /// What a task would become, for people: "1293 x 1025 pixels, at most 4 MB". Reads the source's header; throws Error.
  std::function<std::string(const batch::Task&)> forecast;
};

/// The conversion of `source` with arguments of the command line ("--n-fft", "4096"). Throws Error as the command does.
using Prepare =
    std::function<FileConversion(const std::filesystem::path& source, const std::vector<std::string>& arguments)>;

}  // namespace spectrohue::serve
