// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The steps of phase retrieval, one by one, against their formulas in double with a naive transform. Each begins from
// what the backend itself made of the step before, so errors do not add up.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <ostream>
#include <string>
#include <vector>

#include "support/backends.h"
#include "support/cuda_device.h"
#include "support/reference.h"
#include "support/search_parity.h"
#include "support/sought.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

using Signals = std::vector<std::vector<float>>;

/// Floats, and bins of little power whose phase is wherever the transform's rounding leaves it.
constexpr double kStepError = 2e-5;

const SoughtShape kShapes[] = {
    {"quarter", 64, 16},
    {"reflect", 64, 16, Window::Hann, true, PadMode::Reflect},
    {"uncentred", 64, 16, Window::Hamming, false},
    {"odd", 45, 9, Window::Hann, true, PadMode::Reflect},
    {"odd_hop", 50, 7},
    {"hop_1", 16, 1},
    {"hop_is_n_fft", 32, 32, Window::Rectangular},
};

/// A mirrored signal of one or two samples is a constant or so, whose spectrum is little but rounding.
std::vector<std::int64_t> lengths_of(const StftSettings& s) {
  const bool mirrors = s.pad_mode == PadMode::Reflect;
  return {mirrors ? s.n_fft + 1 : 2, 0, s.n_fft - 1, mirrors ? s.n_fft / 2 : 1, 5 * s.n_fft + 3};
}

/// [n_frames, n_bins] of a signal.
Spectrum transform(const StftSettings& s, const std::vector<float>& x) {
  const std::vector<double> window = make_window(s);
  Spectrum all;
  for (std::int64_t frame = 0; frame < s.n_frames(std::ssize(x)); ++frame) {
    const Spectrum one = frame_spectrum(x, s, window, frame);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}
std::vector<double> inverse(const StftSettings& s, const Spectrum& z, std::int64_t n_samples) {
  return test::inverse(z, s, make_window(s), n_samples);
}

/// P, as its definition has it.
Spectrum projected(Spectrum z, const std::vector<float>& wanted) {
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double found = std::abs(z[i]);
    double magnitude = std::abs(wanted[i]);
    if (wanted[i] < 0) magnitude = std::min(found, 2 * magnitude);
    z[i] = found > 1e-15 ? magnitude * z[i] / found : magnitude;
  }
  return z;
}

/// The start, whose DC and Nyquist are real.
Spectrum start_of(const StftSettings& s, const Sought& sought) {
  Spectrum z;
  for (std::size_t i = 0; i < sought.magnitudes.size(); ++i) {
    z.push_back(std::polar<double>(std::abs(sought.magnitudes[i]), 2 * std::numbers::pi * sought.phases[i]));
    const auto bin = static_cast<int>(i) % s.n_bins();
    if (bin == 0 || 2 * bin == s.n_fft) z.back().imag(0);
  }
  return z;
}

class Projectors : public BackendTest {
 protected:
  /// Calls test(settings, list) for every shape.
  template <class Test>
  static void for_each_shape(bool guesses, Test&& test) {
    for (const SoughtShape& shape : kShapes) {
      SCOPED_TRACE(shape.name);
      const StftSettings s = settings_of(shape);
      std::vector<Sought> list;
      std::uint32_t seed = 1;
      for (const std::int64_t n : lengths_of(s)) list.push_back(make_sought(s, n, seed++, guesses));
      test(s, list);
    }
  }

  static void expect_near(const Signals& found, const std::vector<std::vector<double>>& wanted, const char* what) {
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].size(), wanted[i].size());
      EXPECT_LT(relative_error(found[i], wanted[i]), kStepError) << what << ", item " << i;
    }
  }
};
SPECTROHUE_FOR_ALL_BACKENDS(Projectors);

TEST_P(Projectors, SynthesiseTheStart) {
  for_each_shape(true, [&](const StftSettings& s, const std::vector<Sought>& list) {
    const auto projector = make_projector(*backend_, s, list);
    projector->synthesise(2);
    std::vector<std::vector<double>> wanted;
    for (const Sought& sought : list) wanted.push_back(inverse(s, start_of(s, sought), sought.n_samples));
    expect_near(read_signal(*projector, list, 2), wanted, "synthesise");
  });
}

