// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <cstdio>

namespace spectrohue::cli {

namespace {

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string speed_text(const batch::Totals& totals) {
  return number("%.0fx real time", totals.wall_seconds > 0 ? totals.audio_seconds / totals.wall_seconds : 0);
}

}  // namespace

std::string count_text(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string duration_text(double seconds) {
  if (seconds < 120) return number("%.1f s", seconds);
  if (seconds < 7200) return number("%.1f min", seconds / 60);
  return number("%.1f h", seconds / 3600);
}

std::string bytes_text(double bytes) {
  if (bytes < 1e6) return number("%.1f kB", bytes / 1e3);
  if (bytes < 1e9) return number("%.1f MB", bytes / 1e6);
  return number("%.2f GB", bytes / 1e9);
}

void ProgressLine::update(const batch::Totals& totals) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(160)) return;
  last_ = now;
  const double left =
      totals.wall_seconds / static_cast<double>(totals.done) * static_cast<double>(totals.files - totals.done);
  std::string line = std::to_string(totals.done) + "/" + count_text(totals.files, "file", "files") + ", " +
                     duration_text(totals.audio_seconds) + " of audio, " + speed_text(totals) + ", " +
                     duration_text(left) + " left";
  if (!totals.failures.empty()) line += ", " + std::to_string(totals.failures.size()) + " failed";
  const std::size_t length = line.size();
  if (length < shown_) line.append(shown_ - length, ' ');
  shown_ = length;
  std::fprintf(stderr, "\r%s", line.c_str());
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (shown_ > 0) std::fprintf(stderr, "\r%s\r", std::string(shown_, ' ').c_str());
  shown_ = 0;
}

std::string summary(const batch::Totals& totals, std::size_t skipped) {
  std::string line = count_text(totals.done - totals.failures.size(), "file", "files") + " converted, " +
                     std::to_string(totals.failures.size()) + " failed";
  if (skipped > 0) line += ", " + std::to_string(skipped) + " skipped";
  if (totals.interrupted) line += ", " + std::to_string(totals.files - totals.done) + " not begun (interrupted)";
  line += "; " + duration_text(totals.audio_seconds) + " of audio in " + duration_text(totals.wall_seconds) + " (" +
          speed_text(totals) + "), " + bytes_text(static_cast<double>(totals.bytes_written)) + " written; " +
          totals.backend + ", " + count_text(totals.threads, "thread", "threads");
  return line;
}

}  // namespace spectrohue::cli
