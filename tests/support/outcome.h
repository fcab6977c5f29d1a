// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What became of a call that may throw Error.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "spectrohue/error.h"

namespace spectrohue::test {

/// The code and message of the Error that a call ends with.
struct Outcome {
  bool threw = false;
  ErrorCode code = ErrorCode::Internal;
  std::string message;
};

template <class F>
Outcome outcome_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return {true, e.code(), e.what()};
  }
  return {};
}

}  // namespace spectrohue::test

#define EXPECT_REFUSED(outcome, expected_code, piece)                                 \
  do {                                                                                \
    const spectrohue::test::Outcome o = (outcome);                                    \
    EXPECT_TRUE(o.threw) << "nothing was thrown";                                     \
    EXPECT_EQ(to_string(o.code), std::string(to_string(expected_code))) << o.message; \
    EXPECT_NE(o.message.find(piece), std::string::npos) << o.message;                 \
  } while (false)
