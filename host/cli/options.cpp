// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "batch/presets.h"
#include "core/foreign_colormaps.h"

namespace spectrohue::cli {

namespace {

/// Runs use(), whose errors are about an option.
template <class Use>
void as_validation(Use&& use) {
  try {
    use();
  } catch (const Error& error) {
    throw CLI::ValidationError(error.what());
  }
}

/// An option whose text `parse` turns into a value, so that spectrohue's own message lists what is legal.
template <class T, class Parse>
void add_named(CLI::App& app, const std::string& name, std::optional<T>& target, Parse parse, const std::string& help,
               const std::string& type) {
  app.add_option_function<std::string>(
         both_spellings(name),
         [&target, parse](const std::string& text) { as_validation([&] { target = parse(text); }); }, help)
      ->type_name(type);
}

}  // namespace

void add_sound_format(CLI::App& app, std::string& format) {
  app.add_option("--format", format,
                 std::string(kSoundFormats) + " (default: what the name after -o ends in, else wav)")
      ->check(CLI::IsMember({"wav", "flac", "ogg"}));
}

audio::Container container_for(const std::string& format, const std::filesystem::path& output) {
  if (!format.empty()) return audio::container_from_string(format);
  if (std::filesystem::is_directory(output)) return audio::Container::Wav;
  return audio::container_of_extension(output).value_or(audio::Container::Wav);
}

std::string both_spellings(const std::string& name) {
  std::string underscored = name.substr(2);
  std::replace(underscored.begin(), underscored.end(), '-', '_');
  return name.find('-', 2) == std::string::npos ? name : name + ",--" + underscored;
}

void TransformOptions::set_colormap(const std::string& text) {
  if (given.foreign.from && (text == "auto" || foreign_colormap_by_name(text) != nullptr)) {
    given.foreign.colormap = text;
  } else {
    given.colours = batch::colours_from_string(text);
  }
}

void TransformOptions::add_transform_to(CLI::App& app) {
  app.add_option(both_spellings("--n-fft"), given.n_fft, "Samples a frame; factors 2, 3, 5, 7 (default 2048)");
  app.add_option(both_spellings("--hop-length"), given.hop_length, "Samples between frames (default n_fft / 4)");
  app.add_option(both_spellings("--win-length"), given.win_length, "Samples of the window (default n_fft)");
  add_named(app, "--window", given.window, window_from_string,
            "hann, hamming, blackman, blackmanharris, gaussian, kaiser or rectangular (default hann)", "NAME");
  app.add_option(both_spellings("--window-parameter"), given.window_parameter,
                 "gaussian: standard deviation as a share of win_length; kaiser: beta");
  add_named(
      app, "--center", given.center,
      [](const std::string& text) {
        if (text == "on") return true;
        if (text == "off") return false;
        throw Error(ErrorCode::Usage, "--center must be on or off");
      },
      "on: frame t is centred on sample t * hop_length (default); off: it starts there", "on|off");
}

void TransformOptions::add_to(CLI::App& app, bool encoding_side) {
  const HelpGroup group(app, "Spectrogram");
  add_named(app, "--preset", given.preset, batch::preset_from_string,
            encoding_side
                ? "Defaults for the options below: librosa, torchaudio, riffusion, archive or edit; --dry-run "
                  "says them (docs/presets.md)"
                : "Of pictures without a note, what the options below are by default: librosa, torchaudio, "
                  "riffusion, archive or edit (docs/presets.md)",
            "NAME");
  add_transform_to(app);
  app.add_option_function<std::string>(
         "--encoding", [this](const std::string& text) { as_validation([&] { batch::set_encoding(text, given); }); },
         "hsv (default), hsv16; bit-exact: hsvx, hsv16x; magnitudes: gray8, gray16, gray32f, rgb24, colormap:NAME, "
         "stereo, stereo3; magphase, magphase16, complex")
      ->type_name("NAME");
  add_named(app, "--curve", given.curve, curve_from_string,
            "Magnitude to brightness: gamma, db, linear, adaptive-log or double-log (default gamma)", "NAME");
  app.add_option("--gamma", given.gamma, "Exponent of --curve gamma (default 0.3)");
  app.add_option(both_spellings("--top-db"), given.top_db,
                 "Range of --curve db and adaptive-log (default 100; 120 with more than 8 bits)");
  app.add_option_function<std::string>(
         "--colormap", [this](const std::string& text) { as_validation([&] { set_colormap(text); }); },
         "Colours of --encoding colormap: viridis (default), magma, inferno, plasma, cividis, turbo, jet, hot, gray "
         "... "
         "or a file of lines R G B" +
             std::string(encoding_side ? "" : "; with --from also auto (default), sox ... and ffmpeg-intensity ..."))
      ->type_name("NAME|FILE");
  add_named(app, "--freq-scale", given.freq_scale, frequency_scale_from_string,
            "Rows: linear (bins, default), or bands on a scale: mel, log, bark or erb", "NAME");
  app.add_option("--n-mels,--n_mels,--n-bands,--n_bands", given.n_bands, "Bands of --freq-scale (default 128)");
  app.add_option("--fmin", given.fmin, "Hz, where the bands begin (default 0; log: 32.7)");
  app.add_option("--fmax", given.fmax, "Hz, where the bands end (default half the sample rate)");
  add_named(app, "--mel-scale", given.mel_scale, mel_scale_from_string, "slaney (default) or htk", "NAME");
  add_named(app, "--mel-norm", given.band_norm, band_norm_from_string,
            "Weights of bands: slaney (each of the same area, default) or none", "NAME");
  app.add_option("--power", given.band_power, "Bands add up magnitudes (1) or their squares (2, default)")
      ->check(CLI::IsMember({1, 2}));
  if (encoding_side) {
    CLI::Option* preset =
        app.add_option("--quality", quality,
                       "fast: each pixel rounded on its own; standard: errors fed back; high: and 4 sweeps (default)")
            ->check(CLI::IsMember({"fast", "standard", "high"}));
    app.add_option("--refine", refine, "Errors fed back, and this many sweeps (0 to 64), instead of --quality")
        ->excludes(preset);
    add_named(app, "--pad-mode", pad_mode, pad_mode_from_string,
              "What the first and last frames see outside the sound: constant (zeros, default) or reflect", "NAME");
    add_named(app, "--frames", frames, frame_count_from_string,
              "How many: cover (the last is centred at or behind the sound's end, default), or floor (librosa's, one "
              "less where n_samples is no multiple of hop_length)",
              "NAME");
    app.add_option(
        "--ref", ref,
        "Magnitude of full brightness: peak (of each channel, default), full-scale, dataset (one peak for all "
        "files, read twice) or a number (default 1 with gray32f and complex)");
    app.add_option("--tilt", tilt,
                   "dB per octave, -24 to 24: makes high frequencies brighter (or, below 0, darker); undone by decode")
        ->type_name("DB_PER_OCTAVE");
  }
}

void RunOptions::add_compute_to(CLI::App& app) {
  app.add_option("-j,--jobs", run.threads, "Threads, over files and inside long ones (default: one a processor)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--device", run.device,
                 "auto (a GPU if there is one), cpu, cpu:SET (an instruction set), cuda, cuda:N or all (GPUs)")
      ->capture_default_str();
  app.add_option_function<std::uint64_t>(
         both_spellings("--max-gpu-memory"),
         [this](const std::uint64_t& bytes) {
           if (bytes == 0 || bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
             throw CLI::ValidationError("--max-gpu-memory", "must be above 0");
           }
           run.max_device_bytes = static_cast<std::int64_t>(bytes);
         },
         "Of each GPU, for slots of work: 500M, 4G (default: half of what is free)")
      ->transform(CLI::AsSizeValue(false));
}

void RunOptions::add_to(CLI::App& app) {
  const HelpGroup group(app, "Run");
  add_compute_to(app);
  app.add_option("--progress", progress,
                 "auto (if standard error is a terminal), always, json (an object a line, for programs) or none")
      ->check(CLI::IsMember({"auto", "always", "json", "none"}))
      ->capture_default_str();
  app.add_option(both_spellings("--max-errors"), run.max_errors, "Begin no further file after more failures than this")
      ->type_name("N");
  app.add_flag("--hash", run.hash, "Record the SHA-256 of sources and outputs in the manifest; without one, say it");
  app.add_flag("--sync", run.outputs.sync, "Each output is on the disk before it gets its name (slower)");
  app.add_flag("-q,--quiet", quiet, "Only errors, and what is doubtful about single files");
  app.add_flag("-v,--verbose", verbose, "Also every file that was converted");
}

void add_params_from(CLI::App& app, std::string& picture) {
  app.add_option(both_spellings("--params-from"), picture,
                 "Of pictures without a note, such as a model's: that of this picture, which spectrohue made")
      ->type_name("PICTURE");
}

void take_parameters_from(const std::string& picture, batch::ParameterFlags& flags) {
  if (picture.empty()) return;
  if (flags.preset) {
    throw Error(ErrorCode::Usage, "--params-from says all that --preset does; leave one of them out");
  }
  flags.params_from = batch::borrow_note(picture, flags.half);
}

std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

void say(const std::string& about, const std::string& message) {
  std::fprintf(stderr, "spectrohue: %s%s%s\n", printable(about).c_str(), about.empty() ? "" : ": ",
               printable(message).c_str());
}

}  // namespace spectrohue::cli
