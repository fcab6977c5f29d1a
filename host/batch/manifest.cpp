// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/manifest.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "batch/hash.h"
#include "batch/tiles.h"
#include "image/json_bounds.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr const char* kStem = "spectrohue-manifest";
constexpr const char* kExtension = ".jsonl";
/// A line that is longer was not written by us.
constexpr std::size_t kMaxLine = std::size_t{1} << 20;
/// Nor was one with more JSON values in it.
constexpr int kMaxValues = 20000;
constexpr int kMaxShards = 1 << 20;

std::string hexadecimal(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string from_hexadecimal(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string dump(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

/// A name as text, and if that is not all of it, its bytes in hexadecimal digits as well.
void put_name(Json& object, const std::string& key, const std::string& name) {
  object[key] = name;
  const std::string text = object[key].dump(-1, ' ', false, Json::error_handler_t::replace);
  if (Json::parse(text).get<std::string>() != name) object[key + "_hex"] = hexadecimal(name);
}

std::string name_in(const Json& object, const std::string& key) {
  if (object.contains(key + "_hex")) return from_hexadecimal(object.at(key + "_hex").get<std::string>());
  return object.at(key).get<std::string>();
}

/// Six digits behind the point are enough for anyone, and short.
double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

/// JSON has no infinite numbers.
Json decibels(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return std::round(value * 1e3) / 1e3;
}
/// A whole number that a signed 64-bit one holds, from `least` on. Throws if it is anything else.
std::int64_t integer_in(const Json& value, std::int64_t least = 0) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  const bool is_too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > kMost;
  if (!value.is_number_integer() || is_too_large || value.get<std::int64_t>() < least) {
    throw Error(ErrorCode::BadFormat, "a number is none, or out of range");
  }
  return value.get<std::int64_t>();
}

/// A number that stays one when it is rounded.
double number_in(const Json& value) {
  constexpr double kMost = 1e15;
  const double number = value.get<double>();
  if (!(std::fabs(number) <= kMost)) throw Error(ErrorCode::BadFormat, "a number is out of range");
  return number;
}

double seconds_in(const Json& line, const char* key) { return line.contains(key) ? number_in(line.at(key)) : 0; }

double decibels_in(const Json& value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (value.is_string()) return value.get<std::string>() == "inf" ? kInfinity : -kInfinity;
  return number_in(value);
}

std::optional<ErrorCode> error_code(const std::string& name) {
  for (const ErrorCode code : {ErrorCode::Usage, ErrorCode::Read, ErrorCode::Write, ErrorCode::BadFormat,
                               ErrorCode::Unsupported, ErrorCode::OutOfMemory, ErrorCode::Device}) {
    if (name == to_string(code)) return code;
  }
  return ErrorCode::Internal;
}

ManifestRun parse_run(const Json& line) {
  ManifestRun run;
  run.tool = line.at("tool").get<std::string>();
  run.command = line.at("run").get<std::string>();
  run.started = line.at("started").get<std::string>();
  run.parameters = line.at("parameters").dump();
  run.shard = shard_from_string(line.at("shard").get<std::string>());
  if (run.shard.count > kMaxShards) throw Error(ErrorCode::BadFormat, "nobody has so many shards");
  run.files = static_cast<std::uint64_t>(integer_in(line.at("files")));
  run.skipped = static_cast<std::uint64_t>(integer_in(line.at("skipped")));
  run.device = line.at("device").get<std::string>();
  return run;
}

ManifestRecord parse_record(const Json& line) {
  ManifestRecord record;
  record.source = name_in(line, "source");
  record.output = name_in(line, "output");
  if (line.contains("tiles")) record.n_tiles = integer_in(line.at("tiles"), 1);
  if (line.at("status").get<std::string>() == "failed") {
    record.error = error_code(line.at("error").get<std::string>());
    record.reason = line.at("reason").get<std::string>();
  }
  record.messages = line.value("messages", std::vector<std::string>());
  record.stamp = {integer_in(line.at("source_bytes")),
                  integer_in(line.at("source_modified_ns"), std::numeric_limits<std::int64_t>::min())};
  if (line.contains("output_bytes")) record.bytes_written = integer_in(line.at("output_bytes"));
  record.audio_seconds = seconds_in(line, "audio_seconds");
  record.seconds.read = seconds_in(line, "read_seconds");
  record.seconds.compute = seconds_in(line, "compute_seconds");
  record.seconds.write = seconds_in(line, "write_seconds");
  if (line.contains("snr_db")) record.snr_db = decibels_in(line.at("snr_db"));
  record.source_sha256 = line.value("source_sha256", std::string());
  record.output_sha256 = line.value("output_sha256", std::vector<std::string>());
  return record;
}

Json parse(std::string_view line) {
  image::JsonBounds bounds(kMaxValues);
  return Json::parse(line, [&](int level, Json::parse_event_t, Json&) {
    if (const std::optional<std::string> excess = bounds.excess(level)) throw Error(ErrorCode::BadFormat, *excess);
    return true;
  });
}

/// The lines of a manifest, with memory for one of them.
class Lines {
 public:
  explicit Lines(std::istream& file) : file_(file), line_(std::make_unique_for_overwrite<char[]>(kMaxLine + 2)) {}

  /// The next line, without its end; one that is too long comes out empty. Nothing at the end of the file, which may be
  /// in the middle of a line: the run was killed.
  std::optional<std::string_view> next() {
    file_.getline(line_.get(), kMaxLine + 2);
    const std::streamsize n = file_.gcount();
    const bool is_too_long = file_.fail() && !file_.eof() && n > 0;
    if (is_too_long) {
      file_.clear();
      file_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    if (!file_ || file_.eof()) return std::nullopt;
    return std::string_view(line_.get(), is_too_long ? 0 : static_cast<std::size_t>(n - 1));
  }

 private:
  std::istream& file_;
  std::unique_ptr<char[]> line_;
};

[[noreturn]] void fail(ErrorCode code, const std::string& what, const fs::path& path, int error) {
  throw Error(code, what + " '" + path.string() + "': " + std::strerror(error));
}

/// False if another process has it; true also where the file system has no locks.
bool try_lock(int file) { return flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

std::optional<Shard> shard_of(const fs::path& manifest) {
  const std::string name = manifest.filename().string();
  if (name == std::string(kStem) + kExtension) return Shard{};
  Shard shard;
  int end = 0;
  const std::string pattern = std::string(kStem) + ".%d-of-%d" + kExtension + "%n";
  const bool fits = std::sscanf(name.c_str(), pattern.c_str(), &shard.index, &shard.count, &end) == 2 &&
                    end == static_cast<int>(name.size());
  return fits ? std::optional(shard) : std::nullopt;
}

/// Shards of one count keep to their own; any others may meet.
bool may_meet(Shard a, Shard b) { return a.count != b.count; }

void refuse_other_runs(const fs::path& own) {
  const std::optional<Shard> shard = shard_of(own);
  if (!shard) return;
  std::error_code error;
  const fs::path folder = own.has_parent_path() ? own.parent_path() : ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::optional<Shard> other = shard_of(entry.path());
    if (!other || !may_meet(*shard, *other)) continue;
    const int file = open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) continue;
    const bool is_free = try_lock(file);
    close(file);
    if (!is_free) {
      throw Error(ErrorCode::Usage, "another run is writing into '" + folder.string() + "': it has '" +
                                        entry.path().filename().string() + "'; wait for it, or choose another folder");
    }
  }
}

std::uint64_t rest_hash(const std::string& source, const std::string& parameters, Stamp stamp) {
  return stable_hash(source + '\0' + parameters + '\0' + std::to_string(stamp.bytes) + '\0' +
                     std::to_string(stamp.modified_ns));
}

}  // namespace

ManifestRecord record_of(const FileResult& result, const fs::path& output) {
  ManifestRecord record;
  record.source = result.task.relative.native();
  record.output =
      output.empty() ? result.task.destination.native() : result.task.destination.lexically_relative(output).native();
  if (result.failure) {
    record.error = result.failure->code;
    record.reason = result.failure->reason;
  }
  record.messages = result.converted.messages;
  record.stamp = result.task.stamp;
  record.n_tiles = result.converted.n_outputs;
  record.bytes_written = result.converted.bytes_written;
  record.audio_seconds = result.converted.audio_seconds;
  record.seconds = result.seconds;
  record.snr_db = result.converted.snr_db;
  record.source_sha256 = result.converted.source_sha256;
  record.output_sha256 = result.converted.output_sha256;
  return record;
}

fs::path manifest_path(const fs::path& output, Shard shard) {
  const std::string which =
      shard.is_all() ? "" : "." + std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
  return output / (kStem + which + kExtension);
}

std::string parameters_id(std::string_view parameters) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(stable_hash(parameters)));
  return text;
}

