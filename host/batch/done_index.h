// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "batch/plan.h"

namespace spectrohue::batch {

/// Which sources a manifest says are done. 40 bytes a source.
class DoneIndex {
 public:
  /// Throws Error(Read).
  explicit DoneIndex(const std::filesystem::path& manifest, PieceNames names = PieceNames::Tiles);
  /// The last record of this source says so, with these parameters and this stamp, and all of the output is there with
  /// the size that was written.
  bool is_done(const Task& task, const std::string& parameters) const;

 private:
  struct Entry {
    std::uint64_t source;
    std::uint64_t rest;  // of source's hash, parameters and stamp
    std::int64_t bytes_written;
    std::int64_t n_tiles;
    bool operator<(const Entry& other) const { return source < other.source; }
  };
  std::vector<Entry> entries_;
  PieceNames names_;
};

}  // namespace spectrohue::batch
