// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "spectrohue/backend.h"

namespace spectrohue::cpu {

/// Names of the instruction sets that this build holds and this processor can run, fastest first.
std::vector<std::string> usable_instruction_sets();

/// isa: one of usable_instruction_sets(), or empty for the fastest. Throws Error(Device) for another.
std::unique_ptr<Backend> make_cpu_backend(const std::string& isa = {});

}  // namespace spectrohue::cpu
