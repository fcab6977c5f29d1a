// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Manifests: their lines, torn and damaged ones, locks, resuming and merging.
#include "batch/manifest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "batch/done_index.h"
#include "batch/manifest_writer.h"
#include "batch/merge.h"
#include "batch/sha256.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

namespace fs = std::filesystem;

ManifestRun run_with(std::string parameters, std::uint64_t files = 1, Shard shard = {}) {
  ManifestRun run;
  run.tool = "spectrohue test";
  run.command = "encode";
  run.started = "2026-11-20T12:00:00Z";
  run.parameters = std::move(parameters);
  run.shard = shard;
  run.files = files;
  run.device = "cpu";
  return run;
}

ManifestRecord record_for(const std::string& source, std::int64_t bytes = 4) {
  ManifestRecord record;
  record.source = source;
  record.output = fs::path(source).replace_extension(".png").string();
  record.stamp = {100, 1'700'000'000'123'456'789};
  record.bytes_written = bytes;
  record.audio_seconds = 1.5;
  return record;
}

ManifestRecord failure_of(const std::string& source) {
  ManifestRecord record = record_for(source);
  record.error = ErrorCode::BadFormat;
  record.reason = "it is broken";
  return record;
}

class Manifest : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::string text_of(const fs::path& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Writes a manifest of one run.
  fs::path write(const std::string& name, const ManifestRun& run, const std::vector<ManifestRecord>& records) {
    ManifestWriter writer(folder_ / name);
    writer.begin(run);
    for (const ManifestRecord& record : records) writer.add(record);
    return folder_ / name;
  }
  std::vector<ManifestRecord> records_in(const fs::path& path, std::int64_t* damaged = nullptr) {
    std::vector<ManifestRecord> records;
    ManifestReader reader;
    reader.on_record = [&](const ManifestRecord& record, const std::string&) { records.push_back(record); };
    const std::int64_t n = read_manifest(path, reader);
    if (damaged != nullptr) *damaged = n;
    return records;
  }
  MergeReport merged(const std::vector<fs::path>& manifests, std::string* lines = nullptr) {
    return merge(manifests, [&](const std::string& line) {
      if (lines != nullptr) *lines += line;
    });
  }

  test::TempFolder folder_;
};

TEST_F(Manifest, ARecordComesBackWhole) {
  ManifestRecord record = record_for("deep/\"quoted\"\n\xc3\xa9.wav", 12345678901);
  record.n_tiles = 3;
  record.messages = {"one", "two"};
  record.seconds = {0.25, 1.5, 0.125};
  record.snr_db = 63.25;
  record.untouched = false;
  record.backend = "cpu (sse2)";
  record.source_sha256 = "ab";
  record.output_sha256 = {"cd", "ef"};
  const fs::path path = write("m.jsonl", run_with(R"({"n_fft":2048})"), {record, failure_of("b.wav")});

  const std::vector<ManifestRecord> back = records_in(path);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].source, record.source);
  EXPECT_EQ(back[0].output, record.output);
  EXPECT_EQ(back[0].n_tiles, 3);
  EXPECT_FALSE(back[0].error);
  EXPECT_EQ(back[0].messages, record.messages);
  EXPECT_EQ(back[0].stamp, record.stamp);
  EXPECT_EQ(back[0].bytes_written, 12345678901);
  EXPECT_EQ(back[0].audio_seconds, 1.5);
  EXPECT_EQ(back[0].seconds.read, 0.25);
  EXPECT_EQ(back[0].seconds.compute, 1.5);
  EXPECT_EQ(back[0].seconds.write, 0.125);
  EXPECT_EQ(back[0].snr_db, 63.25);
  EXPECT_EQ(back[0].untouched, false);
  EXPECT_EQ(back[0].backend, "cpu (sse2)");
  EXPECT_EQ(back[0].source_sha256, "ab");
  EXPECT_EQ(back[0].output_sha256, record.output_sha256);
  EXPECT_EQ(back[1].error, ErrorCode::BadFormat);
  EXPECT_EQ(back[1].reason, "it is broken");
  EXPECT_FALSE(back[1].untouched);

  ManifestReader reader;
  int n_runs = 0;
  reader.on_run = [&](const ManifestRun& run) {
    ++n_runs;
    EXPECT_EQ(run.parameters, R"({"n_fft":2048})");
    EXPECT_EQ(run.command, "encode");
    EXPECT_EQ(run.files, 1U);
  };
  read_manifest(path, reader);
  EXPECT_EQ(n_runs, 1);
}

TEST_F(Manifest, NamesThatAreNotUtf8AndInfiniteRatiosComeBack) {
  ManifestRecord record = record_for("caf\xe9.wav");
  record.snr_db = std::numeric_limits<double>::infinity();
  ManifestRecord silent = record_for("b.wav");
  silent.snr_db = -std::numeric_limits<double>::infinity();
  const std::vector<ManifestRecord> back = records_in(write("m.jsonl", run_with("{}"), {record, silent}));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].source, "caf\xe9.wav");
  EXPECT_EQ(back[0].output, "caf\xe9.png");
  EXPECT_TRUE(std::isinf(*back[0].snr_db) && *back[0].snr_db > 0);
  EXPECT_TRUE(std::isinf(*back[1].snr_db) && *back[1].snr_db < 0);
}

