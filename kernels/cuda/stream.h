// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "kernels/cuda/check.h"

namespace spectrohue::cuda {

/// Owns a stream of the device that is current when it is made. Moved from, it owns none and may only be destroyed or
/// assigned to.
class Stream {
 public:
  /// Not synchronised with the legacy default stream.
  Stream() { CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(stream_, other.stream_);
    return *this;
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (stream_ == nullptr) return;
    CUDA_CHECK_QUIET(cudaStreamSynchronize(stream_));
    CUDA_CHECK_QUIET(cudaStreamDestroy(stream_));
  }

  cudaStream_t get() const { return stream_; }
  /// Waits for all work on the stream; reports what went wrong in it.
  void synchronize() const { CUDA_CHECK(cudaStreamSynchronize(stream_)); }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace spectrohue::cuda
