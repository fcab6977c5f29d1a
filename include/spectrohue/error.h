// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// What kind of thing went wrong; the batch report and the exit code are derived from it.
enum class ErrorCode {
  Usage,        ///< the caller asked for something impossible: a setting, a flag, a combination
  Read,         ///< a file could not be opened or read
  Write,        ///< a file could not be created, written or renamed
  BadFormat,    ///< a file was read, but what it holds is damaged or contradicts itself
  Unsupported,  ///< legal, but not something this build can do
  OutOfMemory,  ///< host or device memory
  Device,       ///< CUDA or cuFFT failed, or there is no device
  Internal,     ///< a defect of spectrohue
};

/// "usage", "read", "write", "format", "unsupported", "memory", "device" or "internal".
const char* to_string(ErrorCode code);

/// The one exception type of the library. what() says what was attempted, on what, what went wrong and,
/// where there is something to do about it, what to do. It names no file: who opened the file adds its path.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  /// What kind of thing went wrong.
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace spectrohue