TEST_P(Projectors, ProjectGivesMagnitudesAndLeavesPhases) {
  for (const bool guesses : {false, true}) {
    for_each_shape(guesses, [&](const StftSettings& s, const std::vector<Sought>& list) {
      const auto projector = make_projector(*backend_, s, list);
      projector->synthesise(0);
      const Signals from = read_signal(*projector, list, 0);
      projector->project(0, 1);
      std::vector<std::vector<double>> wanted;
      for (std::size_t i = 0; i < list.size(); ++i) {
        wanted.push_back(inverse(s, projected(transform(s, from[i]), list[i].magnitudes), list[i].n_samples));
      }
      expect_near(read_signal(*projector, list, 1), wanted, guesses ? "project, with guesses" : "project");
      EXPECT_EQ(read_signal(*projector, list, 0), from);
    });
  }
}

/// A bin without a phase gets phase 0.
TEST_P(Projectors, SilenceIsGivenPhaseZero) {
  const StftSettings s = sized(64, 16);
  std::vector<Sought> list{make_sought(s, 300, 1)};
  const std::vector<float> wanted = list[0].magnitudes;
  std::fill(list[0].magnitudes.begin(), list[0].magnitudes.end(), 0.0F);
  auto projector = make_projector(*backend_, s, list);
  projector->synthesise(0);
  EXPECT_EQ(read_signal(*projector, list, 0)[0], std::vector<float>(300, 0.0F));
  projector->project(0, 1);
  EXPECT_EQ(read_signal(*projector, list, 1)[0], std::vector<float>(300, 0.0F));
  EXPECT_EQ(projector->errors(1), std::vector<double>{0.0});

  // Nothing of item 0 but its length is the same.
  list[0].magnitudes = wanted;
  std::fill(list[0].phases.begin(), list[0].phases.end(), 0.0F);
  projector = make_projector(*backend_, s, list);
  projector->synthesise(0);
  const Spectrum real(wanted.begin(), wanted.end());
  expect_near(read_signal(*projector, list, 0), {inverse(s, real, 300)}, "phase 0");
}

/// z' = beta / 2 (z + R(z) behind G G+ and reflected) + (1 - beta) P z, with R z = 2 P z - z (Luke 2005), from the
/// state in double; then G+ P z.
TEST_P(Projectors, RelaxIsAStepOfRaar) {
  constexpr double kBeta = 0.9;
  for_each_shape(true, [&](const StftSettings& s, const std::vector<Sought>& list) {
    const auto projector = make_projector(*backend_, s, list);
    std::vector<Spectrum> z;
    for (const Sought& sought : list) z.push_back(start_of(s, sought));
    const auto reflected = [&](std::size_t i) {
      Spectrum r = projected(z[i], list[i].magnitudes);
      for (std::size_t k = 0; k < r.size(); ++k) r[k] = 2.0 * r[k] - z[i][k];
      return r;
    };
    projector->synthesise(0);
    int from = 0;
    for (int n = 0; n < 3; ++n, from = 1 - from) {
      const Signals before = read_signal(*projector, list, from);
      projector->relax(from, 1 - from, static_cast<float>(kBeta));
      std::vector<std::vector<double>> wanted;
      for (std::size_t i = 0; i < list.size(); ++i) {
        const Spectrum r = reflected(i);
        const Spectrum p = projected(z[i], list[i].magnitudes);
        // What the backend was given is G+ R(z), as the step before was to leave it.
        const Spectrum back = transform(s, before[i]);
        for (std::size_t k = 0; k < r.size(); ++k) {
          z[i][k] = kBeta / 2 * (z[i][k] + 2.0 * back[k] - r[k]) + (1 - kBeta) * p[k];
        }
        wanted.push_back(inverse(s, reflected(i), list[i].n_samples));
      }
      expect_near(read_signal(*projector, list, 1 - from), wanted, "relax");
    }
    projector->settle(0);
    std::vector<std::vector<double>> wanted;
    for (std::size_t i = 0; i < list.size(); ++i) {
      wanted.push_back(inverse(s, projected(z[i], list[i].magnitudes), list[i].n_samples));
    }
    expect_near(read_signal(*projector, list, 0), wanted, "settle");
  });
}

/// Four different signals, made by projections.
void fill_signals(Projector& projector) {
  projector.synthesise(0);
  for (int to = 1; to < Projector::kSignals; ++to) projector.project(to - 1, to);
}

