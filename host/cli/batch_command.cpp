// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/batch_command.h"

#include <cmath>
#include <cstdio>
#include <ctime>

#include "batch/done_index.h"
#include "batch/export_imagefolder.h"
#include "batch/manifest_writer.h"
#include "batch/output_file.h"
#include "batch/tiles.h"
#include "cli/progress.h"
#include "report/report.h"
#include "spectrohue/version.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

/// Headers that are read to guess what all outputs take.
constexpr std::size_t kMostForecasts = 200;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// The folder that is there, the output folder or one above it.
fs::path existing_folder(fs::path folder) {
  std::error_code error;
  folder = fs::absolute(folder, error);
  while (folder.has_relative_path() && !fs::is_directory(folder, error)) folder = folder.parent_path();
  return folder;
}

/// What is said of a file with --verbose.
std::string done_text(const batch::FileResult& result, bool is_packed) {
  std::string text = is_packed ? "done" : "-> " + result.task.destination.string();
  if (const std::optional<Convergence>& found = result.converted.convergence) {
    char steps[96];
    std::snprintf(steps, sizeof steps, ", phases found in %d steps, magnitudes within %.1f dB", found->n_iter,
                  found->db);
    text += steps;
  }
  return text;
}

std::string snr_text(double snr_db) {
  if (std::isinf(snr_db)) return snr_db > 0 ? "exact" : "no signal";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f dB", snr_db);
  return text;
}

/// What --verify and --hash found, for people; empty if neither was asked for.
std::string findings_text(const batch::FileResult& result) {
  const batch::Converted& found = result.converted;
  std::string text;
  if (found.snr_db) text = "SNR of the way back: " + snr_text(*found.snr_db);
  if (found.source_sha256.empty()) return text;
  text += (text.empty() ? "" : "; ") + ("SHA-256 " + found.source_sha256);
  const std::ptrdiff_t n = std::ssize(found.output_sha256);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const fs::path& whole = result.task.destination;
    const fs::path output = n > 1 ? batch::tile_path(whole, i, found.piece_names) : whole;
    text += ", of '" + output.string() + "' " + found.output_sha256[static_cast<std::size_t>(i)];
  }
  return text;
}

/// "5 files were passed over (4 .m4a, 1 .wma): they cannot be read"; empty for none.
std::string passed_over_text(const std::map<std::string, std::size_t>& extensions) {
  std::size_t n = 0;
  std::string list;
  for (const auto& [extension, count] : extensions) {
    list += (n > 0 ? ", " : "") + std::to_string(count) + " " + extension;
    n += count;
  }
  if (n == 0) return "";
  return count_text(n, "file was", "files were") + " passed over (" + list +
         "): such files cannot be read; convert them first (ffmpeg, ImageMagick)";
}

class BatchCommand {
 public:
  BatchCommand(const FileOptions& files, const RunOptions& options, const Direction& direction)
      : files_(files),
        options_(options),
        direction_(direction),
        progress_(make_progress(options)),
        collector_(files.report.files) {}

  Exit run() {
    batch::WalkResult found = batch::walk(files_.inputs, walk_settings());
    if (direction_.joins_tiles) batch::join_tiles(found.sources);
    problems_ = std::move(found.problems);
    passed_over_ = passed_over_text(found.passed_over);

    batch::PlanSettings settings = plan_settings();
    parameters_ = direction_.conversion.parameters();
    if (files_.exports.is_wanted()) begin_export(found, settings);
    const std::optional<fs::path> manifest = manifest_file(found, settings);
    const bool has_manifest = manifest && fs::exists(*manifest);
    std::optional<batch::ManifestWriter> writer;
    if (has_manifest && !files_.dry_run) writer.emplace(*manifest);
    std::optional<batch::DoneIndex> done;
    if (packs()) {
      kept_ = archives_done(found.sources, manifest, settings);
    } else if (has_manifest && files_.resume) {
      done.emplace(*manifest, direction_.piece_names);
      settings.is_done = [&, id = batch::parameters_id(parameters_)](const batch::Task& task) {
        return done->is_done(complete(task), id);
      };
    }

    const batch::Plan plan = batch::make_plan(std::move(found), settings);
    files_.report.check(plan, manifest, files_.overwrite || files_.resume);
    const bool has_work = !plan.empty() || plan.skipped > 0;
    if (!passed_over_.empty() && !options_.quiet && has_work) say("", passed_over_);
    if (files_.dry_run) return print(plan);
    for (const batch::Problem& problem : problems_) progress_->message(problem.path, problem.reason);
    if (plan.empty() && plan.skipped == 0) return end_without_files(plan, settings, manifest, writer);
    if (files_.prints_names) print_names(plan);
    if (!files_.ignore_space) check_space(plan);
    if (manifest && !writer && !plan.empty()) writer.emplace(*manifest);
    return carry_out(plan, settings, writer ? &*writer : nullptr);
  }

