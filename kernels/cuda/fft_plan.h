// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "kernels/cuda/array.h"
#include "kernels/cuda/check.h"

namespace spectrohue::cuda {

enum class FftDirection { Forward, Inverse };

/// Owns a cuFFT plan: `batch` transforms of n_fft floats to n_fft / 2 + 1 bins, or back, one after another in memory,
/// unscaled. It has no work memory of its own. Making one takes long (100 ms); keep it.
class FftPlan {
 public:
  FftPlan(FftDirection direction, int n_fft, std::int64_t batch) {
    CUFFT_CHECK(cufftCreate(&plan_));
    try {
      CUFFT_CHECK(cufftSetAutoAllocation(plan_, 0));
      long long real[] = {n_fft};
      long long bins[] = {n_fft / 2 + 1};
      const bool forward = direction == FftDirection::Forward;
      long long* in = forward ? real : bins;
      long long* out = forward ? bins : real;
      const cufftResult made = cufftMakePlanMany64(plan_, 1, real, in, 1, in[0], out, 1, out[0],
                                                   forward ? CUFFT_R2C : CUFFT_C2R, batch, &work_bytes_);
      if (made != CUFFT_SUCCESS) {
        const std::string call =
            "a cuFFT plan of " + std::to_string(batch) + " x " + std::to_string(n_fft) + " samples";
        detail::check(made, call.c_str(), __FILE__, __LINE__);
      }
    } catch (...) {
      CUFFT_CHECK_QUIET(cufftDestroy(plan_));
      throw;
    }
    owned_ = true;
  }
  FftPlan(FftPlan&& other) noexcept
      : plan_(other.plan_), work_bytes_(other.work_bytes_), owned_(std::exchange(other.owned_, false)) {}
  FftPlan& operator=(FftPlan&& other) noexcept {
    std::swap(plan_, other.plan_);
    std::swap(work_bytes_, other.work_bytes_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  FftPlan(const FftPlan&) = delete;
  FftPlan& operator=(const FftPlan&) = delete;
  ~FftPlan() {
    if (owned_) CUFFT_CHECK_QUIET(cufftDestroy(plan_));
  }

  cufftHandle get() const { return plan_; }
  std::size_t work_bytes() const { return work_bytes_; }

 private:
  cufftHandle plan_ = 0;
  std::size_t work_bytes_ = 0;
  bool owned_ = false;
};

/// The plans of one stream, made when first asked for and kept, with one work area for all of them: on one stream they
/// run one after another.
class FftPlans {
 public:
  /// Ready to be executed on `stream`. The work area may grow, so nothing that uses it may be under way when a plan is
  /// asked for the first time.
  const FftPlan& get(FftDirection direction, int n_fft, std::int64_t batch, cudaStream_t stream) {
    const FftPlan& plan = plans_.try_emplace({direction, n_fft, batch}, direction, n_fft, batch).first->second;
    if (plan.work_bytes() >= work_.size()) work_.resize(plan.work_bytes() + 1);  // never null
    CUFFT_CHECK(cufftSetWorkArea(plan.get(), work_.data()));
    CUFFT_CHECK(cufftSetStream(plan.get(), stream));
    return plan;
  }

 private:
  DeviceArray<std::byte> work_;
  std::map<std::tuple<FftDirection, int, std::int64_t>, FftPlan> plans_;
};

}  // namespace spectrohue::cuda
