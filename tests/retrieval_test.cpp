// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phase retrieval: the starts against true phases, the method of librosa against its values, and what the default
// reaches, judged by a naive transform in double.
#include "spectro/retrieval.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "core/filter_bank.h"
#include "core/phase_gradient.h"
#include "spectro/phase_start.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/data.h"
#include "support/reference.h"
#include "support/signals.h"

namespace spectrohue::test {
namespace {

StftSettings stft_of(int n_fft, Window window = Window::Hann) {
  StftSettings stft = StftSettings::for_n_fft(n_fft);
  stft.window = window;
  return stft;
}

std::vector<float> magnitudes_of(const std::vector<Spectrum>& frames) {
  std::vector<float> magnitudes;
  for (const Spectrum& frame : frames) {
    for (const std::complex<double>& bin : frame) magnitudes.push_back(static_cast<float>(std::abs(bin)));
  }
  return magnitudes;
}

/// Of a signal against magnitudes, dB.
double far_from(std::span<const float> x, const StftSettings& s, std::span<const float> wanted) {
  const std::vector<float> found = magnitudes_of(frame_spectra(x, s));
  double error = 0;
  double energy = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    error += std::pow(static_cast<double>(found[i]) - wanted[i], 2);
    energy += std::pow(static_cast<double>(wanted[i]), 2);
  }
  return 10 * std::log10(error / energy);
}

RetrievalSettings only(PhaseStart start) {
  RetrievalSettings settings;
  settings.method = PhaseMethod::None;
  settings.start = start;
  return settings;
}

RetrievalSettings steps(PhaseMethod method, int n_iter, PhaseStart start = PhaseStart::Pghi) {
  RetrievalSettings settings;
  settings.method = method;
  settings.start = start;
  settings.n_iter = n_iter;
  return settings;
}

std::vector<float> start_of(const StftSettings& stft, const std::vector<float>& magnitudes,
                            const RetrievalSettings& settings) {
  std::vector<float> phases(magnitudes.size());
  if (settings.start == PhaseStart::Forest) {
    const PhaseItem item{magnitudes, phases};
    cpu::make_cpu_backend()->integrate_phases(stft, settings.seed, {&item, 1});
  } else {
    start_phases(stft, magnitudes, settings, phases);
  }
  return phases;
}

/// Nearest to 0 of what differs by whole turns.
double wrapped(double turns) { return turns - std::round(turns); }

TEST(PhaseStart, WindowsHaveTheirGaussians) {
  // Prusa, Balazs & Sondergaard 2017 fit these.
  const auto width = [](Window window) { return gaussian_width(stft_of(2048, window)); };
  EXPECT_NEAR(width(Window::Hann), 0.25645, 0.0005);
  EXPECT_NEAR(width(Window::Hamming), 0.29794, 0.012 * 0.29794);
  EXPECT_NEAR(width(Window::Blackman), 0.17954, 0.012 * 0.17954);
  StftSettings gaussian = stft_of(2048, Window::Gaussian);
  gaussian.window_parameter = 0.125;  // sigma of win_length: exp(-t^2 / (2 sigma^2)) = exp(-pi t^2 / (2 pi sigma^2))
  EXPECT_NEAR(gaussian_width(gaussian), 2 * std::numbers::pi * 0.125 * 0.125, 1e-4);
  // Half as long a window in the same frame is a quarter of it.
  StftSettings padded = stft_of(2048);
  padded.win_length = 1024;
  EXPECT_NEAR(gaussian_width(padded), gaussian_width(stft_of(2048)) / 4, 1e-4);
}

/// How far phase differences between neighbours are from true ones, in turns: the worst where both magnitudes are
/// above a share of the largest.
struct Difference {
  double along_time = 0;
  double along_bins = 0;
};
Difference worst_difference(const std::vector<Spectrum>& truth, std::span<const float> phases, double share) {
  const std::size_t n_bins = truth.front().size();
  double largest = 0;
  for (const Spectrum& frame : truth) {
    for (const auto& bin : frame) largest = std::max(largest, std::abs(bin));
  }
  const auto turns = [&](std::size_t t, std::size_t k) { return std::arg(truth[t][k]) / (2 * std::numbers::pi); };
  const auto is_loud = [&](std::size_t t, std::size_t k) { return std::abs(truth[t][k]) > share * largest; };
  Difference worst;
  for (std::size_t t = 0; t < truth.size(); ++t) {
    for (std::size_t k = 0; k < n_bins; ++k) {
      if (!is_loud(t, k)) continue;
      const double here = turns(t, k) - phases[t * n_bins + k];
      if (t + 1 < truth.size() && is_loud(t + 1, k)) {
        const double next = turns(t + 1, k) - phases[(t + 1) * n_bins + k];
        worst.along_time = std::max(worst.along_time, std::fabs(wrapped(next - here)));
      }
      if (k + 1 < n_bins && is_loud(t, k + 1)) {
        const double next = turns(t, k + 1) - phases[t * n_bins + k + 1];
        worst.along_bins = std::max(worst.along_bins, std::fabs(wrapped(next - here)));
      }
    }
  }
  return worst;
}

/// A chirp under a Gaussian envelope, for which the gradient's formulas are exact with a Gaussian window.
std::vector<float> gaussian_chirp(std::int64_t n) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const double t = (static_cast<double>(i) - static_cast<double>(n) / 2) / static_cast<double>(n);
    x[i] =
        static_cast<float>(std::exp(-20 * t * t) * std::cos(2 * std::numbers::pi * (0.21 * n * t + 0.04 * n * t * t)));
  }
  return x;
}

