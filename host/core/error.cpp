// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/error.h"

namespace spectrohue {

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::Usage: return "usage";
    case ErrorCode::Read: return "read";
    case ErrorCode::Write: return "write";
    case ErrorCode::BadFormat: return "format";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::OutOfMemory: return "memory";
    case ErrorCode::Device: return "device";
    case ErrorCode::Internal: return "internal";
  }
  return "internal";
}

}  // namespace spectrohue
