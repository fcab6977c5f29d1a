// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/manifest.h"

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
  if (line.contains("archive_bytes")) record.archive_bytes = integer_in(line.at("archive_bytes"), 1);
  if (line.contains("archive_sources")) record.archive_sources = integer_in(line.at("archive_sources"), 1);
  record.caption = line.value("caption", std::string());
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
  if (line.contains("convergence_db")) {
    record.convergence = {decibels_in(line.at("convergence_db")), static_cast<int>(integer_in(line.at("n_iter")))};
  }
  if (line.contains("untouched")) record.untouched = line.at("untouched").get<bool>();
  record.source_sha256 = line.value("source_sha256", std::string());
  record.output_sha256 = line.value("output_sha256", std::vector<std::string>());
  record.backend = line.value("backend", std::string());
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

}  // namespace

ManifestRecord record_of(const FileResult& result, const fs::path& output) {
  ManifestRecord record;
  const fs::path& destination = result.task.destination;
  record.source = result.task.relative.native();
  // An output that is the destination itself is no folder, but the name of the one file.
  const fs::path folder = output == destination ? output.parent_path() : output;
  record.output = folder.empty() ? destination.native() : destination.lexically_relative(folder).native();
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
  record.convergence = result.converted.convergence;
  record.untouched = result.converted.untouched;
  record.source_sha256 = result.converted.source_sha256;
  record.output_sha256 = result.converted.output_sha256;
  record.backend = result.converted.backend;
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
    if (record.archive_bytes > 0) {
      line["archive_bytes"] = record.archive_bytes;
      line["archive_sources"] = record.archive_sources;
    }
    if (!record.caption.empty()) line["caption"] = record.caption;
    line["output_bytes"] = record.bytes_written;
    line["audio_seconds"] = rounded(record.audio_seconds);
  }
  line["read_seconds"] = rounded(record.seconds.read);
  line["compute_seconds"] = rounded(record.seconds.compute);
  line["write_seconds"] = rounded(record.seconds.write);
  if (!record.backend.empty()) line["backend"] = record.backend;
  if (record.snr_db) line["snr_db"] = decibels(*record.snr_db);
  if (record.convergence) {
    line["convergence_db"] = decibels(record.convergence->db);
    line["n_iter"] = record.convergence->n_iter;
  }
  if (record.untouched) line["untouched"] = *record.untouched;
  if (!record.source_sha256.empty()) line["source_sha256"] = record.source_sha256;
  if (!record.output_sha256.empty()) line["output_sha256"] = record.output_sha256;
  return dump(line);
}

std::int64_t read_manifest(const fs::path& path, const ManifestReader& reader) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(ErrorCode::Read, "cannot open the manifest '" + path.string() + "': " + std::strerror(errno));
  }
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

std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (shard_of_manifest(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<Shard> shard_of_manifest(const fs::path& manifest) {
  const std::string name = manifest.filename().string();
  if (name == std::string(kStem) + kExtension) return Shard{};
  Shard shard;
  int end = 0;
  const std::string pattern = std::string(kStem) + ".%d-of-%d" + kExtension + "%n";
  const bool fits = std::sscanf(name.c_str(), pattern.c_str(), &shard.index, &shard.count, &end) == 2 &&
                    end == static_cast<int>(name.size());
  return fits ? std::optional(shard) : std::nullopt;
}

}  // namespace spectrohue::batch