TEST(PhaseStart, GradientsAreThoseOfAGaussianChirp) {
  for (const int n_fft : {128, 100}) {
    SCOPED_TRACE(n_fft);
    StftSettings stft = stft_of(n_fft, Window::Gaussian);
    stft.window_parameter = 0.12;
    stft.hop_length = n_fft / 8;
    const std::vector<Spectrum> truth = frame_spectra(gaussian_chirp(1024), stft);
    const std::vector<float> magnitudes = magnitudes_of(truth);
    for (const PhaseStart start : {PhaseStart::Pghi, PhaseStart::Forest, PhaseStart::Rtpghi}) {
      SCOPED_TRACE(to_string(start));
      const Difference worst = worst_difference(truth, start_of(stft, magnitudes, only(start)), 0.05);
      EXPECT_LT(worst.along_time, 0.02);
      EXPECT_LT(worst.along_bins, 0.02);
    }
    // What a test of this kind makes of phases that have nothing to do with the sound.
    const Difference random = worst_difference(truth, start_of(stft, magnitudes, only(PhaseStart::Random)), 0.05);
    EXPECT_GT(random.along_time, 0.4);
    EXPECT_GT(random.along_bins, 0.4);
  }
}

TEST(PhaseStart, PeaksGoOnAtTheirFrequency) {
  const StftSettings stft = stft_of(256);
  const double frequency = 20.37 / 256;
  const std::vector<Spectrum> truth = frame_spectra(sine(4096, frequency), stft);
  const std::vector<float> phases = start_of(stft, magnitudes_of(truth), only(PhaseStart::Spsi));
  const auto n_bins = static_cast<std::size_t>(stft.n_bins());
  for (std::size_t t = 4; t + 5 < truth.size(); ++t) {  // no frame that sees an end
    for (std::size_t k = 19; k <= 22; ++k) {
      const double step = phases[(t + 1) * n_bins + k] - phases[t * n_bins + k];
      EXPECT_NEAR(wrapped(step - frequency * stft.hop_length), 0, 0.01) << t << ' ' << k;
      EXPECT_EQ(phases[t * n_bins + k], phases[t * n_bins + 20]);  // a peak's bins share its phase
    }
  }
}

