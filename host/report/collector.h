// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a report remembers of a run while it goes on: the same memory for a hundred files and for ten million.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "batch/run.h"
#include "report/snr_histogram.h"

namespace spectrohue::report {

/// A file that the report shows.
struct ShownFile {
  std::filesystem::path source;  ///< of tiles, the first
  std::filesystem::path output;  ///< likewise
  std::int64_t n_sources = 1;
  std::int64_t n_outputs = 1;
  std::int64_t source_bytes = 0;
  std::int64_t output_bytes = 0;
  double audio_seconds = 0;
  std::optional<double> snr_db;
  std::optional<double> convergence_db;
};

struct ShownFailure {
  ErrorCode code;
  std::string reason;
};

/// Of all that is offered, what comes first by name: it does not depend on the order in which files finish.
template <class T>
class FirstByName {
 public:
  /// What the user sees, and what tells two of them apart.
  using Name = std::pair<std::string, std::string>;
  using Items = std::map<Name, T>;

  explicit FirstByName(std::size_t most) : most_(most) {}

  bool wants(const Name& name) const { return items_.size() < most_ || (most_ > 0 && name < items_.rbegin()->first); }
  void add(const Name& name, T item) {
    if (!wants(name)) return;
    items_.insert_or_assign(name, std::move(item));
    if (items_.size() > most_) items_.erase(std::prev(items_.end()));
  }
  const Items& items() const { return items_; }

 private:
  std::size_t most_;
  Items items_;
};

class Collector {
 public:
  static constexpr std::size_t kMostFailures = 1000;

  explicit Collector(std::size_t most_files) : files_(most_files) {}

  /// For batch::Observer::finished.
  void add(const batch::FileResult& result);
  /// name: without what stands before the folder that the user named.
  void add_failure(const std::string& name, const batch::Failure& failure);

  const FirstByName<ShownFile>::Items& files() const { return files_.items(); }
  const FirstByName<ShownFailure>::Items& failures() const { return failures_.items(); }
  const std::map<ErrorCode, std::size_t>& failure_counts() const { return failure_counts_; }  ///< of all failures
  const SnrHistogram& snr() const { return snr_; }

 private:
  FirstByName<ShownFile> files_;
  FirstByName<ShownFailure> failures_{kMostFailures};
  std::map<ErrorCode, std::size_t> failure_counts_;
  SnrHistogram snr_;
};

}  // namespace spectrohue::report
