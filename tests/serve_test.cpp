// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Who is let in, which options a request may say, and the line that conversions wait in. tests/serve.sh asks the whole
// server, tests/serve_page.py uses its page.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <set>

#include "core/colormap.h"
#include "serve/access.h"
#include "serve/options.h"
#include "serve/private_folder.h"
#include "serve/workshop.h"
#include "spectrohue/error.h"
#include "spectrohue/settings.h"
#include "support/file_bytes.h"
#include "support/temp_folder.h"

namespace spectrohue::serve {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Strings = std::vector<std::string>;

TEST(IsLoopback, KnowsThisMachineAlone) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.8.9.10", "::1", "0:0:0:0:0:0:0:1"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"", "0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "localhost.evil.example",
                           "127.0.0.1.evil.example", "127.1", "2130706433", "::ffff:127.0.0.1", "fe80::1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(MakeToken, Has32DigitsAndIsNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = make_token();
    ASSERT_EQ(token.size(), 32U);
    ASSERT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos) << token;
    ASSERT_TRUE(seen.insert(token).second) << token;
    EXPECT_NO_THROW(check_token(token));
  }
}

TEST(CheckToken, RefusesShortOnesAndThoseThatAreNoPathOfTheirOwn) {
  EXPECT_NO_THROW(check_token("Az09-_Az09-_Az09"));
  for (const char* token : {"", "Az09-_Az09-_Az0", "aaaaaaaaaaaaaaaa/", "aaaaaaaaaaaaaaaa.", "aaaaaaaaaaaaaaa a",
                            "aaaaaaaaaaaaaaaa\xC3\xA4", "aaaaaaaaaaaaaaaa%41", "(.*)aaaaaaaaaaaaaaaa"}) {
    EXPECT_THROW(check_token(token), Error) << token;
  }
}

TEST(HostOf, TakesThePortAndTheBracketsOff) {
  const std::vector<std::pair<const char*, const char*>> cases{{"127.0.0.1", "127.0.0.1"},
                                                               {"127.0.0.1:80", "127.0.0.1"},
                                                               {"LocalHost:8080", "localhost"},
                                                               {"[::1]", "::1"},
                                                               {"[::1]:80", "::1"},
                                                               {"", ""},
                                                               {"a:b", ""},
                                                               {"a:", ""},
                                                               {"[::1", ""},
                                                               {"[::1]x", ""},
                                                               {"[::1]:", ""},
                                                               {"::1", ""},
                                                               {"a:80:80", ""},
                                                               {"user@localhost", "user@localhost"}};
  for (const auto& [header, host] : cases) EXPECT_EQ(host_of(header), host) << header;
}

TEST(Access, LetsInWhoSaysTheTokenAndAKnownName) {
  const Access access("", "0123456789abcdef");
  EXPECT_TRUE(access.has_token("/0123456789abcdef/"));
  EXPECT_TRUE(access.has_token("/0123456789abcdef/files"));
  for (const char* path : {"", "/", "/0123456789abcdef", "/0123456789abcdeF/", "/0123456789abcde/",
                           "/0123456789abcdef0/", "0123456789abcdef//", "//0123456789abcdef/", "/x123456789abcdef/"}) {
    EXPECT_FALSE(access.has_token(path)) << path;
  }
  for (const char* host : {"127.0.0.1:1", "localhost:65535", "[::1]:80", "localhost"}) {
    EXPECT_TRUE(access.knows_host(host)) << host;
  }
  for (const char* host : {"", "evil.example", "127.0.0.2", "192.0.2.1", "localhost.", "localhost@evil.example"}) {
    EXPECT_FALSE(access.knows_host(host)) << host;
  }
  EXPECT_TRUE(access.knows_origin(""));
  EXPECT_TRUE(access.knows_origin("http://127.0.0.1:80"));
  for (const char* origin : {"null", "http://evil.example", "https://localhost.evil.example", "http://", "file://"}) {
    EXPECT_FALSE(access.knows_origin(origin)) << origin;
  }
}