TEST(PhaseStart, PhasesAreInTurnsAndSeedsDecideTheRest) {
  const StftSettings stft = stft_of(128);
  std::vector<float> magnitudes = magnitudes_of(frame_spectra(voice(3000), stft));
  std::fill_n(magnitudes.begin() + 500, 300, 0.0F);
  for (const PhaseStart start : {PhaseStart::Pghi, PhaseStart::Forest, PhaseStart::Rtpghi, PhaseStart::Spsi,
                                 PhaseStart::Zero, PhaseStart::Random}) {
    SCOPED_TRACE(to_string(start));
    RetrievalSettings settings = only(start);
    const std::vector<float> phases = start_of(stft, magnitudes, settings);
    for (const float phase : phases) ASSERT_LE(std::fabs(phase), 0.5F);
    EXPECT_EQ(phases, start_of(stft, magnitudes, settings));
    settings.seed = 9;
    const bool is_seeded = start != PhaseStart::Spsi && start != PhaseStart::Zero;
    EXPECT_EQ(phases != start_of(stft, magnitudes, settings), is_seeded);
    // A guess counts as what it guesses.
    std::vector<float> guesses = magnitudes;
    for (std::size_t i = 0; i < guesses.size(); i += 3) guesses[i] = -guesses[i];
    settings.seed = 0;
    EXPECT_EQ(phases, start_of(stft, guesses, settings));
  }
  std::vector<float> kept{0.25F, -0.5F};
  start_phases(stft, std::vector<float>(2), only(PhaseStart::Stored), kept);
  EXPECT_EQ(kept, (std::vector<float>{0.25F, -0.5F}));
}

class Retrieval : public BackendTest {
 protected:
  struct Found {
    std::vector<float> signal;
    RetrievalResult result;
  };
  Found find(const StftSettings& stft, const std::vector<float>& magnitudes, std::int64_t n,
             const RetrievalSettings& settings, std::span<const float> phases = {}) {
    Found found;
    found.signal.resize(static_cast<std::size_t>(n));
    RetrievalItem item{magnitudes, found.signal};
    item.phases = phases;
    found.result = retrieve(*backend_, stft, settings, {&item, 1}).front();
    return found;
  }
};
SPECTROHUE_FOR_ALL_BACKENDS(Retrieval);

TEST_P(Retrieval, GriffinLimIsLibrosas) {
  std::ifstream file(data_folder() / "griffinlim_reference.txt");
  ASSERT_TRUE(file) << data_folder();
  int cases = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream head(text);
    std::string kind;
    int n_fft = 0;
    std::int64_t n = 0;
    StftSettings stft;
    RetrievalSettings settings = steps(PhaseMethod::GriffinLim, 0, PhaseStart::Stored);
    head >> kind >> n_fft;
    if (kind != "griffinlim") continue;
    SCOPED_TRACE(text);
    stft = stft_of(n_fft);
    head >> stft.hop_length >> n >> settings.n_iter >> settings.momentum;
    std::getline(file, text);
    std::istringstream values(text);
    std::vector<double> wanted;
    for (double value = 0; values >> value;) wanted.push_back(value);
    ASSERT_EQ(std::ssize(wanted), n);

    std::vector<float> x = noise(n, 5);
    for (std::int64_t i = 0; i < n; ++i) {
      const double fade = std::sin(std::numbers::pi * static_cast<double>(i) / static_cast<double>(n));
      x[i] = static_cast<float>(x[i] * fade * fade);
    }
    const std::vector<float> magnitudes = magnitudes_of(frame_spectra(x, stft));
    // librosa's phase 0 is measured where frames begin: half a turn in every odd bin.
    std::vector<float> phases(magnitudes.size());
    for (std::size_t i = 0; i < phases.size(); ++i) phases[i] = (i % stft.n_bins()) % 2 == 0 ? 0.0F : 0.5F;
    const Found found = find(stft, magnitudes, n, settings, phases);
    EXPECT_EQ(found.result.n_iter, settings.n_iter);
    EXPECT_LT(relative_error(found.signal, wanted), 1e-4);
    ++cases;
  }
  EXPECT_EQ(cases, 5);
}

