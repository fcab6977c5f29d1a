// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "batch/plan.h"

namespace spectrohue::cli {

/// A page about the run, if one is asked for.
struct ReportOptions {
  std::filesystem::path path;  ///< empty: none
  std::size_t files = 24;      ///< that it shows

  void add_to(CLI::App& app);
  bool is_wanted() const { return !path.empty(); }
  /// Throws Error(Usage) for what would only come out when the run is over: a name that is neither .html nor .json, a
  /// folder, one of the sources, the manifest, or a file that is there and may not be replaced.
  void check(const batch::Plan& plan, const std::optional<std::filesystem::path>& manifest, bool may_replace) const;
};

}  // namespace spectrohue::cli
