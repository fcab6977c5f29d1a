// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "capi/status.h"

#include <filesystem>
#include <new>

#include "spectrohue/version.h"

namespace spectrohue::capi {

namespace {

constexpr const char* kNoRoom = "not enough memory, not even for the reason";

struct Message {
  std::string text;
  bool is_lost = false;  // there was no memory for it
};

Message& last_message() {
  thread_local Message message;
  return message;
}

}  // namespace

spectrohue_status fail(spectrohue_status status, const std::string& message) noexcept {
  Message& last = last_message();
  try {
    last.text = message;
    last.is_lost = false;
  } catch (...) {
    last.is_lost = true;
  }
  return status;
}

spectrohue_status status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::Usage: return SPECTROHUE_ERROR_USAGE;
    case ErrorCode::Read: return SPECTROHUE_ERROR_READ;
    case ErrorCode::Write: return SPECTROHUE_ERROR_WRITE;
    case ErrorCode::BadFormat: return SPECTROHUE_ERROR_FORMAT;
    case ErrorCode::Unsupported: return SPECTROHUE_ERROR_UNSUPPORTED;
    case ErrorCode::OutOfMemory: return SPECTROHUE_ERROR_MEMORY;
    case ErrorCode::Device: return SPECTROHUE_ERROR_DEVICE;
    case ErrorCode::Internal: return SPECTROHUE_ERROR_INTERNAL;
  }
  return SPECTROHUE_ERROR_INTERNAL;
}

Problem problem_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& e) {
    return {status_of(e.code()), e.what()};
  } catch (const std::bad_alloc&) {
    return {SPECTROHUE_ERROR_MEMORY, "not enough memory"};
  } catch (const std::filesystem::filesystem_error& e) {
    return {SPECTROHUE_ERROR_READ, e.what()};
  } catch (const std::exception& e) {
    return {SPECTROHUE_ERROR_INTERNAL, e.what()};
  } catch (...) {
    return {SPECTROHUE_ERROR_INTERNAL, "an exception that is none of the standard library's"};
  }
}

spectrohue_status fail_with_current_exception() noexcept {
  try {
    const Problem problem = problem_of(std::current_exception());
    return fail(problem.status, problem.message);
  } catch (...) {
    last_message().is_lost = true;
    return SPECTROHUE_ERROR_MEMORY;
  }
}

}  // namespace spectrohue::capi

const char* spectrohue_version(void) { return spectrohue::kVersion; }

const char* spectrohue_last_error(void) {
  const spectrohue::capi::Message& last = spectrohue::capi::last_message();
  return last.is_lost ? spectrohue::capi::kNoRoom : last.text.c_str();
}

const char* spectrohue_status_name(spectrohue_status status) {
  switch (status) {
    case SPECTROHUE_OK: return "ok";
    case SPECTROHUE_ERROR_USAGE: return "usage";
    case SPECTROHUE_ERROR_READ: return "read";
    case SPECTROHUE_ERROR_WRITE: return "write";
    case SPECTROHUE_ERROR_FORMAT: return "format";
    case SPECTROHUE_ERROR_UNSUPPORTED: return "unsupported";
    case SPECTROHUE_ERROR_MEMORY: return "memory";
    case SPECTROHUE_ERROR_DEVICE: return "device";
    case SPECTROHUE_ERROR_INTERNAL: return "internal";
    case SPECTROHUE_STOPPED: return "stopped";
  }
  return "unknown";
}