std::string to_line(const ManifestRun& run) {
  Json line;
  line["spectrohue_manifest"] = kVersion;
  line["run"] = run.command;
  line["tool"] = run.tool;
  line["started"] = run.started;
  line["id"] = parameters_id(run.parameters);
  line["parameters"] = Json::parse(run.parameters);
  line["shard"] = std::to_string(run.shard.index) + "/" + std::to_string(run.shard.count);
  line["files"] = run.files;
  line["skipped"] = run.skipped;
  line["device"] = run.device;
  return dump(line);
}

std::string to_line(const ManifestRecord& record, const std::string& parameters) {
  Json line;
  put_name(line, "source", record.source);
  put_name(line, "output", record.output);
  line["status"] = record.error ? "failed" : "done";
  if (record.error) {
    line["error"] = to_string(*record.error);
    line["reason"] = record.reason;
  }
  if (!record.messages.empty()) line["messages"] = record.messages;
  line["id"] = parameters;
  line["source_bytes"] = record.stamp.bytes;
  line["source_modified_ns"] = record.stamp.modified_ns;
  if (!record.error) {
    if (record.n_tiles != 1) line["tiles"] = record.n_tiles;
    line["output_bytes"] = record.bytes_written;
    line["audio_seconds"] = rounded(record.audio_seconds);
  }
  line["read_seconds"] = rounded(record.seconds.read);
  line["compute_seconds"] = rounded(record.seconds.compute);
  line["write_seconds"] = rounded(record.seconds.write);
  if (record.snr_db) line["snr_db"] = decibels(*record.snr_db);
  if (!record.source_sha256.empty()) line["source_sha256"] = record.source_sha256;
  if (!record.output_sha256.empty()) line["output_sha256"] = record.output_sha256;
  return dump(line);
}

