// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures into the tar shards of a WebDataset: KEY.png, KEY.json and, where there are captions, KEY.txt, one sample
// after another (docs/datasets.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "batch/captions.h"
#include "batch/conversion.h"
#include "batch/export_tar.h"
#include "batch/manifest.h"

namespace spectrohue::batch {

/// Of an archive. The tiles of one source stay together, so one that alone is more makes an archive of its own.
struct ShardLimits {
  std::int64_t bytes = 1'000'000'000;
  std::int64_t samples = 0;  ///< pictures; 0: any number
};

/// The key of a picture of this path (below the output folder, without its extension): the path, in which what a key
/// must not hold is written as in URLs: '.' in the last part becomes %2E (loaders end the key at the first dot there),
/// and so do '%', control characters, bytes that are no UTF-8, and a '_' in front where two of them begin the path
/// (loaders skip such names). Different paths have different keys.
std::string sample_key(const std::filesystem::path& path);

/// shard-000012.tar; of shard 3 of 7 of a cluster, shard-3-of-7-000012.tar.
std::string archive_name(Shard shard, std::int64_t number);

/// What tells whether what was packed of a source is still what it would be.
struct PackedState {
  Stamp stamp;
  std::string caption;  ///< see ManifestRecord
};

/// What a manifest and the archives in its folder say is done. An archive counts if it is there in the size that was
/// written and each of its sources is what it was, with the same parameters. All others are to be removed and their
/// sources done again.
class PackedIndex {
 public:
  /// parameters: parameters_id() of the run; state_of: of a source as it is now. Those that are not among `sources`
  /// count as they are. Throws Error(Read).
  PackedIndex(const std::filesystem::path& manifest, const std::string& parameters, const SourceList& sources,
              const std::function<PackedState(const Source&)>& state_of);

  bool is_done(const std::string& relative) const { return done_.contains(relative); }
  /// Names of the archives that count.
  const std::set<std::string>& archives() const { return archives_; }

 private:
  struct Record;
  std::unordered_set<std::string> done_;  // sources
  std::set<std::string> archives_;
};

/// Takes pictures as they are finished, in any order, and packs them in the order of the plan, so that archives depend
/// neither on threads nor on speed. An archive has its name, and its sources are in the manifest, once it is whole.
/// Any thread may call anything at any time but finish().
class Packer {
 public:
  struct Settings {
    std::filesystem::path folder;  ///< of the archives
    Shard shard;
    ShardLimits limits;
    OutputSettings outputs;  ///< temporary_folder must be there
  };

  /// kept: names of archives that stay; others of this shard are removed. record: appends to the manifest.
  Packer(Settings settings, const Captions& captions, const std::set<std::string>& kept,
         std::function<void(const ManifestRecord&)> record);

  ~Packer();

  /// The next file of the plan: its pictures go into a folder of their own first.
  void begin(Task& task);
  /// Its pictures, or that there will be none.
  void finished(const FileResult& result);
  /// Packs what is its turn. Throws Error(Write), also if that failed before.
  void write_ready();
  /// Throws what write_ready() threw before.
  void check() const;
  /// The names of a file's pictures, once they are written and before it is finished.
  void stage(const Job& job);

  /// Ends the last archive. is_complete: every file of the plan was finished; else what is not in a whole archive is
  /// dropped, so that a run that resumes this one makes the archives that one run would have made. Returns how many
  /// sources were dropped. Throws Error(Write).
  std::int64_t finish(bool is_complete);

 private:
  struct Picture {
    std::filesystem::path file;
    std::string key;
    std::string extension;
  };
  struct Item {
    std::string relative;
    std::vector<Picture> pictures;
    bool is_ready = false;
    ManifestRecord record;  // of one that is done
  };
  struct OpenArchive;

  std::int64_t next_number();
  struct Member;
  std::vector<Member> members_of(const Item& item) const;
  void pack(Item& item);
  void close();
  std::optional<Item> take_ready();

  Settings settings_;
  const Captions& captions_;
  std::set<std::string> kept_;
  std::function<void(const ManifestRecord&)> record_;
  std::filesystem::path staging_;
  std::int64_t number_ = -1;  // of the archive begun last

  mutable std::mutex mutex_;  // of what follows
  std::int64_t next_index_ = 0;
  std::map<std::int64_t, Item> items_;  // begun and not packed, by their place in the plan
  std::unordered_map<std::string, std::int64_t> index_of_;

  mutable std::mutex pack_mutex_;  // of the archive; taken before the other
  std::unique_ptr<OpenArchive> archive_;
  std::string problem_;
};

/// A conversion whose pictures go through a packer.
class PackedConversion final : public Conversion {
 public:
  PackedConversion(const Conversion& conversion, Packer& packer) : conversion_(conversion), packer_(packer) {}

  void read(Job& job) const override;
  void compute(Worker& worker, Job& job) const override { conversion_.compute(worker, job); }
  void compute_all(Worker& worker, std::span<Job* const> jobs) const override { conversion_.compute_all(worker, jobs); }
  bool joins_files() const override { return conversion_.joins_files(); }
  void write(Job& job) const override;

 private:
  const Conversion& conversion_;
  Packer& packer_;
};

/// See ManifestRecord::caption.
std::string caption_id(const Captions& captions, const std::string& relative);

/// The parameters of a conversion and of how its pictures are packed: a JSON object.
std::string packed_parameters(const std::string& parameters, const ShardLimits& limits);

/// Throws Error(Usage) if there are archives in the folder: of another number of shards; or of this shard, unless they
/// may be replaced.
void check_archives(const std::filesystem::path& folder, Shard shard, bool may_replace);

}  // namespace spectrohue::batch
