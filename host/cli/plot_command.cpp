// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <memory>

#include "batch/plot.h"
#include "cli/batch_command.h"
#include "cli/progress.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

/// CSS pixels an inch.
constexpr double kPixelsPerInch = 96;
/// A share of its pixels that a PNG takes.
constexpr double kLikelyShare = 0.2;

struct PlotOptions {
  batch::PlotSettings settings;
  std::string format;
  std::string compression = "fast";
  std::optional<double> dpi;
  std::string frequency_scale = "linear";
  std::string reduce = "max";
  std::string ref = "full-scale";
  std::optional<double> top_db;
  std::vector<double> db_range;
  std::string colormap = "magma";
  bool invert = false;
  std::string theme = "light";
  bool no_waveform = false;
  bool no_axes = false;
  bool no_colour_bar = false;

  void add_to(CLI::App& app);
  void add_figure_options(CLI::App& app);
};

void PlotOptions::add_to(CLI::App& app) {
  const HelpGroup group(app, "Plot");
  app.add_option("--format", format, "png, svg or pdf (default: what the name after -o ends in, else png)");
  app.add_option("--compression", compression, "Of PNGs: fast, small (slower by 80 ms, half the size) or 1 to 12")
      ->capture_default_str();
  add_figure_options(app);
  app.add_option(both_spellings("--freq-scale"), frequency_scale, "linear, log, mel, bark or erb")
      ->capture_default_str();
  app.add_option("--fmin", settings.frequency.fmin, "Hz (default 0; log: 32.7)")->check(CLI::NonNegativeNumber);
  app.add_option("--fmax", settings.frequency.fmax, "Hz (default half the sample rate)")->check(CLI::PositiveNumber);
  app.add_option("--start", settings.start_s, "Seconds into the sound (default 0)");
  app.add_option("--duration", settings.duration_s, "Seconds that are shown (default: to the end)");
  app.add_option("--ref", ref, "0 dB: full-scale (a sine of amplitude 1) or peak (the loudest that is shown)")
      ->check(CLI::IsMember({"full-scale", "peak"}))
      ->capture_default_str();
  CLI::Option* range =
      app.add_option(both_spellings("--db-range"), db_range, "Levels from LOW to HIGH (default -100,0)")
          ->delimiter(',')
          ->expected(2)
          ->type_name("LOW,HIGH");
  app.add_option(both_spellings("--top-db"), top_db, "Levels from -this to 0 (default 100)")->excludes(range);
  app.add_option("--reduce", reduce, "What a pixel shows of all that falls into it: max or mean (power)")
      ->capture_default_str();
  app.add_option(both_spellings("--sample-rate"), settings.flags.sample_rate, "Hz, of pictures without a note")
      ->check(CLI::Range(1, 2147483647));
}

void PlotOptions::add_figure_options(CLI::App& app) {
  app.add_option("--width", settings.style.width, "Pixels")->capture_default_str();
  app.add_option("--height", settings.style.height, "Pixels (default 0: by the number of channels)");
  CLI::Option* scale = app.add_option("--scale", settings.style.scale, "All of it larger: 2 for twice the pixels");
  app.add_option("--dpi", dpi, "The same as --scale DPI/96")->excludes(scale);
  app.add_option("--colormap", colormap, "viridis, magma, gray ..., or a file of colours")->capture_default_str();
  app.add_flag("--invert", invert, "The colours the other way round");
  app.add_flag(both_spellings("--no-waveform"), no_waveform, "No waveforms above");
  app.add_flag(both_spellings("--no-axes"), no_axes, "No axes");
  app.add_flag(both_spellings("--no-colorbar"), no_colour_bar, "No colour bar");
  app.add_option("--title", settings.title, "Text above, or none (default: the file's name)");
  app.add_option("--font", settings.style.font, "A font's family")->capture_default_str();
  app.add_option("--theme", theme, "light or dark")->capture_default_str();
}