TEST_P(Projectors, AccelerateIsAStepOfAgla) {
  const Acceleration by{1.25F, 0.98F, 0.7F};
  for_each_shape(false, [&](const StftSettings& s, const std::vector<Sought>& list) {
    const auto projector = make_projector(*backend_, s, list);
    fill_signals(*projector);
    Signals before[Projector::kSignals];
    for (int i = 0; i < Projector::kSignals; ++i) before[i] = read_signal(*projector, list, i);
    const auto& [p, c, t, d] = before;
    projector->accelerate(0, 1, 2, 3, by);
    std::vector<std::vector<double>> next_c(list.size());
    std::vector<std::vector<double>> next_t(list.size());
    std::vector<std::vector<double>> next_d(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t k = 0; k < p[i].size(); ++k) {
        const double next = (1.0 - 1.25) * d[i][k] + 1.25 * p[i][k];
        next_c[i].push_back(next + 0.98 * (next - t[i][k]));
        next_d[i].push_back(next + 0.7 * (next - t[i][k]));
        next_t[i].push_back(next);
      }
    }
    EXPECT_EQ(read_signal(*projector, list, 0), p);
    expect_near(read_signal(*projector, list, 1), next_c, "c");
    expect_near(read_signal(*projector, list, 2), next_t, "t");
    expect_near(read_signal(*projector, list, 3), next_d, "d");

    // What frames see past the ends belongs to the signal as it is now.
    const Signals from = read_signal(*projector, list, 1);
    projector->project(1, 0);
    std::vector<std::vector<double>> wanted;
    for (std::size_t i = 0; i < list.size(); ++i) {
      wanted.push_back(inverse(s, projected(transform(s, from[i]), list[i].magnitudes), list[i].n_samples));
    }
    expect_near(read_signal(*projector, list, 0), wanted, "project after accelerate");
  });
}

TEST_P(Projectors, CopyCopies) {
  for_each_shape(false, [&](const StftSettings& s, const std::vector<Sought>& list) {
    const auto projector = make_projector(*backend_, s, list);
    fill_signals(*projector);
    const Signals from = read_signal(*projector, list, 1);
    projector->copy(1, 3);
    EXPECT_EQ(read_signal(*projector, list, 3), from);
    EXPECT_EQ(read_signal(*projector, list, 1), from);
    // Past the ends too.
    projector->project(1, 0);
    projector->project(3, 2);
    EXPECT_EQ(read_signal(*projector, list, 2), read_signal(*projector, list, 0));
  });
}

/// The least squares |l' - l|^2 + |r' - r|^2 + |m' - m|^2 with m' = (l' + r') / sqrt 2, by their normal equations
/// 3/2 l' + 1/2 r' = l + m / sqrt 2 and 1/2 l' + 3/2 r' = r + m / sqrt 2.
TEST_P(Projectors, CoupleIsTheNearestOfItsKind) {
  const StftSettings s = sized(64, 16);
  std::vector<Sought> list;
  for (const std::int64_t n : {500, 500, 500, 0, 0, 0, 77, 77, 77, 200, 200, 200}) {
    list.push_back(make_sought(s, n, static_cast<std::uint32_t>(list.size() + 1)));
  }
  const auto projector = make_projector(*backend_, s, list);
  projector->synthesise(1);
  for (const std::size_t done : {9, 10, 11}) projector->set_done(done);
  const Signals before = read_signal(*projector, list, 1);
  projector->couple(1);
  const Signals after = read_signal(*projector, list, 1);
  for (std::size_t i = 0; i < 9; i += 3) {
    for (std::size_t k = 0; k < before[i].size(); ++k) {
      const double m = before[i + 2][k] / std::numbers::sqrt2;
      const double a = before[i][k] + m;
      const double b = before[i + 1][k] + m;
      const double determinant = 1.5 * 1.5 - 0.5 * 0.5;
      const double l = (1.5 * a - 0.5 * b) / determinant;
      const double r = (1.5 * b - 0.5 * a) / determinant;
      ASSERT_NEAR(after[i][k], l, 1e-6);
      ASSERT_NEAR(after[i + 1][k], r, 1e-6);
      ASSERT_NEAR(after[i + 2][k], (l + r) / std::numbers::sqrt2, 1e-6);
    }
  }
  for (std::size_t i = 9; i < 12; ++i) EXPECT_EQ(after[i], before[i]) << "it is done";
}

