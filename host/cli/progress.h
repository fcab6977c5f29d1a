// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "batch/run.h"

namespace spectrohue::cli {

/// One line on standard error that is written over a few times a second.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled) : enabled_(enabled) {}
  void update(const batch::Totals& totals);
  /// Makes room for another message.
  void clear();

 private:
  bool enabled_;
  std::size_t shown_ = 0;
  std::chrono::steady_clock::time_point last_{};
};

/// "25.5 min", "3.2 s", "12.0 h".
std::string duration_text(double seconds);
/// "512 MB".
std::string bytes_text(double bytes);

/// "1 file", "3 files".
std::string count_text(std::size_t n, const char* one, const char* many);

/// The last line of every run: files, failures, audio, speed, backend.
std::string summary(const batch::Totals& totals, std::size_t skipped);

}  // namespace spectrohue::cli
