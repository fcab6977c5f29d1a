// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>

#include "batch/synth.h"
#include "cli/batch_command.h"
#include "cli/progress.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

constexpr double kWavHeaderBytes = 44;
/// Of its samples' bytes, what a file that is no WAV takes at least.
constexpr double kLikelyShare = 0.4;

struct SynthOptions {
  batch::SynthSettings settings;
  std::optional<double> db_range;
  std::optional<double> gamma;
  std::string axis;
  std::string method = "sines";
  std::string traversal = "columns";
  std::string stereo = "none";
  std::string normalize = "peak";
  std::string container;
  std::string subtype;
  std::string preview_colormap = "magma";
  int n_fft = 2048;

  void add_to(CLI::App& app);
  void add_picture_options(CLI::App& app);
  void add_sound_options(CLI::App& app);
  void add_file_options(CLI::App& app);
};

void SynthOptions::add_to(CLI::App& app) {
  add_picture_options(app);
  add_sound_options(app);
  add_file_options(app);
}

void SynthOptions::add_picture_options(CLI::App& app) {
  const HelpGroup group(app, "Picture");
  app.add_flag(both_spellings("--ignore-note"), settings.ignores_note,
               "Play a picture that spectrohue made as any other, its brightness as it looks");
  app.add_flag("--invert", settings.invert, "Dark is loud: drawings on white paper");
  app.add_flag("--flip", settings.turned.flip, "Low frequencies are on top");
  app.add_flag("--transpose", settings.turned.transpose, "Time runs down");
  app.add_option("--blur", settings.blur, "Blur with a standard deviation of so many pixels, against harsh edges")
      ->type_name("PIXELS");
  CLI::Option* range =
      app.add_option(
             both_spellings("--db-range"), db_range,
             "White is so much louder than the darkest gray; black is silence (default 60; a note's: its curve)")
          ->check(CLI::Range(1.0, 400.0))
          ->type_name("DB");
  app.add_option("--gamma", gamma, "Instead, brightness is amplitude to this power, as encode's --curve gamma")
      ->check(CLI::Range(0.01, 10.0))
      ->excludes(range);
  app.add_option("--traversal", traversal,
                 "columns: time from left to right; hilbert: a chord, a pixel's frequency being its place on Hilbert's "
                 "curve")
      ->capture_default_str();
  app.add_option("--stereo", stereo,
                 "none, red-green (red left, green right), green-blue, or hue (red left, cyan right, gray in the "
                 "middle)")
      ->capture_default_str();
}

void SynthOptions::add_sound_options(CLI::App& app) {
  const HelpGroup group(app, "Sound");
  app.add_option("--duration", settings.seconds, "Seconds (default: the note's, else by the columns; a chord 5)");
  app.add_option(both_spellings("--columns-per-second"), settings.columns_per_second,
                 "Speed instead of --duration (default 100)");
  app.add_option(both_spellings("--sample-rate"), settings.sample_rate, "Hz (default: the note's, else 44100)")
      ->check(CLI::Range(1000, 768000));
  app.add_option("--axis", axis,
                 "linear, log, mel, bark or erb: what rows are even steps of (default: the note's, "
                 "else linear)");
  app.add_option("--fmin", settings.fmin, "Hz at the picture's lower edge (default: the note's, else 0; log: 32.7)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--fmax", settings.fmax, "Hz at its upper edge (default: the note's, else half the sample rate)")
      ->check(CLI::PositiveNumber);
  app.add_option("--bands", settings.bands,
                 "Rows that the picture is resized to (default: as many as it has, without a note at most 1024; "
                 "hilbert: a power of 4, default at most 4096)")
      ->check(CLI::Range(1, FrequencyScale::kMaxBands));
  app.add_option("--method", method,
                 "What a row is: sines, noise (a band of it), or hybrid, griffinlim: magnitudes of a transform whose "
                 "phases are searched")
      ->capture_default_str();
  app.add_option(both_spellings("--n-fft"), n_fft, "Samples a frame, of all methods but sines, and of previews")
      ->capture_default_str();
  app.add_option(both_spellings("--n-iter"), settings.render.n_iter,
                 "Steps of the search (default: hybrid 64, griffinlim 32)")
      ->check(CLI::Range(0, 100000));
  app.add_option("--seed", settings.render.seed, "Of phases and noise: another one, another sound of the same picture")
      ->capture_default_str();
  app.add_option("--normalize", normalize,
                 "peak (-1 dBFS, default), none (a white row is a sine of amplitude 1), or dBFS of the loudest sample")
      ->type_name("peak|none|DB");
}

void SynthOptions::add_file_options(CLI::App& app) {
  add_sound_format(app, container);
  app.add_option("--subtype", subtype,
                 "pcm8, pcm16, pcm24, pcm32, float or double (default: the note's source's, else pcm16)");
  app.add_option("--preview", settings.preview,
                 "The spectrogram of what came out: FILE.png of one picture, or a folder")
      ->type_name("PATH");
  app.add_option(both_spellings("--preview-colormap"), preview_colormap, "gray, magma, viridis ...")
      ->capture_default_str();
}

