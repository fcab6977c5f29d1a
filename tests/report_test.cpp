// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The parts of a report, and the report as JSON and as a page. tests/report_page.sh opens the page in a browser.
#include "report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "audio/audio_file.h"
#include "batch/tiles.h"
#include "core/base64.h"
#include "image/picture_file.h"
#include "report/collector.h"
#include "report/excerpt.h"
#include "report/snr_histogram.h"
#include "report/thumbnail.h"
#include "spectrohue/error.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::report {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string base64_of(const std::string& text) {
  return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(Base64, GivesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_of("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\xFB\xEF\xBE\xFF\xFF"), "++++//8=");
}

TEST(InsideScript, LeavesNothingThatEndsTheElement) {
  const std::string hostile = "</script><!--<script>\"\\\n";
  const std::string inside = inside_script(Json(hostile).dump());
  EXPECT_EQ(inside.find('<'), std::string::npos);
  EXPECT_EQ(Json::parse(inside).get<std::string>(), hostile);
}

TEST(SnrHistogram, KnowsMedianAndWorst) {
  SnrHistogram snr;
  for (const double db : {64.04, 50.0, 70.25, 66.0}) snr.add(db, std::to_string(db));
  snr.add(50.0, "00");
  snr.add(std::nan(""), "nothing");
  EXPECT_EQ(snr.size(), 5U);
  EXPECT_DOUBLE_EQ(snr.median_db(), 64.0);
  ASSERT_TRUE(snr.worst());
  EXPECT_EQ(snr.worst()->snr_db, 50.0);
  EXPECT_EQ(snr.worst()->source, "00");
}

TEST(SnrHistogram, CountsExactSoundsApart) {
  SnrHistogram snr;
  for (int i = 0; i < 3; ++i) snr.add(kInfinity, "exact");
  EXPECT_EQ(snr.median_db(), kInfinity);
  EXPECT_FALSE(snr.worst());
  EXPECT_TRUE(snr.bins(10).counts.empty());
  snr.add(-kInfinity, "noise");
  EXPECT_EQ(snr.n_exact(), 3U);
  EXPECT_EQ(snr.worst()->snr_db, -100.0);
}

TEST(SnrHistogram, BinsHoldEveryFileAndAreFew) {
  std::mt19937 random(1);  // NOLINT: the same every time
  for (const double spread : {0.0, 0.04, 0.5, 3.0, 20.0, 400.0}) {
    SnrHistogram snr;
    std::vector<double> all;
    for (int i = 0; i < 500; ++i) {
      all.push_back(std::round((spread * (static_cast<double>(random()) / 4294967296.0 - 0.5)) * 10) / 10);
      snr.add(all.back(), "");
    }
    const SnrHistogram::Bins bins = snr.bins(24);
    ASSERT_LE(bins.counts.size(), 24U) << spread;
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
      const double from = bins.first_db + static_cast<double>(i) * bins.width_db - 0.01;
      const auto expected = std::count_if(all.begin(), all.end(), [&](double db) {
        db = std::max(db, -100.0);
        return db >= from && db < from + bins.width_db;
      });
      EXPECT_EQ(static_cast<std::ptrdiff_t>(bins.counts[i]), expected) << spread << " bin " << i;
    }
  }
}

Picture noise_picture(std::int64_t width, std::int64_t height, int bits) {
  Picture picture;
  picture.width = width;
  picture.height = height;
  picture.layout.bits = bits;
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * height));
  std::mt19937 random(static_cast<unsigned>(width * 1000 + height));
  for (std::uint8_t& byte : picture.pixels) byte = static_cast<std::uint8_t>(random());
  return picture;
}

double code_at(const Picture& picture, std::int64_t x, std::int64_t y, int channel) {
  const std::int64_t i = 3 * x + channel;
  if (picture.layout.bits == 8) return picture.row(y)[i];
  std::uint16_t code = 0;
  std::memcpy(&code, picture.row(y) + 2 * i, sizeof code);
  return code / 257.0;
}

