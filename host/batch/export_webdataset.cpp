// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/export_webdataset.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "batch/export_row.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStem = "shard-";
constexpr const char* kExtension = ".tar";
constexpr int kDigits = 6;
constexpr const char* kSidecar = ".json";
constexpr const char* kStaging = "pictures";

std::string percent(char c) {
  char text[4];
  std::snprintf(text, sizeof text, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

/// Bytes of the UTF-8 character that begins here; 0 if none does.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return n <= text.size() && is_utf8(text.substr(0, n)) ? n : 0;
}

/// Archives in a folder that are called as ours are.
struct ArchiveFile {
  fs::path path;
  std::string prefix;  ///< what stands before the number
};
std::vector<ArchiveFile> archives_in(const fs::path& folder) {
  std::vector<ArchiveFile> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string stem = entry.path().stem().string();
    const std::size_t dash = stem.rfind('-');
    const bool is_ours = stem.starts_with(kStem) && entry.path().extension() == kExtension &&
                         stem.size() - dash > kDigits &&
                         stem.find_first_not_of("0123456789", dash + 1) == std::string::npos;
    if (is_ours) found.push_back({entry.path(), stem.substr(0, dash + 1)});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

std::string prefix_of(Shard shard) {
  return kStem + (shard.is_all() ? "" : std::to_string(shard.index) + "-of-" + std::to_string(shard.count) + "-");
}

/// "shard-3-of-7-" -> "-of-7-", "shard-" -> "": the same for all shards of one count.
std::string count_of(const std::string& prefix) {
  const std::size_t of = prefix.find("-of-");
  return of == std::string::npos ? "" : prefix.substr(of);
}

}  // namespace

std::string sample_key(const fs::path& path) {
  const std::string& text = path.native();
  const std::size_t name = text.rfind('/') == std::string::npos ? 0 : text.rfind('/') + 1;
  std::string key;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t n = character_bytes(std::string_view(text).substr(i));
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    const bool is_skipped = i == 0 && text.starts_with("__");
    if (n == 0 || is_control || is_skipped || c == '%' || (c == '.' && i >= name)) {
      key += percent(c);
      ++i;
    } else {
      key += text.substr(i, n);
      i += n;
    }
  }
  return key;
}

std::string archive_name(Shard shard, std::int64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%0*lld", kDigits, static_cast<long long>(number));
  return prefix_of(shard) + digits + kExtension;
}

void check_archives(const fs::path& folder, Shard shard, bool may_replace) {
  const std::string own = prefix_of(shard);
  for (const auto& [path, prefix] : archives_in(folder)) {
    if (count_of(prefix) != count_of(own)) {
      throw Error(ErrorCode::Usage, "'" + path.string() +
                                        "' was written with another --shard, so sounds would be in the data set twice; "
                                        "remove it or choose another folder");
    }
    if (prefix == own && !may_replace) {
      throw Error(
          ErrorCode::Usage,
          "'" + path.string() + "' exists already; add --overwrite to replace or --resume to keep what is done");
    }
  }
}

std::string caption_id(const Captions& captions, const std::string& relative) {
  return captions.any() ? parameters_id(captions.find(relative).value_or("")) : "";
}

std::string packed_parameters(const std::string& parameters, const ShardLimits& limits) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(parameters);
  json["export"] = "webdataset";
  json["shard_size"] = limits.bytes;
  if (limits.samples > 0) json["shard_count"] = limits.samples;
  return json.dump();
}

struct PackedIndex::Record {
  std::string source;
  std::string archive;  // empty: none
  std::int64_t bytes = 0;
  std::int64_t n_sources = 0;  // in the archive
  bool is_current = false;     // made with these parameters
  PackedState state;
};

