// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/cuda/check.h"

namespace spectrohue::cuda {

/// Owns page-locked host memory: what asynchronous copies need on the host side. Values are not initialised; it keeps
/// its memory when it is made smaller. Growing and destroying free memory, which work under way must not use.
template <class T>
class PinnedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  PinnedArray() = default;
  PinnedArray(PinnedArray&& other) noexcept { swap(other); }
  PinnedArray& operator=(PinnedArray&& other) noexcept {
    swap(other);
    return *this;
  }
  PinnedArray(const PinnedArray&) = delete;
  PinnedArray& operator=(const PinnedArray&) = delete;
  ~PinnedArray() { free(); }

  /// Contents are lost when it grows. Throws Error(OutOfMemory) and is empty then.
  void resize(std::size_t n) {
    if (n > capacity_) {
      free();
      const std::size_t bytes = n * sizeof(T);
      void* memory = nullptr;
      CUDA_CHECK_ALLOCATION(cudaMallocHost(&memory, bytes), bytes, "pinned host memory");
      data_ = static_cast<T*>(memory);
      capacity_ = n;
    }
    size_ = n;
  }
  void swap(PinnedArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  void free() noexcept {
    if (data_ != nullptr) CUDA_CHECK_QUIET(cudaFreeHost(std::exchange(data_, nullptr)));
    size_ = capacity_ = 0;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace spectrohue::cuda