std::optional<double> peak_for(const std::string& normalize) {
  if (normalize == "none") return std::nullopt;
  if (normalize == "peak") return batch::SynthSettings{}.peak_db;
  char* end = nullptr;
  const double peak_db = std::strtod(normalize.c_str(), &end);
  if (normalize.empty() || *end != '\0' || !(peak_db <= 0 && peak_db >= -200)) {
    throw Error(ErrorCode::Usage,
                "--normalize '" + normalize + "' is neither peak, none nor a level between -200 and 0 dBFS");
  }
  return peak_db;
}

/// A preview is neither to be one of many, nor among the inputs.
void check_preview(const fs::path& preview, const FileOptions& files) {
  const bool is_file = preview.extension() == ".png" && !fs::is_directory(preview);
  if (!is_file && image::has_picture_extension(preview)) {
    throw Error(ErrorCode::Usage, "--preview '" + preview.string() + "' must be a .png file or a folder");
  }
  const bool is_of_one = files.inputs.size() == 1 && fs::is_regular_file(files.inputs.front());
  if (is_file && !is_of_one) {
    throw Error(ErrorCode::Usage,
                "--preview '" + preview.string() + "' is one file; give a folder for several previews");
  }
  const bool has_one_place = files.inputs.size() == 1 && fs::exists(files.inputs.front());
  if (!is_file && files.plan.output.empty() && !has_one_place) {
    throw Error(ErrorCode::Usage, "previews of pictures from several places need a folder for the sounds: -o FOLDER");
  }
  const fs::path place = fs::weakly_canonical(is_file ? preview.parent_path() : preview);
  for (const fs::path input : files.inputs) {
    if (!fs::is_directory(input)) continue;
    const fs::path folder = fs::weakly_canonical(input);
    if (std::mismatch(folder.begin(), folder.end(), place.begin(), place.end()).first == folder.end()) {
      throw Error(ErrorCode::Usage, "--preview '" + preview.string() + "' lies inside the input folder '" +
                                        input.string() + "'; previews would be taken for pictures to be played");
    }
  }
}

batch::SynthSettings settings_of(const SynthOptions& chosen, const FileOptions& files) {
  batch::SynthSettings settings = chosen.settings;
  if (chosen.db_range) settings.curve = Curve{CurveKind::Db, 1, *chosen.db_range};
  if (chosen.gamma) settings.curve = Curve{CurveKind::Gamma, *chosen.gamma, 100};
  if (!chosen.axis.empty()) settings.axis = frequency_scale_from_string(chosen.axis);
  settings.traversal = batch::traversal_from_string(chosen.traversal);
  settings.stereo = synth::stereo_from_string(chosen.stereo);
  settings.render.method = synth::method_from_string(chosen.method);
  settings.render.stft = StftSettings::for_n_fft(chosen.n_fft);
  settings.peak_db = peak_for(chosen.normalize);
  settings.container = container_for(chosen.container, files.plan.output);
  if (!chosen.subtype.empty()) settings.format = sample_format_from_string(chosen.subtype);
  if (settings.format == SampleFormat::Lossy) throw Error(ErrorCode::Usage, "--subtype lossy cannot be written");
  settings.preview_colours = colormap_by_name(chosen.preview_colormap);
  settings.replaces_preview = files.overwrite || files.resume;
  if (!settings.preview.empty()) check_preview(settings.preview, files);
  validate(settings);
  return settings;
}

Exit synth_files(const FileOptions& files, const SynthOptions& chosen, const RunOptions& options) {
  const batch::SynthSettings settings = settings_of(chosen, files);
  const batch::Synthesizer synthesizer(settings);
  const auto forecast = [&](const batch::Task& task) {
    const batch::Synthesizer::Extent extent = synthesizer.extent_of(task);
    const SampleFormat format = settings.format.value_or(SampleFormat::Pcm16);
    const double bytes = kWavHeaderBytes + static_cast<double>(extent.n_samples) * extent.channels * bytes_of(format);
    return Forecast{duration_text(extent.seconds) + ", " + std::to_string(extent.channels) + " x " +
                        std::to_string(extent.sample_rate) + " Hz, " + to_string(settings.render.method),
                    bytes, settings.container == audio::Container::Wav ? bytes : kLikelyShare * bytes};
  };
  return convert(
      files, options,
      {"synth", image::has_picture_extension, image::has_unread_picture_extension, "." + to_string(settings.container),
       kSoundFormats, false, !settings.ignores_note, synthesizer, forecast});
}

}  // namespace

void add_synth(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    SynthOptions synth;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("synth", "Any picture as sound: photographs, drawings, pages of text");
  state->files.add_to(*command, "Pictures, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the sounds, or one sound file (default: beside each input)");
  state->synth.add_to(*command);
  state->options.add_to(*command);
  command->callback([state, &result] { result = synth_files(state->files, state->synth, state->options); });
}

}  // namespace spectrohue::cli
