// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/captions.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "batch/hash.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

using Row = std::vector<std::string>;

/// No caption is longer; a file that is, is something else.
constexpr std::uintmax_t kMaxTextBytes = std::uintmax_t{1} << 20;

constexpr std::array kNameKeys{"file_name", "file", "path"};
constexpr std::array kTextKeys{"text", "caption"};

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::Read, "cannot open '" + path.string() + "': " + std::strerror(errno));
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The rows of a table: fields in quotes may hold delimiters, line ends and doubled quotes (RFC 4180).
class Table {
 public:
  Table(const std::string& content, char delimiter) : content_(content), delimiter_(delimiter) {}

  std::optional<Row> next() {
    while (at_ < content_.size() && is_line_end(content_[at_])) ++at_;
    if (at_ == content_.size()) return std::nullopt;
    Row row{field()};
    while (at_ < content_.size() && content_[at_] == delimiter_) {
      ++at_;
      row.push_back(field());
    }
    return row;
  }

 private:
  static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

  std::string field() {
    std::string text;
    const bool is_quoted = at_ < content_.size() && content_[at_] == '"';
    if (is_quoted) quoted(text);
    while (at_ < content_.size() && content_[at_] != delimiter_ && !is_line_end(content_[at_])) text += content_[at_++];
    return text;
  }

  void quoted(std::string& text) {
    for (++at_; at_ < content_.size(); text += content_[at_++]) {
      if (content_[at_] != '"') continue;
      ++at_;
      const bool is_doubled = at_ < content_.size() && content_[at_] == '"';
      if (!is_doubled) return;
    }
    throw Error(ErrorCode::BadFormat, "a quoted field does not end");
  }

  const std::string& content_;
  char delimiter_;
  std::size_t at_ = 0;
};

template <class Keys>
std::optional<std::size_t> column_of(const Row& row, const Keys& keys) {
  for (const char* key : keys) {
    const auto found = std::find(row.begin(), row.end(), key);
    if (found != row.end()) return static_cast<std::size_t>(found - row.begin());
  }
  return std::nullopt;
}

template <class Keys>
std::string value_of(const nlohmann::json& row, const Keys& keys) {
  for (const char* key : keys) {
    if (row.contains(key)) return row.at(key).template get<std::string>();
  }
  throw Error(ErrorCode::BadFormat, std::string("a line has no key '") + keys.front() + "'");
}

std::string without_extension(const std::string& name) { return fs::path(name).replace_extension().native(); }

}  // namespace

Captions::Captions(const fs::path& list, const SourceList& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) known_.push_back(stable_hash(sources[i].relative.native()));
  std::sort(known_.begin(), known_.end());
  list.empty() ? look_beside(sources) : read_list(list);
}

std::optional<std::string> Captions::find(const std::string& relative) const {
  for (const std::string& name : {relative, without_extension(relative)}) {
    const auto found = texts_.find(name);
    if (found != texts_.end()) return found->second;
  }
  if (std::binary_search(known_.begin(), known_.end(), stable_hash(relative))) return "";
  return std::nullopt;
}

void Captions::read_list(const fs::path& list) {
  std::string extension = list.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (extension != ".csv" && extension != ".tsv" && extension != ".jsonl") {
    throw Error(ErrorCode::Usage, "--captions '" + list.string() + "' is no .csv, .tsv or .jsonl file");
  }
  const std::string content = content_of(list);
  try {
    extension == ".jsonl" ? read_json_lines(content) : read_table(content, extension == ".csv" ? ',' : '\t');
  } catch (const std::exception& error) {
    throw Error(ErrorCode::BadFormat, "--captions '" + list.string() + "': " + error.what());
  }
}

void Captions::read_table(const std::string& content, char delimiter) {
  Table table(content, delimiter);
  std::optional<Row> row = table.next();
  if (!row) return;
  const std::optional<std::size_t> name_column = column_of(*row, kNameKeys);
  const std::optional<std::size_t> text_column = column_of(*row, kTextKeys);
  const bool has_head = name_column && text_column;
  const std::size_t name = has_head ? *name_column : 0;
  const std::size_t text = has_head ? *text_column : 1;
  if (has_head) row = table.next();
  for (; row; row = table.next()) {
    if (row->size() <= std::max(name, text)) {
      throw Error(ErrorCode::BadFormat, "the line of '" + row->front() + "' has too few columns");
    }
    put((*row)[name], (*row)[text]);
  }
}

void Captions::read_json_lines(const std::string& content) {
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string line = trimmed(content.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    const nlohmann::json row = nlohmann::json::parse(line);
    put(value_of(row, kNameKeys), value_of(row, kTextKeys));
  }
}

void Captions::put(std::string name, const std::string& text) {
  name = fs::path(name).lexically_normal().native();
  if (!texts_.emplace(name, trimmed(text)).second) {
    throw Error(ErrorCode::BadFormat, "'" + name + "' is there twice");
  }
}

void Captions::look_beside(const SourceList& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Source source = sources[i];
    const fs::path beside = fs::path(source.path).replace_extension(".txt");
    std::error_code error;
    if (!fs::is_regular_file(beside, error)) continue;
    if (fs::file_size(beside) > kMaxTextBytes) {
      throw Error(ErrorCode::BadFormat, "'" + beside.string() + "' is too long for a caption: more than 1 MiB");
    }
    texts_[source.relative.native()] = trimmed(content_of(beside));
  }
}

}  // namespace spectrohue::batch
