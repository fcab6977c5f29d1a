// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

namespace detail {
/// 64-byte aligned, uninitialised; blocks of 2 MiB and more ask for huge pages. Throws Error(OutOfMemory).
void* allocate_bytes(std::size_t bytes);
void free_bytes(void* p) noexcept;
}  // namespace detail

/// A block of plain values that is not initialised and keeps its memory when it is made smaller: made to be reused
/// from file to file, because fresh pages cost more than most of what is done with them.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(std::size_t n) { resize(n); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { detail::free_bytes(data_); }

  /// Contents are lost when it grows; nothing is initialised.
  void resize(std::size_t n) {
    if (n > capacity_) {
      detail::free_bytes(std::exchange(data_, nullptr));
      size_ = capacity_ = 0;
      data_ = static_cast<T*>(detail::allocate_bytes(n * sizeof(T)));
      capacity_ = n;
    }
    size_ = n;
  }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace spectrohue
