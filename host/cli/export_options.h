// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "batch/export_webdataset.h"
#include "batch/walk.h"

namespace spectrohue::cli {

/// A data set for training programs, if one is asked for (docs/datasets.md).
struct ExportOptions {
  std::string kind;                ///< "imagefolder", "webdataset", or empty: none
  std::filesystem::path captions;  ///< empty: texts beside the sources
  batch::ShardLimits limits;

  void add_to(CLI::App& app);
  bool is_wanted() const { return !kind.empty(); }
  bool is_imagefolder() const { return kind == "imagefolder"; }
  /// Pictures go into archives.
  bool packs() const { return kind == "webdataset"; }
  /// Throws Error(Usage) for options without the one that they belong to.
  void check() const;
};

/// "3 pictures in out/metadata.jsonl", and what was left out, on standard error; false if something was. Throws as
/// batch::write_imagefolder().
bool write_imagefolder(const std::filesystem::path& folder, const batch::Captions& captions, int threads,
                       const batch::OutputSettings& outputs, bool quiet);

}  // namespace spectrohue::cli
