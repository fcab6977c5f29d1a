// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// encode, decode, and the bare `spectrohue FILE...`.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/tiles.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "spectrohue/convert.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

struct FileOptions {
  std::vector<std::string> inputs;
  batch::PlanSettings plan;
  bool overwrite = false;
  bool resume = false;
  bool dry_run = false;

  void add_to(CLI::App& app, const char* inputs_help, const char* output_help) {
    app.add_option("INPUT", inputs, inputs_help)->required()->type_name("");
    app.add_option("-o,--output", plan.output, output_help)->type_name("PATH");
    CLI::Option* over = app.add_flag("--overwrite", overwrite, "Replace outputs that exist");
    app.add_flag("--resume", resume, "Skip inputs whose output exists and is not older")->excludes(over);
    app.add_flag(both_spellings("--keep-ext"), plan.keep_extension, "song.wav becomes song.wav.png, not song.png");
    app.add_flag(both_spellings("--dry-run"), dry_run, "Print what would be written, and write nothing");
  }

  batch::PlanSettings plan_settings(const std::string& extension) const {
    batch::PlanSettings settings = plan;
    settings.extension = extension;
    settings.existing = overwrite ? batch::Existing::Overwrite
                        : resume  ? batch::Existing::Resume
                                  : batch::Existing::Refuse;
    return settings;
  }
};

/// Problems of the walk become failures of the run.
Exit carry_out(const batch::WalkResult& found, const batch::Plan& plan, const RunOptions& options,
               const batch::Conversion& conversion) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  ProgressLine line(!options.quiet && (options.progress == "always" || (options.progress == "auto" && terminal)));
  for (const batch::Problem& problem : found.problems) say(problem.path, problem.reason);
  if (plan.tasks.empty() && plan.skipped == 0) {
    if (found.problems.empty()) say("", "nothing to convert: no matching files in the input");
    return Exit::SomeFailed;
  }

  batch::Observer observer;
  observer.progress = [&](const batch::Totals& totals) { line.update(totals); };
  observer.say = [&](const fs::path& path, const std::string& message) {
    line.clear();
    say(path.string(), message);
  };
  batch::RunSettings settings = options.run;
  settings.stop = &stop_requested;
  if (options.verbose) {
    observer.done = [&](const batch::Task& task) {
      line.clear();
      say(task.source.string(), "-> " + task.destination.string());
    };
  }
  batch::Totals totals = batch::run(plan.tasks, settings, conversion, observer);
  line.clear();
  for (const batch::Problem& problem : found.problems) {
    totals.failures.push_back({problem.path, ErrorCode::Read, problem.reason});
    ++totals.files;
    ++totals.done;
  }
  if (!options.quiet) std::fprintf(stderr, "%s\n", summary(totals, plan.skipped).c_str());
  if (totals.interrupted) return Exit::Interrupted;
  return totals.failures.empty() ? Exit::Ok : Exit::SomeFailed;
}

/// Prints what would be written; `describe` adds what it would be and returns its size in bytes.
Exit print_plan(const batch::WalkResult& found, const batch::Plan& plan,
                const std::function<std::string(const batch::Task&, double& bytes)>& describe) {
  Exit exit = found.problems.empty() ? Exit::Ok : Exit::SomeFailed;
  for (const batch::Problem& problem : found.problems) say(problem.path, problem.reason);
  double bytes = 0;
  for (const batch::Task& task : plan.tasks) {
    std::string about;
    try {
      about = describe(task, bytes);
    } catch (const std::exception& error) {
      say(task.source.string(), error.what());
      exit = Exit::SomeFailed;
      continue;
    }
    std::printf("%s -> %s (%s)\n", printable(task.source.string()).c_str(),
                printable(task.destination.string()).c_str(), about.c_str());
  }
  std::printf("%s, up to %s; nothing was written\n", count_text(plan.tasks.size(), "file", "files").c_str(),
              bytes_text(bytes).c_str());
  return exit;
}

struct EncodeOptions {
  std::string compression = "fast";
  std::optional<std::int64_t> tile_width;
};

Exit encode(const FileOptions& files, const TransformOptions& transform, const EncodeOptions& chosen,
            RunOptions options) {
  const EncodeSettings settings = transform.encode_settings();
  const image::Compression compression = image::compression_from_string(chosen.compression);
  tile_widths(chosen.tile_width, 1, settings);  // throws if that cannot be
  const batch::WalkResult found = batch::walk(files.inputs, audio::has_audio_extension);
  batch::PlanSettings names = files.plan_settings(".png");
  names.makes_tiles = true;
  const batch::Plan plan = batch::make_plan(found, names);
  if (files.dry_run) {
    return print_plan(found, plan, [&](const batch::Task& task, double& bytes) {
      const audio::FileInfo info = audio::inspect(task.source);
      const PictureSize size = picture_size(info.n_samples, info.channels, settings);
      bytes += static_cast<double>(size.bytes);
      const std::int64_t n_tiles =
          count_pieces(tile_widths(chosen.tile_width, info.channels, settings).tile, size.width);
      return std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels" +
             (n_tiles > 1 ? " in " + std::to_string(n_tiles) + " tiles" : "") + ", at most " +
             bytes_text(static_cast<double>(size.bytes));
    });
  }
  return carry_out(found, plan, options, batch::Encoder(settings, compression, chosen.tile_width));
}

struct DecodeOptions {
  std::string container = "wav";
  std::string subtype;
  std::string normalize = "none";
};

