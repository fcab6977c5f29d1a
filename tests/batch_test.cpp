// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// walk, plan, parameters and the file in the making.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <thread>

#include "audio/audio_file.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/hash.h"
#include "batch/output_file.h"
#include "batch/parameters.h"
#include "batch/plan.h"
#include "batch/run.h"
#include "batch/walk.h"
#include "spectrohue/error.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

namespace fs = std::filesystem;

class Batch : public testing::Test {
 protected:
  fs::path touch(const std::string& name) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << name;
    return path;
  }
  std::vector<std::string> relative(const WalkResult& found) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < found.sources.size(); ++i) names.push_back(found.sources[i].relative.string());
    return names;
  }
  std::string in(const std::string& name) const { return (folder_ / name).string(); }

  test::TempFolder folder_;
};

using Names = std::vector<std::string>;

TEST_F(Batch, WalksFoldersInOrderAndTakesWhatIsWanted) {
  for (const char* name : {"in/b.wav", "in/a.FLAC", "in/deep/er/c.ogg", "in/notes.txt", "in/d.png"}) touch(name);
  fs::create_directory_symlink(folder_ / "in", folder_ / "in/loop");
  const WalkResult found = walk({in("in")}, {audio::has_audio_extension});
  EXPECT_EQ(relative(found), (Names{"a.FLAC", "b.wav", "deep/er/c.ogg"}));
  EXPECT_TRUE(found.problems.empty());
}

TEST_F(Batch, TakesNamedFilesWhateverTheyAreCalled) {
  touch("odd.name");
  touch("x1.wav");
  touch("x2.wav");
  EXPECT_EQ(relative(walk({in("odd.name"), in("x*.wav")}, {audio::has_audio_extension})),
            (Names{"odd.name", "x1.wav", "x2.wav"}));
  const WalkResult missing =
      walk({in("gone.wav"), in("gone*.wav"), "@" + in("gone.txt")}, {audio::has_audio_extension});
  EXPECT_TRUE(missing.sources.empty());
  EXPECT_EQ(missing.problems.size(), 3U);
}

TEST_F(Batch, ReadsLists) {
  touch("a.wav");
  touch("b.wav");
  std::ofstream(folder_ / "list.txt") << in("b.wav") << "\r\n\n# a comment\n" << in("a.wav");
  EXPECT_EQ(relative(walk({"@" + in("list.txt")}, {audio::has_audio_extension})), (Names{"b.wav", "a.wav"}));
}

WalkResult walk_all(const std::string& folder, const WalkSettings& changes) {
  WalkSettings settings = changes;
  settings.wanted = audio::has_audio_extension;
  return walk({folder}, settings);
}

TEST_F(Batch, IncludesAndExcludes) {
  for (const char* name : {"in/a.wav", "in/b.flac", "in/x/a.wav", "in/x/y/c.wav", "in/z/d.wav", "in/z/notes.txt"}) {
    touch(name);
  }
  const auto chosen = [&](Names include, Names exclude) {
    return relative(walk_all(in("in"), {{}, std::move(include), std::move(exclude)}));
  };
  EXPECT_EQ(chosen({"*.wav"}, {}), (Names{"a.wav", "x/a.wav", "x/y/c.wav", "z/d.wav"}));
  EXPECT_EQ(chosen({"a.*", "*.flac"}, {}), (Names{"a.wav", "b.flac", "x/a.wav"}));
  EXPECT_EQ(chosen({"x/*"}, {}), (Names{"x/a.wav", "x/y/c.wav"}));
  EXPECT_EQ(chosen({}, {"x"}), (Names{"a.wav", "b.flac", "z/d.wav"}));
  EXPECT_EQ(chosen({}, {"x/y", "[bd].*"}), (Names{"a.wav", "x/a.wav"}));
  EXPECT_EQ(chosen({"*.wav"}, {"*"}), Names{});
  EXPECT_EQ(chosen({"*"}, {}).size(), 5U) << "what is no sound stays out";
}

TEST_F(Batch, LinksAreFollowedAsAsked) {
  touch("in/a.wav");
  touch("elsewhere/b.wav");
  fs::create_symlink(folder_ / "elsewhere/b.wav", folder_ / "in/link.wav");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "in/folder");
  fs::create_directory_symlink(folder_ / "in", folder_ / "in/loop");
  const auto found = [&](Links links) { return relative(walk_all(in("in"), {{}, {}, {}, links})); };
  EXPECT_EQ(found(Links::None), Names{"a.wav"});
  EXPECT_EQ(found(Links::Files), (Names{"a.wav", "link.wav"}));
  EXPECT_EQ(found(Links::All), (Names{"a.wav", "folder/b.wav", "link.wav"}));
  EXPECT_EQ(links_from_string("all"), Links::All);
  EXPECT_THROW(links_from_string("some"), Error);
  fs::create_symlink(folder_ / "gone.wav", folder_ / "in/broken.wav");
  const WalkResult broken = walk_all(in("in"), {});
  ASSERT_EQ(broken.problems.size(), 1U);
  EXPECT_EQ(broken.problems[0].reason, "this link leads nowhere");
  EXPECT_TRUE(walk_all(in("in"), {{}, {}, {}, Links::None}).problems.empty());
}

TEST_F(Batch, NamesNeedNotBeUtf8) {
  touch("in/caf\xe9.wav");
  touch("in/new\nline.wav");
  EXPECT_EQ(relative(walk({in("in")}, {audio::has_audio_extension})), (Names{"caf\xe9.wav", "new\nline.wav"}));
}

TEST_F(Batch, SourcesKnowTheirSizeAndTime) {
  const fs::path path = touch("in/a.wav");
  fs::resize_file(path, 1234);
  const Stamp before = walk({in("in")}, {audio::has_audio_extension}).sources.stamp(0);
  EXPECT_EQ(before.bytes, 1234);
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(2));
  const Stamp after = walk({path.string()}, {audio::has_audio_extension}).sources[0].stamp;
  EXPECT_EQ(after.modified_ns - before.modified_ns, 2'000'000'000);
}

