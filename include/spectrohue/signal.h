// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>

namespace spectrohue {

/// The samples of one channel where they lie: floats of full scale 1, or 16-bit integers as files hold them, which are
/// worth 1 / 32768 each (exact in a float). Owns nothing, is cheap to copy.
class Signal {
 public:
  Signal() = default;
  template <class Samples>
  requires std::convertible_to<Samples, std::span<const float>> Signal(
      const Samples& samples)  // NOLINT(google-explicit-constructor): it is a view, like span
      : floats_(std::span<const float>(samples).data()),
        size_(static_cast<std::int64_t>(std::span<const float>(samples).size())) {}
  Signal(std::span<const std::int16_t> samples)  // NOLINT(google-explicit-constructor)
      : shorts_(samples.data()), size_(static_cast<std::int64_t>(samples.size())) {}

  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// The samples themselves if they are floats; nullptr if they are integers.
  const float* floats() const { return floats_; }

  float operator[](std::int64_t i) const { return shorts_ != nullptr ? from_short(shorts_[i]) : floats_[i]; }

  /// The samples first .. first + count - 1, which must exist, as floats.
  void copy(std::int64_t first, std::int64_t count, float* to) const {
    if (shorts_ == nullptr) {
      std::copy_n(floats_ + first, count, to);
    } else {
      const std::int16_t* from = shorts_ + first;
      for (std::int64_t i = 0; i < count; ++i) to[i] = from_short(from[i]);
    }
  }

 private:
  static float from_short(std::int16_t x) { return static_cast<float>(x) * (1.0F / 32768.0F); }

  const float* floats_ = nullptr;
  const std::int16_t* shorts_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace spectrohue
