// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The page, and what it asks for, over HTTP. cpp-httplib stops in server.cpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "serve/workshop.h"

namespace spectrohue::serve {

struct ServerSettings {
  std::string host;   ///< to listen at; empty: 127.0.0.1 and, where there is one, ::1
  int port = 0;       ///< 0: a free one
  std::string token;  ///< empty: a new one. Needed where host is not of loopback.
  std::int64_t max_upload_bytes = std::int64_t{512} << 20;
  WorkshopSettings workshop;
};

/// Throws Error(Usage) that says what is missing or does not go together.
void check(const ServerSettings& settings);

/// Serves until `stop` becomes true, which it looks at ten times a second, and what is under way has ended. ready is
/// called once with the page's address when requests are taken. Throws as check(); Error(Usage) if it cannot listen
/// there; Error(Write) if there is no place for temporary files.
void serve(const ServerSettings& settings, const std::atomic<bool>& stop,
           const std::function<void(const std::string& url)>& ready);

}  // namespace spectrohue::serve
