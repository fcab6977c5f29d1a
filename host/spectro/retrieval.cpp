// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/retrieval.h"

#include <cmath>

#include "math/magnitudes.h"
#include "spectrohue/buffer.h"

namespace spectrohue {

namespace {

/// The finaliser of splitmix64 (Steele, Lea & Flood, OOPSLA 2014): a number for each place, without order.
std::uint64_t scrambled(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

Complex random_phase(std::uint64_t seed, std::uint64_t place) {
  constexpr float kCodes = 65536.0F;
  float cos;
  float sin;
  math::phase_of_code(static_cast<float>(scrambled(scrambled(seed) ^ place) >> 48), kCodes, cos, sin);
  return {cos, sin};
}

/// Griffin & Lim 1984 with the momentum of Perraudin, Balazs & Søndergaard 2013 in librosa's form.
RetrievalResult griffin_lim(Backend& backend, const StftSettings& stft, const RetrievalItem& item,
                            const RetrievalSettings& settings) {
  const std::size_t size = item.magnitudes.size();
  Buffer<Complex> guess(size);
  Buffer<Complex> rebuilt(size);
  Buffer<Complex> before(size);
  for (std::size_t i = 0; i < size; ++i) {
    guess[i] = std::fabs(item.magnitudes[i]) * random_phase(settings.seed, i);
    rebuilt[i] = Complex();
  }
  const SynthesiseItem back{guess.span(), item.signal};
  const auto weight = static_cast<float>(settings.momentum / (1 + settings.momentum));
  for (int i = 0; i < settings.n_iter; ++i) {
    backend.synthesise(stft, {&back, 1});
    rebuilt.swap(before);
    const AnalyseItem forth{item.signal, rebuilt.span()};
    backend.analyse(stft, {&forth, 1});
    for (std::size_t k = 0; k < size; ++k) {
      const Complex x = rebuilt[k] - weight * before[k];
      const float square = x.real() * x.real() + x.imag() * x.imag();
      const float wanted = std::fabs(item.magnitudes[k]);
      guess[k] = square > math::kTiny ? x * (wanted / std::sqrt(square)) : Complex(wanted, 0);
    }
  }
  backend.synthesise(stft, {&back, 1});
  const AnalyseItem forth{item.signal, rebuilt.span()};
  backend.analyse(stft, {&forth, 1});
  double error = 0;
  double all = 0;
  for (std::size_t k = 0; k < size; ++k) {
    const double wanted = std::fabs(item.magnitudes[k]);
    const double off = std::abs(rebuilt[k]) - wanted;
    error += off * off;
    all += wanted * wanted;
  }
  return {settings.n_iter, 10 * std::log10(error / all)};
}

}  // namespace

std::vector<RetrievalResult> retrieve(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
                                      std::span<const RetrievalItem> items) {
  std::vector<RetrievalResult> results;
  for (const RetrievalItem& item : items) {
    results.push_back(item.signal.empty() ? RetrievalResult{} : griffin_lim(backend, stft, item, settings));
  }
  return results;
}

}  // namespace spectrohue
