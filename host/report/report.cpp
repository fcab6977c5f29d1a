// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "report/report.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>

#include "audio/audio_file.h"
#include "batch/output_file.h"
#include "core/base64.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "report/excerpt.h"
#include "report/page.h"
#include "report/thumbnail.h"
#include "spectrohue/error.h"

namespace spectrohue::report {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::int64_t kThumbnailWidth = 320;
constexpr std::int64_t kThumbnailHeight = 160;
/// Of pixels. A picture that holds more is not opened for the sake of a thumbnail.
constexpr double kMostPictureBytes = 1 << 30;
/// Of all excerpts together; base64 makes 12 MB of them.
constexpr std::int64_t kMostExcerptBytes = 9'000'000;
constexpr std::size_t kMostSnrBins = 30;

Json totals_of(const batch::Totals& totals, std::uint64_t skipped) {
  return {{"files", totals.files},
          {"done", totals.done},
          {"failed", totals.n_failed},
          {"skipped", skipped},
          {"interrupted", totals.interrupted},
          {"audio_seconds", totals.audio_seconds},
          {"source_bytes", totals.source_bytes},
          {"output_bytes", totals.bytes_written},
          {"seconds", totals.wall_seconds},
          {"read_seconds", totals.step_seconds.read},
          {"compute_seconds", totals.step_seconds.compute},
          {"write_seconds", totals.step_seconds.write}};
}

Json failures_of(const Collector& collector) {
  Json classes = Json::object();
  for (const auto& [code, count] : collector.failure_counts()) classes[to_string(code)] = count;
  Json files = Json::array();
  for (const auto& [name, failure] : collector.failures()) {
    files.push_back({{"source", name.first}, {"class", to_string(failure.code)}, {"reason", failure.reason}});
  }
  return {{"classes", classes}, {"files", files}};
}

/// JSON knows no infinite numbers: null is an SNR without any error.
Json decibels(double snr_db) { return std::isfinite(snr_db) ? Json(snr_db) : Json(nullptr); }

Json snr_of(const SnrHistogram& snr) {
  Json out = {{"files", snr.size()}, {"exact", snr.n_exact()}, {"median_db", decibels(snr.median_db())}};
  if (snr.worst()) {
    const SnrHistogram::Bins bins = snr.bins(kMostSnrBins);
    out["worst_db"] = snr.worst()->snr_db;
    out["worst_source"] = snr.worst()->source;
    out["first_bin_db"] = bins.first_db;
    out["bin_width_db"] = bins.width_db;
    out["bins"] = bins.counts;
  }
  return out;
}

/// Reads pictures and sounds back and makes small ones of them.
class Showcase {
 public:
  Showcase(const fs::path& path, std::string command, int threads, std::size_t n_files)
      : command_(std::move(command)), threads_(threads), n_left_(n_files), scratch_(path) {}

  Json show(const std::string& name, const ShownFile& file) {
    Json out = {{"source", name},
                {"output", file.output.filename().native()},
                {"source_bytes", file.source_bytes},
                {"output_bytes", file.output_bytes},
                {"audio_seconds", file.audio_seconds}};
    if (file.snr_db) out["snr_db"] = decibels(*file.snr_db);
    if (file.convergence_db) out["convergence_db"] = decibels(*file.convergence_db);
    const std::int64_t n_tiles = std::max(file.n_sources, file.n_outputs);
    if (n_tiles > 1) out["tiles"] = n_tiles;
    if (has_picture(file)) attempt(name, out, [&] { add_picture(out, picture_of(file)); });
    if (has_sound(file)) attempt(name, out, [&] { add_sound(out, sound_of(file)); });
    --n_left_;
    return out;
  }

  std::vector<batch::Problem> problems() && { return std::move(problems_); }

 private:
  // encode makes pictures of sounds, decode and synth sounds of pictures, and plot figures, some of them pictures, of
  // both.
  bool makes_sounds() const { return command_ == "decode" || command_ == "synth"; }
  const fs::path& picture_of(const ShownFile& file) const { return makes_sounds() ? file.source : file.output; }
  const fs::path& sound_of(const ShownFile& file) const { return makes_sounds() ? file.output : file.source; }
  bool has_picture(const ShownFile& file) const {
    return command_ != "plot" || image::has_picture_extension(file.output);
  }
  bool has_sound(const ShownFile& file) const {
    return command_ != "plot" || !image::has_picture_extension(file.source);
  }