Colormap colormap_for(const std::string& text, bool is_inverted) {
  const std::vector<std::string> names = colormap_names();
  const bool is_name = std::find(names.begin(), names.end(), text) != names.end() || !fs::exists(text);
  Colormap colormap = is_name ? colormap_by_name(text) : load_colormap(text);
  if (is_inverted) std::reverse(colormap.colours.begin(), colormap.colours.end());
  return colormap;
}

/// What --format says, or the name of the output.
batch::FigureType type_for(const std::string& format, const fs::path& output) {
  if (!format.empty()) return batch::figure_type_from_string(format);
  const std::string extension = CLI::detail::to_lower(output.extension().string());
  for (const batch::FigureType type : {batch::FigureType::Svg, batch::FigureType::Pdf}) {
    if (extension == "." + to_string(type) && !fs::is_directory(output)) return type;
  }
  return batch::FigureType::Png;
}

bool has_given_transform(const batch::ParameterFlags& given) {
  return given.n_fft || given.hop_length || given.win_length || given.window || given.window_parameter || given.center;
}

batch::PlotSettings settings_of(const PlotOptions& chosen, const TransformOptions& transform, const fs::path& output) {
  batch::PlotSettings settings = chosen.settings;
  settings.type = type_for(chosen.format, output);
  settings.compression = image::compression_from_string(chosen.compression);
  settings.stft = batch::encode_settings(transform).stft;
  settings.keeps_stft_of_pictures = !has_given_transform(transform.given);
  settings.frequency.kind = frequency_scale_from_string(chosen.frequency_scale);
  settings.reduce = plot::reduce_from_string(chosen.reduce);
  settings.is_relative_to_peak = chosen.ref == "peak";
  if (chosen.top_db) settings.low_db = -*chosen.top_db;
  if (!chosen.db_range.empty()) {
    settings.low_db = chosen.db_range[0];
    settings.high_db = chosen.db_range[1];
  }
  settings.colormap = colormap_for(chosen.colormap, chosen.invert);
  plot::FigureStyle& style = settings.style;
  if (chosen.dpi) style.scale = *chosen.dpi / kPixelsPerInch;
  style.theme = plot::theme_from_string(chosen.theme);
  style.waveform = !chosen.no_waveform;
  style.axes = !chosen.no_axes;
  style.colour_bar = !chosen.no_colour_bar;
  if (settings.title == "none") settings.title = "";
  validate(settings);
  return settings;
}

Exit plot_files(const FileOptions& files, const TransformOptions& transform, const PlotOptions& chosen,
                const RunOptions& options) {
  const batch::PlotSettings settings = settings_of(chosen, transform, files.plan.output);
  const batch::Plotter plotter(settings);
  const auto forecast = [&](const batch::Task& task) {
    const batch::Plotter::Size size = plotter.size_of(task);
    const auto bytes = static_cast<double>(size.width * size.height * 3);
    return Forecast{std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels", bytes,
                    kLikelyShare * bytes};
  };
  const auto wanted = [](const fs::path& path) {
    return audio::has_audio_extension(path) || image::has_picture_extension(path);
  };
  return convert(files, options,
                 {"plot", wanted, audio::has_unread_audio_extension, "." + to_string(settings.type), "png, svg or pdf",
                  false, true, plotter, forecast});
}

}  // namespace

void add_plot(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    TransformOptions transform;
    PlotOptions plot;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("plot", "Figures of sounds, or of pictures: magnitudes with axes, for people");
  state->files.add_to(*command, "Sound files, pictures, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the figures, or one file (default: beside each input)");
  state->plot.add_to(*command);
  {
    const HelpGroup group(*command, "Spectrogram");
    state->transform.add_transform_to(*command);
  }
  state->options.add_to(*command);
  command->callback(
      [state, &result] { result = plot_files(state->files, state->transform, state->plot, state->options); });
}

}  // namespace spectrohue::cli