TEST_P(Projectors, ErrorsAreSumsOfSquares) {
  for (const bool guesses : {false, true}) {
    for_each_shape(guesses, [&](const StftSettings& s, const std::vector<Sought>& list) {
      const auto projector = make_projector(*backend_, s, list);
      projector->synthesise(0);
      const Signals from = read_signal(*projector, list, 0);
      projector->set_done(2);
      const std::vector<double> errors = projector->errors(0);
      ASSERT_EQ(errors.size(), list.size());
      for (std::size_t i = 0; i < list.size(); ++i) {
        const Spectrum z = transform(s, from[i]);
        double sum = 0;
        for (std::size_t k = 0; k < z.size(); ++k) {
          const double off = std::abs(z[k]) - std::abs(list[i].magnitudes[k]);
          const bool is_met = list[i].magnitudes[k] < 0 && std::abs(z[k]) <= -2.0 * list[i].magnitudes[k];
          const bool is_above = list[i].magnitudes[k] < 0 && !is_met;
          sum += is_met ? 0 : is_above ? std::pow(std::abs(z[k]) + 2.0 * list[i].magnitudes[k], 2) : off * off;
        }
        if (i == 2 || list[i].n_samples == 0) sum = 0;
        EXPECT_NEAR(errors[i], sum, 1e-4 * sum) << "item " << i;
      }
    });
  }
}

/// X <- X B'(M / (B X)) / columns of B (Lee & Seung 2000) of a frame, on magnitudes or their squares; phases stay.
/// Returns what bands were off by before, the sum of squares.
double update_bins(const BandSums& sums, const float* wanted, std::complex<double>* frame, int n_bins) {
  const auto part_of = [&](int k) { return sums.of_squares ? std::norm(frame[k]) : std::abs(frame[k]); };
  std::vector<double> factors(static_cast<std::size_t>(n_bins), 0.0);
  std::vector<double> columns(factors.size(), 0.0);
  double error = 0;
  for (std::size_t band = 0; band < sums.first_bin.size(); ++band) {
    const auto for_each_weight = [&](auto&& use) {
      for (int e = sums.offset[band]; e < sums.offset[band + 1]; ++e) {
        use(sums.first_bin[band] + e - sums.offset[band], sums.weights[e]);
      }
    };
    double held = 0;
    for_each_weight([&](int k, double weight) { held += weight * part_of(k); });
    const double value = wanted[band];
    error += std::pow((sums.of_squares ? std::sqrt(held) : held) - value, 2);
    for_each_weight([&](int k, double weight) {
      factors[k] += weight * (sums.of_squares ? value * value : value) / held;
      columns[k] += weight;
    });
  }
  for (int k = 0; k < n_bins; ++k) {
    const double factor = columns[k] > 0 ? factors[k] / columns[k] : 0.0;
    frame[k] *= sums.of_squares ? std::sqrt(factor) : factor;
  }
  return error;
}

/// Two updates a step.
TEST_P(Projectors, BandsAreMetByMultiplicativeUpdates) {
  for (const bool of_squares : {false, true}) {
    for_each_shape(false, [&](const StftSettings& s, std::vector<Sought> list) {
      const OverlappingBands bands(s, of_squares);
      const BandSums sums = bands.sums();
      for (Sought& sought : list) {
        sought = make_sought(s, sought.n_samples, static_cast<std::uint32_t>(sought.n_samples), false, bands.size());
      }
      const auto projector = make_projector(*backend_, s, list, &sums);
      projector->synthesise(0);
      std::vector<std::vector<double>> start;
      for (const Sought& sought : list) start.push_back(inverse(s, start_of(s, sought), sought.n_samples));
      const Signals from = read_signal(*projector, list, 0);
      expect_near(from, start, "synthesise");
      projector->project(0, 1);
      const std::vector<double> errors = projector->errors(0);
      std::vector<std::vector<double>> wanted;
      for (std::size_t i = 0; i < list.size(); ++i) {
        Spectrum z = transform(s, from[i]);
        double error = 0;
        for (std::size_t frame = 0; frame * s.n_bins() < z.size(); ++frame) {
          const float* const values = list[i].bands.data() + frame * bands.size();
          error += update_bins(sums, values, z.data() + frame * s.n_bins(), s.n_bins());
          update_bins(sums, values, z.data() + frame * s.n_bins(), s.n_bins());
        }
        wanted.push_back(inverse(s, z, list[i].n_samples));
        EXPECT_NEAR(errors[i], list[i].n_samples > 0 ? error : 0, 1e-4 * error) << "item " << i;
      }
      expect_near(read_signal(*projector, list, 1), wanted, "project");
    });
  }
}

