// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// serve: the page.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>

#include "cli/file_conversions.h"
#include "cli/options.h"
#include "serve/private_folder.h"
#include "serve/server.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

struct ServeOptions {
  serve::ServerSettings server;
  RunOptions run;
  bool opens = false;
};

/// Opens the address in the user's browser. Arguments of programs are for all users of a machine to see, so the browser
/// is given a page that nobody else may read, which leads on to the address.
void open_in_browser(const fs::path& folder, const std::string& url) {
  const fs::path page = folder / "open.html";
  std::ofstream(page) << "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
                      << "<meta http-equiv=\"refresh\" content=\"0; url=" << url << "\"><title>spectrohue</title>"
                      << "<a href=\"" << url << "\">spectrohue</a>\n";
  std::string program = "xdg-open";
  std::string argument = page.string();
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
    say("", "there is no xdg-open to open a browser with; open the address yourself");
  }
}

/// Closing the terminal ends it like Ctrl-C, so that nothing is left behind; with nohup it stays.
void stop_with_terminal() {
  if (std::signal(SIGHUP, [](int) { stop_requested = true; }) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

Exit run(const ServeOptions& options) {
  stop_with_terminal();
  serve::ServerSettings settings = options.server;
  settings.workshop.encode = encode_conversion;
  settings.workshop.decode = decode_conversion;
  settings.workshop.run = options.run.run;
  const serve::PrivateFolder folder;
  serve::serve(settings, stop_requested, [&](const std::string& url) {
    std::printf("%s\n", url.c_str());
    std::fflush(stdout);
    std::fprintf(stderr, "Open this address in a browser; Ctrl-C ends. Whoever knows it may convert files here.\n");
    if (options.opens) open_in_browser(folder.path(), url);
  });
  return Exit::Ok;
}

}  // namespace

void add_serve(CLI::App& app, Exit& result) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "A page in the browser: drop a file, hear and see what it becomes");
  serve::ServerSettings& server = options->server;
  command->add_option("--port", server.port, "To listen at (default: one that is free)")->check(CLI::Range(1, 65535));
  command->add_flag("--open", options->opens, "Open the page in the browser");
  command
      ->add_option("--folder", server.workshop.folder,
                   "Where the page may also save results, never over a file that is there (default: nowhere, only "
                   "downloads)")
      ->type_name("FOLDER");
  command
      ->add_option_function<std::uint64_t>(
          both_spellings("--max-upload"),
          [&server](const std::uint64_t& bytes) {
            if (bytes == 0 || bytes > std::uint64_t{1} << 50) {
              throw CLI::ValidationError("--max-upload", "must be above 0 and at most 1024T");
            }
            server.max_upload_bytes = static_cast<std::int64_t>(bytes);
          },
          "Bytes of a file at most: 100M, 4G (default 512M)")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--workers", server.workshop.workers, "Conversions at a time; others wait in line (default 1)")
      ->check(CLI::Range(1, 64));
  command
      ->add_option("--host", server.host,
                   "Name or address to listen at instead of 127.0.0.1 and ::1; needs --token unless it is one of these")
      ->type_name("HOST");
  command
      ->add_option("--token", server.token,
                   "The secret part of the address, 16 characters or more (default: a new one every time)")
      ->envname("SPECTROHUE_TOKEN")
      ->type_name("TOKEN");
  {
    const HelpGroup group(*command, "Run");
    options->run.add_compute_to(*command);
  }
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace spectrohue::cli