TEST(SourceList, TilesBecomeOneSource) {
  SourceList list;
  const SourceList::FolderId folder = list.add_folder("in/x", "x");
  EXPECT_EQ(list.add_folder("in/x", "x"), folder);
  list.add(folder, "a.png", {1, 10}, false);
  list.add(folder, "s.0001.png", {2, 30}, false);
  list.add(folder, "b.png", {4, 10}, true);
  list.add(folder, "s.0000.png", {8, 20}, false);
  list.group({{3, 1}});
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].path, "in/x/a.png");
  EXPECT_EQ(list[1].path, "in/x/s.0000.png");
  EXPECT_EQ(list[1].relative, "x/s.png");
  EXPECT_EQ(list[1].tiles, (std::vector<fs::path>{"in/x/s.0000.png", "in/x/s.0001.png"}));
  EXPECT_EQ(list[1].stamp, (Stamp{10, 30}));
  EXPECT_EQ(list[2].path, "in/x/b.png");
  EXPECT_TRUE(list.is_link(2));
  EXPECT_FALSE(list.is_link(1));
}

Plan plan_of(const std::vector<std::string>& inputs, const std::string& output, const std::string& extension = ".png",
             Existing existing = Existing::Refuse, bool keep = false) {
  PlanSettings s;
  s.output = output;
  s.extension = extension;
  s.existing = existing;
  s.keep_extension = keep;
  return make_plan(walk(inputs, {[](const fs::path&) { return true; }}), s);
}

TEST_F(Batch, PlanMirrorsTheTree) {
  touch("in/x/a.wav");
  touch("in/b.wav");
  const Plan plan = plan_of({in("in")}, in("out"));
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].destination, folder_ / "out/b.png");
  EXPECT_EQ(plan[1].destination, folder_ / "out/x/a.png");
  EXPECT_EQ(plan_of({in("in")}, "")[1].destination, folder_ / "in/x/a.png");
}

TEST_F(Batch, PlanKeepsExtensionsWhereStemsCollide) {
  touch("in/a.wav");
  touch("in/a.mp3");
  touch("in/b.wav");
  const Plan plan = plan_of({in("in")}, in("out"));
  ASSERT_EQ(plan.size(), 3U);
  EXPECT_EQ(plan[0].destination, folder_ / "out/a.mp3.png");
  EXPECT_EQ(plan[1].destination, folder_ / "out/a.wav.png");
  EXPECT_EQ(plan[2].destination, folder_ / "out/b.png");
  EXPECT_EQ(plan_of({in("in/b.wav")}, in("out"), ".png", Existing::Refuse, true)[0].destination,
            folder_ / "out/b.wav.png");
}

TEST_F(Batch, DecodingGoesBackToKeptExtensions) {
  touch("p/a.wav.png");
  touch("p/a.mp3.png");
  const Plan plan = plan_of({in("p")}, in("out"), ".wav");
  EXPECT_EQ(plan[0].destination, folder_ / "out/a.mp3.wav");
  EXPECT_EQ(plan[1].destination, folder_ / "out/a.wav");
}

TEST_F(Batch, OutputIsAFileOnlyForOneNamedInput) {
  touch("in/a.wav");
  EXPECT_EQ(plan_of({in("in/a.wav")}, in("there.png"))[0].destination, folder_ / "there.png");
  EXPECT_EQ(plan_of({in("in/a.wav")}, in("there"))[0].destination, folder_ / "there/a.png");
  EXPECT_EQ(plan_of({in("in")}, in("there.png"))[0].destination, folder_ / "there.png/a.png");
}

TEST_F(Batch, OutputMayBeSpeltOtherwise) {
  touch("in/a.wav");
  EXPECT_EQ(plan_of({in("in/a.wav")}, in("b.tif"), ".tiff")[0].destination, folder_ / "b.tif");
  EXPECT_EQ(plan_of({in("in/a.wav")}, in("b.JPEG"), ".jpg")[0].destination, folder_ / "b.JPEG");
  EXPECT_EQ(plan_of({in("in/a.wav")}, in("b.oga"), ".ogg")[0].destination, folder_ / "b.oga");
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Usage);
    return error.what();
  }
  return {};
}

TEST_F(Batch, OutputOfAnotherTypeIsNoFolder) {
  touch("in/a.png");
  for (const char* name : {"b.mp3", "b.flac", "b.M4A", "b.png", "b.gif"}) {
    const std::string text = refusal([&] { plan_of({in("in/a.png")}, in(name), ".wav"); });
    EXPECT_NE(text.find("named as a " + fs::path(name).extension().string() + " file, but would be .wav"),
              std::string::npos)
        << text;
  }
  EXPECT_EQ(plan_of({in("in/a.png")}, in("v1.2"), ".wav")[0].destination, folder_ / "v1.2/a.wav");
  EXPECT_EQ(plan_of({in("in/a.png")}, in("b.mp3/"), ".wav")[0].destination, folder_ / "b.mp3/a.wav");
  EXPECT_EQ(plan_of({in("in")}, in("b.mp3"), ".wav")[0].destination, folder_ / "b.mp3/a.wav");
  fs::create_directory(folder_ / "b.mp3");
  EXPECT_EQ(plan_of({in("in/a.png")}, in("b.mp3"), ".wav")[0].destination, folder_ / "b.mp3/a.wav");
}