/// The mean over a pixel of the small picture, in double: every pixel of the large one by the area they share.
double mean_at(const Picture& picture, const Picture& small, std::int64_t x, std::int64_t y, int channel) {
  const double cell_width = static_cast<double>(picture.width) / static_cast<double>(small.width);
  const double cell_height = static_cast<double>(picture.height) / static_cast<double>(small.height);
  const auto overlap = [](double cell, double size, std::int64_t pixel) {
    const auto from = static_cast<double>(pixel);
    return std::max(0.0, std::min((cell + 1) * size, from + 1) - std::max(cell * size, from));
  };
  double sum = 0;
  for (std::int64_t v = 0; v < picture.height; ++v) {
    for (std::int64_t u = 0; u < picture.width; ++u) {
      sum += code_at(picture, u, v, channel) * overlap(static_cast<double>(x), cell_width, u) *
             overlap(static_cast<double>(y), cell_height, v);
    }
  }
  return sum / (cell_width * cell_height);
}

TEST(Thumbnail, PixelsAreMeansOfTheAreaTheyCover) {
  struct Case {
    std::int64_t width, height, most_width, most_height;
  };
  for (const Case& c : {Case{7, 5, 3, 2}, Case{1, 1, 4, 4}, Case{13, 9, 13, 4}, Case{64, 33, 20, 33},
                        Case{30, 40, 10, 10}, Case{5, 37, 8, 36}}) {
    for (const int bits : {8, 16}) {
      const Picture picture = noise_picture(c.width, c.height, bits);
      const Picture small = scale_down(picture, c.most_width, c.most_height);
      ASSERT_EQ(small.width, std::min(c.width, c.most_width));
      ASSERT_EQ(small.height, std::min(c.height, c.most_height));
      ASSERT_EQ(small.layout.bits, 8);
      for (std::int64_t y = 0; y < small.height; ++y) {
        for (std::int64_t i = 0; i < 3 * small.width; ++i) {
          const double mean = mean_at(picture, small, i / 3, y, static_cast<int>(i % 3));
          ASSERT_NEAR(small.row(y)[i], mean, 0.5 + 1e-9) << c.width << " x " << c.height << ", " << i << ", " << y;
        }
      }
    }
  }
}

TEST(Thumbnail, IsAPngThatReadsBack) {
  const Picture picture = noise_picture(31, 17, 8);
  const std::vector<std::uint8_t> png = to_png(picture);
  const test::TempFolder folder;
  std::ofstream(folder / "t.png", std::ios::binary).write(reinterpret_cast<const char*>(png.data()), std::ssize(png));
  image::PictureFile file;
  image::read(folder / "t.png", file);
  EXPECT_TRUE(
      std::equal(file.picture.pixels.begin(), file.picture.pixels.end(), picture.pixels.begin(), picture.pixels.end()));
}

Audio noise_sound(std::int64_t n_samples, int channels, int rate) {
  return test::planar_sound(test::noise(channels * n_samples), channels, rate);
}

class Excerpts : public testing::Test {
 protected:
  /// The excerpt of a sound, and what it holds.
  std::optional<Excerpt> excerpt_of(const Audio& sound, const ExcerptLimits& limits) {
    audio::write(folder_ / "sound.wav", sound, {});
    std::optional<Excerpt> excerpt = make_excerpt(folder_ / "sound.wav", limits, folder_ / "scratch");
    if (excerpt) {
      std::ofstream(folder_ / "excerpt", std::ios::binary)
          .write(reinterpret_cast<const char*>(excerpt->file.data()), std::ssize(excerpt->file));
      audio::read(folder_ / "excerpt", heard_);
    }
    return excerpt;
  }

  test::TempFolder folder_;
  Audio heard_;
};

TEST_F(Excerpts, AreTheStartOfTheFirstTwoChannels) {
  const Audio sound = noise_sound(20000, 3, 8000);
  const auto excerpt = excerpt_of(sound, {2.0, 1 << 20});
  ASSERT_TRUE(excerpt);
  EXPECT_EQ(excerpt->media_type, "audio/flac");
  EXPECT_EQ(excerpt->seconds, 2.0);
  EXPECT_EQ(excerpt->channels, 2);
  ASSERT_EQ(heard_.n_samples, 16000);
  ASSERT_EQ(heard_.channels, 2);
  ASSERT_EQ(heard_.sample_rate, 8000);
  for (int c = 0; c < 2; ++c) {
    for (std::int64_t i = 0; i < heard_.n_samples; ++i) {
      ASSERT_NEAR(heard_.channel(c)[i], sound.channel(c)[i], 1.0 / 32768) << c << " " << i;
    }
  }
}

