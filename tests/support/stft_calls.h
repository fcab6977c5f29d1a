// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "spectrohue/backend.h"

namespace spectrohue::test {

/// One signal through Backend::analyse, one spectrum through Backend::synthesise.
inline std::vector<Complex> analyse(Backend& backend, const StftSettings& s, const std::vector<float>& x) {
  std::vector<Complex> spectrum(static_cast<std::size_t>(s.n_frames(x.size()) * s.n_bins()));
  const AnalyseItem item{x, spectrum};
  backend.analyse(s, {&item, 1});
  return spectrum;
}

inline std::vector<float> synthesise(Backend& backend, const StftSettings& s, const std::vector<Complex>& spectrum,
                                     std::int64_t n) {
  std::vector<float> x(static_cast<std::size_t>(n), -1.0F);
  const SynthesiseItem item{spectrum, x};
  backend.synthesise(s, {&item, 1});
  return x;
}

inline StftSettings sized(int n_fft, int hop) {
  StftSettings s = StftSettings::for_n_fft(n_fft);
  s.hop_length = hop;
  return s;
}

// Every radix alone and mixed, even and odd sizes, hops that divide n_fft and hops that do not.
inline const std::pair<int, int> kSizes[] = {
    {16, 4},   {18, 5},   {20, 5},    {21, 7},   {24, 6},    {25, 5},     {27, 9},     {28, 7},     {30, 10},
    {35, 11},  {45, 9},   {49, 14},   {64, 16},  {75, 25},   {98, 24},    {105, 35},   {128, 50},   {225, 75},
    {243, 60}, {343, 80}, {400, 160}, {512, 64}, {630, 210}, {1000, 250}, {1050, 350}, {2048, 512}, {4096, 2048}};

}  // namespace spectrohue::test
