// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "spectrohue/backend.h"

namespace spectrohue::test {

/// A fixture whose tests are skipped, with the reason, where no CUDA device is usable. SPECTROHUE_REQUIRE_CUDA makes
/// that a failure.
template <class Fixture>
class OnCuda : public Fixture {
 protected:
  void SetUp() override {
    std::string reason;
    for (const BackendInfo& info : list_backends()) {
      if (!info.device.starts_with("cuda")) continue;
      if (info.usable) {
        device_ = info.device;
        return;
      }
      reason += (reason.empty() ? "" : "; ") + info.device + ": " + info.reason;
    }
    const char* required = std::getenv("SPECTROHUE_REQUIRE_CUDA");
    ASSERT_TRUE(required == nullptr || *required == '\0') << reason;
    GTEST_SKIP() << reason;
  }

  std::string device_;  // the first usable one
};

}  // namespace spectrohue::test
