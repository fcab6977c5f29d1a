// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Command-line options that several commands share, and the commands themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "audio/writer.h"
#include "batch/encode_flags.h"
#include "batch/parameters.h"
#include "batch/retrieval_flags.h"
#include "batch/run.h"
#include "spectrohue/error.h"

namespace spectrohue::cli {

/// What a command ended with; the values are the program's exit codes.
enum class Exit { Ok = 0, SomeFailed = 1, Usage = 2, NoDevice = 3, Interrupted = 130 };

/// --n-fft ... --ref as given; turned into settings by encode_settings().
class TransformOptions : public batch::EncodeFlags {
 public:
  /// Adds the options that both directions have; `encoding_side` adds those that only encoding has.
  void add_to(CLI::App& app, bool encoding_side);
  /// Those of the transform alone: --n-fft ... --center.
  void add_transform_to(CLI::App& app);

 private:
  void set_colormap(const std::string& text);
};

/// --phase-method ... --seed.
class RetrievalOptions {
 public:
  void add_to(CLI::App& app);
  /// quality: of --phase-quality, where nothing was given. Throws Error(Usage) where options contradict each other.
  RetrievalSettings settings(const std::string& quality = "default") const {
    return batch::retrieval_settings(flags_, quality);
  }

 private:
  batch::RetrievalFlags flags_;
};

struct RunOptions {
  batch::RunSettings run;
  std::string progress = "auto";
  bool quiet = false;
  bool verbose = false;

  void add_to(CLI::App& app);
  /// -j, --device and --max-gpu-memory alone.
  void add_compute_to(CLI::App& app);
};

/// The options that are added while it lives stand under its name in --help.
class HelpGroup {
 public:
  HelpGroup(CLI::App& app, std::string name)
      : app_(app), name_(std::move(name)), n_before_(app.get_options({}).size()) {}
  HelpGroup(const HelpGroup&) = delete;
  HelpGroup& operator=(const HelpGroup&) = delete;
  ~HelpGroup() {
    const std::vector<CLI::Option*> options = app_.get_options({});
    for (std::size_t i = n_before_; i < options.size(); ++i) options[i]->group(name_);
  }

 private:
  CLI::App& app_;
  std::string name_;
  std::size_t n_before_;
};

/// --params-from PICTURE, of decode and info.
void add_params_from(CLI::App& app, std::string& picture);
/// Puts that picture's note into the flags; does nothing if there is none. Throws Error.
void take_parameters_from(const std::string& picture, batch::ParameterFlags& flags);

constexpr const char* kSoundFormats = "wav, flac or ogg";
/// --format, of decode and synth.
void add_sound_format(CLI::App& app, std::string& format);
/// What --format says, or the name of the output unless it is a folder, or WAV.
audio::Container container_for(const std::string& format, const std::filesystem::path& output);

/// "--n-fft,--n_fft": both spellings of a long option.
std::string both_spellings(const std::string& name);

// Each adds its subcommand; `result` receives the exit code when it ran.
void add_encode(CLI::App& app, Exit& result);
void add_decode(CLI::App& app, Exit& result);
void add_plot(CLI::App& app, Exit& result);
void add_synth(CLI::App& app, Exit& result);
void add_info(CLI::App& app, Exit& result);
void add_verify(CLI::App& app, Exit& result);
void add_merge(CLI::App& app, Exit& result);
void add_devices(CLI::App& app, Exit& result);
void add_describe(CLI::App& app, Exit& result);
void add_serve(CLI::App& app, Exit& result);

/// `spectrohue FILE...`: the direction each file implies, with every default, output beside the file under a free name.
Exit convert_files(const std::vector<std::string>& files);

/// Set by SIGINT and SIGTERM.
extern std::atomic<bool> stop_requested;

/// "spectrohue: about: message" on standard error; control characters in file names are shown as '?'.
void say(const std::string& about, const std::string& message);
std::string printable(std::string text);

}  // namespace spectrohue::cli