PackedIndex::PackedIndex(const fs::path& manifest, const std::string& parameters, const SourceList& sources,
                         const std::function<PackedState(const Source&)>& state_of) {
  std::vector<Record> records;
  std::unordered_map<std::string, std::size_t> last;  // by source
  ManifestReader reader;
  reader.on_record = [&](const ManifestRecord& r, const std::string& id) {
    last[r.source] = records.size();
    const bool is_packed = !r.error && r.archive_bytes > 0;
    records.push_back({r.source,
                       is_packed ? r.output : "",
                       r.archive_bytes,
                       r.archive_sources,
                       is_packed && id == parameters,
                       {r.stamp, r.caption}});
  };
  read_manifest(manifest, reader);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Source source = sources[i];
    const auto known = last.find(source.relative.native());
    if (known == last.end()) continue;
    Record& record = records[known->second];
    if (!record.is_current) continue;
    const PackedState now = state_of(source);
    record.is_current = record.state.stamp == now.stamp && record.state.caption == now.caption;
  }

  std::map<std::string, std::int64_t> size_of;
  for (const ArchiveFile& file : archives_in(manifest.parent_path())) {
    std::error_code error;
    size_of[file.path.filename().string()] = static_cast<std::int64_t>(fs::file_size(file.path, error));
  }
  const auto is_there = [&](const Record& r) {
    const auto size = size_of.find(r.archive);
    return size != size_of.end() && size->second == r.bytes;
  };
  std::set<std::string> outdated;
  for (const Record& record : records) {
    if (!is_there(record)) continue;
    archives_.insert(record.archive);
    const Record& now = records[last[record.source]];
    if (now.archive != record.archive || now.bytes != record.bytes || !now.is_current) outdated.insert(record.archive);
  }
  // A run that was killed may have said so of some of an archive's sources alone.
  std::map<std::string, std::int64_t> n_missing;
  for (const auto& [source, i] : last) {
    if (is_there(records[i])) --n_missing.emplace(records[i].archive, records[i].n_sources).first->second;
  }
  for (const auto& [archive, n] : n_missing) {
    if (n != 0) outdated.insert(archive);
  }
  for (const std::string& archive : outdated) archives_.erase(archive);
  for (const auto& [source, i] : last) {
    if (is_there(records[i]) && archives_.contains(records[i].archive)) done_.insert(source);
  }
}

/// A file in a sample.
struct Packer::Member {
  std::string name;
  fs::path file;  // empty: content
  std::string content;
  std::int64_t bytes = 0;
};

struct Packer::OpenArchive {
  OpenArchive(const fs::path& path, const OutputSettings& outputs)
      : file(path, outputs.temporary_folder, outputs.sync), tar(file.temporary()) {}
  OutputFile file;
  TarWriter tar;
  std::int64_t bytes = TarWriter::kEndBytes;
  std::int64_t n_samples = 0;
  std::vector<ManifestRecord> records;
};

Packer::Packer(Settings settings, const Captions& captions, const std::set<std::string>& kept,
               std::function<void(const ManifestRecord&)> record)
    : settings_(std::move(settings)),
      captions_(captions),
      kept_(kept),
      record_(std::move(record)),
      staging_(settings_.outputs.temporary_folder / kStaging) {
  for (const auto& [path, prefix] : archives_in(settings_.folder)) {
    if (prefix != prefix_of(settings_.shard) || kept_.contains(path.filename().string())) continue;
    std::error_code error;
    if (!fs::remove(path, error)) {
      throw Error(ErrorCode::Write, "cannot remove '" + path.string() + "': " + error.message());
    }
  }
}

Packer::~Packer() = default;

void Packer::begin(Task& task) {
  const std::lock_guard lock(mutex_);
  const std::string relative = task.relative.native();
  task.destination = staging_ / task.destination.lexically_relative(settings_.folder);
  items_[next_index_].relative = relative;
  index_of_[relative] = next_index_++;
}

void Packer::stage(const Job& job) {
  std::vector<Picture> pictures;
  for (const auto& output : job.outputs) {
    fs::path name = output->destination().lexically_relative(staging_);
    const std::string extension = name.extension().string();
    if (extension == kSidecar) continue;  // the sample gets one of its own
    pictures.push_back({output->destination(), sample_key(name.replace_extension()), extension});
  }
  const std::lock_guard lock(mutex_);
  items_[index_of_.at(job.task.relative.native())].pictures = std::move(pictures);
}

void Packer::finished(const FileResult& result) {
  const std::lock_guard lock(mutex_);
  const auto known = index_of_.find(result.task.relative.native());
  const auto item = items_.find(known->second);
  index_of_.erase(known);
  item->second.record = record_of(result, settings_.folder);
  item->second.record.caption = caption_id(captions_, item->second.relative);
  item->second.is_ready = true;
}