TEST_F(Excerpts, ShortSoundsAreWhole) {
  const auto excerpt = excerpt_of(noise_sound(100, 1, 44100), {6.0, 1 << 20});
  ASSERT_TRUE(excerpt);
  EXPECT_EQ(heard_.n_samples, 100);
  EXPECT_FALSE(excerpt_of(noise_sound(0, 1, 44100), {6.0, 1 << 20}));
}

TEST_F(Excerpts, FitIntoTheirBytes) {
  const auto excerpt = excerpt_of(noise_sound(80000, 1, 8000), {6.0, 30000});
  ASSERT_TRUE(excerpt);
  EXPECT_LE(excerpt->file.size(), 30000U);
  EXPECT_GT(excerpt->file.size(), 20000U);
  EXPECT_DOUBLE_EQ(excerpt->seconds, heard_.seconds());
  EXPECT_FALSE(excerpt_of(noise_sound(80000, 1, 8000), {6.0, 300}));
}

TEST_F(Excerpts, AreWavWhereFlacCannotHoldTheRate) {
  const auto excerpt = excerpt_of(noise_sound(4000, 1, 65537), {6.0, 1 << 20});
  ASSERT_TRUE(excerpt);
  EXPECT_EQ(excerpt->media_type, "audio/wav");
  EXPECT_EQ(heard_.sample_rate, 65537);
}

/// A result as batch::run hands it over.
struct Result {
  batch::Task task;
  batch::Converted converted;
  std::optional<batch::Failure> failure;

  explicit Result(const std::string& name) {
    task.relative = name;
    task.source = fs::path("named") / name;
    task.destination = fs::path("out") / (name + ".png");
  }
  void add_to(Collector& collector) const { collector.add({task, converted, {}, failure}); }
};

Result failed(const std::string& name, ErrorCode code, const std::string& reason) {
  Result result(name);
  result.failure = batch::Failure{result.task.source, code, reason};
  return result;
}

std::vector<std::string> names(const Collector& collector) {
  std::vector<std::string> all;
  for (const auto& [name, file] : collector.files()) all.push_back(name.first);
  return all;
}

TEST(Collector, KeepsTheFirstByNameInWhateverOrderTheyFinish) {
  std::vector<std::string> order{"a", "b", "c", "d", "e", "f"};
  do {
    Collector collector(2);
    for (const std::string& name : order) Result(name).add_to(collector);
    ASSERT_EQ(names(collector), (std::vector<std::string>{"a", "b"}));
  } while (std::next_permutation(order.begin(), order.end()));
  Collector none(0);
  Result("a").add_to(none);
  EXPECT_TRUE(none.files().empty());
}

TEST(Collector, BoundsFailuresAndCountsThemAll) {
  Collector collector(24);
  const int n = static_cast<int>(Collector::kMostFailures) + 500;
  for (int i = 0; i < n; ++i) {
    failed(std::to_string(10000 + i), i % 3 == 0 ? ErrorCode::Read : ErrorCode::BadFormat, "why").add_to(collector);
  }
  EXPECT_EQ(collector.failures().size(), Collector::kMostFailures);
  EXPECT_EQ(collector.failure_counts().at(ErrorCode::Read), 500U);
  EXPECT_EQ(collector.failure_counts().at(ErrorCode::BadFormat), 1000U);
  EXPECT_TRUE(collector.files().empty());
}

TEST(Collector, TakesTheFirstOfTiles) {
  Result result("song");
  result.converted.n_outputs = 3;
  Collector collector(1);
  result.add_to(collector);
  EXPECT_EQ(collector.files().begin()->second.output, fs::path("out/song.0000.png"));
}

class Reports : public testing::Test {
 protected:
  Reports() {
    run_.tool = "spectrohue 1.2.3";
    run_.command = "encode";
    run_.started = "2026-11-20T17:00:00Z";
    run_.parameters = R"({"n_fft":2048})";
    run_.files = 3;
    totals_.backend = "cpu";
    totals_.files = totals_.done = 3;
    totals_.n_failed = 1;
  }
  /// A sound and its picture, which do exist.
  Result real(const std::string& name) {
    Result result(name);
    result.task.source = folder_ / "sound.wav";
    result.task.destination = folder_ / "picture.png";
    audio::write(result.task.source, noise_sound(4000, 2, 8000), {});
    image::write_png(result.task.destination, noise_picture(400, 300, 16), nullptr);
    result.converted.audio_seconds = 0.5;
    return result;
  }
  std::string written(const std::string& name) {
    write(folder_ / name, run_, totals_, collector_);
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }

  test::TempFolder folder_;
  batch::ManifestRun run_;
  batch::Totals totals_;
  Collector collector_{24};
};

TEST_F(Reports, HoldWhatTheRunDid) {
  Result good = real("deep/good.wav");
  good.converted.snr_db = 66.04;
  good.add_to(collector_);
  failed("bad.wav", ErrorCode::BadFormat, "it is text").add_to(collector_);
  const Json json = Json::parse(written("r.json"));
  EXPECT_EQ(json["tool"], "spectrohue 1.2.3");
  EXPECT_EQ(json["parameters"]["n_fft"], 2048);
  EXPECT_EQ(json["totals"]["failed"], 1);
  EXPECT_EQ(json["failures"]["classes"], (Json{{"format", 1}}));
  EXPECT_EQ(json["failures"]["files"][0], (Json{{"source", "bad.wav"}, {"class", "format"}, {"reason", "it is text"}}));
  EXPECT_EQ(json["snr"]["median_db"], 66.0);
  EXPECT_EQ(json["snr"]["worst_source"], "deep/good.wav");
  const Json& file = json["files"][0];
  EXPECT_EQ(file["source"], "deep/good.wav");
  EXPECT_EQ(file["sample_rate"], 8000);
  EXPECT_EQ(file["channels"], 2);
  EXPECT_EQ(file["picture"]["width"], 400);
  EXPECT_EQ(file["excerpt"]["seconds"], 0.5);
  EXPECT_TRUE(file["thumbnail"].get<std::string>().starts_with("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_TRUE(file["excerpt"]["audio"].get<std::string>().starts_with("data:audio/flac;base64,ZkxhQ"));
}

TEST_F(Reports, NameNoFolderOfTheMachine) {
  real("good.wav").add_to(collector_);
  for (const char* name : {"r.json", "r.html"}) {
    EXPECT_EQ(written(name).find(folder_.path().string()), std::string::npos) << name;
  }
}

TEST_F(Reports, PagesHoldTheJsonAndNothingHostile) {
  real("</script><script>alert(1)</script>.wav").add_to(collector_);
  failed("\xFF\xFE\n\"'&{{style}}.wav", ErrorCode::Read, "<img src=x onerror=alert(1)>").add_to(collector_);
  const std::string page = written("r.html");
  EXPECT_EQ(page.find("alert(1)</"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("{{script}}"), std::string::npos);
  const std::string begin = R"(<script id="report" type="application/json">)";
  const std::size_t from = page.find(begin) + begin.size();
  const std::string json = page.substr(from, page.find("</script>", from) - from);
  EXPECT_EQ(Json::parse(json), Json::parse(written("r.json")));
}

TEST_F(Reports, SayWhatCannotBeShown) {
  Result gone("gone.wav");
  gone.add_to(collector_);
  const std::vector<batch::Problem> problems = write(folder_ / "r.json", run_, totals_, collector_);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].path, "gone.wav");
  EXPECT_EQ(Json::parse(std::ifstream(folder_ / "r.json"))["files"][0]["problems"].size(), 2U);
}

TEST_F(Reports, AreWholeOrAbsent) {
  std::ofstream(folder_ / "file") << "not a folder";
  EXPECT_THROW(write(folder_ / "file/r.html", run_, totals_, collector_), Error);
  EXPECT_THROW(write(folder_ / "r.txt", run_, totals_, collector_), Error);
  real("a.wav").add_to(collector_);
  written("only/r.html");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "only"), {}), 1);  // no temporary file is left
}

TEST_F(Reports, BoundTheSoundInThem) {
  Result loud = real("");
  audio::write(loud.task.source, noise_sound(6 * 48000, 2, 48000), {});
  for (int i = 0; i < 24; ++i) {
    loud.task.relative = std::to_string(i);
    loud.add_to(collector_);
  }
  const Json json = Json::parse(written("r.json"));
  std::size_t bytes = 0;
  for (const Json& file : json["files"]) bytes += file["excerpt"]["audio"].get<std::string>().size();
  EXPECT_LE(bytes, 12'100'000U);
  EXPECT_GT(bytes, 9'000'000U);
}

}  // namespace
}  // namespace spectrohue::report