TEST_F(Batch, PlanRefusesBeforeAnythingIsWritten) {
  touch("one/a.wav");
  touch("two/a.wav");
  EXPECT_NE(refusal([&] { plan_of({in("one"), in("two")}, in("out")); }).find("would both become"), std::string::npos);
  EXPECT_NE(refusal([&] { plan_of({in("one")}, in("one/out")); }).find("lies inside the input folder"),
            std::string::npos);
  EXPECT_NE(refusal([&] { plan_of({in("one")}, in("two/../one/./out/")); }).find("lies inside"), std::string::npos);
  EXPECT_EQ(refusal([&] { plan_of({in("one")}, in("one")); }), "");
  EXPECT_EQ(refusal([&] { plan_of({in("one")}, in("one-out")); }), "");
  EXPECT_NE(refusal([&] { plan_of({in("one")}, "", ".wav"); }).find("over the input"), std::string::npos);
  touch("a.file");
  EXPECT_NE(refusal([&] { plan_of({in("one")}, in("a.file")); }).find("is a file"), std::string::npos);
  touch("out/a.png");
  EXPECT_NE(refusal([&] { plan_of({in("one")}, in("out")); }).find("--overwrite"), std::string::npos);
  EXPECT_EQ(refusal([&] { plan_of({in("one")}, in("out"), ".png", Existing::Overwrite); }), "");
  fs::create_directories(folder_ / "two-out/a.png");
  EXPECT_NE(refusal([&] { plan_of({in("two")}, in("two-out"), ".png", Existing::Overwrite); }).find("is a folder"),
            std::string::npos);
}

TEST_F(Batch, ResumeSkipsWhatIsNotOlder) {
  touch("in/a.wav");
  touch("in/b.wav");
  touch("out/a.png");
  touch("out/b.png");
  fs::last_write_time(folder_ / "in/b.wav", fs::file_time_type::clock::now() + std::chrono::hours(1));
  const Plan plan = plan_of({in("in")}, in("out"), ".png", Existing::Resume);
  EXPECT_EQ(plan.skipped, 1U);
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].source, folder_ / "in/b.wav");
}

TEST_F(Batch, ResumeAsksWhatIsDone) {
  touch("in/a.wav");
  touch("in/b.wav");
  touch("out/b.png");
  PlanSettings s;
  s.output = folder_ / "out";
  s.extension = ".png";
  s.existing = Existing::Resume;
  int n_asked = 0;
  s.is_done = [&](const Task& task) {
    ++n_asked;
    EXPECT_EQ(task.relative, "b.wav");
    EXPECT_EQ(task.stamp.bytes, 8);
    return true;
  };
  const Plan plan = make_plan(walk({in("in")}, {audio::has_audio_extension}), s);
  EXPECT_EQ(n_asked, 1) << "an output that is not there is not done";
  EXPECT_EQ(plan.skipped, 1U);
  EXPECT_EQ(plan.size(), 1U);
}

TEST_F(Batch, CapitalsClashWhereTheFileSystemDoesNotKnowThem) {
  touch("in/Song.wav");
  touch("in/song.wav");
  PlanSettings s;
  s.output = folder_ / "out";
  s.extension = ".png";
  bool folds = false;
  s.folds_case = [&](const fs::path& folder) {
    EXPECT_EQ(folder, fs::weakly_canonical(folder_ / "out"));
    return folds;
  };
  const auto plan = [&] { return make_plan(walk({in("in")}, {audio::has_audio_extension}), s); };
  EXPECT_EQ(plan().size(), 2U);
  folds = true;
  EXPECT_NE(refusal([&] { plan(); }).find("capitals"), std::string::npos);
  s.folds_case = {};
  EXPECT_EQ(plan().size(), 2U) << "tried out here";
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "and nothing was left";
}

TEST_F(Batch, AnInputBehindALinkIsNotWrittenOver) {
  touch("real/a.png");
  touch("in/a.wav");
  fs::create_symlink(folder_ / "real/a.png", folder_ / "in/b.wav");
  EXPECT_NE(refusal([&] { plan_of({in("in")}, in("real"), ".png", Existing::Overwrite); }).find("over the input"),
            std::string::npos);
}

TEST_F(Batch, ShardsAreDisjointCompleteAndStable) {
  for (int i = 0; i < 100; ++i) touch("in/" + std::to_string(i % 7) + "/" + std::to_string(i) + ".wav");
  touch("in/0/0.flac");  // clashes with 0.wav in whatever shard
  PlanSettings s;
  s.output = folder_ / "out";
  s.extension = ".png";
  std::vector<fs::path> all;
  for (int i = 0; i < 5; ++i) {
    s.shard = {i, 5};
    const Plan plan = make_plan(walk({in("in")}, {audio::has_audio_extension}), s);
    EXPECT_GT(plan.size(), 10U);
    for (std::size_t k = 0; k < plan.size(); ++k) all.push_back(plan[k].destination);
  }
  s.shard = {};
  const Plan whole = make_plan(walk({in("in")}, {audio::has_audio_extension}), s);
  std::vector<fs::path> expected;
  for (std::size_t k = 0; k < whole.size(); ++k) expected.push_back(whole[k].destination);
  std::sort(all.begin(), all.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(all, expected);
  // Part of the format: manifests of earlier runs rest on it.
  EXPECT_EQ(stable_hash(""), 0xEFD01F60BA992926U);
  EXPECT_EQ(stable_hash("digits/7.wav") % 7, 1U);
}

TEST_F(Batch, ShardsAreWrittenAsIOfN) {
  EXPECT_EQ(shard_from_string("3/7").index, 3);
  EXPECT_EQ(shard_from_string("3/7").count, 7);
  EXPECT_TRUE(shard_from_string("0/1").is_all());
  for (const char* text : {"", "1", "7/7", "-1/7", "1/0", "a/b", "1/2x", "1 /2", "/", "1//2"}) {
    EXPECT_NE(refusal([&] { shard_from_string(text); }).find("--shard"), std::string::npos) << text;
  }
}

TEST_F(Batch, RenameFindsAFreeName) {
  touch("a.png");
  touch("a.wav");
  touch("a-1.wav");
  EXPECT_EQ(plan_of({in("a.png")}, "", ".wav", Existing::Rename)[0].destination, folder_ / "a-2.wav");
}

TEST_F(Batch, TheSameFileTwiceIsConvertedOnce) {
  touch("a.wav");
  EXPECT_EQ(plan_of({in("a.wav"), in("./a.wav")}, in("out")).size(), 1U);
}

TEST_F(Batch, OutputFileIsWholeOrNotThere) {
  {
    OutputFile file(folder_ / "deep/x.png");
    std::ofstream(file.temporary()) << "half";
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "deep"));
  {
    OutputFile file(folder_ / "deep/x.png");
    std::ofstream(file.temporary()) << "whole";
    EXPECT_FALSE(fs::exists(folder_ / "deep/x.png"));
    file.commit();
  }
  EXPECT_EQ(fs::file_size(folder_ / "deep/x.png"), 5U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "deep"), {}), 1);
  touch("file");
  EXPECT_THROW(OutputFile(folder_ / "file/x.png"), Error);
}

