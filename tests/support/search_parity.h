// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phase retrieval on two backends whose transforms differ by rounding: how near they must come to each other.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "spectro/retrieval.h"
#include "support/contract.h"
#include "support/reference.h"
#include "support/sought.h"
#include "support/stft_calls.h"

namespace spectrohue::test {

/// Magnitudes of sounds, and room for what is found.
struct Heard {
  std::vector<std::vector<float>> magnitudes;
  std::vector<std::vector<float>> found;
  std::vector<RetrievalItem> items;

  Heard(Backend& backend, const StftSettings& s, const std::vector<std::vector<float>>& sounds) {
    for (const std::vector<float>& x : sounds) {
      auto& m = magnitudes.emplace_back();
      for (const Complex& z : analyse(backend, s, x)) m.push_back(std::abs(z));
      found.emplace_back(x.size());
    }
    for (std::size_t i = 0; i < found.size(); ++i) items.push_back({magnitudes[i], found[i]});
  }
};

inline std::vector<std::vector<float>> voice_and_noise() { return {voice(24000), noise(9000, 5)}; }

/// Left, right and (left + right) / sqrt 2.
inline std::vector<std::vector<float>> three_planes() {
  std::vector<std::vector<float>> x{voice(12000), noise(12000, 7, 0.2F), {}};
  for (std::size_t i = 0; i < x[0].size(); ++i) {
    x[1][i] += 0.3F * x[0][i];
    x[2].push_back((x[0][i] + x[1][i]) / std::sqrt(2.0F));
  }
  return x;
}

/// One step from the same start: how far the signals agree.
inline void expect_same_step(Backend& cpu, Backend& other, const StftSettings& s) {
  std::vector<Sought> list{make_sought(s, 9000, 1)};
  const auto made = [&](Backend& backend) {
    const auto projector = make_projector(backend, s, list);
    projector->synthesise(0);
    projector->project(0, 1);
    return read_signal(*projector, list, 1)[0];
  };
  const double agreement = snr_db(made(cpu), made(other));
  std::printf("    n_fft %d: a step agrees to %.0f dB\n", s.n_fft, agreement);
  EXPECT_GT(agreement, contract::kProjectorStepDb);
}

/// A whole search from the same phases: no sample by sample agreement, but sounds as good.
inline void expect_same_reach(Backend& cpu, Backend& other, const StftSettings& s,
                              const std::vector<std::vector<float>>& sounds, bool are_coupled) {
  RetrievalSettings settings;
  settings.n_iter = 32;
  RetrievalLinks links;
  links.are_coupled = are_coupled;
  const Heard by_cpu(cpu, s, sounds);
  const Heard by_other(cpu, s, sounds);
  const std::vector<RetrievalResult> of_cpu = retrieve(cpu, s, settings, by_cpu.items, links);
  const std::vector<RetrievalResult> of_other = retrieve(other, s, settings, by_other.items, links);
  for (std::size_t i = 0; i < of_cpu.size(); ++i) {
    const double cpu_db = convergence_db(of_cpu[i].error, of_cpu[i].energy);
    const double difference = convergence_db(of_other[i].error, of_other[i].energy) - cpu_db;
    std::printf("    n_fft %d, item %zu: %.2f dB, %+.4f dB\n", s.n_fft, i, cpu_db, difference);
    EXPECT_LT(cpu_db, -12) << "it is a search that finds something";
    EXPECT_LE(std::abs(difference), contract::kRetrievalDb);
    EXPECT_EQ(of_other[i].n_iter, of_cpu[i].n_iter);
  }
}

}  // namespace spectrohue::test
