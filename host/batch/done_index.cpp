// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/done_index.h"

#include <algorithm>

#include "batch/hash.h"
#include "batch/manifest.h"
#include "batch/tiles.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

std::uint64_t rest_hash(const std::string& source, const std::string& parameters, Stamp stamp) {
  return stable_hash(source + '\0' + parameters + '\0' + std::to_string(stamp.bytes) + '\0' +
                     std::to_string(stamp.modified_ns));
}

}  // namespace

DoneIndex::DoneIndex(const fs::path& manifest, PieceNames names) : names_(names) {
  ManifestReader reader;
  reader.on_record = [&](const ManifestRecord& record, const std::string& parameters) {
    const std::uint64_t rest = record.error ? 0 : rest_hash(record.source, parameters, record.stamp);
    entries_.push_back({stable_hash(record.source), rest, record.bytes_written, record.n_tiles});
  };
  read_manifest(manifest, reader);
  // The last record of a source comes first among its own.
  std::reverse(entries_.begin(), entries_.end());
  std::stable_sort(entries_.begin(), entries_.end());
}

bool DoneIndex::is_done(const Task& task, const std::string& parameters) const {
  const std::string source = task.relative.native();
  const auto entry = std::lower_bound(entries_.begin(), entries_.end(), Entry{stable_hash(source), 0, 0, 0});
  if (entry == entries_.end() || entry->source != stable_hash(source)) return false;
  if (entry->rest != rest_hash(source, parameters, task.stamp)) return false;
  std::int64_t bytes = 0;
  for (std::int64_t i = 0; i < entry->n_tiles; ++i) {
    std::error_code error;
    const auto size =
        fs::file_size(entry->n_tiles > 1 ? tile_path(task.destination, i, names_) : task.destination, error);
    if (error) return false;
    bytes += static_cast<std::int64_t>(size);
  }
  return bytes == entry->bytes_written;
}

}  // namespace spectrohue::batch
