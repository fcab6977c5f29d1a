// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/options.h"
#include "spectrohue/version.h"

namespace spectrohue::cli {

std::atomic<bool> stop_requested{false};

namespace {

void request_stop(int signal) {
  stop_requested = true;
  std::signal(signal, SIG_DFL);  // the second one ends the program at once
}

Exit exit_for(const Error& error) {
  switch (error.code()) {
    case ErrorCode::Usage: return Exit::Usage;
    case ErrorCode::Device:
    case ErrorCode::OutOfMemory: return Exit::NoDevice;
    default: return Exit::SomeFailed;
  }
}

/// Without a subcommand the arguments are files: what a desktop passes when files are dropped on the program.
bool are_files(int argc, char** argv, const CLI::App& app) {
  if (argc < 2 || argv[1][0] == '-') return false;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == argv[1]) return false;
  }
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::exists(argv[i])) return false;
  }
  return true;
}

int run(int argc, char** argv) {
  CLI::App app{"Sounds to spectrogram pictures and back, whole folders at a time", "spectrohue"};
  app.set_version_flag("--version", std::string("spectrohue ") + kVersion);
  app.footer(
      "spectrohue FILE...  converts each file the way it implies, with all defaults, beside it.\n"
      "Exit codes: 0 all done, 1 some files failed (also for want of memory), 2 usage, 3 no device, or no memory to "
      "begin\n"
      "with, 130 interrupted.");
  app.require_subcommand(1);
  Exit result = Exit::Ok;
  add_encode(app, result);
  add_decode(app, result);
  add_plot(app, result);
  add_synth(app, result);
  add_info(app, result);
  add_verify(app, result);
  add_merge(app, result);
  add_devices(app, result);
  add_describe(app, result);
  add_serve(app, result);
  try {
    if (are_files(argc, argv, app)) return static_cast<int>(convert_files({argv + 1, argv + argc}));
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    say("", error.what());
    std::fprintf(stderr, "Run with --help for the options.\n");
    return static_cast<int>(Exit::Usage);
  } catch (const Error& error) {
    say("", error.what());
    return static_cast<int>(exit_for(error));
  } catch (const std::bad_alloc&) {
    say("", "not enough memory");
    return static_cast<int>(Exit::NoDevice);
  } catch (const std::exception& error) {
    say("", std::string("internal error: ") + error.what());
    return static_cast<int>(Exit::SomeFailed);
  }
  return static_cast<int>(result);
}

}  // namespace
}  // namespace spectrohue::cli

int main(int argc, char** argv) {
  std::signal(SIGINT, spectrohue::cli::request_stop);
  std::signal(SIGTERM, spectrohue::cli::request_stop);
  return spectrohue::cli::run(argc, argv);
}
