// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "report/collector.h"

#include <algorithm>

#include "batch/tiles.h"

namespace spectrohue::report {

void Collector::add(const batch::FileResult& result) {
  const batch::Task& task = result.task;
  const std::string name = task.relative.native();
  if (result.failure) {
    add_failure(name, *result.failure);
    return;
  }
  const batch::Converted& converted = result.converted;
  if (converted.snr_db) snr_.add(*converted.snr_db, name);
  if (!files_.wants({name, task.source.native()})) return;
  ShownFile file;
  file.source = task.source;
  file.output =
      converted.n_outputs > 1 ? batch::tile_path(task.destination, 0, converted.piece_names) : task.destination;
  file.n_sources = std::max<std::int64_t>(1, std::ssize(task.tiles));
  file.n_outputs = converted.n_outputs;
  file.source_bytes = task.stamp.bytes;
  file.output_bytes = converted.bytes_written;
  file.audio_seconds = converted.audio_seconds;
  file.snr_db = converted.snr_db;
  if (converted.convergence) file.convergence_db = converted.convergence->db;
  files_.add({name, task.source.native()}, std::move(file));
}

void Collector::add_failure(const std::string& name, const batch::Failure& failure) {
  ++failure_counts_[failure.code];
  failures_.add({name, failure.source.native()}, {failure.code, failure.reason});
}

}  // namespace spectrohue::report