TEST_P(Retrieval, TheDefaultIsFarNearerThanGriffinLim) {
  const StftSettings stft = stft_of(512);
  std::vector<float> x = voice(8000);
  const std::vector<float> hiss = noise(8000, 4, 0.02F);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += hiss[i];
  const std::vector<float> wanted = magnitudes_of(frame_spectra(x, stft));
  const auto reached = [&](const RetrievalSettings& settings) {
    return far_from(find(stft, wanted, 8000, settings).signal, stft, wanted);
  };
  const double random = reached(only(PhaseStart::Random));
  const double griffin_lim = reached(steps(PhaseMethod::GriffinLim, 32, PhaseStart::Random));
  const double start = reached(only(PhaseStart::Pghi));
  const double hybrid = reached(steps(PhaseMethod::Hybrid, 32));
  EXPECT_NEAR(reached(only(PhaseStart::Forest)), start, 1.5);
  EXPECT_NEAR(reached(steps(PhaseMethod::Hybrid, 32, PhaseStart::Forest)), hybrid, 1.5);
  EXPECT_NEAR(random, -4, 1.5);
  EXPECT_LT(start, random - 12);
  EXPECT_LT(griffin_lim, random - 12);
  EXPECT_LT(hybrid, griffin_lim - 7);
  EXPECT_LT(hybrid, start - 3);
  EXPECT_LT(reached(steps(PhaseMethod::Hybrid, 128)), hybrid - 1);
}

TEST_P(Retrieval, SaysHowNearItCame) {
  const StftSettings stft = stft_of(256);
  const std::vector<float> wanted = magnitudes_of(frame_spectra(voice(5000), stft));
  for (const int n_iter : {0, 1, 2, 17}) {
    const Found found = find(stft, wanted, 5000, steps(PhaseMethod::Hybrid, n_iter));
    EXPECT_EQ(found.result.n_iter, n_iter);
    EXPECT_NEAR(convergence_db(found.result.error, found.result.energy), far_from(found.signal, stft, wanted), 0.02)
        << n_iter;
  }
  EXPECT_TRUE(std::isinf(convergence_db(0, 0)));
}

TEST_P(Retrieval, TrueStoredPhasesGiveTheSoundItself) {
  const StftSettings stft = stft_of(256);
  const std::vector<float> x = voice(5000);
  const std::vector<Spectrum> truth = frame_spectra(x, stft);
  std::vector<float> phases;
  for (const Spectrum& frame : truth) {
    for (const auto& bin : frame) phases.push_back(static_cast<float>(std::arg(bin) / (2 * std::numbers::pi)));
  }
  for (const PhaseMethod method : {PhaseMethod::None, PhaseMethod::Hybrid, PhaseMethod::GriffinLim}) {
    const Found found = find(stft, magnitudes_of(truth), 5000, steps(method, 8, PhaseStart::Stored), phases);
    EXPECT_LT(relative_error(found.signal, x), 1e-5) << to_string(method);
  }
}

TEST_P(Retrieval, NothingDependsOnThreadsOrCompany) {
  StftSettings stft = stft_of(128);
  stft.hop_length = 16;
  const std::vector<std::vector<float>> sounds{voice(30000), noise(700, 3), voice(9000)};
  std::vector<std::vector<float>> magnitudes;
  // Any will do; these are quick to make.
  for (const std::vector<float>& sound : sounds) {
    std::vector<Complex> spectrum(static_cast<std::size_t>(stft.n_frames(std::ssize(sound)) * stft.n_bins()));
    const AnalyseItem item{Signal(sound), spectrum};
    backend_->analyse(stft, {&item, 1});
    std::vector<float>& m = magnitudes.emplace_back();
    for (const Complex& bin : spectrum) m.push_back(std::abs(bin));
  }
  for (const PhaseStart start : {PhaseStart::Pghi, PhaseStart::Forest}) {
    const RetrievalSettings settings = steps(PhaseMethod::Hybrid, 6, start);
    std::vector<Found> alone;
    for (std::size_t i = 0; i < sounds.size(); ++i) {
      alone.push_back(find(stft, magnitudes[i], std::ssize(sounds[i]), settings));
    }
    for (const int threads : {1, 2, 5}) {
      backend_->set_threads(threads);
      std::vector<std::vector<float>> together;
      std::vector<RetrievalItem> items;
      for (const std::vector<float>& sound : sounds) together.emplace_back(sound.size());
      for (std::size_t i = 0; i < sounds.size(); ++i) items.push_back({magnitudes[i], together[i]});
      retrieve(*backend_, stft, settings, items);
      for (std::size_t i = 0; i < sounds.size(); ++i) {
        EXPECT_EQ(together[i], alone[i].signal) << to_string(start) << ' ' << threads << ' ' << i;
      }
    }
  }
}

