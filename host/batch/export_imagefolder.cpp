// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/export_imagefolder.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "batch/export_row.h"
#include "batch/manifest.h"
#include "batch/output_file.h"
#include "batch/run.h"
#include "batch/tiles.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFileName = "metadata.jsonl";
/// Pictures whose notes are read at a time.
constexpr std::size_t kChunk = 4096;

/// What the manifests say last about a source.
struct Done {
  std::string output;
  std::int64_t n_tiles = 1;
  std::int64_t bytes = 0;
  bool is_done = false;
  std::size_t manifest = 0;
};

/// One picture file.
struct Entry {
  std::string path;  ///< below the folder
  const std::string* source = nullptr;
};

/// The last word of manifests on every source.
class LastWords {
 public:
  explicit LastWords(const fs::path& folder) {
    const std::vector<fs::path> manifests = manifests_in(folder);
    for (manifest_ = 0; manifest_ < manifests.size(); ++manifest_) {
      ManifestReader reader;
      reader.on_record = [&](const ManifestRecord& record, const std::string&) { take(record); };
      read_manifest(manifests[manifest_], reader);
    }
  }
  const std::map<std::string, Done>& sources() const { return sources_; }

 private:
  void take(const ManifestRecord& record) {
    Done& last = sources_[record.source];
    // A failure does not undo what another shard's run did.
    if (record.error && last.is_done && last.manifest != manifest_) return;
    const bool is_done = !record.error && record.archive_bytes == 0;
    last = {record.output, record.n_tiles, record.bytes_written, is_done, manifest_};
    if (!is_done) return;
    // Another source may have had this name before: song.wav, and now song.flac.
    const auto [owner, is_new] = owners_.try_emplace(record.output, record.source);
    if (is_new || owner->second == record.source) return;
    Done& before = sources_[owner->second];
    if (before.output == record.output && before.manifest == manifest_) before.is_done = false;
    owner->second = record.source;
  }

  std::size_t manifest_ = 0;
  std::map<std::string, Done> sources_;
  std::unordered_map<std::string, std::string> owners_;  // by output
};

/// Lines of a metadata.jsonl that we wrote; nothing if somebody else did.
class OldRows {
 public:
  explicit OldRows(const fs::path& file) : file_(file, std::ios::binary) {}

  std::optional<nlohmann::json> next() {
    std::string line;
    if (!std::getline(file_, line)) return std::nullopt;
    nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
    const bool is_ours = row.is_object() && row.contains("file_name") && row.contains("first_frame");
    if (!is_ours) return std::nullopt;
    return row;
  }

 private:
  std::ifstream file_;
};

bool is_foreign(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error) || fs::file_size(file, error) == 0) return false;
  return !OldRows(file).next();
}

