// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/merge.h"

#include <algorithm>
#include <iterator>

#include "batch/manifest.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

void MergeReport::expect(const std::vector<std::string>& all) {
  std::copy_if(all.begin(), all.end(), std::back_inserter(missing_sources),
               [&](const std::string& source) { return !sources.contains(source); });
}

bool MergeReport::is_whole() const {
  return failed.empty() && duplicates.empty() && missing_shards.empty() && incomplete.empty() &&
         missing_sources.empty() && damaged_lines == 0 && !mixes_parameters;
}

namespace {

/// Takes manifests in and has the last word on every source.
class Merger {
 public:
  Merger(MergeReport& report, const std::function<void(const std::string&)>& write) : report_(report), write_(write) {}

  void take(const fs::path& manifest) {
    ++manifest_;
    std::uint64_t n_expected = 0;
    std::set<std::string> seen;  // since the last run began
    ManifestReader reader;
    reader.on_run = [&](const ManifestRun& run) {
      n_expected = run.files;
      seen.clear();
      shards_.insert(run.shard.index);
      n_shards_ = std::max(n_shards_, run.shard.count);
      report_.command = run.command;
      write_(to_line(run));
    };
    reader.on_record = [&](const ManifestRecord& record, const std::string& parameters) {
      seen.insert(record.source);
      take(record, parameters);
    };
    report_.damaged_lines += read_manifest(manifest, reader);
    if (seen.size() < n_expected) report_.incomplete.push_back(manifest.string());
  }

  void finish() {
    for (int shard = 0; shard < n_shards_; ++shard) {
      if (!shards_.contains(shard)) report_.missing_shards.push_back({shard, n_shards_});
    }
    std::set<std::string> parameters;
    for (const auto& [source, last] : sources_) {
      report_.sources.insert(source);
      write_(to_line(last.record, last.parameters));
      if (last.record.error) {
        report_.failed[source] = last.record.reason;
        continue;
      }
      parameters.insert(last.parameters);
      ++report_.done;
      report_.audio_seconds += last.record.audio_seconds;
      add(last.record.bytes_written, report_.bytes_written);
    }
    report_.duplicates.assign(duplicates_.begin(), duplicates_.end());
    report_.mixes_parameters = parameters.size() > 1;
  }

 private:
  struct Last {
    ManifestRecord record;
    std::string parameters;
    int manifest;
  };

  static void add(std::int64_t value, std::int64_t& sum) {
    if (__builtin_add_overflow(sum, value, &sum)) sum = std::numeric_limits<std::int64_t>::max();
  }

  void take(const ManifestRecord& record, const std::string& parameters) {
    const auto [known, is_new] = sources_.try_emplace(record.source, Last{record, parameters, manifest_});
    if (is_new) return;
    Last& last = known->second;
    const bool is_elsewhere = last.manifest != manifest_;
    if (is_elsewhere && !last.record.error && !record.error) duplicates_.insert(record.source);
    // A failure does not undo what another run did elsewhere.
    if (!is_elsewhere || last.record.error) last = {record, parameters, manifest_};
  }

  MergeReport& report_;
  const std::function<void(const std::string&)>& write_;
  int manifest_ = 0;
  int n_shards_ = 1;
  std::set<int> shards_;
  std::map<std::string, Last> sources_;
  std::set<std::string> duplicates_;
};

}  // namespace

MergeReport merge(const std::vector<fs::path>& manifests, const std::function<void(const std::string& line)>& write) {
  MergeReport report;
  Merger merger(report, write);
  for (const fs::path& manifest : manifests) merger.take(manifest);
  merger.finish();
  return report;
}

}  // namespace spectrohue::batch
