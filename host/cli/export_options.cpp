// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/export_options.h"

#include "batch/export_imagefolder.h"
#include "cli/options.h"
#include "cli/progress.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

void ExportOptions::add_to(CLI::App& app) {
  const HelpGroup group(app, "Data sets");
  app.add_option("--export", kind,
                 "imagefolder (also a metadata.jsonl for Hugging Face's loader) or webdataset (tar shards instead of "
                 "single pictures)")
      ->check(CLI::IsMember({"imagefolder", "webdataset"}));
  app.add_option("--captions", captions,
                 "Texts for --export: a .csv, .tsv or .jsonl of names and texts (default: song.txt beside song.wav)")
      ->type_name("FILE");
  app.add_option(both_spellings("--shard-size"), limits.bytes, "Bytes of a tar shard at most: 500M, 1G (default 1 GB)")
      ->transform(CLI::AsSizeValue(true) & CLI::PositiveNumber);
  app.add_option(both_spellings("--shard-count"), limits.samples, "Pictures in a tar shard at most")
      ->check(CLI::PositiveNumber);
}

void ExportOptions::check() const {
  const batch::ShardLimits defaults;
  if (!is_wanted() && !captions.empty()) throw Error(ErrorCode::Usage, "--captions belongs to --export");
  if (!packs() && (limits.bytes != defaults.bytes || limits.samples != defaults.samples)) {
    throw Error(ErrorCode::Usage, "--shard-size and --shard-count belong to --export webdataset");
  }
}

bool write_imagefolder(const fs::path& folder, const batch::Captions& captions, int threads,
                       const batch::OutputSettings& outputs, bool quiet) {
  const batch::ImagefolderReport report = batch::write_imagefolder(folder, captions, threads, outputs);
  for (const batch::Problem& problem : report.left_out)
    say(problem.path, "left out of metadata.jsonl: " + problem.reason);
  std::string files;
  for (const fs::path& file : report.files) files += (files.empty() ? " in " : ", ") + file.string();
  if (!quiet) say("", count_text(report.n_pictures, "picture", "pictures") + files);
  return report.left_out.empty();
}

}  // namespace spectrohue::cli