TEST_P(Retrieval, StopsWhereNothingIsGained) {
  const StftSettings stft = stft_of(256);
  const std::vector<float> x = sine(6000, 0.05);
  const std::vector<float> wanted = magnitudes_of(frame_spectra(x, stft));
  const Found found = find(stft, wanted, 6000, steps(PhaseMethod::Hybrid, 4000));
  EXPECT_LT(found.result.n_iter, 4000);
  EXPECT_LT(far_from(found.signal, stft, wanted), -25);
  // librosa's method takes the steps that it is asked for.
  EXPECT_EQ(find(stft, wanted, 6000, steps(PhaseMethod::GriffinLim, 300)).result.n_iter, 300);
}

TEST_P(Retrieval, SilenceAndShortSoundsAreWhatTheyAre) {
  const StftSettings stft = stft_of(128);
  for (const std::int64_t n : {0, 1, 127, 128, 129}) {
    const std::vector<float> silent(static_cast<std::size_t>(stft.n_frames(n) * stft.n_bins()), 0.0F);
    const Found found = find(stft, silent, n, steps(PhaseMethod::Hybrid, 20));
    for (const float v : found.signal) EXPECT_EQ(v, 0.0F);
    const std::vector<float> x = noise(n, 2);
    const std::vector<float> wanted = magnitudes_of(frame_spectra(x, stft));
    const Found some = find(stft, wanted, n, steps(PhaseMethod::Hybrid, 50));
    for (const float v : some.signal) ASSERT_TRUE(std::isfinite(v));
    if (n > 0) {
      EXPECT_LT(far_from(some.signal, stft, wanted), -15) << n;
    }
  }
}

TEST_P(Retrieval, GuessesMayBeWrong) {
  const StftSettings stft = stft_of(256);
  const std::vector<float> x = voice(8000);
  const std::vector<float> truth = magnitudes_of(frame_spectra(x, stft));
  // Every third bin of every second frame is guessed, and badly.
  std::vector<float> exact = truth;
  std::vector<float> guessed = truth;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const std::size_t frame = i / stft.n_bins();
    if (frame % 2 == 0 || i % 3 != 0) continue;
    exact[i] = (i % 2 == 0 ? 0.6F : 1.6F) * truth[i];
    guessed[i] = -exact[i];
  }
  const RetrievalSettings settings = steps(PhaseMethod::Hybrid, 64);
  const double bound = far_from(find(stft, exact, 8000, settings).signal, stft, truth);
  const Found free = find(stft, guessed, 8000, settings);
  EXPECT_LT(far_from(free.signal, stft, truth), bound - 2);
  EXPECT_LT(convergence_db(free.result.error, free.result.energy), -20);
}

TEST_P(Retrieval, ThePlanesOfStereoBelongTogether) {
  const StftSettings stft = stft_of(256);
  std::vector<std::vector<float>> x{voice(8000), voice(8000)};
  const std::vector<float> other = sine(8000, 0.031, 0.3F);
  for (std::size_t i = 0; i < other.size(); ++i) {
    x[1][i] = 0.5F * x[1][i] + other[i];
    x[0][i] = x[0][i] - 0.4F * other[i];
  }
  std::vector<float>& middle = x.emplace_back(8000);
  for (std::size_t i = 0; i < middle.size(); ++i) middle[i] = (x[0][i] + x[1][i]) * std::numbers::sqrt2_v<float> / 2;
  std::vector<std::vector<float>> wanted;
  for (const std::vector<float>& plane : x) wanted.push_back(magnitudes_of(frame_spectra(plane, stft)));

  const auto downmix_error = [&](bool are_coupled, PhaseStart start) {
    std::vector<std::vector<float>> found(3, std::vector<float>(8000));
    std::vector<RetrievalItem> items;
    for (int i = 0; i < 3; ++i) items.push_back({wanted[i], found[i]});
    RetrievalLinks links;
    links.are_coupled = are_coupled;
    retrieve(*backend_, stft, steps(PhaseMethod::Hybrid, 64, start), items, links);
    std::vector<float> mixed(8000);
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      mixed[i] = (found[0][i] + found[1][i]) * std::numbers::sqrt2_v<float> / 2;
      if (are_coupled) {
        EXPECT_NEAR(mixed[i], found[2][i], 1e-5);
      }
    }
    return far_from(mixed, stft, wanted[2]);
  };
  for (const PhaseStart start : {PhaseStart::Pghi, PhaseStart::Forest}) {
    SCOPED_TRACE(to_string(start));
    const double alone = downmix_error(false, start);
    const double together = downmix_error(true, start);
    EXPECT_LT(together, -20);
    EXPECT_LT(together, alone - 8);
  }
}