TEST_F(Batch, ParallelForRunsEachIndexOnce) {
  std::vector<std::atomic<int>> seen(1000);
  parallel_for(seen.size(), 7, [&](int worker, std::size_t index) {
    EXPECT_LT(worker, 7);
    ++seen[index];
  });
  for (const auto& count : seen) EXPECT_EQ(count, 1);
}

/// A conversion for tests.
struct Steps : Conversion {
  std::function<void(Job&)> on_read = [](Job&) {};
  std::function<void(Job&)> on_compute = [](Job&) {};
  std::function<void(Job&)> on_write = [](Job&) {};
  void read(Job& job) const override { on_read(job); }
  void compute(Worker&, Job& job) const override { on_compute(job); }
  void write(Job& job) const override { on_write(job); }
};

TaskList list(std::vector<Task> tasks) {
  const std::size_t n = tasks.size();
  return {n, [tasks = std::move(tasks)](std::size_t i) { return tasks[i]; }};
}

TEST_F(Batch, MakesABackendAWorkerAndNamesEachOnce) {
  RunSettings settings;
  settings.device = "cpu";
  settings.max_device_bytes = 1;  // nothing to a CPU
  const auto backends = make_backends(settings, 3);
  ASSERT_EQ(backends.size(), 3U);
  EXPECT_EQ(devices_of("cpu"), std::vector<std::string>{"cpu"});
  settings.threads = 3;
  const Steps steps;
  EXPECT_EQ(run(list({{"a", "x"}, {"b", "y"}, {"c", "z"}}), settings, steps, {}).backend, backends[0]->name());
}

TEST_F(Batch, StepsOverlapButNoMoreComputeThanThereAreThreads) {
  std::vector<Task> tasks;
  for (int i = 0; i < 40; ++i) tasks.push_back({std::to_string(i), "out"});
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 2;
  std::atomic<int> computing{0};
  std::atomic<int> most_computing{0};
  std::atomic<int> read{0};
  std::atomic<int> written{0};
  std::atomic<int> most_ahead{0};
  const auto raise = [](std::atomic<int>& most, int value) {
    for (int seen = most; value > seen && !most.compare_exchange_weak(seen, value);) continue;
  };
  Steps steps;
  steps.on_read = [&](Job&) { raise(most_ahead, ++read - written); };
  steps.on_compute = [&](Job&) {
    raise(most_computing, ++computing);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --computing;
  };
  steps.on_write = [&](Job&) { ++written; };
  EXPECT_EQ(run(list(tasks), settings, steps, {}).done, 40U);
  EXPECT_EQ(written, 40);
  EXPECT_LE(most_computing, 2);
  EXPECT_LE(most_ahead, 2);
}

TEST_F(Batch, OneBadFileDoesNotStopTheOthers) {
  std::vector<Task> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back({"in" + std::to_string(i), "out"});
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 3;
  Steps steps;
  steps.on_read = [](Job& job) {
    if (job.task.source == "in3") throw Error(ErrorCode::Read, "bad");
    job.converted = {1.5, 10, {}};
  };
  steps.on_compute = [](Job& job) {
    if (job.task.source == "in4") throw std::bad_alloc();
  };
  steps.on_write = [](Job& job) {
    if (job.task.source == "in5") throw std::runtime_error("what");
  };
  const Totals totals = run(list(tasks), settings, steps, {});
  EXPECT_EQ(totals.done, 20U);
  EXPECT_EQ(totals.n_failed, 3U);
  EXPECT_DOUBLE_EQ(totals.audio_seconds, 17 * 1.5);
  EXPECT_EQ(totals.bytes_written, 170);
}

TEST_F(Batch, EveryFileIsReportedWithItsTimesAndHashes) {
  touch("abc");
  std::ofstream(folder_ / "abc") << "abc";
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 2;
  settings.hash = true;
  Steps steps;
  steps.on_compute = [&](Job& job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (job.task.relative == "1") throw Error(ErrorCode::BadFormat, "bad");
    std::ofstream(job.add_output(job.task.destination).temporary()) << "abc";
  };
  steps.on_write = [](Job& job) { job.outputs.front()->commit(); };
  std::vector<Task> tasks;
  for (int i = 0; i < 3; ++i) {
    tasks.push_back({folder_ / "abc", folder_ / ("out" + std::to_string(i)), {}, std::to_string(i), {7, 0}});
  }
  Observer observer;
  int n_done = 0;
  int n_failed = 0;
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  observer.finished = [&](const FileResult& result) {
    EXPECT_GE(result.seconds.compute, 0.005);
    EXPECT_EQ(result.converted.source_sha256, abc);
    if (result.failure) {
      ++n_failed;
      EXPECT_EQ(result.failure->code, ErrorCode::BadFormat);
      EXPECT_TRUE(result.converted.output_sha256.empty());
    } else {
      ++n_done;
      EXPECT_EQ(result.converted.output_sha256, std::vector<std::string>{abc});
      EXPECT_EQ(result.converted.n_outputs, 1);
    }
  };
  const Totals totals = run(list(tasks), settings, steps, observer);
  EXPECT_EQ(n_done, 2);
  EXPECT_EQ(n_failed, 1);
  EXPECT_EQ(totals.source_bytes, 21);
  EXPECT_GE(totals.step_seconds.compute, 0.015);
}

