// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "batch/run.h"
#include "cli/options.h"

namespace spectrohue::cli {

/// What a run says of itself on standard error.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void begin(std::size_t files, std::size_t skipped, std::int64_t source_bytes) = 0;
  virtual void update(const batch::Totals& totals) = 0;
  /// path: what it is about, or empty.
  virtual void message(const std::string& path, const std::string& text) = 0;
  virtual void end(const batch::Totals& totals) = 0;
};

/// By --progress, --quiet and where standard error goes.
std::unique_ptr<Progress> make_progress(const RunOptions& options);

/// "25.5 min", "3.2 s", "12.0 h".
std::string duration_text(double seconds);
/// "512 MB".
std::string bytes_text(double bytes);

/// "1 file", "3 files".
std::string count_text(std::size_t n, const char* one, const char* many);

/// The last line of every run: files, failures, audio, speed, backend.
std::string summary(const batch::Totals& totals, std::size_t skipped);

}  // namespace spectrohue::cli