std::int64_t read_manifest(const fs::path& path, const ManifestReader& reader) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ErrorCode::Read, "cannot open the manifest", path, errno);
  std::int64_t damaged = 0;
  Lines lines(file);
  while (const std::optional<std::string_view> line = lines.next()) {
    try {
      const Json object = parse(*line);
      if (object.contains("run")) {
        if (reader.on_run) reader.on_run(parse_run(object));
      } else {
        if (reader.on_record) reader.on_record(parse_record(object), object.at("id").get<std::string>());
      }
    } catch (const std::exception&) {
      ++damaged;
    }
  }
  return damaged;
}

ManifestWriter::ManifestWriter(const fs::path& path) : path_(path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const bool is_new = !fs::exists(path, error);
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) fail(ErrorCode::Write, "cannot open the manifest", path, errno);
  if (!try_lock(file_)) {
    close(file_);
    throw Error(ErrorCode::Usage, "another run is writing into this folder: it has the manifest '" + path.string() +
                                      "'; wait for it, or choose another folder");
  }
  try {
    refuse_other_runs(path);
    cut_torn_line();
  } catch (...) {
    if (is_new) unlink(path.c_str());
    close(file_);
    throw;
  }
}

ManifestWriter::~ManifestWriter() { close(file_); }

void ManifestWriter::cut_torn_line() {
  struct stat status {};
  if (fstat(file_, &status) != 0) fail(ErrorCode::Write, "cannot look at the manifest", path_, errno);
  off_t end = status.st_size;
  for (char c = 0; end > 0; --end) {
    if (pread(file_, &c, 1, end - 1) != 1) fail(ErrorCode::Write, "cannot read the manifest", path_, errno);
    if (c == '\n') break;
  }
  if (end < status.st_size && ftruncate(file_, end) != 0) {
    fail(ErrorCode::Write, "cannot mend the manifest", path_, errno);
  }
}

void ManifestWriter::begin(const ManifestRun& run) {
  parameters_ = parameters_id(run.parameters);
  append(to_line(run));
}

void ManifestWriter::add(const ManifestRecord& record) { append(to_line(record, parameters_)); }

void ManifestWriter::append(const std::string& line) {
  const off_t before = lseek(file_, 0, SEEK_END);
  const ssize_t written = write(file_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  const int error = written < 0 ? errno : ENOSPC;
  if (written > 0 && ftruncate(file_, before) != 0) cut_torn_line();
  fail(ErrorCode::Write, "cannot append to the manifest", path_, error);
}

DoneIndex::DoneIndex(const fs::path& manifest) {
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
    const auto size = fs::file_size(entry->n_tiles > 1 ? tile_path(task.destination, i) : task.destination, error);
    if (error) return false;
    bytes += static_cast<std::int64_t>(size);
  }
  return bytes == entry->bytes_written;
}

std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (shard_of(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

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