/// The next file of the plan, if its turn has come.
std::optional<Packer::Item> Packer::take_ready() {
  const std::lock_guard lock(mutex_);
  if (items_.empty() || !items_.begin()->second.is_ready) return std::nullopt;
  return std::move(items_.extract(items_.begin()).mapped());
}

void Packer::check() const {
  const std::lock_guard lock(mutex_);
  if (!problem_.empty()) throw Error(ErrorCode::Write, problem_);
}

void Packer::write_ready() {
  check();
  const std::unique_lock lock(pack_mutex_, std::try_to_lock);
  if (!lock) return;  // another thread is at it
  try {
    while (std::optional<Item> item = take_ready()) pack(*item);
  } catch (const std::exception& error) {
    archive_.reset();
    const std::lock_guard problem_lock(mutex_);
    problem_ = error.what();
    throw;
  }
}

std::vector<Packer::Member> Packer::members_of(const Item& item) const {
  std::vector<Member> members;
  for (const Picture& picture : item.pictures) {
    const auto size = static_cast<std::int64_t>(fs::file_size(picture.file));
    members.push_back({picture.key + picture.extension, picture.file, "", size});
    const std::string json = sample_json(item.relative, image::inspect(picture.file));
    members.push_back({picture.key + ".json", "", json, std::ssize(json)});
    if (!captions_.any()) continue;
    // Loaders expect the same files in every sample.
    const std::string text = captions_.find(item.relative).value_or("");
    members.push_back({picture.key + ".txt", "", text, std::ssize(text)});
  }
  return members;
}

void Packer::pack(Item& item) {
  if (item.record.error) {
    record_(item.record);
    return;
  }
  const std::vector<Member> members = members_of(item);
  std::int64_t bytes = 0;
  for (const Member& member : members) bytes += TarWriter::most_bytes(member.name, member.bytes);
  const std::int64_t n_samples = std::ssize(item.pictures);
  const ShardLimits& limits = settings_.limits;
  const bool is_full = archive_ && (archive_->bytes + bytes > limits.bytes ||
                                    (limits.samples > 0 && archive_->n_samples + n_samples > limits.samples));
  if (is_full) close();
  if (!archive_) {
    archive_ = std::make_unique<OpenArchive>(settings_.folder / archive_name(settings_.shard, next_number()),
                                             settings_.outputs);
  }
  for (const Member& member : members) {
    member.file.empty() ? archive_->tar.add(member.name, member.content)
                        : archive_->tar.add_file(member.name, member.file);
  }
  archive_->bytes += bytes;
  archive_->n_samples += n_samples;
  archive_->records.push_back(std::move(item.record));
  for (const Picture& picture : item.pictures) fs::remove(picture.file);
}

/// The first that no archive has.
std::int64_t Packer::next_number() {
  do {
    ++number_;
  } while (kept_.contains(archive_name(settings_.shard, number_)));
  return number_;
}

void Packer::close() {
  archive_->tar.finish();
  const auto bytes = static_cast<std::int64_t>(fs::file_size(archive_->file.temporary()));
  archive_->file.commit();
  for (ManifestRecord& record : archive_->records) {
    record.output = archive_->file.destination().filename().string();
    record.archive_bytes = bytes;
    record.archive_sources = std::ssize(archive_->records);
    record_(record);
  }
  archive_.reset();
}

std::int64_t Packer::finish(bool is_complete) {
  std::string problem;
  try {
    write_ready();
    if (is_complete && archive_) close();
  } catch (const std::exception& error) {
    problem = error.what();
  }
  std::int64_t n_dropped = 0;
  if (archive_) n_dropped = std::ssize(archive_->records);
  archive_.reset();
  for (const auto& [index, item] : items_) n_dropped += item.is_ready && !item.record.error ? 1 : 0;
  if (!problem.empty()) throw Error(ErrorCode::Write, problem);
  return n_dropped;
}

void PackedConversion::read(Job& job) const {
  packer_.check();
  conversion_.read(job);
}

void PackedConversion::write(Job& job) const {
  conversion_.write(job);
  packer_.stage(job);
  packer_.write_ready();
}

}  // namespace spectrohue::batch