TEST(Access, KnowsTheHostThatItListensAt) {
  const Access at_name("Studio.example", "0123456789abcdef");
  EXPECT_TRUE(at_name.knows_host("studio.example:80"));
  EXPECT_FALSE(at_name.knows_host("192.0.2.1:80"));
  for (const char* wildcard : {"0.0.0.0", "::"}) {
    const Access everywhere(wildcard, "0123456789abcdef");
    EXPECT_TRUE(everywhere.knows_host("192.0.2.1:80"));
    EXPECT_TRUE(everywhere.knows_host("[2001:db8::1]:80"));
    EXPECT_FALSE(everywhere.knows_host("evil.example:80"));
  }
}

TEST(ArgumentsOf, AreWhatWasGivenInTheOrderOfTheOptions) {
  const std::vector<Option> options{{"one", "One", OptionKind::Choice, "a", {"a", "b"}},
                                    {"two", "Two", OptionKind::Whole, ""},
                                    {"three", "Three", OptionKind::Number, ""},
                                    {"four", "Four", OptionKind::Flag, ""}};
  EXPECT_EQ(arguments_of(options, "{}"), Strings{});
  EXPECT_EQ(arguments_of(options, R"({"four":true,"three":"-2.5","two":7,"one":"b"})"),
            (Strings{"--one=b", "--two=7", "--three=-2.5", "--four"}));
  EXPECT_EQ(arguments_of(options, R"({"one":"","two":null,"four":false})"), Strings{});
  for (const char* json :
       {"", "[]", "{", "7", "null", R"({"five":1})", R"({"one":"c"})", R"({"one":["a"]})", R"({"two":1.5})",
        R"({"two":"1 --four"})", R"({"two":"0x10"})", R"({"two":true})", R"({"two":"99999999999999999999"})",
        R"({"three":"inf"})", R"({"three":"nan"})", R"({"three":"1,5"})", R"({"four":"true"})", R"({"four":1})"}) {
    EXPECT_THROW(arguments_of(options, json), Error) << json;
  }
}

/// The choices are names that the settings know.
TEST(Options, OfferWhatThereIs) {
  const std::vector<std::string> maps = colormap_names();
  for (const auto& options : {encode_options(), decode_options()}) {
    std::set<std::string> names;
    for (const Option& option : options) {
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      EXPECT_EQ(option.kind == OptionKind::Choice, !option.choices.empty()) << option.name;
      for (const std::string& choice : option.choices) {
        if (option.name == "encoding") {
          EXPECT_NO_THROW(encoding_from_string(choice));
        }
        if (option.name == "curve") {
          EXPECT_NO_THROW(curve_from_string(choice));
        }
        if (option.name == "window") {
          EXPECT_NO_THROW(window_from_string(choice));
        }
        if (option.name == "freq-scale") {
          EXPECT_NO_THROW(frequency_scale_from_string(choice));
        }
        if (option.name == "colormap") {
          EXPECT_NE(std::ranges::find(maps, choice), maps.end()) << choice;
        }
      }
    }
    EXPECT_EQ(Json::parse(to_json(options)).size(), options.size());
  }
}

TEST(CommandText, IsReadBackByAShell) {
  EXPECT_EQ(command_text("encode", "song.wav", {}), "spectrohue encode song.wav");
  EXPECT_EQ(command_text("decode", "it's a \"$(song)\".png", {"--n-iter=4", "--invert"}),
            "spectrohue decode 'it'\\''s a \"$(song)\".png' --n-iter 4 --invert");
  EXPECT_EQ(command_text("encode", "-o.wav", {}), "spectrohue encode ./-o.wav");
}