  template <class Act>
  void attempt(const std::string& name, Json& out, Act act) {
    const auto note = [&](const std::string& reason) {
      out["problems"].push_back(reason);
      problems_.push_back({name, "not in the report: " + reason});
    };
    try {
      act();
    } catch (const std::bad_alloc&) {
      note("not enough memory to show this file");
    } catch (const std::exception& error) {
      note(error.what());
    }
  }

  void add_picture(Json& out, const fs::path& path) {
    const image::FileInfo info = image::inspect(path);
    out["picture"] = {{"width", info.width}, {"height", info.height}, {"bits", info.layout.bits}};
    const double pixel_bytes = 3.0 * info.layout.bits / 8;  // as RGB
    if (pixel_bytes * static_cast<double>(info.width) * static_cast<double>(info.height) > kMostPictureBytes) return;
    image::read(path, picture_, workspace_, threads_);
    image::expand_to_rgb(picture_.picture);
    const Picture small = scale_down(picture_.picture, kThumbnailWidth, kThumbnailHeight);
    out["thumbnail"] = data_uri("image/png", to_png(small));
  }

  void add_sound(Json& out, const fs::path& path) {
    const audio::FileInfo info = audio::inspect(path);
    out["sample_rate"] = info.sample_rate;
    out["channels"] = info.channels;
    ExcerptLimits limits;
    limits.bytes = (kMostExcerptBytes - excerpt_bytes_) / static_cast<std::int64_t>(n_left_);
    const std::optional<Excerpt> excerpt = make_excerpt(path, limits, scratch_.temporary());
    if (!excerpt) return;
    excerpt_bytes_ += std::ssize(excerpt->file);
    out["excerpt"] = {{"seconds", excerpt->seconds},
                      {"channels", excerpt->channels},
                      {"audio", data_uri(excerpt->media_type, excerpt->file)}};
  }

  std::string command_;
  int threads_;
  std::size_t n_left_;
  batch::OutputFile scratch_;  // never committed
  std::int64_t excerpt_bytes_ = 0;
  image::PictureFile picture_;
  image::Workspace workspace_;
  std::vector<batch::Problem> problems_;
};

Json document(const batch::ManifestRun& run, const batch::Totals& totals, const Collector& collector,
              Showcase& showcase) {
  Json out = {{"spectrohue_report", kVersion},
              {"tool", run.tool},
              {"command", run.command},
              {"started", run.started},
              {"parameters", Json::parse(run.parameters)},
              {"backend", totals.backend},
              {"threads", totals.threads},
              {"totals", totals_of(totals, run.skipped)},
              {"failures", failures_of(collector)}};
  if (!run.shard.is_all()) out["shard"] = std::to_string(run.shard.index) + "/" + std::to_string(run.shard.count);
  if (collector.snr().size() > 0) out["snr"] = snr_of(collector.snr());
  Json files = Json::array();
  for (const auto& [name, file] : collector.files()) files.push_back(showcase.show(name.first, file));
  out["files"] = std::move(files);
  return out;
}

std::string page_of(const std::string& json) {
  std::string page(kPageHtml);
  fill(page, "style", std::string(kThemeCss) + std::string(kPageCss));
  fill(page, "script", std::string(kCommonJs) + std::string(kPageJs));
  fill(page, "report", inside_script(json));  // last: nothing in it is looked at
  return page;
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), std::ssize(text));
  file.close();
  if (!file) throw Error(ErrorCode::Write, std::string("cannot write the report: ") + std::strerror(errno));
}

}  // namespace

Format format_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".html" || extension == ".htm") return Format::Html;
  if (extension == ".json") return Format::Json;
  throw Error(ErrorCode::Usage, "the report '" + path.string() + "' must be named .html or .json");
}

void fill(std::string& page, const std::string& name, std::string_view text) {
  const std::string mark = "{{" + name + "}}";
  page.replace(page.find(mark), mark.size(), text);
}

std::string inside_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) c == '<' ? text.append("\\u003c") : text.append(1, c);
  return text;
}

std::vector<batch::Problem> write(const fs::path& path, const batch::ManifestRun& run, const batch::Totals& totals,
                                  const Collector& collector) {
  const Format format = format_of(path);
  batch::OutputFile output(path);
  Showcase showcase(path, run.command, totals.threads, collector.files().size());
  const Json json = document(run, totals, collector, showcase);
  const std::string text = json.dump(format == Format::Json ? 1 : -1, ' ', false, Json::error_handler_t::replace);
  write_text(output.temporary(), format == Format::Json ? text + "\n" : page_of(text));
  output.commit();
  return std::move(showcase).problems();
}

}  // namespace spectrohue::report