TEST_F(Manifest, EveryErrorClassComesBack) {
  for (const ErrorCode code :
       {ErrorCode::Usage, ErrorCode::Read, ErrorCode::Write, ErrorCode::BadFormat, ErrorCode::Unsupported,
        ErrorCode::OutOfMemory, ErrorCode::Device, ErrorCode::Internal}) {
    ManifestRecord record = failure_of("a.wav");
    record.error = code;
    fs::remove(folder_ / "m.jsonl");
    EXPECT_EQ(records_in(write("m.jsonl", run_with("{}"), {record})).at(0).error, code);
  }
}

TEST_F(Manifest, ATornLineIsIgnoredAndThenCutOff) {
  const fs::path path = write("m.jsonl", run_with("{}"), {record_for("a.wav"), record_for("b.wav")});
  const std::string whole = text_of(path);
  const std::size_t last = whole.rfind("{\"source\"");
  for (std::size_t size = last + 1; size < whole.size(); size += 7) {
    put("m.jsonl", whole.substr(0, size));
    std::int64_t damaged = -1;
    EXPECT_EQ(records_in(path, &damaged).size(), 1U) << size;
    EXPECT_EQ(damaged, 0);
    {
      ManifestWriter writer(path);
      writer.begin(run_with("{}"));
      writer.add(record_for("c.wav"));
    }
    const std::vector<ManifestRecord> records = records_in(path, &damaged);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[1].source, "c.wav");
    EXPECT_EQ(damaged, 0);
  }
  put("torn.jsonl", "no line at all");
  { const ManifestWriter writer(folder_ / "torn.jsonl"); }
  EXPECT_EQ(text_of(folder_ / "torn.jsonl"), "");
}

TEST_F(Manifest, DamagedLinesAreCountedAndTheOthersRead) {
  const fs::path path = write("m.jsonl", run_with("{}"), {record_for("a.wav")});
  const std::string good = text_of(path);
  put("m.jsonl",
      "rubbish\n{}\n[1,2]\n{\"source\":7}\n\n" + good + "{\"source\":\"x\",\"output\":\"y\",\"status\":3}\n");
  std::int64_t damaged = 0;
  EXPECT_EQ(records_in(path, &damaged).size(), 1U);
  EXPECT_EQ(damaged, 6);
}

TEST_F(Manifest, OneRunAtATime) {
  const fs::path path = manifest_path(folder_ / "out", {});
  EXPECT_EQ(path.filename(), "spectrohue-manifest.jsonl");
  EXPECT_EQ(manifest_path("x", {3, 7}), "x/spectrohue-manifest.3-of-7.jsonl");
  const auto is_refused = [](const fs::path& manifest) {
    try {
      const ManifestWriter writer(manifest);
      return false;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::Usage);
      return std::string(error.what()).find("another run") != std::string::npos;
    }
  };
  {
    const ManifestWriter writer(path);
    EXPECT_TRUE(is_refused(path));
    EXPECT_TRUE(is_refused(manifest_path(folder_ / "out", {0, 2})));
    EXPECT_FALSE(is_refused(manifest_path(folder_ / "other", {})));
  }
  EXPECT_FALSE(is_refused(path));
  {
    const ManifestWriter first(manifest_path(folder_ / "out", {0, 2}));
    const ManifestWriter second(manifest_path(folder_ / "out", {1, 2}));
    EXPECT_TRUE(is_refused(manifest_path(folder_ / "out", {1, 2})));
    EXPECT_TRUE(is_refused(manifest_path(folder_ / "out", {1, 3})));
    EXPECT_TRUE(is_refused(path));
  }
  EXPECT_EQ(manifests_in(folder_ / "out").size(), 3U) << "a refused run leaves none";
}

class Done : public Manifest {
 protected:
  Task task() const {
    const ManifestRecord record = record_for("a.wav");
    return {"in/a.wav", folder_ / "a.png", {}, "a.wav", record.stamp};
  }
  bool is_done(const Task& task, const std::string& parameters = "{}") const {
    return DoneIndex(folder_ / "m.jsonl").is_done(task, parameters_id(parameters));
  }
};

TEST_F(Done, OnlyWhatIsUnchangedInEveryWay) {
  write("m.jsonl", run_with("{}"), {record_for("b.wav"), record_for("a.wav")});
  EXPECT_FALSE(is_done(task())) << "no output";
  put("a.png", "1234");
  EXPECT_TRUE(is_done(task()));
  put("a.png", "12345");
  EXPECT_FALSE(is_done(task())) << "another size";
  put("a.png", "1234");
  EXPECT_FALSE(is_done(task(), R"({"n_fft":512})"));
  Task changed = task();
  changed.stamp.bytes += 1;
  EXPECT_FALSE(is_done(changed));
  changed = task();
  changed.stamp.modified_ns += 1;
  EXPECT_FALSE(is_done(changed));
  changed = task();
  changed.relative = "c.wav";
  EXPECT_FALSE(is_done(changed));
}