TEST_F(Batch, TooManyErrorsEndTheRun) {
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 1;
  settings.max_errors = 2;
  Steps steps;
  steps.on_read = [](Job&) { throw Error(ErrorCode::Read, "bad"); };
  const Totals totals = run(list(std::vector<Task>(50)), settings, steps, {});
  EXPECT_EQ(totals.n_failed, 3U);
  EXPECT_EQ(totals.done, 3U);
  EXPECT_TRUE(totals.too_many_errors);
  EXPECT_TRUE(totals.interrupted);
}

TEST_F(Batch, TemporaryFoldersAreEmptyThenGone) {
  touch("out/.tmp/left.part");
  {
    const TemporaryFolder temporary(folder_ / "out/.tmp");
    EXPECT_TRUE(fs::is_empty(temporary.path()));
    OutputFile kept(folder_ / "out/deep/a.png", temporary.path(), true);
    EXPECT_EQ(kept.temporary().parent_path(), temporary.path());
    std::ofstream(kept.temporary()) << "whole";
    kept.commit();
    const OutputFile left(folder_ / "out/b.png", temporary.path());
    std::ofstream(left.temporary()) << "half";
  }
  EXPECT_FALSE(fs::exists(folder_ / "out/.tmp"));
  EXPECT_FALSE(fs::exists(folder_ / "out/b.png"));
  EXPECT_EQ(fs::file_size(folder_ / "out/deep/a.png"), 5U);
}

TEST_F(Batch, StopLeavesTheRestUnbegun) {
  std::atomic<bool> stop{false};
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 1;
  settings.stop = &stop;
  Steps steps;
  std::atomic<int> written{0};
  steps.on_compute = [&](Job&) { stop = true; };
  steps.on_write = [&](Job&) { ++written; };
  const Totals totals = run(list(std::vector<Task>(50)), settings, steps, {});
  EXPECT_TRUE(totals.interrupted);
  EXPECT_EQ(totals.done, 1U);  // what was begun is finished
  EXPECT_EQ(written, 1);
}

TEST_F(Batch, AFileThatIsStoppedCountsAsNotBegun) {
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 1;
  std::atomic<bool> stop{false};
  settings.stop = &stop;
  Steps steps;
  steps.on_compute = [&](Job& job) {
    job.outputs.push_back(std::make_unique<OutputFile>(folder_ / "out.png"));
    std::ofstream(job.outputs.back()->temporary()) << "half";
    job.go_on();
    stop = true;
    job.go_on();
    ADD_FAILURE() << "it went on";
  };
  const Totals totals = run(list(std::vector<Task>(1)), settings, steps, {});
  EXPECT_TRUE(totals.interrupted);
  EXPECT_EQ(totals.done, 0U);
  EXPECT_EQ(totals.n_failed, 0U);
  EXPECT_TRUE(fs::is_empty(folder_ / "."));
}

/// A backend that likes to be given much at a time, and computes nothing.
class Greedy final : public Backend {
 public:
  explicit Greedy(std::int64_t samples) : samples_(samples) {}
  std::string name() const override { return "greedy"; }
  std::int64_t batch_samples() const override { return samples_; }
  void analyse(const StftSettings&, std::span<const AnalyseItem>) override {}
  void synthesise(const StftSettings&, std::span<const SynthesiseItem>) override {}
  void encode_pixels(const StftSettings&, const PixelSettings&, std::span<const EncodePixelsItem>) override {}
  void decode_pixels(const StftSettings&, const PixelSettings&, std::span<const DecodePixelsItem>) override {}
  using Backend::peak;
  void peak(const StftSettings&, const PixelSettings&, std::span<const PeakItem>, std::span<float>) override {}
  void encode(const StftSettings&, const PixelSettings&, std::span<const EncodeItem>) override {}
  void decode(const StftSettings&, const PixelSettings&, std::span<const DecodeItem>) override {}
  void integrate_phases(const StftSettings&, std::uint64_t, std::span<const PhaseItem>) override {}
  std::unique_ptr<Projector> make_projector(const StftSettings&, const BandSums*,
                                            std::span<const ProjectorItem>) override {
    return nullptr;
  }

 private:
  std::int64_t samples_;
};

/// Reads sounds, and computes them together.
struct Together : Steps {
  explicit Together(std::function<void(std::span<Job* const>)> act) : on_all(std::move(act)) {
    on_read = [](Job& job) {
      job.reader.emplace(job.task.source);
      job.stretch.restart(job.reader->info());
      job.stretch.slide(*job.reader, 0, 1'000'000);
    };
  }
  bool joins_files() const override { return true; }
  void compute_all(Worker&, std::span<Job* const> jobs) const override { on_all(jobs); }
  std::function<void(std::span<Job* const>)> on_all;
};

TEST_F(Batch, ADeviceIsGivenManyShortFilesAtATime) {
  std::vector<Task> tasks;
  std::int64_t n_all = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t n = i == 100 ? 50'000 : 500 + 10 * (i % 50);
    const fs::path path = folder_ / (std::to_string(i) + ".wav");
    audio::write(path, test::planar_sound(std::vector<float>(static_cast<std::size_t>(2 * n)), 2, 8000), {});
    tasks.push_back({path, "out"});
    n_all += 2 * n;
  }
  const std::int64_t kMost = 20'000;
  RunSettings settings;
  settings.threads = 3;
  settings.make_backend = [kMost] { return std::make_unique<Greedy>(kMost); };
  std::atomic<std::int64_t> n_seen{0};
  std::atomic<int> n_calls{0};
  const Together steps([&](std::span<Job* const> jobs) {
    ++n_calls;
    std::int64_t n = 0;
    for (Job* job : jobs) {
      n += job->stretch.n_values();
      if (job->task.source.filename() == "7.wav") {
        job->error = std::make_exception_ptr(Error(ErrorCode::BadFormat, "not this one"));
      }
    }
    EXPECT_TRUE(n <= kMost || jobs.size() == 1) << n;
    n_seen += n;
  });
  std::vector<fs::path> failed;
  Observer observer;
  observer.finished = [&](const FileResult& result) {
    if (result.failure) failed.push_back(result.task.source.filename());
  };
  const Totals totals = run(list(tasks), settings, steps, observer);
  EXPECT_EQ(totals.done, 200U);
  EXPECT_EQ(totals.n_failed, 1U);
  EXPECT_EQ(failed, std::vector<fs::path>{"7.wav"});
  EXPECT_EQ(n_seen, n_all);
  EXPECT_LT(n_calls, 40) << "of " << n_all / kMost << " at least";
}

