// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage tests run on every instruction set of the CPU and on every CUDA device; a device that is not there is a
// visible skip.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cpu/cpu_backend.h"
#include "spectrohue/backend.h"

namespace spectrohue::test {

inline std::vector<std::string> backend_names() {
  std::vector<std::string> names = cpu::usable_instruction_sets();
  names.emplace_back("cuda");
  return names;
}

/// Fixture: a test a backend. `backend_` is null only if the test was skipped.
class BackendTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() != "cuda") {
      backend_ = cpu::make_cpu_backend(GetParam());
      return;
    }
    for (const BackendInfo& info : list_backends()) {
      if (!info.device.starts_with("cuda")) continue;
      if (!info.usable) GTEST_SKIP() << "no CUDA device: " << info.reason;
      backend_ = make_backend(info.device);
      return;
    }
    GTEST_SKIP() << "no CUDA device";
  }

  std::unique_ptr<Backend> backend_;
};

#define SPECTROHUE_FOR_ALL_BACKENDS(Fixture)                                                        \
  INSTANTIATE_TEST_SUITE_P(Backends, Fixture, testing::ValuesIn(spectrohue::test::backend_names()), \
                           [](const testing::TestParamInfo<std::string>& info) { return info.param; })

}  // namespace spectrohue::test
