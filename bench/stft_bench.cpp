// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stages frames + fft (analyse), fft + overlap_add (synthesise), and the peak pass, each with its spectrum in memory.
#include "spectrohue/types.h"
#include "support/bench.h"

namespace spectrohue::bench {
namespace {

void register_benches() {
  register_all("analyse", [](benchmark::State& state, Backend& backend, const Size& size) {
    const StftSettings s = stft_settings(size);
    const std::vector<float> x = music(size.seconds);
    Buffer<Complex> spectrum(static_cast<std::size_t>(s.n_frames(x.size()) * s.n_bins()));
    const AnalyseItem item{x, spectrum.span()};
    for (auto _ : state) backend.analyse(s, {&item, 1});
  });
  register_all("synthesise", [](benchmark::State& state, Backend& backend, const Size& size) {
    const StftSettings s = stft_settings(size);
    const std::vector<float> x = music(size.seconds);
    Buffer<Complex> spectrum(static_cast<std::size_t>(s.n_frames(x.size()) * s.n_bins()));
    const AnalyseItem forward{x, spectrum.span()};
    backend.analyse(s, {&forward, 1});
    std::vector<float> y(x.size());
    const SynthesiseItem item{spectrum.span(), y};
    for (auto _ : state) backend.synthesise(s, {&item, 1});
  });
  register_all("peak", [](benchmark::State& state, Backend& backend, const Size& size) {
    const std::vector<float> x = music(size.seconds);
    const PeakItem item{x, 0, stft_settings(size).n_frames(std::ssize(x))};
    float peak = 0;
    for (auto _ : state) backend.peak(stft_settings(size), {&item, 1}, {&peak, 1});
    if (!(peak > 0)) state.SkipWithError("no peak found");
  });
}

}  // namespace
}  // namespace spectrohue::bench

SPECTROHUE_BENCH_MAIN(spectrohue::bench::register_benches)
