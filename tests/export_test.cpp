// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "batch/captions.h"
#include "batch/export_imagefolder.h"
#include "batch/export_row.h"
#include "batch/export_tar.h"
#include "batch/export_webdataset.h"
#include "image/note.h"
#include "spectrohue/error.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

/// WebDataset's own rule for where a key ends (webdataset/tariterators.py).
std::string key_by_webdataset(const std::string& name) {
  static const std::regex rule("^((?:[\\s\\S]*/|)[^.]+)[.]([^/]*)$");
  std::smatch match;
  return std::regex_match(name, match, rule) ? match[1].str() : "";
}

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%';
    decoded += is_escape ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

struct KeyCase {
  std::string path;
  std::string key;
};

TEST(SampleKey, KeepsPlainNames) {
  for (const std::string path : {"song", "a/b/song", "v1.0/song", "a b/été", "x__y", "_x", "a/__x__/y"}) {
    EXPECT_EQ(sample_key(path), path);
  }
}

TEST(SampleKey, IsWhatWebDatasetTakesForTheKeyAndLeadsBack) {
  const std::vector<KeyCase> cases{{"song.v1", "song%2Ev1"}, {"a.b/c.d.e", "a.b/c%2Ed%2Ee"},
                                   {".hidden", "%2Ehidden"}, {"..", "%2E%2E"},
                                   {"a%2Eb", "a%252Eb"},     {"__x__/y", "%5F_x__/y"},
                                   {"__x__", "%5F_x__"},     {"line\nend", "line%0Aend"},
                                   {"caf\xe9", "caf%E9"},    {"caf\xc3\xa9.\xff", "caf\xc3\xa9%2E%FF"},
                                   {"\xe2\x82", "%E2%82"}};
  for (const KeyCase& c : cases) {
    EXPECT_EQ(sample_key(c.path), c.key);
    EXPECT_EQ(key_by_webdataset(c.key + ".png"), c.key);
    EXPECT_EQ(percent_decoded(sample_key(c.path)), c.path);
    EXPECT_TRUE(is_utf8(c.key)) << c.path;
    EXPECT_FALSE(std::regex_search(c.key, std::regex("^__[^/]*__($|/)"))) << c.path;
  }
}

TEST(ArchiveName, HoldsTheShardOfACluster) {
  EXPECT_EQ(archive_name({0, 1}, 12), "shard-000012.tar");
  EXPECT_EQ(archive_name({3, 7}, 0), "shard-3-of-7-000000.tar");
  EXPECT_EQ(archive_name({0, 1}, 12345678), "shard-12345678.tar");
}

TEST(SplitFolder, IsOneByItsWords) {
  for (const std::string name : {"train", "validation", "test", "dev", "val", "eval", "train-clean-100", "my_test",
                                 "2.testing", "training set", "evaluation", "valid"}) {
    EXPECT_TRUE(is_split_folder(name)) << name;
  }
  for (const std::string name : {"", "trains", "contest", "Train", "devices", "tests", "retrain-1", "0", "-"}) {
    EXPECT_FALSE(is_split_folder(name)) << name;
  }
}

struct Header {
  std::string name;
  std::int64_t size;
  char type;
};

/// The headers of a tar archive, by the offsets of POSIX ustar.
std::vector<Header> headers_of(const std::string& tar) {
  std::vector<Header> headers;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != 0;) {
    const auto field = [&](std::size_t offset, std::size_t n) {
      const std::string text = tar.substr(at + offset, n);
      return text.substr(0, text.find('\0'));
    };
    const std::string prefix = field(345, 155);
    const std::int64_t size = std::stoll(field(124, 12), nullptr, 8);
    headers.push_back({prefix.empty() ? field(0, 100) : prefix + "/" + field(0, 100), size, tar[at + 156]});
    EXPECT_EQ(field(257, 6), "ustar");
    EXPECT_EQ(std::stoll(field(136, 12), nullptr, 8), 0) << "mtime";
    EXPECT_EQ(std::stoll(field(108, 8), nullptr, 8), 0) << "uid";
    EXPECT_EQ(std::stoll(field(116, 8), nullptr, 8), 0) << "gid";
    at += 512 + static_cast<std::size_t>((size + 511) / 512 * 512);
  }
  return headers;
}

TEST(TarWriter, WritesUstarWithoutTimesAndOwners) {
  const test::TempFolder folder;
  const fs::path path = folder.path() / "a.tar";
  write(folder.path() / "x", std::string(1000, 'x'));
  TarWriter tar(path);
  tar.add("a.txt", "hello");
  tar.add_file("sub/x", folder.path() / "x");
  tar.add("empty", "");
  tar.finish();
  const std::string bytes = content_of(path);
  const std::vector<Header> headers = headers_of(bytes);
  ASSERT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers[0].name, "a.txt");
  EXPECT_EQ(headers[1].name, "sub/x");
  EXPECT_EQ(headers[1].size, 1000);
  EXPECT_EQ(headers[1].type, '0');
  EXPECT_EQ(bytes.substr(512, 5), "hello");
  EXPECT_EQ(bytes.size(), 512U * (2 + 3 + 1) + TarWriter::kEndBytes);
}

