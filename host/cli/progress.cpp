// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace spectrohue::cli {

namespace {

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// What is left, judged by the bytes of the sources.
double seconds_left(const batch::Totals& totals, std::int64_t source_bytes) {
  if (totals.source_bytes <= 0) return 0;
  const auto left = static_cast<double>(std::max<std::int64_t>(0, source_bytes - totals.source_bytes));
  return totals.wall_seconds * left / static_cast<double>(totals.source_bytes);
}

/// The audio of all files, judged likewise.
double all_audio_seconds(const batch::Totals& totals, std::int64_t source_bytes) {
  if (totals.source_bytes <= 0) return 0;
  return totals.audio_seconds * static_cast<double>(source_bytes) / static_cast<double>(totals.source_bytes);
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

std::string summary(const batch::Totals& totals, std::size_t skipped) {
  std::string line = count_text(totals.done - totals.n_failed, "file", "files") + " converted, " +
                     std::to_string(totals.n_failed) + " failed";
  if (skipped > 0) line += ", " + std::to_string(skipped) + " skipped";
  if (totals.interrupted)
    line += ", " + std::to_string(totals.files - totals.done) + " not begun (" +
            (totals.too_many_errors ? "stopped after an error" : "interrupted") + ")";
  line += "; " + duration_text(totals.audio_seconds) + " of audio in " + duration_text(totals.wall_seconds) + " (" +
          speed_text(totals) + "), " + bytes_text(static_cast<double>(totals.bytes_written)) + " written; " +
          totals.backend + ", " + count_text(totals.threads, "thread", "threads");
  return line;
}

namespace {

class Throttle {
 public:
  explicit Throttle(std::chrono::milliseconds every) : every_(every) {}
  bool is_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < every_) return false;
    last_ = now;
    return true;
  }

 private:
  std::chrono::milliseconds every_;
  std::chrono::steady_clock::time_point last_{};
};

/// For people: a line that is written over a few times a second, if wanted, and a summary, unless it is to be quiet.
class TextProgress final : public Progress {
 public:
  TextProgress(bool has_line, bool has_summary) : has_line_(has_line), has_summary_(has_summary) {}

  void begin(std::size_t /*files*/, std::size_t skipped, std::int64_t source_bytes) override {
    skipped_ = skipped;
    source_bytes_ = source_bytes;
  }

  void update(const batch::Totals& totals) override {
    if (!has_line_ || !throttle_.is_due()) return;
    std::string line = std::to_string(totals.done) + "/" + count_text(totals.files, "file", "files") + ", " +
                       duration_text(totals.audio_seconds) + " of about " +
                       duration_text(all_audio_seconds(totals, source_bytes_)) + " of audio, " + speed_text(totals) +
                       ", " + duration_text(seconds_left(totals, source_bytes_)) + " left";
    if (totals.n_failed > 0) line += ", " + std::to_string(totals.n_failed) + " failed";
    const std::size_t length = line.size();
    if (length < shown_) line.append(shown_ - length, ' ');
    shown_ = length;
    std::fprintf(stderr, "\r%s", line.c_str());
    std::fflush(stderr);
  }

  void message(const std::string& path, const std::string& text) override {
    clear();
    say(path, text);
  }

  void end(const batch::Totals& totals) override {
    clear();
    if (has_summary_) std::fprintf(stderr, "%s\n", summary(totals, skipped_).c_str());
  }

 private:
  void clear() {
    if (shown_ > 0) std::fprintf(stderr, "\r%s\r", std::string(shown_, ' ').c_str());
    shown_ = 0;
  }

  bool has_line_;
  bool has_summary_;
  std::size_t skipped_ = 0;
  std::int64_t source_bytes_ = 0;
  std::size_t shown_ = 0;
  Throttle throttle_{std::chrono::milliseconds(160)};
};

/// For programs: a JSON object a line.
class JsonProgress final : public Progress {
 public:
  void begin(std::size_t files, std::size_t skipped, std::int64_t source_bytes) override {
    skipped_ = skipped;
    source_bytes_ = source_bytes;
    print({{"event", "begin"}, {"files", files}, {"skipped", skipped}, {"source_bytes", source_bytes}});
  }

  void update(const batch::Totals& totals) override {
    if (throttle_.is_due()) print(fields("progress", totals));
  }

  void message(const std::string& path, const std::string& text) override {
    print({{"event", "message"}, {"path", path}, {"text", text}});
  }

  void end(const batch::Totals& totals) override {
    Json line = fields("end", totals);
    line["interrupted"] = totals.interrupted;
    line["backend"] = totals.backend;
    line["threads"] = totals.threads;
    print(line);
  }

 private:
  using Json = nlohmann::ordered_json;

  Json fields(const char* event, const batch::Totals& totals) const {
    return {{"event", event},
            {"files", totals.files},
            {"done", totals.done},
            {"failed", totals.n_failed},
            {"skipped", skipped_},
            {"audio_seconds", totals.audio_seconds},
            {"audio_seconds_expected", all_audio_seconds(totals, source_bytes_)},
            {"source_bytes", totals.source_bytes},
            {"source_bytes_expected", source_bytes_},
            {"output_bytes", totals.bytes_written},
            {"seconds", totals.wall_seconds},
            {"seconds_left", seconds_left(totals, source_bytes_)},
            {"read_seconds", totals.step_seconds.read},
            {"compute_seconds", totals.step_seconds.compute},
            {"write_seconds", totals.step_seconds.write}};
  }

  static void print(const Json& line) {
    std::fprintf(stderr, "%s\n", line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    std::fflush(stderr);
  }

  std::size_t skipped_ = 0;
  std::int64_t source_bytes_ = 0;
  Throttle throttle_{std::chrono::milliseconds(1000)};
};

}  // namespace

std::unique_ptr<Progress> make_progress(const RunOptions& options) {
  if (options.progress == "json") return std::make_unique<JsonProgress>();
  const bool wants_line = options.progress == "always" || (options.progress == "auto" && isatty(STDERR_FILENO) != 0);
  return std::make_unique<TextProgress>(wants_line && !options.quiet, !options.quiet);
}

}  // namespace spectrohue::cli
