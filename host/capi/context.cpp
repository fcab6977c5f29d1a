// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "capi/context.h"

#include "batch/run.h"
#include "capi/status.h"

namespace capi = spectrohue::capi;

spectrohue_status spectrohue_context_create(const char* device, int threads, spectrohue_context** context) {
  constexpr int kMostThreads = 4096;
  return capi::guarded([&] {
    capi::require(context, "context");
    if (threads < 0 || threads > kMostThreads) {
      throw spectrohue::Error(spectrohue::ErrorCode::Usage,
                              std::to_string(threads) + " threads are not 0 (one a processor) to 4096");
    }
    const std::string which = device == nullptr ? "auto" : device;
    auto backend = spectrohue::make_backend(which);
    const std::string name = backend->name();
    const int n_threads = threads > 0 ? threads : spectrohue::batch::default_threads();
    *context = new spectrohue_context{which, name, {}, spectrohue::batch::Worker(std::move(backend), n_threads)};
  });
}

void spectrohue_context_free(spectrohue_context* context) { delete context; }

const char* spectrohue_context_name(const spectrohue_context* context) {
  return context == nullptr ? nullptr : context->name.c_str();
}
