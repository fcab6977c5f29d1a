// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the benches share. Rows are named STAGE/BACKEND/n_fft:N/hop:N/seconds:N, the same for every backend, so that
// two rows compare. The counter `x_real_time` is seconds of 44.1 kHz mono audio a second of CPU time.
#pragma once

#include <benchmark/benchmark.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cpu/cpu_backend.h"
#include "spectrohue/backend.h"

namespace spectrohue::bench {

inline constexpr int kSampleRate = 44100;

/// A dense chord under a beat with a little noise: every bin busy, as in music.
inline std::vector<float> music(int seconds) {
  std::vector<float> x(static_cast<std::size_t>(seconds) * kSampleRate);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / kSampleRate;
    double v = 0;
    for (const double f : {110.0, 164.8, 277.2, 440.0, 1318.5, 3520.0, 9000.0}) v += std::sin(6.2831853 * f * t);
    state = state * 1664525U + 1013904223U;
    v += (static_cast<double>(state >> 8) / 8388608.0 - 1) * 0.3;
    x[i] = static_cast<float>(0.1 * v * (0.3 + 0.7 * std::exp(-6 * std::fmod(t, 0.5))));
  }
  return x;
}

struct Size {
  int n_fft;
  int hop;
  int seconds;
};
inline const Size kSizes[] = {{2048, 512, 1}, {2048, 512, 30}, {1024, 256, 30}, {400, 100, 30}, {4096, 1024, 30}};

inline StftSettings stft_settings(const Size& size) {
  StftSettings s = StftSettings::for_n_fft(size.n_fft);
  s.hop_length = size.hop;
  return s;
}

/// Registers run(state, backend, size) for every backend that is here and every size.
inline void register_all(const std::string& stage,
                         const std::function<void(benchmark::State&, Backend&, const Size&)>& run) {
  std::vector<std::pair<std::string, std::shared_ptr<Backend>>> backends;
  for (const std::string& isa : cpu::usable_instruction_sets()) {
    backends.emplace_back(isa, cpu::make_cpu_backend(isa));
  }
  for (const BackendInfo& info : list_backends()) {
    if (info.usable && info.device != "cpu") backends.emplace_back(info.device, make_backend(info.device));
  }
  for (const auto& [name, backend] : backends) {
    for (const Size& size : kSizes) {
      const std::string label = stage + "/" + name + "/n_fft:" + std::to_string(size.n_fft) +
                                "/hop:" + std::to_string(size.hop) + "/seconds:" + std::to_string(size.seconds);
      benchmark::RegisterBenchmark(label.c_str(), [run, backend = backend, size](benchmark::State& state) {
        run(state, *backend, size);
        state.counters["x_real_time"] =
            benchmark::Counter(static_cast<double>(state.iterations()) * size.seconds, benchmark::Counter::kIsRate);
      })->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace spectrohue::bench

#define SPECTROHUE_BENCH_MAIN(register_benches) \
  int main(int argc, char** argv) {             \
    register_benches();                         \
    benchmark::Initialize(&argc, argv);         \
    benchmark::RunSpecifiedBenchmarks();        \
    return 0;                                   \
  }
