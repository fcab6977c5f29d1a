// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <cstdio>
#include <string_view>

#include "cli/options.h"
#include "spectrohue/backend.h"

namespace spectrohue::cli {

void add_devices(CLI::App& app, Exit& result) {
  CLI::App* command = app.add_subcommand("devices", "What can compute here, and why something cannot");
  command->callback([&result] {
    bool chosen = false;
    for (const BackendInfo& info : list_backends()) {
      const bool takes = info.usable && !chosen;
      chosen = chosen || info.usable;
      std::printf("%-8s %-12s %s%s\n", info.device.c_str(), info.usable ? "usable" : "not usable",
                  info.usable ? info.description.c_str() : info.reason.c_str(), takes ? "  [auto takes this]" : "");
    }
    result = Exit::Ok;
  });
}

}  // namespace spectrohue::cli