TEST_F(Batch, StopEndsARunOfManyAtATime) {
  std::atomic<bool> stop{false};
  RunSettings settings;
  settings.threads = 2;
  settings.stop = &stop;
  settings.make_backend = [] { return std::make_unique<Greedy>(1'000'000'000); };
  std::atomic<int> n_read{0};
  struct Joining : Steps {
    bool joins_files() const override { return true; }
  } joining;
  joining.on_read = [&](Job&) {
    if (++n_read == 5) stop = true;
  };
  const Totals totals = run(list(std::vector<Task>(50)), settings, joining, {});
  EXPECT_TRUE(totals.interrupted);
  EXPECT_EQ(totals.done, static_cast<std::size_t>(n_read)) << "what was read is finished";
}

/// Sound files that change when their turn has come: after the plan was made.
TEST_F(Batch, FilesThatChangeDuringTheRun) {
  const Audio audio = test::mono_sound(std::vector<float>(4000, 0.25F), 8000);
  for (const char* name : {"vanishes.wav", "shrinks.wav", "grows.wav", "stays.wav"}) {
    fs::create_directories(folder_ / "in");
    audio::write(folder_ / "in" / name, audio, {});
  }
  PlanSettings plan_settings;
  plan_settings.output = folder_ / "out";
  plan_settings.extension = ".png";
  const Plan plan = make_plan(walk({in("in")}, {audio::has_audio_extension}), plan_settings);
  const TaskList tasks{plan.size(), [&](std::size_t i) {
                         const Task task = plan[i];
                         const std::string name = task.relative.string();
                         if (name == "vanishes.wav") fs::remove(task.source);
                         if (name == "shrinks.wav") fs::resize_file(task.source, 44 + 2 * 1000);
                         if (name == "grows.wav") std::ofstream(task.source, std::ios::app) << std::string(4000, 'x');
                         return task;
                       }};
  RunSettings settings;
  settings.device = "cpu";
  settings.threads = 1;
  std::map<std::string, double> seconds;
  std::map<std::string, std::vector<std::string>> messages;
  Observer observer;
  observer.finished = [&](const FileResult& result) {
    const std::string name = result.task.relative.string();
    if (result.failure) {
      EXPECT_EQ(result.failure->code, ErrorCode::Read);
      EXPECT_EQ(name, "vanishes.wav");
      return;
    }
    seconds[name] = result.converted.audio_seconds;
    messages[name] = result.converted.messages;
  };
  const Totals totals = run(tasks, settings, Encoder({}), observer);
  EXPECT_EQ(totals.done, 4U);
  EXPECT_EQ(totals.n_failed, 1U);
  EXPECT_EQ(seconds, (std::map<std::string, double>{{"grows.wav", 0.5}, {"shrinks.wav", 0.125}, {"stays.wav", 0.5}}));
  EXPECT_EQ(messages["shrinks.wav"].size(), 1U) << "that its end is missing";
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "out"), {}), 3);
}

// ----------------------------------------------------------------------------------------- parameters

// ------------------------------------------------------------------------------------------ exact encodings

class ExactFiles : public Batch {
 protected:
  /// A sound of 20,000 samples, two channels.
  Audio put_sound(const std::string& name, const audio::WriteSettings& as, float amplitude = 0.5F) {
    audio::write(folder_ / name,
                 test::sound_of({test::voice(20'000, amplitude), test::noise(20'000, 4, amplitude)}, 16000), as);
    Audio written;
    audio::read(folder_ / name, written);
    return written;
  }
  /// Of as many bits as the encoding keeps.
  static audio::WriteSettings deepest(Encoding encoding) {
    return {audio::Container::Wav, encoding == Encoding::Hsvx ? SampleFormat::Pcm16 : SampleFormat::Pcm24};
  }
  /// Converts one file and returns what the run said of it.
  Names convert(const Conversion& conversion, const Task& task) {
    Names messages;
    RunSettings settings;
    settings.device = "cpu";
    Observer observer;
    observer.say = [&](const fs::path&, const std::string& message) { messages.push_back(message); };
    EXPECT_EQ(run(list({task}), settings, conversion, observer).n_failed, 0U) << (messages.empty() ? "" : messages[0]);
    return messages;
  }
  void encode(const std::string& name, Encoding encoding, const TileSettings& tiles = {}) {
    EncodeSettings s;
    s.stft = StftSettings::for_n_fft(512);
    s.pixels.encoding = encoding;
    s.pixels.refine = 4;
    convert(Encoder(s, image::Compression::Fast, tiles), {folder_ / name, folder_ / "p.png"});
  }
  Names decode(const std::vector<fs::path>& pictures, Audio& back) {
    Task task{pictures[0], folder_ / "back.wav"};
    if (pictures.size() > 1) task.tiles = pictures;
    const Names messages = convert(Decoder({}), task);
    audio::read(folder_ / "back.wav", back);
    return messages;
  }
  /// Writes a picture again, with another pixel or another note.
  static void edit(const fs::path& path, const std::function<void(image::PictureFile&)>& change) {
    image::PictureFile file;
    image::read(path, file);
    change(file);
    image::write_png(path, file.picture, &*file.note);
  }
};