TEST(PrivateFolder, IsForNobodyElseAndGoesAway) {
  const test::TempFolder parent;
  fs::path path;
  {
    const PrivateFolder folder(parent.path());
    path = folder.path();
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    fs::create_directories(path / "a/b");
    test::put_bytes(path / "a/b/c", "text");
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THROW(PrivateFolder(parent / "nowhere"), Error);
}

/// Copies its source. It may be held up, and counts how many are at work at a time.
class Copier final : public batch::Conversion {
 public:
  void read(batch::Job&) const override {}
  void compute(batch::Worker&, batch::Job&) const override {
    most_ = std::max(most_.load(), ++at_work_);
    while (is_held_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    --at_work_;
  }
  void write(batch::Job& job) const override {
    if (test::bytes_of(job.task.source) == "bad") throw Error(ErrorCode::BadFormat, "it is bad");
    job.converted.messages = {"a word"};
    batch::OutputFile& output = job.add_output(job.task.destination);
    fs::copy_file(job.task.source, output.temporary(), fs::copy_options::overwrite_existing);
    output.commit();
  }

  mutable std::atomic<bool> is_held_{false};
  mutable std::atomic<int> at_work_{0};
  mutable std::atomic<int> most_{0};
};

/// A wave file of no sample, whose header is all that anybody reads here.
std::string wave(const std::string& more = "") {
  using namespace std::string_literals;
  return "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\0\0\0\0"s + more;
}

class WorkshopTest : public ::testing::Test {
 protected:
  WorkshopSettings settings() {
    WorkshopSettings settings;
    settings.encode = [this](const fs::path&, const Strings& arguments) {
      arguments_ = arguments;
      FileConversion conversion;
      conversion.conversion = copier_;
      conversion.extension = ".copy";
      conversion.forecast = [](const batch::Task&) { return "a copy"; };
      return conversion;
    };
    settings.decode = settings.encode;
    settings.run.device = "cpu";
    settings.run.threads = 2;
    settings.max_bytes = 1 << 20;
    return settings;
  }
  static std::string bring(Workshop& workshop, const std::string& name, const std::string& bytes) {
    const Workshop::Arrival arrival = workshop.expect(name);
    test::put_bytes(arrival.path(), bytes);
    return workshop.keep(arrival)["id"];
  }
  static Json finished(const Workshop& workshop, const std::string& job) {
    for (int i = 0; i < 5000; ++i) {
      Json status = workshop.status(job);
      if (status["state"] == "done" || status["state"] == "failed") return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "it never ended: " << workshop.status(job);
    return {};
  }

  std::shared_ptr<Copier> copier_ = std::make_shared<Copier>();
  Strings arguments_;
};

TEST_F(WorkshopTest, ConvertsAndSavesUnderFreeNames) {
  const test::TempFolder results;
  WorkshopSettings with_folder = settings();
  with_folder.folder = results.path();
  Workshop workshop(with_folder);
  const std::string file = bring(workshop, "some/where/song.wav", wave());
  const Json plan = workshop.plan(file, R"({"n-fft": 512})");
  EXPECT_EQ(plan["destination"], (results / "song.copy").string());
  EXPECT_EQ(plan["forecast"], "a copy");
  EXPECT_EQ(plan["command"], "spectrohue encode song.wav --n-fft 512");
  EXPECT_EQ(arguments_, Strings{"--n-fft=512"});
  const std::string job = workshop.start(file, "{}")["id"];
  const Json status = finished(workshop, job);
  ASSERT_EQ(status["state"], "done") << status;
  EXPECT_EQ(status["outputs"], Json::parse(R"([{"name":"song.copy","bytes":44}])"));
  EXPECT_EQ(status["messages"], Json::parse(R"(["a word"])"));
  EXPECT_EQ(test::bytes_of(workshop.output(job, 0).path), wave());
  EXPECT_THROW(workshop.output(job, 1), NotFound);
  EXPECT_TRUE(fs::is_empty(results.path()));
  test::put_bytes(results / "song-1.copy", "another");
  EXPECT_EQ(workshop.save(job), Strings{(results / "song.copy").string()});
  EXPECT_EQ(workshop.save(job), Strings{(results / "song-2.copy").string()});
  EXPECT_EQ(test::bytes_of(results / "song-1.copy"), "another");
  EXPECT_EQ(test::bytes_of(results / "song-2.copy"), wave());
}

TEST_F(WorkshopTest, SaysWhyAFileFailedAndGoesOn) {
  Workshop workshop(settings());
  const std::string file = bring(workshop, "song.wav", wave());
  const Workshop::Arrival arrival = workshop.expect("bad.wav");
  test::put_bytes(arrival.path(), wave());
  const std::string bad = workshop.keep(arrival)["id"];
  test::put_bytes(arrival.path(), "bad");
  const Json failed = finished(workshop, workshop.start(bad, "{}")["id"]);
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_EQ(failed["error"], "it is bad");
  EXPECT_FALSE(failed.contains("outputs"));
  EXPECT_EQ(finished(workshop, workshop.start(file, "{}")["id"])["state"], "done");
  EXPECT_THROW(workshop.save(failed["id"]), Error);
}

TEST_F(WorkshopTest, OneAWorkerAtATimeTheOthersWaitInLine) {
  WorkshopSettings two = settings();
  two.workers = 2;
  Workshop workshop(two);
  copier_->is_held_ = true;
  const std::string file = bring(workshop, "song.wav", wave());
  Strings jobs;
  for (int i = 0; i < 5; ++i) jobs.push_back(workshop.start(file, "{}")["id"]);
  while (copier_->at_work_ < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(workshop.status(jobs[0])["state"], "running");
  EXPECT_EQ(workshop.status(jobs[2])["waits_for"], 0);
  EXPECT_EQ(workshop.status(jobs[4])["waits_for"], 2);
  for (int i = 3; i < 64; ++i) workshop.start(file, "{}");
  EXPECT_THROW(workshop.start(file, "{}"), Busy);
  copier_->is_held_ = false;
  for (const std::string& job : jobs) EXPECT_EQ(finished(workshop, job)["state"], "done");
  EXPECT_EQ(copier_->most_, 2);
}

TEST_F(WorkshopTest, ForgetsFilesWithAllThatWasMadeOfThem) {
  Workshop workshop(settings());
  const std::string file = bring(workshop, "song.wav", wave());
  const std::string job = workshop.start(file, "{}")["id"];
  finished(workshop, job);
  const fs::path path = workshop.output(job, 0).path;
  {
    const Workshop::Held held = workshop.output(job, 0);
    workshop.forget(file);
    EXPECT_TRUE(fs::exists(path)) << "somebody reads it";
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THROW(workshop.forget(file), NotFound);
  EXPECT_THROW(workshop.plan(file, "{}"), NotFound);
  EXPECT_THROW(workshop.status(job), NotFound);
}

TEST_F(WorkshopTest, TheOldestFilesMakeRoom) {
  WorkshopSettings small = settings();
  small.max_bytes = 250;
  Workshop workshop(small);
  const std::string first = bring(workshop, "1.wav", wave(std::string(56, 'x')));
  const std::string second = bring(workshop, "2.wav", wave(std::string(56, 'x')));
  EXPECT_NO_THROW(workshop.plan(first, "{}"));
  const std::string third = bring(workshop, "3.wav", wave(std::string(56, 'x')));
  EXPECT_THROW(workshop.plan(first, "{}"), NotFound);
  EXPECT_NO_THROW(workshop.plan(second, "{}"));
  const std::string large = bring(workshop, "4.wav", wave(std::string(1000, 'x')));
  EXPECT_NO_THROW(workshop.plan(large, "{}"));
  EXPECT_THROW(workshop.plan(third, "{}"), NotFound);
}

TEST_F(WorkshopTest, RefusesNamesThatAreNone) {
  Workshop workshop(settings());
  for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/"),
                                  std::string("a/.."), std::string("a\0b", 3), std::string(201, 'a')}) {
    EXPECT_THROW(workshop.expect(name), Error) << name;
  }
  EXPECT_EQ(workshop.expect("../../etc/passwd").path().filename(), "passwd");
  const Workshop::Arrival arrival = workshop.expect("note.txt");
  test::put_bytes(arrival.path(), "text");
  EXPECT_THROW(workshop.keep(arrival), Error);
}

TEST_F(WorkshopTest, EndsWithThoseThatWait) {
  copier_->is_held_ = true;
  auto workshop = std::make_unique<Workshop>(settings());
  const std::string file = bring(*workshop, "song.wav", wave());
  for (int i = 0; i < 5; ++i) workshop->start(file, "{}");
  const fs::path folder = workshop->expect("a").path().parent_path().parent_path();
  EXPECT_TRUE(fs::exists(folder));
  auto end = std::async(std::launch::async, [&] { workshop.reset(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  copier_->is_held_ = false;
  end.get();
  EXPECT_EQ(copier_->at_work_, 0);
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace spectrohue::serve