 private:
  batch::WalkSettings walk_settings() const {
    batch::WalkSettings settings = files_.walk;
    settings.wanted = direction_.wanted;
    settings.worth_a_word = direction_.unread;
    settings.links = batch::links_from_string(files_.links);
    return settings;
  }

  batch::PlanSettings plan_settings() const {
    batch::PlanSettings settings = files_.plan;
    settings.extension = direction_.extension;
    settings.formats = direction_.formats;
    settings.makes_tiles = direction_.makes_tiles;
    settings.piece_names = direction_.piece_names;
    settings.shard = batch::shard_from_string(files_.shard);
    if (files_.overwrite) settings.existing = batch::Existing::Overwrite;
    if (files_.resume) settings.existing = batch::Existing::Resume;
    return settings;
  }

  std::optional<fs::path> manifest_file(const batch::WalkResult& found, const batch::PlanSettings& settings) const {
    if (files_.exports.is_wanted()) return batch::manifest_path(settings.output, settings.shard);
    if (files_.manifest == "none") return std::nullopt;
    if (!files_.manifest.empty()) return files_.manifest;
    const bool is_one_file = found.folders.empty() && found.sources.size() < 2;
    if (settings.output.empty() || is_one_file) return std::nullopt;
    return batch::manifest_path(settings.output, settings.shard);
  }

  bool packs() const { return files_.exports.packs(); }

  /// Refuses what cannot be exported, and reads the captions.
  void begin_export(const batch::WalkResult& found, const batch::PlanSettings& settings) {
    if (settings.output.empty() || batch::output_is_file(found, settings)) {
      throw Error(ErrorCode::Usage, "--export needs a folder for the data set: -o FOLDER");
    }
    if (!files_.manifest.empty()) {
      throw Error(ErrorCode::Usage, "--export needs its manifest in the output folder; leave --manifest out");
    }
    if (packs() && files_.report.is_wanted()) {
      throw Error(ErrorCode::Usage, "--report shows pictures in files of their own, which --export webdataset has not");
    }
    captions_ = batch::Captions(files_.exports.captions, found.sources);
    if (!packs()) {
      batch::refuse_foreign_metadata(settings.output);
      return;
    }
    parameters_ = batch::packed_parameters(parameters_, files_.exports.limits);
    batch::check_archives(settings.output, settings.shard, files_.overwrite || files_.resume);
  }

  /// Which archives stay, and so which sources need not be done again.
  std::optional<batch::PackedIndex> archives_done(const batch::SourceList& sources,
                                                  const std::optional<fs::path>& manifest,
                                                  batch::PlanSettings& settings) {
    std::optional<batch::PackedIndex> index;
    settings.has_outputs_of_its_own = false;
    if (!files_.resume || !fs::exists(*manifest)) return index;
    const auto state_of = [&](const batch::Source& source) {
      const std::string relative = source.relative.native();
      return batch::PackedState{complete({source.path, {}, {}, source.relative, source.stamp}).stamp,
                                batch::caption_id(captions_, relative)};
    };
    index.emplace(*manifest, batch::parameters_id(parameters_), sources, state_of);
    settings.is_done = [this](const batch::Task& task) { return kept_->is_done(task.relative.native()); };
    return index;
  }

  /// With the stamps of all that its output depends on.
  batch::Task complete(batch::Task task) const {
    if (!direction_.companions) return task;
    for (const fs::path& path : direction_.companions(task.relative)) batch::add_stamp(path, task.stamp);
    return task;
  }

