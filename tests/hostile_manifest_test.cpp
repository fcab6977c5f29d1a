// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Manifests that nobody's run has written: such lines count as damaged, in no time and without memory, and the others
// are read all the same.
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <limits>
#include <string>

#include "batch/done_index.h"
#include "batch/manifest.h"
#include "batch/merge.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

using test::TempFolder;

std::string run_line(const std::string& parameters, const std::string& shard = "0/1") {
  return R"({"spectrohue_manifest":1,"run":"encode","tool":"t","started":"s","id":"0","parameters":)" + parameters +
         R"(,"shard":")" + shard + R"(","files":0,"skipped":0,"device":"cpu"})" + "\n";
}

ManifestRecord record() {
  ManifestRecord record;
  record.source = "a.wav";
  record.output = "a.png";
  record.stamp = {10, 20};
  record.bytes_written = 30;
  record.audio_seconds = 40;
  record.snr_db = 50;
  return record;
}

/// A record's line with one piece replaced.
std::string altered(const std::string& from, const std::string& to) {
  std::string line = to_line(record(), "0");
  const std::size_t at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << line;
  return line.replace(at, from.size(), to);
}

std::filesystem::path put(const TempFolder& folder, const std::string& bytes) {
  std::ofstream(folder / "manifest.jsonl", std::ios::binary) << bytes;
  return folder / "manifest.jsonl";
}

struct Lines {
  std::int64_t n_good = 0;
  std::int64_t n_damaged = 0;
};

Lines read(const std::string& bytes) {
  const TempFolder folder;
  Lines lines;
  ManifestReader reader;
  reader.on_run = [&](const ManifestRun&) { ++lines.n_good; };
  reader.on_record = [&](const ManifestRecord&, const std::string&) { ++lines.n_good; };
  lines.n_damaged = read_manifest(put(folder, bytes), reader);
  return lines;
}

std::string numbered_keys(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += "\"" + std::to_string(i) + "\":0,";
  return text + "\"last\":0";
}

std::string repeated(const std::string& text, int n) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(HostileManifest, LargeLinesAreDamagedInNoTime) {
  const std::clock_t start = std::clock();
  for (const std::string& parameters :
       {repeated("[", 500000) + repeated("]", 500000), "[" + repeated("{},", 300000) + "{}]",
        "{" + numbered_keys(90000) + "}", "\"" + std::string(3 << 20, 'x') + "\""}) {
    const Lines lines = read(run_line("{}") + run_line(parameters) + to_line(record(), "0"));
    EXPECT_EQ(lines.n_damaged, 1);
    EXPECT_EQ(lines.n_good, 2);
  }
  EXPECT_LT(std::clock() - start, 10 * CLOCKS_PER_SEC);
}

TEST(HostileManifest, LinesUpToTheLimitAreRead) {
  ManifestRecord longest = record();
  longest.output_sha256.assign(15000, std::string(64, 'a'));
  ASSERT_GT(to_line(longest, "0").size(), 1000000U);
  EXPECT_EQ(read(to_line(longest, "0")).n_good, 1);
}

TEST(HostileManifest, ATornLineIsNoLine) {
  for (const std::string& torn : {to_line(record(), "0").substr(0, 50), std::string(3 << 20, 'x')}) {
    const Lines lines = read(run_line("{}") + torn);
    EXPECT_EQ(lines.n_damaged, 0);
    EXPECT_EQ(lines.n_good, 1);
  }
}

TEST(HostileManifest, NumbersOutOfRangeAreDamage) {
  EXPECT_EQ(read(altered("\"a.wav\"", "\"b.wav\"")).n_good, 1);
  EXPECT_EQ(read(altered(R"("source_modified_ns":20)", R"("source_modified_ns":-20)")).n_good, 1);
  for (const char* number : {"-1", "1e300", "0.5", "9223372036854775808", "\"1\"", "null", "true"}) {
    EXPECT_EQ(read(altered(R"("source_bytes":10)", std::string(R"("source_bytes":)") + number)).n_damaged, 1) << number;
    EXPECT_EQ(read(altered(R"("output_bytes":30)", std::string(R"("output_bytes":)") + number)).n_damaged, 1) << number;
    EXPECT_EQ(read(altered(R"("status")", std::string(R"("tiles":)") + number + R"(,"status")")).n_damaged, 1)
        << number;
  }
  EXPECT_EQ(read(altered(R"("status")", R"("tiles":0,"status")")).n_damaged, 1);
  for (const char* number : {"1e300", "-1e16", "null"}) {
    EXPECT_EQ(read(altered(R"("audio_seconds":40.0)", std::string(R"("audio_seconds":)") + number)).n_damaged, 1);
    EXPECT_EQ(read(altered(R"("snr_db":50.0)", std::string(R"("snr_db":)") + number)).n_damaged, 1);
  }
  for (const char* shard : {"0/2000000000", "1/1", "-1/2", "0/0", "0/99999999999", "x"}) {
    EXPECT_EQ(read(run_line("{}", shard)).n_damaged, 1) << shard;
  }
}

TEST(HostileManifest, AnOutputOfNoFilesIsNotDone) {
  const TempFolder folder;
  const DoneIndex index(put(folder, altered(R"("output_bytes":30)", R"("tiles":0,"output_bytes":0)")));
  Task task;
  task.relative = "a.wav";
  task.destination = folder / "a.png";
  task.stamp = record().stamp;
  EXPECT_FALSE(index.is_done(task, "0"));
}

TEST(HostileManifest, SumsDoNotOverflow) {
  const TempFolder folder;
  const std::string most = R"("output_bytes":9223372036854775807)";
  std::string lines;
  for (const char* name : {"\"a\"", "\"b\""}) {
    std::string line = altered(R"("output_bytes":30)", most);
    lines += line.replace(line.find("\"a.wav\""), 7, name);
  }
  const MergeReport report = merge({put(folder, lines)}, [](const std::string&) {});
  EXPECT_EQ(report.done, 2U);
  EXPECT_EQ(report.bytes_written, std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace spectrohue::batch
