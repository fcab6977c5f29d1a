// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Where exceptions become numbers.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "spectrohue/error.h"
#include "spectrohue/spectrohue.h"

namespace spectrohue::capi {

/// Keeps the message for spectrohue_last_error() and returns the status.
spectrohue_status fail(spectrohue_status status, const std::string& message) noexcept;

spectrohue_status status_of(ErrorCode code) noexcept;

/// An exception's status and message.
struct Problem {
  spectrohue_status status = SPECTROHUE_OK;
  std::string message;
};
Problem problem_of(const std::exception_ptr& error);

/// The same of an exception that is being handled, kept for spectrohue_last_error().
spectrohue_status fail_with_current_exception() noexcept;

/// Runs act(), and returns the status that it ended with.
template <class Act>
spectrohue_status guarded(Act&& act) noexcept {
  try {
    std::forward<Act>(act)();
    return SPECTROHUE_OK;
  } catch (...) {
    return fail_with_current_exception();
  }
}

/// Throws Error(Usage) that names the argument.
template <class Pointer>
void require(const Pointer* argument, const char* name) {
  if (argument == nullptr) throw Error(ErrorCode::Usage, std::string(name) + " is NULL");
}

/// Throws Error(Usage) if a structure has not the size that the first version of the library gave it.
template <class Structure>
void require_structure(const Structure* structure, const char* name) {
  require(structure, name);
  if (structure->size_bytes < sizeof(Structure)) {
    throw Error(ErrorCode::Usage, std::string(name) + ".size_bytes is " + std::to_string(structure->size_bytes) +
                                      "; set it to sizeof *" + name + ", " + std::to_string(sizeof(Structure)));
  }
}

}  // namespace spectrohue::capi
