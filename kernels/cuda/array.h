// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "kernels/cuda/check.h"

namespace spectrohue::cuda {

/// Memory of the device that is current.
struct DeviceMemory {
  static void* allocate(std::size_t bytes) {
    void* memory = nullptr;
    CUDA_CHECK_ALLOCATION(cudaMalloc(&memory, bytes), bytes, "device memory");
    return memory;
  }
  static void free(void* memory) noexcept { CUDA_CHECK_QUIET(cudaFree(memory)); }
};

/// Page-locked host memory: what asynchronous copies need on the host side.
struct PinnedMemory {
  static void* allocate(std::size_t bytes) {
    void* memory = nullptr;
    CUDA_CHECK_ALLOCATION(cudaMallocHost(&memory, bytes), bytes, "pinned host memory");
    return memory;
  }
  static void free(void* memory) noexcept { CUDA_CHECK_QUIET(cudaFreeHost(memory)); }
};

/// Owns memory of a kind. Values are not initialised; it keeps its memory when it is made smaller. Growing and
/// destroying free memory, which work under way must not use.
template <class T, class Memory>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Array() = default;
  Array(Array&& other) noexcept { swap(other); }
  Array& operator=(Array&& other) noexcept {
    swap(other);
    return *this;
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { free(); }

  /// Where it must grow it grows to `room`, if that is more; contents are lost then. Throws Error(OutOfMemory) and is
  /// empty then.
  void resize(std::size_t n, std::size_t room = 0) {
    if (n > capacity_) {
      free();
      const std::size_t capacity = std::max(n, room);
      data_ = static_cast<T*>(Memory::allocate(capacity * sizeof(T)));
      capacity_ = capacity;
    }
    size_ = n;
  }
  void swap(Array& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  void free() noexcept {
    if (data_ != nullptr) Memory::free(std::exchange(data_, nullptr));
    size_ = capacity_ = 0;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

template <class T>
using DeviceArray = Array<T, DeviceMemory>;
template <class T>
using PinnedArray = Array<T, PinnedMemory>;

}  // namespace spectrohue::cuda