TEST(TarWriter, TakesNoMoreThanItSays) {
  const test::TempFolder folder;
  std::string longest;
  for (int i = 0; i < 40; ++i) longest += "some folder/";
  const std::vector<std::string> names{"a",        std::string(100, 'n'), std::string(101, 'n'),
                                       "\xc3\xa9", longest + "x",         longest + "\xc3\xa9"};
  for (const std::string& name : names) {
    for (const std::int64_t n : {0, 1, 512, 513}) {
      const fs::path path = folder.path() / "a.tar";
      TarWriter tar(path);
      tar.add(name, std::string(static_cast<std::size_t>(n), 'x'));
      tar.finish();
      const auto most = TarWriter::most_bytes(name, n) + TarWriter::kEndBytes;
      EXPECT_LE(fs::file_size(path), static_cast<std::uintmax_t>(most)) << name;
      EXPECT_NE(content_of(path).find(name.substr(name.rfind('/') + 1)), std::string::npos) << name;
    }
  }
}

TEST(TarWriter, SaysWhatCannotBeWritten) {
  const test::TempFolder folder;
  EXPECT_THROW(TarWriter(folder.path() / "no" / "such.tar"), Error);
  TarWriter tar(folder.path() / "a.tar");
  EXPECT_THROW(tar.add_file("x", folder.path() / "missing"), Error);
}

Captions list_of(const test::TempFolder& folder, const std::string& name, const std::string& content) {
  write(folder.path() / name, content);
  return {folder.path() / name, {}};
}

TEST(Captions, ReadsTables) {
  const test::TempFolder folder;
  const Captions csv = list_of(folder, "a.csv", "\"a,b.wav\",\" two \"\"words\"\"\n, one\"\r\nsub/c,text\n\n");
  EXPECT_EQ(csv.find("a,b.wav"), "two \"words\"\n, one");
  EXPECT_EQ(csv.find("sub/c.flac"), "text");
  EXPECT_EQ(csv.find("c"), std::nullopt);
  const Captions tsv = list_of(folder, "A.TSV", "id\tcaption\tpath\n7\ta, b\t./sub//x.wav\n");
  EXPECT_EQ(tsv.find("sub/x.wav"), "a, b");
  const Captions lines =
      list_of(folder, "a.jsonl", "{\"file\":\"x\",\"text\":\"\xc3\xa9\"}\n\n{\"path\":\"y\",\"text\":\"\"}");
  EXPECT_EQ(lines.find("x.wav"), "\xc3\xa9");
  EXPECT_EQ(lines.find("y.wav"), "");
  EXPECT_TRUE(lines.any());
  EXPECT_FALSE(list_of(folder, "a.csv", "").any());
}

TEST(Captions, RefusesWhatIsNoTable) {
  const test::TempFolder folder;
  EXPECT_THROW(list_of(folder, "a.csv", "a,b\na,c\n"), Error);
  EXPECT_THROW(list_of(folder, "a.csv", "a,b\nc\n"), Error);
  EXPECT_THROW(list_of(folder, "a.csv", "a,\"b\n"), Error);
  EXPECT_THROW(list_of(folder, "a.jsonl", "{\"file\":\"x\"}"), Error);
  EXPECT_THROW(list_of(folder, "a.jsonl", "[1]"), Error);
  EXPECT_THROW(list_of(folder, "a.jsonl", "{\"file\":\"x\",\"text\":1}"), Error);
  EXPECT_THROW(list_of(folder, "a.txt", "x"), Error);
  EXPECT_THROW(Captions(folder.path() / "missing.csv", {}), Error);
}

TEST(Captions, LooksBesideTheSources) {
  const test::TempFolder folder;
  write(folder.path() / "in/a.wav", "");
  write(folder.path() / "in/b.v1.wav", "");
  write(folder.path() / "in/b.v1.txt", "\n rain\n");
  const WalkResult found =
      walk({(folder.path() / "in").string()}, {[](const fs::path& path) { return path.extension() == ".wav"; }});
  const Captions captions({}, found.sources);
  EXPECT_TRUE(captions.any());
  EXPECT_EQ(captions.find("b.v1.wav"), "rain");
  EXPECT_EQ(captions.find("a.wav"), "");
  EXPECT_EQ(captions.find("other.wav"), std::nullopt);
}

PictureNote a_note() {
  PictureNote note;
  note.sample_rate = 8000;
  note.channels = 1;
  note.n_samples = 100;
  note.ref = {1.0};
  note.source_name = "a.wav";
  return note;
}

TEST(NoteOfTwoSounds, GoesThroughJson) {
  PictureNote note = a_note();
  note.pixels_crc32 = 1;
  PictureNote right = a_note();
  right.source_name = "b.wav";
  right.ref = {0.25};
  right.n_samples = 90;
  note.right = {right};
  const std::string json = image::to_json(note);
  EXPECT_EQ(image::note_from_json(json), note);
  EXPECT_NE(json.find("\"spectrohue\":3"), std::string::npos);
}

TEST(NoteOfTwoSounds, HasTwoAndNoMore) {
  PictureNote inner = a_note();
  inner.right = {a_note()};
  PictureNote note = a_note();
  note.right = {inner};
  EXPECT_THROW(image::note_from_json(image::to_json(note)), Error);
  std::string json = image::to_json(a_note());
  json.insert(json.size() - 1, ",\"right\":{}");
  EXPECT_THROW(image::note_from_json(json), Error);
  json = image::to_json(a_note());
  json.insert(json.size() - 1, ",\"right\":7");
  EXPECT_THROW(image::note_from_json(json), Error);
}

}  // namespace
}  // namespace spectrohue::batch
