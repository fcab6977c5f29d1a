// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A run as one page that can be passed on: totals, failures, thumbnails, and sounds to listen to (docs/report.md).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "batch/manifest.h"
#include "batch/run.h"
#include "batch/walk.h"
#include "report/collector.h"

namespace spectrohue::report {

enum class Format { Html, Json };

/// By the extension: .html, .htm or .json. Throws Error(Usage).
Format format_of(const std::filesystem::path& path);

/// JSON that can stand inside a <script> element: it has no '<'.
std::string inside_script(std::string_view json);

/// Reads the pictures and sounds of collector.files() back and writes the report at `path`, whole or not at all;
/// replaces what is there. totals: with the failures that `collector` was told of. Returns what of those files could
/// not be shown, by their names; the report says it too. Throws Error(Write), Error(OutOfMemory).
std::vector<batch::Problem> write(const std::filesystem::path& path, const batch::ManifestRun& run,
                                  const batch::Totals& totals, const Collector& collector);

}  // namespace spectrohue::report
