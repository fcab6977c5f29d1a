// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/report_options.h"

#include "cli/options.h"
#include "report/report.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kMostFiles = 200;

bool is_source(const fs::path& path, const batch::Plan& plan) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const fs::path source = plan[i].source;
    std::error_code ignored;
    if (source.filename() == path.filename() && fs::equivalent(source, path, ignored)) return true;
  }
  return false;
}

}  // namespace

void ReportOptions::add_to(CLI::App& app) {
  app.add_option("--report", path,
                 "Write a page about the run: totals, failures, thumbnails and excerpts to listen to (.html, all in "
                 "one file; or .json, the same for programs)")
      ->type_name("PATH");
  app.add_option(both_spellings("--report-files"), files,
                 "Files that the report shows, at most " + std::to_string(kMostFiles))
      ->check(CLI::Range(0, kMostFiles))
      ->type_name("N")
      ->capture_default_str();
}

void ReportOptions::check(const batch::Plan& plan, const std::optional<fs::path>& manifest, bool may_replace) const {
  if (!is_wanted()) return;
  report::format_of(path);
  const auto refuse = [&](const char* why) {
    throw Error(ErrorCode::Usage, "the report '" + path.string() + "' " + why);
  };
  if (manifest && manifest->lexically_normal() == path.lexically_normal()) refuse("has the name of the manifest");
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  if (fs::is_directory(path, ignored)) refuse("is a folder; name a file");
  if (!may_replace) refuse("exists already; add --overwrite to replace it");
  if (is_source(path, plan)) refuse("would be written over an input");
}

}  // namespace spectrohue::cli
