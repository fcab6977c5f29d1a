// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "batch/plan.h"

namespace spectrohue::batch {

/// What merging manifests found.
struct MergeReport {
  std::string command;  ///< of the last run
  std::uint64_t done = 0;
  double audio_seconds = 0;
  std::int64_t bytes_written = 0;
  std::map<std::string, std::string> failed;  ///< source and reason
  std::vector<std::string> duplicates;        ///< sources that two manifests say they did
  std::vector<Shard> missing_shards;          ///< of which there is no manifest
  std::vector<std::string> incomplete;        ///< manifests with fewer files than their last run set out to convert
  std::vector<std::string> missing_sources;   ///< see expect()
  std::int64_t damaged_lines = 0;
  bool mixes_parameters = false;  ///< not all sources were done with the same
  std::set<std::string> sources;  ///< that any manifest names

  /// Notes which of these sources no manifest names.
  void expect(const std::vector<std::string>& all);
  bool is_whole() const;
};

/// Joins manifests: hands over every run's line, then the last word on every source, sorted by it. Throws Error(Read).
MergeReport merge(const std::vector<std::filesystem::path>& manifests,
                  const std::function<void(const std::string& line)>& write);

}  // namespace spectrohue::batch