TEST_P(Retrieval, BandsAreMetInsideTheLoop) {
  const StftSettings stft = stft_of(256);
  const std::vector<float> x = voice(8000);
  const std::vector<float> truth = magnitudes_of(frame_spectra(x, stft));
  for (const bool of_squares : {true, false}) {
    SCOPED_TRACE(of_squares);
    FrequencyScale scale;
    scale.kind = FrequencyScaleKind::Mel;
    scale.n_bands = 40;
    const FilterBank bank = make_filter_bank(scale, stft.n_fft, 16000);
    const auto n_bins = static_cast<std::size_t>(stft.n_bins());
    const std::size_t n_frames = truth.size() / n_bins;
    std::vector<double> columns(n_bins, 0.0);
    std::vector<double> rows(40, 0.0);
    for (int band = 0; band < 40; ++band) {
      for (int j = 0; j < bank.count(band); ++j) {
        columns[bank.first_bin[band] + j] += bank.weights[bank.offset[band] + j];
        rows[band] += bank.weights[bank.offset[band] + j];
      }
    }
    std::vector<float> inverse_columns;
    for (const double sum : columns) inverse_columns.push_back(sum > 0 ? static_cast<float>(1 / sum) : 0.0F);
    const auto bands_of = [&](std::span<const float> magnitudes) {
      std::vector<float> bands;
      for (std::size_t t = 0; t < n_frames; ++t) {
        for (int band = 0; band < 40; ++band) {
          double sum = 0;
          for (int j = 0; j < bank.count(band); ++j) {
            const double m = magnitudes[t * n_bins + bank.first_bin[band] + j];
            sum += bank.weights[bank.offset[band] + j] * (of_squares ? m * m : m);
          }
          bands.push_back(static_cast<float>(of_squares ? std::sqrt(sum) : sum));
        }
      }
      return bands;
    };
    const std::vector<float> wanted = bands_of(truth);
    // Where it begins: every band spread evenly over its bins.
    std::vector<float> begin(truth.size(), 0.0F);
    for (std::size_t t = 0; t < n_frames; ++t) {
      for (int band = 0; band < 40; ++band) {
        for (int j = 0; j < bank.count(band); ++j) {
          const double value = wanted[t * 40 + band] / (of_squares ? std::sqrt(rows[band]) : rows[band]);
          float& bin = begin[t * n_bins + bank.first_bin[band] + j];
          bin = std::max(bin, static_cast<float>(value));
        }
      }
    }
    const auto band_error = [&](std::span<const float> signal) {
      const std::vector<float> found = bands_of(magnitudes_of(frame_spectra(signal, stft)));
      double error = 0;
      double energy = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        error += std::pow(found[i] - wanted[i], 2);
        energy += wanted[i] * wanted[i];
      }
      return 10 * std::log10(error / energy);
    };
    const BandSums sums{bank.first_bin, bank.offset, bank.weights, inverse_columns, of_squares};
    std::vector<float> joint(8000);
    RetrievalItem item{begin, joint};
    item.bands = wanted;
    RetrievalLinks links;
    links.bands = &sums;
    const RetrievalResult result = retrieve(*backend_, stft, steps(PhaseMethod::Hybrid, 48), {&item, 1}, links).front();
    const double reached = band_error(joint);
    EXPECT_NEAR(convergence_db(result.error, result.energy), reached, 0.05);
    EXPECT_LT(reached, -22);
    EXPECT_LT(reached, band_error(find(stft, begin, 8000, steps(PhaseMethod::Hybrid, 48)).signal) - 8);
  }
}

}  // namespace
}  // namespace spectrohue::test
