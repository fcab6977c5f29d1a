// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The record of what a run did with each file: JSON lines, appended as files finish (docs/manifest.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "batch/plan.h"
#include "batch/run.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

/// The first line of every run.
struct ManifestRun {
  std::string tool;        ///< program and version
  std::string command;     ///< "encode" or "decode"
  std::string started;     ///< UTC, "2026-11-20T17:00:00Z"
  std::string parameters;  ///< a JSON object: what the outputs depend on besides the sources
  Shard shard;
  std::uint64_t files = 0;    ///< that this run has to convert
  std::uint64_t skipped = 0;  ///< that were done before
  std::string device;         ///< as asked for
};

/// A line a file.
struct ManifestRecord {
  std::string source;              ///< Source::relative, as bytes
  std::string output;              ///< below the output folder, as bytes; of tiles, the name they are made of
  std::int64_t n_tiles = 1;        ///< files of the output
  std::optional<ErrorCode> error;  ///< absent: done
  std::string reason;              ///< of the failure
  std::vector<std::string> messages;
  Stamp stamp;  ///< of the source
  std::int64_t bytes_written = 0;
  double audio_seconds = 0;
  StepSeconds seconds;
  std::optional<double> snr_db;
  std::string source_sha256;               ///< lower-case hexadecimal, or empty; of tiles one after the other
  std::vector<std::string> output_sha256;  ///< a file of the output each, or empty
};

/// output: the folder that names are given below.
ManifestRecord record_of(const FileResult& result, const std::filesystem::path& output);

/// spectrohue-manifest.jsonl in the output folder; of shards, spectrohue-manifest.3-of-7.jsonl.
std::filesystem::path manifest_path(const std::filesystem::path& output, Shard shard);

/// What tells two runs' parameters apart: 16 hexadecimal digits.
std::string parameters_id(std::string_view parameters);

std::string to_line(const ManifestRun& run);
/// parameters: parameters_id() of the run.
std::string to_line(const ManifestRecord& record, const std::string& parameters);

/// Takes the lines of a manifest in their order.
struct ManifestReader {
  std::function<void(const ManifestRun&)> on_run;
  std::function<void(const ManifestRecord&, const std::string& parameters)> on_record;
};
/// Returns how many lines could not be understood; a last line without its end is none of them (the run was killed
/// while it wrote it). Throws Error(Read).
std::int64_t read_manifest(const std::filesystem::path& path, const ManifestReader& reader);

/// Appends to a manifest, which is locked as long as this lives: a second run on the same folder is refused.
class ManifestWriter {
 public:
  /// Makes the file and its folder if they are missing, and cuts off a last line without its end. Throws Error(Usage)
  /// if another run has it, or one of an overlapping shard; Error(Write).
  explicit ManifestWriter(const std::filesystem::path& path);
  ManifestWriter(const ManifestWriter&) = delete;
  ManifestWriter& operator=(const ManifestWriter&) = delete;
  ~ManifestWriter();

  void begin(const ManifestRun& run);
  /// Throws Error(Write); what was appended of the line is then taken back.
  void add(const ManifestRecord& record);

 private:
  void append(const std::string& line);
  void cut_torn_line();

  std::filesystem::path path_;
  int file_ = -1;
  std::string parameters_;
};

/// Which sources a manifest says are done. 40 bytes a source.
class DoneIndex {
 public:
  /// Throws Error(Read).
  explicit DoneIndex(const std::filesystem::path& manifest);
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
};

/// The manifests in a folder, by their names, sorted.
std::vector<std::filesystem::path> manifests_in(const std::filesystem::path& folder);

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