  /// Prints what would be written.
  Exit print(const batch::Plan& plan) const {
    Exit exit = problems_.empty() ? Exit::Ok : Exit::SomeFailed;
    for (const batch::Problem& problem : problems_) say(problem.path, problem.reason);
    double bytes = 0;
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const batch::Task task = plan[i];
      try {
        const Forecast forecast = direction_.forecast(task);
        bytes += forecast.most_bytes;
        std::printf("%s -> %s (%s)\n", printable(task.source.string()).c_str(),
                    printable(task.destination.string()).c_str(), forecast.text.c_str());
      } catch (const std::exception& error) {
        say(task.source.string(), error.what());
        exit = Exit::SomeFailed;
      }
    }
    std::printf("%s, up to %s", count_text(plan.size(), "file", "files").c_str(), bytes_text(bytes).c_str());
    if (plan.skipped > 0) std::printf(", %zu skipped", plan.skipped);
    std::printf("; nothing was written\n");
    return exit;
  }

  Exit end_without_files(const batch::Plan& plan, const batch::PlanSettings& settings,
                         const std::optional<fs::path>& manifest, std::optional<batch::ManifestWriter>& writer) {
    const batch::ManifestRun run = header(plan, settings);
    const bool is_empty_shard = !settings.shard.is_all() && problems_.empty();
    if (is_empty_shard) {
      say("", "nothing to convert: none of the files falls into shard " + files_.shard);
      if (manifest && !writer) writer.emplace(*manifest);
      if (writer) writer->begin(run);  // for merge, which counts the shards
    }
    if (!is_empty_shard && problems_.empty()) {
      say("", "nothing to convert: no matching files in the input" + (passed_over_.empty() ? "" : "; " + passed_over_));
    }
    batch::Totals totals;
    count_problems(totals);
    return write_report(run, totals) && is_empty_shard ? Exit::Ok : Exit::SomeFailed;
  }

  static void print_names(const batch::Plan& plan) {
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const batch::Task task = plan[i];
      std::printf("%s -> %s\n", printable(task.source.string()).c_str(), printable(task.destination.string()).c_str());
    }
    std::fflush(stdout);
  }

  /// Refuses a run that has not got the room. Judged by some of the files, from the bytes of all.
  void check_space(const batch::Plan& plan) const {
    double source_bytes = 0;
    double likely_bytes = 0;
    const std::size_t step = std::max<std::size_t>(1, plan.size() / kMostForecasts);
    for (std::size_t i = 0; i < plan.size(); i += step) {
      const batch::Task task = plan[i];
      try {
        likely_bytes += direction_.forecast(task).likely_bytes;
      } catch (const std::exception&) {
        continue;  // to be said when its turn comes
      }
      source_bytes += static_cast<double>(task.stamp.bytes);
    }
    if (source_bytes <= 0) return;
    const double needed = likely_bytes / source_bytes * static_cast<double>(plan.source_bytes());
    const fs::path folder = existing_folder(plan[0].destination.parent_path());
    std::error_code error;
    const auto free_bytes = static_cast<double>(fs::space(folder, error).available);
    if (error || needed <= free_bytes) return;
    throw Error(ErrorCode::Usage, "the outputs will take about " + bytes_text(needed) + ", but '" + folder.string() +
                                      "' has room for " + bytes_text(free_bytes) +
                                      "; choose another folder, convert in parts, or add --ignore-space");
  }

  Exit carry_out(const batch::Plan& plan, const batch::PlanSettings& plan_settings, batch::ManifestWriter* manifest) {
    batch::RunSettings settings = options_.run;
    settings.stop = &stop_requested;
    if (files_.stop_on_error) settings.max_errors = 0;
    std::optional<batch::TemporaryFolder> temporary;
    // The manifest's lock is what keeps other runs from it.
    if (manifest != nullptr && files_.manifest.empty()) {
      temporary.emplace(plan_settings.output / temporary_name(plan_settings.shard));
      settings.outputs.temporary_folder = temporary->path();
    }
    std::optional<batch::Packer> packer;
    std::optional<batch::PackedConversion> packed;
    if (packs() && manifest != nullptr) {
      make_packer(packer, *manifest, plan_settings, settings.outputs);
      packed.emplace(direction_.conversion, *packer);
    }
    batch::Observer observer;
    observer.progress = [&](const batch::Totals& totals) { progress_->update(totals); };
    observer.say = [&](const fs::path& path, const std::string& text) { progress_->message(path.string(), text); };
    observer.finished = [&](const batch::FileResult& result) {
      if (options_.verbose && !result.failure) {
        progress_->message(result.task.source.string(), done_text(result, packer.has_value()));
      }
      if (manifest == nullptr) say_findings(result);
      if (packer) packer->finished(result);
      if (manifest != nullptr && !packer) append(*manifest, batch::record_of(result, plan_settings.output));
      collector_.add(result);
    };
    progress_->begin(plan.size(), plan.skipped, plan.source_bytes());
    const batch::ManifestRun run = header(plan, plan_settings);
    if (manifest != nullptr) manifest->begin(run);
    const batch::TaskList tasks{plan.size(), [&](std::size_t i) {
                                  batch::Task task = complete(plan[i]);
                                  if (packer) packer->begin(task);
                                  return task;
                                }};
    const batch::Conversion& conversion = packed ? *packed : direction_.conversion;
    batch::Totals totals = batch::run(tasks, settings, conversion, observer);
    const bool is_exported = end_export(packer, totals, plan_settings, settings);
    count_problems(totals);
    const bool is_reported = write_report(run, totals);
    say_snr();
    progress_->end(totals);
    if (totals.interrupted && !totals.too_many_errors) return Exit::Interrupted;
    return totals.n_failed == 0 && manifest_is_whole_ && is_reported && is_exported ? Exit::Ok : Exit::SomeFailed;
  }

  /// Of a run without a manifest, where they would be lost.
  void say_findings(const batch::FileResult& result) {
    if (options_.quiet || result.failure) return;
    const std::string text = findings_text(result);
    if (!text.empty()) progress_->message(result.task.source.string(), text);
  }

  /// Of --verify of several files.
  void say_snr() {
    const report::SnrHistogram& snr = collector_.snr();
    if (options_.quiet || snr.size() < 2) return;
    const std::optional<report::SnrHistogram::Worst>& worst = snr.worst();
    const std::string text =
        worst ? "worst " + snr_text(worst->snr_db) + " (" + worst->source + "), median " + snr_text(snr.median_db())
              : "all exact";
    progress_->message("", "SNR of the way back of " + count_text(snr.size(), "file", "files") + ": " + text);
  }

  void make_packer(std::optional<batch::Packer>& packer, batch::ManifestWriter& manifest,
                   const batch::PlanSettings& plan_settings, const batch::OutputSettings& outputs) {
    packer.emplace(batch::Packer::Settings{plan_settings.output, plan_settings.shard, files_.exports.limits, outputs},
                   captions_, kept_ ? kept_->archives() : std::set<std::string>(),
                   [&](const batch::ManifestRecord& record) { append_quietly(manifest, record); });
  }

  /// What is left to do for a data set when all files are done. False if it is not what it should be, which is then
  /// said.
  bool end_export(std::optional<batch::Packer>& packer, const batch::Totals& totals,
                  const batch::PlanSettings& plan_settings, const batch::RunSettings& settings) {
    try {
      if (packer) return end_archives(*packer, totals);
      if (!files_.exports.is_imagefolder()) return true;
      if (!plan_settings.shard.is_all()) {
        if (!options_.quiet) {
          progress_->message("", "when all shards are done, 'spectrohue merge " + plan_settings.output.string() +
                                     " --export imagefolder' writes metadata.jsonl");
        }
        return true;
      }
      const int threads = settings.threads > 0 ? settings.threads : batch::default_threads();
      return write_imagefolder(plan_settings.output, captions_, threads, settings.outputs, options_.quiet);
    } catch (const Error& error) {
      progress_->message("", error.what());
      return false;
    }
  }

  bool end_archives(batch::Packer& packer, const batch::Totals& totals) {
    const std::int64_t n_dropped = packer.finish(!totals.interrupted);
    if (!manifest_problem_.empty()) say_manifest_problem(manifest_problem_);
    if (n_dropped > 0) {
      progress_->message("", count_text(static_cast<std::size_t>(n_dropped), "file", "files") +
                                 " in no whole shard; --resume makes them again");
    }
    return true;
  }

  /// What was named and is not there is a file that failed.
  void count_problems(batch::Totals& totals) {
    for (const batch::Problem& problem : problems_) {
      const batch::Failure failure{problem.path, ErrorCode::Read, problem.reason};
      collector_.add_failure(problem.path, failure);
      ++totals.n_failed;
      ++totals.files;
      ++totals.done;
    }
  }

  /// False if the report, where one is wanted, is not what it should be; the reason is then said.
  bool write_report(const batch::ManifestRun& run, const batch::Totals& totals) {
    if (!files_.report.is_wanted()) return true;
    try {
      const std::vector<batch::Problem> missing = report::write(files_.report.path, run, totals, collector_);
      for (const batch::Problem& problem : missing) progress_->message(problem.path, problem.reason);
      return missing.empty();
    } catch (const std::exception& error) {
      progress_->message(files_.report.path.string(), error.what());
      return false;
    }
  }

  static std::string temporary_name(batch::Shard shard) {
    const std::string which =
        shard.is_all() ? "" : "." + std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
    return ".spectrohue-tmp" + which;
  }

  batch::ManifestRun header(const batch::Plan& plan, const batch::PlanSettings& settings) const {
    batch::ManifestRun run;
    run.tool = std::string("spectrohue ") + kVersion;
    run.command = direction_.command;
    run.started = utc_now();
    run.parameters = parameters_;
    run.shard = settings.shard;
    run.files = plan.size();
    run.skipped = plan.skipped;
    run.device = options_.run.device;
    return run;
  }

  /// A manifest that cannot be written (a full disk) is said once; the outputs are whole all the same.
  void append(batch::ManifestWriter& manifest, const batch::ManifestRecord& record) {
    try {
      manifest.add(record);
    } catch (const Error& error) {
      if (manifest_is_whole_) say_manifest_problem(error.what());
      manifest_is_whole_ = false;
    }
  }

  /// The same while others may be saying something.
  void append_quietly(batch::ManifestWriter& manifest, const batch::ManifestRecord& record) {
    try {
      manifest.add(record);
    } catch (const Error& error) {
      manifest_problem_ = error.what();
      manifest_is_whole_ = false;
    }
  }

  void say_manifest_problem(const std::string& reason) {
    progress_->message("", reason + "; --resume will do such files again");
  }

  const FileOptions& files_;
  const RunOptions& options_;
  const Direction& direction_;
  std::unique_ptr<Progress> progress_;
  report::Collector collector_;
  std::vector<batch::Problem> problems_;
  std::string passed_over_;
  std::string parameters_;
  batch::Captions captions_;
  std::optional<batch::PackedIndex> kept_;
  bool manifest_is_whole_ = true;
  std::string manifest_problem_;
};

}  // namespace

