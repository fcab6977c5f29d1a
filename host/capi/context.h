// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <string>

#include "batch/conversion.h"
#include "spectrohue/spectrohue.h"

struct spectrohue_context {  // NOLINT(readability-identifier-naming): named in C
  std::string device;
  std::string name;
  std::mutex mutex;  ///< of the worker
  spectrohue::batch::Worker worker;
};