TEST_P(Projectors, LeaveWhatIsDone) {
  const StftSettings s = sized(64, 16);
  std::vector<Sought> list;
  for (const std::int64_t n : {900, 300, 40, 500}) list.push_back(make_sought(s, n, static_cast<std::uint32_t>(n)));
  const auto projector = make_projector(*backend_, s, list);
  fill_signals(*projector);
  Signals before[Projector::kSignals];
  for (int i = 0; i < Projector::kSignals; ++i) before[i] = read_signal(*projector, list, i);
  projector->set_done(0);
  projector->set_done(2);
  projector->relax(0, 1, 0.9F);
  projector->project(1, 2);
  projector->accelerate(2, 3, 1, 0, {});
  projector->copy(0, 1);
  projector->settle(2);
  const std::vector<double> errors = projector->errors(3);
  for (int i = 0; i < Projector::kSignals; ++i) {
    const Signals after = read_signal(*projector, list, i);
    for (const std::size_t done : {0, 2}) EXPECT_EQ(after[done], before[i][done]) << i;
    for (const std::size_t other : {1, 3}) EXPECT_NE(after[other], before[i][other]) << i;
  }
  EXPECT_EQ(errors[0], 0.0);
  EXPECT_EQ(errors[2], 0.0);
  EXPECT_GT(errors[1], 0.0);
  EXPECT_GT(errors[3], 0.0);
}

/// The searches of a batch, of each of its parts alone: to the bit.
TEST_P(Projectors, ItemsDoNotDependOnEachOther) {
  for (const SoughtShape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    const StftSettings s = settings_of(shape);
    const OverlappingBands bands(s, true);
    const BandSums sums = bands.sums();
    for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
      std::vector<Sought> list;
      for (const std::int64_t n : lengths_of(s)) {
        list.push_back(make_sought(s, n, static_cast<std::uint32_t>(n + 1), true, bands.size()));
      }
      const SearchTrace all = search(*make_projector(*backend_, s, list, given), list);
      for (std::size_t i = 0; i < list.size(); ++i) {
        const std::vector<Sought> one{list[i]};
        const SearchTrace alone = search(*make_projector(*backend_, s, one, given), one);
        EXPECT_EQ(alone.errors[0], all.errors[i]) << "item " << i;
        for (std::size_t k = 0; k < alone.signals.size(); ++k) {
          ASSERT_EQ(alone.signals[k], all.signals[k * list.size() + i]) << "item " << i << ", step " << k;
        }
      }
    }
  }
}

/// Instruction sets and threads: what they make of a search.
class CpuProjectors : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Backends, CpuProjectors, testing::ValuesIn(cpu::usable_instruction_sets()),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

TEST_P(CpuProjectors, ReturnTheSameBitsOnAnyNumberOfThreads) {
  // Frames enough for five threads; a position is held by up to 512 of them, more than a thread's share is.
  const SoughtShape shapes[] = {{"long", 64, 16},
                                {"hop_1", 512, 1, Window::Hann, true, PadMode::Reflect},
                                {"hop_3", 512, 3},
                                {"uncentred", 400, 2, Window::Hamming, false},
                                {"odd", 225, 5, Window::Hann, true, PadMode::Reflect},
                                {"apart", 32, 32, Window::Rectangular}};
  const auto one = cpu::make_cpu_backend(cpu::usable_instruction_sets().front());
  const auto backend = cpu::make_cpu_backend(GetParam());
  for (const SoughtShape& shape : shapes) {
    const StftSettings s = settings_of(shape);
    const OverlappingBands bands(s, shape.hop != 3);
    const BandSums sums = bands.sums();
    for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
      SCOPED_TRACE(std::string(shape.name) + (given != nullptr ? ", bands" : ""));
      std::vector<Sought> list;
      for (const std::int64_t frames : {1500, 1500, 1500, 600, 600, 600}) {
        const std::int64_t n = frames * shape.hop;
        list.push_back(make_sought(s, n, static_cast<std::uint32_t>(list.size() + 1), true, bands.size()));
      }
      const bool coupled = shape.center;
      const SearchTrace wanted = search(*make_projector(*one, s, list, given), list, coupled);
      for (const int threads : {1, 2, 5}) {
        backend->set_threads(threads);
        EXPECT_EQ(search(*make_projector(*backend, s, list, given), list, coupled), wanted) << threads << " threads";
      }
    }
  }
}