void FileOptions::add_to(CLI::App& app, const char* inputs_help, const char* output_help) {
  app.add_option("INPUT", inputs, inputs_help)->required()->type_name("");
  const HelpGroup group(app, "Files");
  app.add_option("-o,--output", plan.output, output_help)->type_name("PATH");
  CLI::Option* over = app.add_flag("--overwrite", overwrite, "Replace outputs that exist");
  app.add_flag(
         "--resume", resume,
         "Skip what the manifest says was done from the same source with the same parameters (without a manifest: "
         "inputs whose output is not older)")
      ->excludes(over);
  app.add_flag(both_spellings("--keep-ext"), plan.keep_extension, "song.wav becomes song.wav.png, not song.png");
  app.add_flag(both_spellings("--dry-run"), dry_run, "Print what would be written, and write nothing");
  app.add_option("--include", walk.include,
                 "Of folders, only files that match (* ? [ ]; with a slash: the path below the folder); repeatable")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
  app.add_option("--exclude", walk.exclude, "Of folders, no files and sub-folders that match; repeatable")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
  app.add_option("--links", links, "Symbolic links in folders that are followed: none, files or all")
      ->check(CLI::IsMember({"none", "files", "all"}))
      ->capture_default_str();
  app.add_option("--shard", shard, "I/N: only part I of N, 0 <= I < N; the parts are disjoint and complete")
      ->type_name("I/N");
  app.add_option("--manifest", manifest,
                 "Record of every file, or none (default: spectrohue-manifest.jsonl in the output folder, unless one "
                 "file is named)")
      ->type_name("PATH");
  app.add_option_function<std::string>(
         both_spellings("--on-error"), [this](const std::string& what) { stop_on_error = what == "stop"; },
         "skip (report the file and go on, default) or stop (begin no further file)")
      ->check(CLI::IsMember({"skip", "stop"}));
  report.add_to(app);
  app.add_flag(both_spellings("--ignore-space"), ignore_space, "Begin although the disk looks too small");
}

Exit convert(const FileOptions& files, const RunOptions& options, const Direction& direction) {
  return BatchCommand(files, options, direction).run();
}

}  // namespace spectrohue::cli
