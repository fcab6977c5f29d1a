// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <cstdio>
#include <fstream>
#include <memory>

#include "audio/audio_file.h"
#include "batch/manifest.h"
#include "batch/merge.h"
#include "batch/output_file.h"
#include "batch/tiles.h"
#include "batch/walk.h"
#include "cli/export_options.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "image/picture_file.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

struct MergeOptions {
  std::vector<std::string> inputs;
  std::string sources;
  std::string output;
  std::string exported;
  fs::path captions;
};

/// A folder stands for the manifests in it.
std::vector<fs::path> manifests_of(const std::vector<std::string>& inputs) {
  std::vector<fs::path> manifests;
  for (const std::string& input : inputs) {
    if (!fs::is_directory(input)) {
      manifests.emplace_back(input);
      continue;
    }
    const std::vector<fs::path> found = batch::manifests_in(input);
    if (found.empty()) throw Error(ErrorCode::Usage, "'" + input + "': no manifests in this folder");
    manifests.insert(manifests.end(), found.begin(), found.end());
  }
  return manifests;
}

/// The relative paths of what a run over this folder would convert.
std::vector<std::string> expected_sources(const std::string& folder, const std::string& command) {
  if (!fs::is_directory(folder)) throw Error(ErrorCode::Usage, "--sources '" + folder + "' is not a folder");
  const bool encodes = command == "encode";
  batch::WalkResult found =
      batch::walk({folder}, {encodes ? audio::has_audio_extension : image::has_picture_extension});
  if (!encodes) batch::join_tiles(found.sources);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < found.sources.size(); ++i) names.push_back(found.sources[i].relative.native());
  return names;
}

/// Writes metadata.jsonl into the folder of the manifests.
bool export_imagefolder(const MergeOptions& chosen) {
  if (chosen.inputs.size() != 1 || !fs::is_directory(chosen.inputs.front())) {
    throw Error(ErrorCode::Usage, "--export imagefolder needs one folder: that of the pictures and their manifests");
  }
  batch::WalkResult found;
  if (!chosen.sources.empty()) found = batch::walk({chosen.sources}, {audio::has_audio_extension});
  const batch::Captions captions(chosen.captions, found.sources);
  return write_imagefolder(chosen.inputs.front(), captions, batch::default_threads(), {}, false);
}

Exit merge(const MergeOptions& chosen) {
  if (chosen.exported.empty() && !chosen.captions.empty()) {
    throw Error(ErrorCode::Usage, "--captions belongs to --export");
  }
  const std::vector<fs::path> manifests = manifests_of(chosen.inputs);
  std::optional<batch::OutputFile> file;
  std::ofstream out;
  if (!chosen.output.empty()) {
    file.emplace(chosen.output);
    out.open(file->temporary(), std::ios::binary);
  }
  batch::MergeReport report = batch::merge(manifests, [&](const std::string& line) {
    if (file) out << line;
  });
  if (!chosen.sources.empty()) report.expect(expected_sources(chosen.sources, report.command));
  if (file) {
    out.close();
    if (!out) throw Error(ErrorCode::Write, "cannot write '" + chosen.output + "'");
    file->commit();
  }

  for (const auto& [source, reason] : report.failed)
    std::printf("failed: %s: %s\n", printable(source).c_str(), printable(reason).c_str());
  for (const std::string& source : report.duplicates) std::printf("done twice: %s\n", printable(source).c_str());
  for (const std::string& source : report.missing_sources) std::printf("missing: %s\n", printable(source).c_str());
  for (const batch::Shard& shard : report.missing_shards) {
    std::printf("no manifest of shard %d/%d\n", shard.index, shard.count);
  }
  for (const std::string& manifest : report.incomplete) {
    std::printf("%s: its last run did not come to its end; run it again with --resume\n", manifest.c_str());
  }
  if (report.damaged_lines > 0) std::printf("%lld lines were damaged\n", static_cast<long long>(report.damaged_lines));
  if (report.mixes_parameters) std::printf("not all files were made with the same parameters\n");
  std::printf("%s, %zu failed, %zu missing; %s of audio, %s\n",
              count_text(report.done, "file done", "files done").c_str(), report.failed.size(),
              report.missing_sources.size(), duration_text(report.audio_seconds).c_str(),
              bytes_text(static_cast<double>(report.bytes_written)).c_str());
  const bool is_exported = chosen.exported.empty() || export_imagefolder(chosen);
  return report.is_whole() && is_exported ? Exit::Ok : Exit::SomeFailed;
}

}  // namespace

void add_merge(CLI::App& app, Exit& result) {
  auto chosen = std::make_shared<MergeOptions>();
  CLI::App* command =
      app.add_subcommand("merge", "Joins the manifests of shards and says what failed, is missing or was done twice");
  command->add_option("MANIFEST", chosen->inputs, "Manifests, or folders that hold them")->required()->type_name("");
  command->add_option("-o,--output", chosen->output, "Write the joined manifest here")->type_name("PATH");
  command->add_option("--sources", chosen->sources, "The input folder of the runs: names the sources that are missing")
      ->type_name("FOLDER");
  command->add_option("--export", chosen->exported, "imagefolder: write metadata.jsonl for all shards' pictures")
      ->check(CLI::IsMember({"imagefolder"}));
  command
      ->add_option("--captions", chosen->captions,
                   "Texts for it: a .csv, .tsv or .jsonl of names and texts (default: beside the --sources)")
      ->type_name("FILE");
  command->callback([chosen, &result] { result = merge(*chosen); });
}

}  // namespace spectrohue::cli