Exit decode(const FileOptions& files, const TransformOptions& transform, const DecodeOptions& chosen,
            const RunOptions& options) {
  batch::DecodeSettings settings;
  settings.flags = transform.given;
  settings.container = audio::container_from_string(chosen.container);
  if (!chosen.subtype.empty()) settings.format = sample_format_from_string(chosen.subtype);
  if (settings.format == SampleFormat::Lossy) throw Error(ErrorCode::Usage, "--subtype lossy cannot be written");
  settings.normalize = chosen.normalize == "peak";
  batch::WalkResult found = batch::walk(files.inputs, image::has_picture_extension);
  batch::join_tiles(found);
  const batch::Plan plan = batch::make_plan(found, files.plan_settings("." + chosen.container));
  if (files.dry_run) {
    return print_plan(found, plan, [&](const batch::Task& task, double& bytes) {
      const image::FileInfo info = image::inspect(task.source);
      const PictureNote note =
          batch::decode_parameters(info.note, info.width, info.height, info.bits, task.source, settings.flags).note;
      const double seconds = static_cast<double>(note.n_samples) / note.sample_rate;
      const audio::WriteSettings as = audio::settings_for(settings.container, settings.format.value_or(note.format));
      bytes += 44 + static_cast<double>(note.n_samples) * note.channels * bytes_of(as.format);
      return duration_text(seconds) + ", " + std::to_string(note.channels) + " x " + std::to_string(note.sample_rate) +
             " Hz, " + to_string(as.format);
    });
  }
  return carry_out(found, plan, options, batch::Decoder(settings));
}

}  // namespace

void add_encode(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    TransformOptions transform;
    EncodeOptions encode;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("encode", "Sounds to pictures");
  state->files.add_to(*command, "Sound files, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the pictures, or one .png file (default: beside each input)");
  state->transform.add_to(*command, true);
  command
      ->add_option("--compression", state->encode.compression,
                   "fast (all but the smallest for phase pictures), small, or 1 to 12 (libdeflate's levels)")
      ->capture_default_str();
  command
      ->add_option(
          both_spellings("--tile-width"), state->encode.tile_width,
          "Columns of a picture at most: a longer sound becomes song.0000.png, song.0001.png ... (default 65500, "
          "or what fits into 512 MiB of pixels; 0: never cut)")
      ->check(CLI::NonNegativeNumber);
  state->options.add_to(*command);
  command->callback(
      [state, &result] { result = encode(state->files, state->transform, state->encode, state->options); });
}

void add_decode(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    TransformOptions transform;
    DecodeOptions decode;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("decode", "Pictures to sounds");
  state->files.add_to(*command, "Pictures, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the sounds, or one sound file (default: beside each input)");
  command->add_option("--format", state->decode.container, "wav, flac or ogg")
      ->check(CLI::IsMember({"wav", "flac", "ogg"}))
      ->capture_default_str();
  command->add_option("--subtype", state->decode.subtype,
                      "pcm8, pcm16, pcm24, pcm32, float or double (default: the source's)");
  command
      ->add_option("--normalize", state->decode.normalize,
                   "none, or peak: louder or softer to full scale (always for pictures that carry no level)")
      ->check(CLI::IsMember({"none", "peak"}))
      ->capture_default_str();
  auto& given = state->transform.given;
  command->add_option(both_spellings("--sample-rate"), given.sample_rate, "Hz; overrides the note")
      ->check(CLI::Range(1, 2147483647));
  command->add_option("--channels", given.channels, "Sounds stacked in a picture without a note (default 1)")
      ->check(CLI::Range(1, 1024));
  command->add_option(both_spellings("--n-samples"), given.n_samples, "Length in samples; overrides the note")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--ref", given.ref, "Magnitude of full brightness; overrides the note")
      ->check(CLI::PositiveNumber);
  state->transform.add_to(*command, false);
  state->options.add_to(*command);
  command->callback(
      [state, &result] { result = decode(state->files, state->transform, state->decode, state->options); });
}

Exit convert_files(const std::vector<std::string>& files) {
  FileOptions sounds;
  FileOptions pictures;
  for (const std::string& file : files) {
    (image::has_picture_extension(file) ? pictures : sounds).inputs.push_back(file);
  }
  const EncodeSettings settings = TransformOptions{}.encode_settings();
  Exit worst = Exit::Ok;
  const auto convert = [&](const std::vector<std::string>& inputs, const std::string& extension, auto wanted,
                           const batch::Conversion& conversion) {
    if (inputs.empty()) return;
    RunOptions options;
    batch::PlanSettings names;
    names.extension = extension;
    names.existing = batch::Existing::Rename;
    names.makes_tiles = extension == ".png";
    batch::WalkResult found = batch::walk(inputs, wanted);
    if (!names.makes_tiles) batch::join_tiles(found);
    const batch::Plan plan = batch::make_plan(found, names);
    for (const batch::Task& task : plan.tasks) {
      std::printf("%s -> %s\n", printable(task.source.string()).c_str(), printable(task.destination.string()).c_str());
    }
    std::fflush(stdout);
    worst = std::max(worst, carry_out(found, plan, options, conversion));
  };
  convert(sounds.inputs, ".png", audio::has_audio_extension, batch::Encoder(settings));
  convert(pictures.inputs, ".wav", image::has_picture_extension, batch::Decoder({}));
  return worst;
}

}  // namespace spectrohue::cli
