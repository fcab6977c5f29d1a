// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What encode and decode have in common: from the named inputs to a finished run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/plan.h"
#include "cli/export_options.h"
#include "cli/options.h"
#include "cli/report_options.h"

namespace spectrohue::cli {

/// Options about files.
struct FileOptions {
  std::vector<std::string> inputs;
  batch::PlanSettings plan;
  batch::WalkSettings walk;
  bool overwrite = false;
  bool resume = false;
  bool dry_run = false;
  std::string links = "files";
  std::string shard = "0/1";
  std::string manifest;  ///< a path, "none", or empty: in the output folder, unless one file alone was named
  bool ignore_space = false;
  bool stop_on_error = false;
  ReportOptions report;
  ExportOptions exports;      ///< encode only
  bool prints_names = false;  ///< what becomes what, before it does

  void add_to(CLI::App& app, const char* inputs_help, const char* output_help);
};

/// What a task would become.
struct Forecast {
  std::string text;
  double most_bytes = 0;
  double likely_bytes = 0;  ///< rather too few than too many
};

/// One direction of conversion.
struct Direction {
  std::string command;  ///< "encode" or "decode"
  std::function<bool(const std::filesystem::path&)> wanted;
  std::function<bool(const std::filesystem::path&)>
      unread;             ///< what somebody might think is wanted, and cannot be read
  std::string extension;  ///< of outputs, with its dot
  std::string formats;    ///< all that --format knows: "wav, flac or ogg"
  bool makes_tiles = false;
  bool joins_tiles = false;
  const batch::Conversion& conversion;
  std::function<Forecast(const batch::Task&)> forecast;  ///< from the header of the source; throws Error
  batch::PieceNames piece_names = batch::PieceNames::Tiles;
  /// Other files that a source's output depends on; absent: none.
  std::function<std::vector<std::filesystem::path>(const std::filesystem::path& relative)> companions = {};
};

/// Walks, plans, and carries the plan out, or prints it. Throws Error for what concerns all of it.
Exit convert(const FileOptions& files, const RunOptions& options, const Direction& direction);

}  // namespace spectrohue::cli
