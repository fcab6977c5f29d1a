// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>

#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// What one step of a 16-bit sample is worth.
inline constexpr float kShortStep = 1.0F / 32768.0F;

/// The samples of one channel where they lie: floats of full scale 1, or 16-bit integers as files hold them, which are
/// worth kShortStep each (exact in a float). Owns nothing, is cheap to copy.
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

  /// These samples as those from index `first` on of a signal of n_samples, the rest of which is not there: size() is
  /// n_samples, indices count from its first sample, and only those that are there may be asked for.
  Signal part_of(std::int64_t first, std::int64_t n_samples) const {
    Signal part = *this;
    part.first_ = first;
    part.size_ = n_samples;
    return part;
  }

  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// What the samples are: floats, or integers.
  bool has_floats() const { return shorts_ == nullptr; }
  /// Where sample i lies; floats only.
  const float* floats_at(std::int64_t i) const { return floats_ + (i - first_); }
  /// The same, integers only.
  const std::int16_t* shorts_at(std::int64_t i) const { return shorts_ + (i - first_); }

  float operator[](std::int64_t i) const {
    return shorts_ != nullptr ? from_short(shorts_[i - first_]) : floats_[i - first_];
  }

  /// The samples first .. first + count - 1, which must exist, as floats.
  void copy(std::int64_t first, std::int64_t count, float* to) const {
    if (shorts_ == nullptr) {
      std::copy_n(floats_at(first), count, to);
    } else {
      const std::int16_t* from = shorts_at(first);
      for (std::int64_t i = 0; i < count; ++i) to[i] = from_short(from[i]);
    }
  }

 private:
  static float from_short(std::int16_t x) { return static_cast<float>(x) * kShortStep; }

  const float* floats_ = nullptr;
  const std::int16_t* shorts_ = nullptr;
  std::int64_t size_ = 0;
  std::int64_t first_ = 0;  // index of what the pointer points to
};

}  // namespace spectrohue
