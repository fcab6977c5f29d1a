// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A manifest: what is understood of its lines can be written and is understood again, alone and merged with another,
// and nothing that is not there counts as done.
#include "batch/done_index.h"
#include "batch/manifest.h"
#include "batch/merge.h"
#include "fuzz/check.h"
#include "fuzz/memory_file.h"

namespace {

using namespace spectrohue;
using batch::ManifestRecord;
using batch::ManifestRun;
using fuzz::check;
using fuzz::MemoryFile;

struct Understood {
  std::vector<std::string> sources;
  std::vector<batch::Task> tasks;
  std::vector<std::string> parameters;
  std::string lines;  ///< written again
  std::int64_t n_runs = 0;
  std::int64_t n_damaged = 0;
};

void check_record(const ManifestRecord& record) {
  check(record.n_tiles >= 1, "an output is a file at least");
  check(record.bytes_written >= 0 && record.stamp.bytes >= 0, "files have no negative size");
}

Understood understand(const MemoryFile& file) {
  Understood found;
  batch::ManifestReader reader;
  reader.on_run = [&](const ManifestRun& run) {
    ++found.n_runs;
    found.lines += to_line(run);
  };
  reader.on_record = [&](const ManifestRecord& record, const std::string& parameters) {
    check_record(record);
    found.sources.push_back(record.source);
    batch::Task task;
    task.relative = record.source;
    task.destination = "/nowhere/picture.png";
    task.stamp = record.stamp;
    found.tasks.push_back(task);
    found.parameters.push_back(parameters);
    found.lines += to_line(record, parameters);
  };
  found.n_damaged = batch::read_manifest(file.path(), reader);
  return found;
}

void check_index(const MemoryFile& file, const Understood& found) {
  const batch::DoneIndex index(file.path());
  for (std::size_t i = 0; i < found.tasks.size(); ++i) {
    check(!index.is_done(found.tasks[i], found.parameters[i]), "an output that is not there is not done");
  }
}

void check_merging(const MemoryFile& file, const Understood& found) {
  std::string merged;
  const batch::MergeReport report =
      batch::merge({file.path(), file.path()}, [&](const std::string& line) { merged += line; });
  check(report.damaged_lines == 2 * found.n_damaged, "merging counts damaged lines");
  check(report.done + report.failed.size() == report.sources.size(), "a source is done or failed");
  const Understood again = understand(MemoryFile(merged));
  check(again.n_damaged == 0, "what merging writes is understood");
  check(again.n_runs == 2 * found.n_runs, "merging keeps all runs");
  check(again.sources.size() == report.sources.size(), "merging has one word on every source");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(fuzz::view(data, size));
  const Understood found = understand(file);
  const Understood again = understand(MemoryFile(found.lines));
  check(again.n_damaged == 0, "what is written is understood");
  check(again.n_runs == found.n_runs && again.sources == found.sources, "what is written comes back");
  check_index(file, found);
  check_merging(file, found);
  return 0;
}