TEST_F(Done, TheLastWordCounts) {
  put("a.png", "1234");
  write("m.jsonl", run_with("{}"), {failure_of("a.wav"), record_for("a.wav")});
  EXPECT_TRUE(is_done(task()));
  write("m.jsonl", run_with(R"({"n_fft":512})"), {record_for("a.wav")});
  EXPECT_FALSE(is_done(task()));
  EXPECT_TRUE(is_done(task(), R"({"n_fft":512})"));
  write("m.jsonl", run_with("{}"), {failure_of("a.wav")});
  EXPECT_FALSE(is_done(task()));
}

TEST_F(Done, AllTilesMustBeThere) {
  ManifestRecord record = record_for("a.wav", 6);
  record.n_tiles = 2;
  write("m.jsonl", run_with("{}"), {record});
  put("a.0000.png", "123");
  EXPECT_FALSE(is_done(task()));
  put("a.0001.png", "456");
  EXPECT_TRUE(is_done(task()));
}

TEST_F(Manifest, MergingShardsFindsAllDone) {
  const std::string p = R"({"n_fft":2048})";
  const auto a = write("a", run_with(p, 2, {0, 2}), {record_for("2.wav"), record_for("3.wav")});
  const auto b = write("b", run_with(p, 1, {1, 2}), {record_for("1.wav")});
  std::string lines;
  MergeReport report = merged({a, b}, &lines);
  EXPECT_TRUE(report.is_whole());
  EXPECT_EQ(report.done, 3U);
  EXPECT_EQ(report.audio_seconds, 4.5);
  EXPECT_EQ(report.bytes_written, 12);
  EXPECT_EQ(report.command, "encode");
  put("joined.jsonl", lines);
  const std::vector<ManifestRecord> joined = records_in(folder_ / "joined.jsonl");
  ASSERT_EQ(joined.size(), 3U);
  EXPECT_EQ(joined[0].source, "1.wav");
  EXPECT_EQ(joined[2].source, "3.wav");
  report.expect({"1.wav", "2.wav", "3.wav"});
  EXPECT_TRUE(report.is_whole());
  report.expect({"1.wav", "4.wav"});
  EXPECT_EQ(report.missing_sources, std::vector<std::string>{"4.wav"});
  EXPECT_FALSE(report.is_whole());
}

TEST_F(Manifest, MergingSaysWhatIsWrong) {
  const auto a = write("a", run_with("{}", 3, {0, 3}), {record_for("1.wav"), failure_of("2.wav")});
  const auto b = write("b", run_with(R"({"n_fft":512})", 2, {2, 3}), {record_for("1.wav"), failure_of("3.wav")});
  const MergeReport report = merged({a, b});
  EXPECT_FALSE(report.is_whole());
  EXPECT_EQ(report.duplicates, std::vector<std::string>{"1.wav"});
  ASSERT_EQ(report.missing_shards.size(), 1U);
  EXPECT_EQ(report.missing_shards[0].index, 1);
  EXPECT_EQ(report.incomplete, std::vector<std::string>{a.string()});
  EXPECT_EQ(report.failed.size(), 2U);
  EXPECT_EQ(report.failed.at("2.wav"), "it is broken");
  EXPECT_EQ(report.done, 1U);

  const auto c = write("c", run_with(R"({"n_fft":512})"), {record_for("9.wav")});
  EXPECT_TRUE(merged({a, c}).mixes_parameters);
  // What failed here and was done there is done; a resumed run counts on its own.
  const auto d = write("d", run_with("{}", 1), {record_for("2.wav")});
  EXPECT_FALSE(merged({a, d}).failed.contains("2.wav"));
  EXPECT_FALSE(merged({d, a}).failed.contains("2.wav"));
  write("a", run_with("{}", 1, {0, 3}), {record_for("2.wav")});
  EXPECT_TRUE(merged({a}).incomplete.empty());
  EXPECT_TRUE(merged({a}).failed.empty());
}

TEST_F(Manifest, Sha256OfFiles) {
  // FIPS 180-4's examples.
  put("abc", "abc");
  put("nothing", "");
  put("a", "abcdbcdecdefdefgefghfghighijhi");
  put("b", "jkijkljklmklmnlmnomnopnopq");
  const std::vector<fs::path> two{folder_ / "a", folder_ / "b"};
  const std::vector<fs::path> abc{folder_ / "abc"};
  const std::vector<fs::path> nothing{folder_ / "nothing"};
  EXPECT_EQ(sha256_of(abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of(nothing), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of(two), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::vector<fs::path> gone{folder_ / "gone"};
  EXPECT_THROW(sha256_of(gone), Error);
}

}  // namespace
}  // namespace spectrohue::batch
