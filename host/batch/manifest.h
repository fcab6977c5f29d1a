// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The record of what a run did with each file: JSON lines, appended as files finish (docs/manifest.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
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
  std::string command;     ///< "encode", "decode", "plot" or "synth"
  std::string started;     ///< UTC, "2026-11-20T17:00:00Z"
  std::string parameters;  ///< a JSON object: what the outputs depend on besides the sources
  Shard shard;
  std::uint64_t files = 0;    ///< that this run has to convert
  std::uint64_t skipped = 0;  ///< that were done before
  std::string device;         ///< as asked for
};

/// A line a file.
struct ManifestRecord {
  std::string source;                ///< Source::relative, as bytes
  std::string output;                ///< below the output folder, as bytes; of tiles, the name they are made of
  std::int64_t n_tiles = 1;          ///< files of the output
  std::int64_t archive_bytes = 0;    ///< size of the output, if it is an archive of many sources' pictures; else 0
  std::int64_t archive_sources = 0;  ///< how many there are in it
  std::string caption;               ///< parameters_id() of the text that went with it into the archive; or empty
  std::optional<ErrorCode> error;    ///< absent: done
  std::string reason;                ///< of the failure
  std::vector<std::string> messages;
  Stamp stamp;  ///< of the source
  std::int64_t bytes_written = 0;
  double audio_seconds = 0;
  StepSeconds seconds;
  std::optional<double> snr_db;
  std::optional<Convergence> convergence;
  std::optional<bool> untouched;           ///< see Converted
  std::string source_sha256;               ///< lower-case hexadecimal, or empty; of tiles one after the other
  std::vector<std::string> output_sha256;  ///< a file of the output each, or empty
  std::string backend;                     ///< what computed it; empty: nothing did
};

/// output: the folder that names are given below, or the one output itself.
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

/// The manifests in a folder, by their names, sorted.
std::vector<std::filesystem::path> manifests_in(const std::filesystem::path& folder);

/// Which shard's a manifest is, by its name; nothing if that is another name.
std::optional<Shard> shard_of_manifest(const std::filesystem::path& manifest);

}  // namespace spectrohue::batch
