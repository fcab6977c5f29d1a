// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a fuzz target may see, and what it may not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "spectrohue/error.h"

/// Each target defines it: libFuzzer's main, or replay.cpp's, calls it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace spectrohue::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process, and so is a finding, when something that must hold does not.
inline void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
  std::abort();
}

/// True if f comes to its end, false if it refuses the input. Small inputs never need much memory, so running out of it
/// is a finding, and so is every exception but Error.
template <class F>
bool is_taken(F&& f) {
  try {
    f();
    return true;
  } catch (const Error& error) {
    const bool blames_the_input = error.code() == ErrorCode::BadFormat || error.code() == ErrorCode::Unsupported;
    if (!blames_the_input) std::fprintf(stderr, "fuzz: %s error: %s\n", to_string(error.code()), error.what());
    check(blames_the_input, "a hostile input is refused as damaged or unsupported");
    check(error.what()[0] != '\0', "a refusal says why");
    return false;
  }
}

}  // namespace spectrohue::fuzz