// --------------------------------------------------------------------------------------------- a device

class CudaProjectors : public OnCuda<testing::Test> {};

TEST_F(CudaProjectors, ReachWhatTheCpuReaches) {
  const auto cpu = cpu::make_cpu_backend();
  const auto device = make_backend(device_);
  for (const auto& [n_fft, hop] : {std::pair{2048, 512}, {512, 128}, {400, 100}, {225, 45}}) {
    const StftSettings s = sized(n_fft, hop);
    expect_same_step(*cpu, *device, s);
    expect_same_reach(*cpu, *device, s, voice_and_noise(), false);
    expect_same_reach(*cpu, *device, s, three_planes(), true);
  }
}

/// What holds no transform is the CPU's to the bit, and what does is the same on every run.
TEST_F(CudaProjectors, RepeatTheirBits) {
  const auto device = make_backend(device_);
  const StftSettings s = sized(400, 100);
  const OverlappingBands bands(s, true);
  const BandSums sums = bands.sums();
  std::vector<Sought> list;
  for (const std::int64_t n : {90000, 100, 0, 61234}) {
    list.push_back(make_sought(s, n, static_cast<std::uint32_t>(n + 1), true, bands.size()));
  }
  for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
    const SearchTrace first = search(*make_projector(*device, s, list, given), list);
    EXPECT_EQ(search(*make_projector(*device, s, list, given), list), first);
    // In so little memory that the work area is as small as it may be.
    const auto small = make_backend(device_, {std::int64_t{1} << 20, 1});
    EXPECT_EQ(search(*make_projector(*small, s, list, given), list), first);
  }
}

/// From an impulse a frame, without overlap: its spectrum is flat, so transforms round nothing, and both begin from the
/// same.
TEST_F(CudaProjectors, AccelerateAndCoupleAreTheCpusBits) {
  const auto cpu = cpu::make_cpu_backend();
  const auto device = make_backend(device_);
  StftSettings s = sized(64, 64);
  s.window = Window::Rectangular;
  s.center = false;
  constexpr int kFrames = 500;
  std::vector<Sought> list;
  Signals impulses;
  for (const std::uint32_t seed : {1, 2, 3}) {
    Sought& sought = list.emplace_back();
    std::vector<float>& x = impulses.emplace_back(kFrames * 64, 0.0F);
    sought.n_samples = kFrames * 64;
    sought.phases.assign(static_cast<std::size_t>(kFrames) * static_cast<std::size_t>(s.n_bins()), 0.0F);
    for (const float v : noise(kFrames, seed)) {
      x[32 + sought.magnitudes.size() / s.n_bins() * 64] = 1 + v;
      sought.magnitudes.insert(sought.magnitudes.end(), static_cast<std::size_t>(s.n_bins()), 1 + v);
    }
  }
  const auto made = [&](Backend& backend) {
    const auto projector = make_projector(backend, s, list);
    projector->synthesise(0);
    EXPECT_EQ(read_signal(*projector, list, 0), impulses) << backend.name();
    for (const int other : {1, 2, 3}) projector->copy(0, other);
    projector->couple(0);
    projector->accelerate(0, 1, 2, 3, {1.25F, 0.99F, 0.95F});
    projector->couple(1);
    std::vector<Signals> signals;
    for (int signal = 0; signal < Projector::kSignals; ++signal) {
      signals.push_back(read_signal(*projector, list, signal));
    }
    return signals;
  };
  const std::vector<Signals> wanted = made(*cpu);
  EXPECT_EQ(made(*device), wanted);
}

}  // namespace
}  // namespace spectrohue::test