TEST_F(ExactFiles, EditedOnesAreReadWithoutTheirResidual) {
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    const Audio audio = put_sound("a.wav", deepest(encoding));
    encode("a.wav", encoding);
    const fs::path picture = folder_ / "p.png";
    Audio back;
    EXPECT_EQ(decode({picture}, back), Names{});
    EXPECT_EQ(compare(audio, back).differing, 0);
    // Stored again by another program: the same pixels.
    edit(picture, [](image::PictureFile&) {});
    EXPECT_EQ(decode({picture}, back), Names{});
    EXPECT_EQ(compare(audio, back).differing, 0);

    edit(picture, [](image::PictureFile& file) { file.picture.row(100)[3000] ^= 1; });
    Names messages = decode({picture}, back);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_NE(messages[0].find("checksum differs"), std::string::npos) << messages[0];
    EXPECT_GT(compare(audio, back).differing, 0);
    EXPECT_GT(compare(audio, back).snr_db, 40);

    encode("a.wav", encoding);
    edit(picture, [](image::PictureFile& file) { file.note->pixels_crc32.reset(); });
    messages = decode({picture}, back);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_NE(messages[0].find("no checksum"), std::string::npos) << messages[0];
    EXPECT_GT(compare(audio, back).snr_db, 40);
  }
}

TEST_F(ExactFiles, AnEditedTileSpoilsItsOwnSamples) {
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    const Audio audio = put_sound("a.wav", deepest(encoding));
    encode("a.wav", encoding, {50, 0, true});
    const std::vector<fs::path> tiles{folder_ / "p.0000.png", folder_ / "p.0001.png", folder_ / "p.0002.png",
                                      folder_ / "p.0003.png"};
    Audio back;
    EXPECT_EQ(decode(tiles, back), Names{});
    EXPECT_EQ(compare(audio, back).differing, 0);
    edit(tiles[1], [](image::PictureFile& file) { file.picture.row(7)[11] ^= 1; });
    const Names messages = decode(tiles, back);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_NE(messages[0].find("p.0001.png"), std::string::npos) << messages[0];
    // Columns 50 to 99, and the frames of 512 samples that lie half before and half behind them.
    std::int64_t first = audio.n_samples;
    std::int64_t last = 0;
    for (std::int64_t i = 0; i < audio.n_samples; ++i) {
      if (back.channel(1)[i] == audio.channel(1)[i]) continue;
      first = std::min(first, i);
      last = i;
    }
    EXPECT_GE(first, 50 * 128 - 256);
    EXPECT_LT(first, 50 * 128 + 100);
    EXPECT_GE(last, 99 * 128 - 100);
    EXPECT_LT(last, 99 * 128 + 256);
  }
}

/// What a lossy file decodes to counts as the integers that it is written back as, clipped ones too.
TEST_F(ExactFiles, LossySourcesAreRounded) {
  const Audio audio = put_sound("a.ogg", {audio::Container::Ogg, SampleFormat::Pcm16}, 1.0F);
  ASSERT_EQ(audio.format, SampleFormat::Lossy);
  ASSERT_GT(*std::max_element(audio.samples.begin(), audio.samples.end()), 1.0F) << "nothing to clip";
  encode("a.ogg", Encoding::Hsvx);
  Audio back;
  decode({folder_ / "p.png"}, back);
  EXPECT_EQ(back.format, SampleFormat::Pcm16);
  for (std::size_t i = 0; i < audio.samples.size(); ++i) {
    const float wanted = std::clamp(std::nearbyint(audio.samples[i] * 32768.0F), -32768.0F, 32767.0F) / 32768.0F;
    ASSERT_EQ(back.samples[i], wanted) << i;
  }
}

TEST(Parameters, RateInTheName) {
  EXPECT_EQ(sample_rate_in_name("song_SR44100.png"), 44100);
  EXPECT_EQ(sample_rate_in_name("a/song_SR8000_LOG_PHASE.png"), 8000);
  EXPECT_EQ(sample_rate_in_name("song_SR8000.wav.png"), 8000);
  EXPECT_EQ(sample_rate_in_name("song_SR.png"), std::nullopt);
  EXPECT_EQ(sample_rate_in_name("song_SR44x.png"), std::nullopt);
  EXPECT_EQ(sample_rate_in_name("song_SR0.png"), std::nullopt);
  EXPECT_EQ(sample_rate_in_name("song_SR99999999999999.png"), std::nullopt);
  EXPECT_EQ(sample_rate_in_name("song.png"), std::nullopt);
}

TEST(Parameters, WithoutANoteThePictureIsAsked) {
  const Parameters p = decode_parameters({}, 101, 1025, PixelLayout{3, 8}, "x_SR22050.png", {});
  EXPECT_EQ(p.note.stft.n_fft, 2048);
  EXPECT_EQ(p.note.stft.hop_length, 512);
  EXPECT_EQ(p.note.sample_rate, 22050);
  EXPECT_EQ(p.note.n_samples, 100 * 512);
  EXPECT_EQ(p.note.stft.n_frames(p.note.n_samples), 101);
  EXPECT_EQ(p.note.pixels.encoding, Encoding::Hsv);
  EXPECT_FALSE(p.has_level);
  ASSERT_EQ(p.messages.size(), 1U);
  EXPECT_NE(p.messages[0].find("from the file name"), std::string::npos);

  ParameterFlags flags;
  flags.channels = 2;
  flags.hop_length = 100;
  flags.sample_rate = 8000;
  const Parameters q = decode_parameters({}, 11, 2 * 201, PixelLayout{3, 16}, "x.png", flags);
  EXPECT_EQ(q.note.stft.n_fft, 400);
  EXPECT_EQ(q.note.n_samples, 1000);
  EXPECT_EQ(q.note.ref.size(), 2U);
  EXPECT_EQ(q.note.pixels.encoding, Encoding::Hsv16);

  flags.drop_top = true;
  const Parameters r = decode_parameters({}, 11, 2 * 256, PixelLayout{3, 8}, "x.png", flags);
  EXPECT_EQ(r.note.stft.n_fft, 512);
  EXPECT_TRUE(r.note.pixels.drop_top);
}

