// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Signals for a Projector to seek: what is wanted of them, with memory of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "spectrohue/backend.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {

/// Bands that overlap, each of 5 bins but one that has none; the last bins are in no band.
class OverlappingBands {
 public:
  OverlappingBands(const StftSettings& stft, bool of_squares) : of_squares_(of_squares) {
    const int n_bins = stft.n_bins();
    std::vector<float> columns(static_cast<std::size_t>(n_bins), 0.0F);
    for (int first = 0, band = 0; first + 7 <= n_bins; first += 2, ++band) {
      first_bin_.push_back(first);
      for (int j = 0; j < (band == 1 ? 0 : 5); ++j) {
        weights_.push_back(0.125F + 0.37F * static_cast<float>((band + 3 * j) % 7));
        columns[first + j] += weights_.back();
      }
      offset_.push_back(static_cast<std::int32_t>(weights_.size()));
    }
    for (const float sum : columns) inverse_columns_.push_back(sum > 0 ? 1 / sum : 0.0F);
  }

  std::size_t size() const { return first_bin_.size(); }
  BandSums sums() const { return {first_bin_, offset_, weights_, inverse_columns_, of_squares_}; }

 private:
  bool of_squares_;
  std::vector<std::int32_t> first_bin_;
  std::vector<std::int32_t> offset_{0};
  std::vector<float> weights_;
  std::vector<float> inverse_columns_;
};

/// How a signal's frames lie.
struct SoughtShape {
  const char* name;
  int n_fft;
  int hop;
  Window window = Window::Hann;
  bool center = true;
  PadMode pad = PadMode::Constant;
};
inline void PrintTo(const SoughtShape& shape, std::ostream* out) { *out << shape.name; }  // NOLINT: GoogleTest's name

inline StftSettings settings_of(const SoughtShape& shape) {
  StftSettings s = sized(shape.n_fft, shape.hop);
  s.window = shape.window;
  s.center = shape.center;
  s.pad_mode = shape.pad;
  validate(s);
  return s;
}

struct Sought {
  std::int64_t n_samples = 0;
  std::vector<float> magnitudes;
  std::vector<float> phases;
  std::vector<float> bands;
};

/// What no signal has, all of it different. Every 11th magnitude is 0; guesses: every third is one.
inline Sought make_sought(const StftSettings& stft, std::int64_t n_samples, std::uint32_t seed, bool guesses = false,
                          std::size_t n_bands = 0) {
  Sought s;
  s.n_samples = n_samples;
  const std::int64_t n_frames = stft.n_frames(n_samples);
  s.magnitudes = noise(n_frames * stft.n_bins(), seed);
  s.phases = noise(std::ssize(s.magnitudes), seed + 1000);
  for (std::size_t i = 0; i < s.magnitudes.size(); ++i) {
    s.magnitudes[i] = i % 11 == 10 ? 0.0F : 1.0F + s.magnitudes[i];
    if (guesses && i % 3 == 1) s.magnitudes[i] *= -3.0F;
  }
  s.bands = noise(n_frames * static_cast<std::int64_t>(n_bands), seed + 2000);
  for (float& v : s.bands) v += 0.75F;
  return s;
}

inline std::unique_ptr<Projector> make_projector(Backend& backend, const StftSettings& stft,
                                                 const std::vector<Sought>& list, const BandSums* bands = nullptr) {
  std::vector<ProjectorItem> items;
  for (const Sought& s : list) {
    items.push_back({s.magnitudes, s.phases, {}, s.n_samples});
    if (bands != nullptr) items.back().bands = s.bands;
  }
  return backend.make_projector(stft, bands, items);
}

/// A signal of each item.
inline std::vector<std::vector<float>> read_signal(Projector& projector, const std::vector<Sought>& list, int signal) {
  std::vector<std::vector<float>> read;
  for (std::size_t i = 0; i < list.size(); ++i) {
    read.emplace_back(static_cast<std::size_t>(list[i].n_samples), -9.0F);
    projector.read(signal, i, read.back());
  }
  return read;
}

/// All that a search does, and what is left of it: every signal of each item, and errors. coupled: items are three and
/// three.
struct SearchTrace {
  std::vector<std::vector<float>> signals;
  std::vector<double> errors;
  bool operator==(const SearchTrace&) const = default;
};
inline SearchTrace search(Projector& projector, const std::vector<Sought>& list, bool coupled = false) {
  SearchTrace trace;
  const auto step = [&](int made) {
    if (coupled) projector.couple(made);
    for (auto& x : read_signal(projector, list, made)) trace.signals.push_back(std::move(x));
  };
  projector.synthesise(0);
  step(0);
  projector.relax(0, 1, 0.9F);
  step(1);
  projector.relax(1, 0, 0.9F);
  step(0);
  projector.settle(0);
  step(0);
  for (const int other : {1, 2, 3}) projector.copy(0, other);
  for (int i = 0; i < 3; ++i) {
    projector.project(1, 0);
    step(0);
    projector.accelerate(0, 1, 2, 3, {1.25F, 0.99F, 0.95F});
    for (const int signal : {1, 2, 3}) {
      for (auto& x : read_signal(projector, list, signal)) trace.signals.push_back(std::move(x));
    }
  }
  trace.errors = projector.errors(0);
  return trace;
}

}  // namespace spectrohue::test