/// Where a metadata.jsonl may be: the folder and the splits in it.
std::vector<fs::path> places(const fs::path& folder) {
  std::vector<fs::path> all{""};
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const fs::path name = entry.path().filename();
    if (is_split_folder(name.string()) && entry.is_directory(error)) all.push_back(name);
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// The files of one run of write_imagefolder().
class Writer {
 public:
  Writer(const fs::path& folder, const Captions& captions, const OutputSettings& outputs)
      : folder_(folder), captions_(captions), outputs_(outputs), has_texts_(captions.any()) {
    for (const fs::path& place : places(folder)) keep_texts(place);
  }

  ImagefolderReport write(int threads) {
    const LastWords last(folder_);
    const std::vector<Entry> entries = entries_of(last.sources());
    std::vector<std::string> rows;
    for (std::size_t first = 0; first < entries.size(); first += kChunk) {
      const std::size_t n = std::min(kChunk, entries.size() - first);
      rows.assign(n, "");
      std::vector<std::string> reasons(n);
      parallel_for(n, threads, [&](int, std::size_t i) { rows[i] = row_of(entries[first + i], reasons[i]); });
      for (std::size_t i = 0; i < n; ++i) add(entries[first + i], rows[i], reasons[i]);
    }
    finish();
    return std::move(report_);
  }

 private:
  struct Target {
    std::unique_ptr<OutputFile> file;
    std::ofstream out;
  };

  /// The place of the metadata.jsonl that a picture belongs into.
  static std::string place_of(const std::string& path) {
    const std::size_t slash = path.find('/');
    const std::string first = slash == std::string::npos ? "" : path.substr(0, slash);
    return is_split_folder(first) ? first : "";
  }

  static std::string name_in_place(const std::string& path) {
    const std::string place = place_of(path);
    return place.empty() ? path : path.substr(place.size() + 1);
  }

  void keep_texts(const fs::path& place) {
    OldRows rows(folder_ / place / kFileName);
    while (const std::optional<nlohmann::json> row = rows.next()) {
      const std::string text = row->value("text", std::string());
      if (!text.empty()) old_texts_[(place / row->value("file_name", std::string())).native()] = text;
    }
    has_texts_ = has_texts_ || !old_texts_.empty();
  }

  /// All pictures, sorted by path. A source whose output is not there any more in the size that was written has none.
  std::vector<Entry> entries_of(const std::map<std::string, Done>& sources) {
    std::vector<Entry> entries;
    for (const auto& [source, done] : sources) {
      if (!done.is_done) continue;
      const std::vector<std::string> paths = paths_of(done);
      std::int64_t bytes = 0;
      for (const std::string& path : paths) {
        std::error_code error;
        const auto size = fs::file_size(folder_ / path, error);
        bytes += error ? 0 : static_cast<std::int64_t>(size);
      }
      if (bytes != done.bytes) {
        report_.left_out.push_back({done.output, "it is not there as it was written; --resume makes it again"});
        continue;
      }
      for (const std::string& path : paths) entries.push_back({path, &source});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.path != b.path ? a.path < b.path : *a.source < *b.source;
    });
    return entries;
  }

  std::vector<std::string> paths_of(const Done& done) const {
    if (done.n_tiles == 1) return {done.output};
    // Manifests do not say how the files of a picture are named.
    PieceNames names = PieceNames::Tiles;
    for (const PieceNames other : {PieceNames::Planes, PieceNames::Channels, PieceNames::ChannelPlanes}) {
      std::error_code error;
      if (fs::exists(folder_ / tile_path(done.output, done.n_tiles - 1, other), error)) names = other;
    }
    std::vector<std::string> paths;
    for (std::int64_t i = 0; i < done.n_tiles; ++i) paths.push_back(tile_path(done.output, i, names).native());
    return paths;
  }

  /// A picture's line; empty, perhaps with a reason, if it is to have none.
  std::string row_of(const Entry& entry, std::string& reason) const {
    try {
      const image::FileInfo info = image::inspect(folder_ / entry.path);
      if (!is_utf8(entry.path)) throw Error(ErrorCode::Unsupported, "its name is not UTF-8, which JSON needs");
      // Another source had this name once.
      if (info.note && !may_be_of(*info.note, *entry.source)) return "";
      return metadata_row(name_in_place(entry.path), *entry.source, info, text_of(entry));
    } catch (const Error& error) {
      reason = error.what();
      return "";
    }
  }

  static bool may_be_of(const PictureNote& note, const std::string& source) {
    const std::string name = fs::path(source).filename().native();
    const bool is_right = !note.right.empty() && note.right.front().source_name == name;
    return !is_utf8(name) || note.source_name == name || is_right || name.find('\\') != std::string::npos;
  }

  std::optional<std::string> text_of(const Entry& entry) const {
    if (!has_texts_) return std::nullopt;
    if (std::optional<std::string> text = captions_.find(*entry.source)) return text;
    const auto old = old_texts_.find(entry.path);
    return old == old_texts_.end() ? "" : old->second;
  }

  void add(const Entry& entry, const std::string& row, const std::string& reason) {
    if (!reason.empty()) report_.left_out.push_back({entry.path, reason});
    if (row.empty() || entry.path == last_path_) return;
    last_path_ = entry.path;
    Target& target = targets_[place_of(entry.path)];
    if (!target.file) {
      target.file = std::make_unique<OutputFile>(folder_ / place_of(entry.path) / kFileName, outputs_.temporary_folder,
                                                 outputs_.sync);
      target.out.open(target.file->temporary(), std::ios::binary);
    }
    target.out << row;
    ++report_.n_pictures;
  }

  void finish() {
    for (auto& [place, target] : targets_) {
      target.out.close();
      if (!target.out) {
        throw Error(ErrorCode::Write, "cannot write '" + target.file->destination().string() + "'; is the disk full?");
      }
    }
    for (auto& [place, target] : targets_) {
      target.file->commit();
      report_.files.push_back(target.file->destination());
    }
    for (const fs::path& place : places(folder_)) {
      std::error_code ignored;
      if (!targets_.contains(place.native())) fs::remove(folder_ / place / kFileName, ignored);
    }
  }

  const fs::path& folder_;
  const Captions& captions_;
  const OutputSettings& outputs_;
  bool has_texts_;
  std::unordered_map<std::string, std::string> old_texts_;  // by path
  std::map<std::string, Target> targets_;                   // by place
  std::string last_path_;
  ImagefolderReport report_;
};

}  // namespace

bool is_split_folder(const std::string& name) {
  constexpr std::array<std::string_view, 10> kSplits{"train", "training", "validation", "valid", "val",
                                                     "dev",   "test",     "testing",    "eval",  "evaluation"};
  constexpr const char* kSeparators = "-._ 0123456789";
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find_first_of(kSeparators, at), name.size());
    const std::string_view word = std::string_view(name).substr(at, end - at);
    if (std::find(kSplits.begin(), kSplits.end(), word) != kSplits.end()) return true;
    at = end + 1;
  }
  return false;
}

void refuse_foreign_metadata(const fs::path& folder) {
  for (const fs::path& place : places(folder)) {
    const fs::path file = folder / place / kFileName;
    if (!is_foreign(file)) continue;
    throw Error(ErrorCode::Usage, "'" + file.string() + "' was not written by spectrohue; move it away");
  }
}

ImagefolderReport write_imagefolder(const fs::path& folder, const Captions& captions, int threads,
                                    const OutputSettings& outputs) {
  refuse_foreign_metadata(folder);
  return Writer(folder, captions, outputs).write(threads);
}

}  // namespace spectrohue::batch