TEST(Parameters, PixelsImplyTheirEncoding) {
  const struct {
    PixelLayout layout;
    Encoding encoding;
    bool has_level;
  } cases[] = {{{1, 8}, Encoding::Gray8, false},   {{1, 16}, Encoding::Gray16, false},
               {{1, 32}, Encoding::Gray32f, true}, {{2, 32}, Encoding::Complex, true},
               {{3, 8}, Encoding::Hsv, false},     {{3, 16}, Encoding::Hsv16, false}};
  for (const auto& [layout, encoding, has_level] : cases) {
    const Parameters p = decode_parameters({}, 11, 257, layout, "x_SR8000.png", {});
    EXPECT_EQ(p.note.pixels.encoding, encoding);
    EXPECT_EQ(p.note.stft.n_fft, 512);
    EXPECT_EQ(p.has_level, has_level) << "floats are magnitudes, not shares of one";
    const double full_scale = full_scale_magnitude(p.note.stft);
    EXPECT_EQ(p.note.ref, std::vector<double>{has_level ? 1.0 : full_scale});
  }
}

TEST(Parameters, EncodingsThatWereAskedForTakeThePicturesDepthAndRows) {
  ParameterFlags flags;
  flags.sample_rate = 8000;
  flags.encoding = Encoding::Magphase;
  flags.channels = 2;
  const Parameters p = decode_parameters({}, 11, 2 * 2 * 257, PixelLayout{1, 16}, "x.png", flags);
  EXPECT_EQ(p.note.pixels.encoding, Encoding::Magphase16);
  EXPECT_EQ(p.note.stft.n_fft, 512);
  flags.encoding = Encoding::Stereo;
  EXPECT_EQ(decode_parameters({}, 11, 257, PixelLayout{3, 8}, "x.png", flags).note.stft.n_fft, 512)
      << "both channels share their rows";
  flags.channels = {};
  flags.encoding = Encoding::Stereo3;
  EXPECT_EQ(decode_parameters({}, 11, 257, PixelLayout{3, 8}, "x.png", flags).note.channels, 2);
  for (const int channels : {1, 3}) {
    flags.channels = channels;
    EXPECT_THROW(decode_parameters({}, 11, 257, PixelLayout{3, 8}, "x.png", flags), Error) << channels;
  }
  flags.channels = 1;
  flags.encoding = Encoding::Magphase;
  EXPECT_NE(refusal([&] {
              decode_parameters({}, 11, 257, PixelLayout{1, 8}, "x.png", flags);
            }).find("does not divide"),
            std::string::npos)
      << "phases need as many rows";
}

TEST(Parameters, BandsAreTheRows) {
  ParameterFlags flags;
  flags.sample_rate = 16000;
  flags.freq_scale = FrequencyScaleKind::Mel;
  const Parameters p = decode_parameters({}, 11, 80, PixelLayout{1, 8}, "x.png", flags);
  EXPECT_EQ(p.note.pixels.scale.n_bands, 80);
  EXPECT_EQ(p.note.stft.n_fft, 2048);
  EXPECT_EQ(p.note.stft.hop_length, 512);
  EXPECT_NE(p.messages.at(0).find("80 mel bands"), std::string::npos) << p.messages[0];
  flags.n_fft = 400;
  flags.hop_length = 160;
  flags.channels = 2;
  flags.fmax = 7600;
  const Parameters q = decode_parameters({}, 11, 160, PixelLayout{1, 32}, "x.npy", flags);
  EXPECT_EQ(q.note.pixels.scale.n_bands, 80);
  EXPECT_EQ(q.note.pixels.scale.fmax, 7600);
  EXPECT_EQ(q.note.n_samples, 1600);
  flags.fmax = 8001;
  EXPECT_NE(refusal([&] {
              decode_parameters({}, 11, 160, PixelLayout{1, 32}, "x.npy", flags);
            }).find("fmax 8001"),
            std::string::npos);
}

TEST(Parameters, ArrangementsAreTheNotesOrTheFlags) {
  PictureNote note;
  note.arrangement.flip = true;
  note.arrangement.width = 30;
  ParameterFlags flags;
  flags.transpose = true;
  EXPECT_EQ(arrangement_of({}, {}), Arrangement{});
  EXPECT_TRUE(arrangement_of({}, flags).transpose);
  const Arrangement both = arrangement_of(note, flags);
  EXPECT_TRUE(both.flip && both.transpose && !both.invert);
  EXPECT_EQ(both.width, 30);
  flags.flip = false;
  EXPECT_FALSE(arrangement_of(note, flags).flip);
}

TEST(Parameters, WhatIsMissingIsAskedForByItsFlag) {
  EXPECT_NE(refusal([] {
              decode_parameters({}, 101, 1025, PixelLayout{3, 8}, "x.png", {});
            }).find("--sample-rate"),
            std::string::npos);
  ParameterFlags flags;
  flags.sample_rate = 8000;
  EXPECT_NE(refusal([&] {
              decode_parameters({}, 101, 1024, PixelLayout{3, 8}, "x.png", flags);
            }).find("n_fft 2046"),
            std::string::npos);
  flags.channels = 3;
  EXPECT_NE(refusal([&] {
              decode_parameters({}, 101, 1025, PixelLayout{3, 8}, "x.png", flags);
            }).find("--channels 3"),
            std::string::npos);
  EXPECT_THROW(decode_parameters({}, 1, 1025, PixelLayout{3, 8}, "x_SR8000.png", {}), Error);
  EXPECT_THROW(decode_parameters({}, 100, 5, PixelLayout{3, 8}, "x_SR8000.png", {}), Error);
}

TEST(Parameters, FlagsOverrideTheNoteLoudly) {
  PictureNote note;
  note.sample_rate = 44100;
  note.channels = 1;
  note.n_samples = 1000;
  note.ref = {3.0};
  EXPECT_TRUE(decode_parameters(note, 3, 1025, PixelLayout{3, 8}, "x.png", {}).messages.empty());
  ParameterFlags flags;
  flags.sample_rate = 48000;
  const Parameters p = decode_parameters(note, 3, 1025, PixelLayout{3, 8}, "x_SR8000.png", flags);
  EXPECT_EQ(p.note.sample_rate, 48000);
  EXPECT_TRUE(p.has_level);
  ASSERT_EQ(p.messages.size(), 1U);
  EXPECT_EQ(p.messages[0], "--sample-rate 48000 overrides the note's 44100");
}

}  // namespace
}  // namespace spectrohue::batch
