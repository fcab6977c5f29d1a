// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Backend::integrate_phases(): against the forest of the definition, found by looking at all edges, and phases summed
// in double; and the device's, emulated, against the host's to the bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/phase_gradient.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/emulated_device.h"
#include "support/signals.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

using Magnitudes = std::vector<float>;  // [n_frames, n_bins]

std::vector<std::vector<float>> integrated(Backend& backend, const StftSettings& s, const std::vector<Magnitudes>& list,
                                           std::uint64_t seed = 0) {
  std::vector<std::vector<float>> phases;
  for (const Magnitudes& m : list) phases.emplace_back(m.size(), 7.0F);
  std::vector<PhaseItem> items;
  for (std::size_t i = 0; i < list.size(); ++i) items.push_back({list[i], phases[i]});
  backend.integrate_phases(s, seed, items);
  return phases;
}

Magnitudes spectrogram(const StftSettings& s, const std::vector<float>& x) {
  const auto backend = cpu::make_cpu_backend();
  Magnitudes magnitudes;
  for (const Complex& bin : analyse(*backend, s, x)) magnitudes.push_back(std::abs(bin));
  return magnitudes;
}

Magnitudes sum_of(std::vector<float> a, const std::vector<float>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

/// In so many steps from 0 to the largest: many bins are equally loud.
Magnitudes in_steps(Magnitudes m, int n) {
  const float most = *std::max_element(m.begin(), m.end());
  for (float& v : m) v = std::round(v / most * static_cast<float>(n)) / static_cast<float>(n);
  return m;
}

// ------------------------------------------------------------------------------------------------ the definition

class Definition {
 public:
  Definition(const StftSettings& s, const Magnitudes& m)
      : s_(s), m_(m), n_bins_(s.n_bins()), n_frames_(std::ssize(m) / n_bins_) {
    for (const float v : m) most_ = std::max(most_, std::fabs(v));
    least_ = std::max(1e-6F * most_, std::numeric_limits<float>::min());
    label_.resize(m.size());
    joined_.resize(m.size());
    for (std::size_t i = 0; i < m.size(); ++i) label_[i] = i;
    join();
  }

  bool is_integrated(std::size_t i) const { return std::fabs(m_[i]) > least_; }

  /// Turns from a tree's first bin; of what is not integrated, 0.
  std::vector<double> phases() const {
    std::vector<double> turns(m_.size(), 0.0);
    std::vector<bool> is_known(m_.size(), false);
    for (std::size_t first = 0; first < m_.size(); ++first) {
      if (is_known[first]) continue;
      std::vector<std::size_t> open{first};
      is_known[first] = true;
      while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        for (const std::size_t j : joined_[i]) {
          if (is_known[j]) continue;
          turns[j] = turns[i] + (j > i ? step(i, j) : -step(j, i));
          is_known[j] = true;
          open.push_back(j);
        }
      }
    }
    return turns;
  }

  std::size_t n_edges() const { return n_edges_; }

 private:
  struct Edge {
    double level;
    std::size_t low;
    float loud;
    int way;  // below, above, before, after
    std::size_t high;
    bool operator>(const Edge& o) const {
      return std::tie(level, low, loud, way) > std::tie(o.level, o.low, o.loud, o.way);
    }
  };

  /// 1/256 of the way from a power of two to the next.
  double level(std::size_t i) const {
    const auto place = [](float v) {
      int exponent = 0;
      const double mantissa = std::frexp(static_cast<double>(v), &exponent);
      return exponent + (2 * mantissa - 1);
    };
    return std::floor((place(std::fabs(m_[i])) - place(least_)) * 256);
  }

  void join() {
    std::vector<Edge> edges;
    const auto add = [&](std::size_t a, std::size_t b, int way_to_b, int way_to_a) {
      if (!is_integrated(a) || !is_integrated(b)) return;
      const bool a_is_low = std::pair(level(a), a) < std::pair(level(b), b);
      const std::size_t low = a_is_low ? a : b;
      const std::size_t high = a_is_low ? b : a;
      edges.push_back({level(low), low, std::fabs(m_[high]), a_is_low ? way_to_b : way_to_a, high});
    };
    const auto n = static_cast<std::size_t>(n_bins_);
    for (std::size_t i = 0; i < m_.size(); ++i) {
      if (i % n + 1 < n) add(i, i + 1, 1, 0);
      if (i + n < m_.size()) add(i, i + n, 3, 2);
    }
    std::sort(edges.begin(), edges.end(), std::greater<>());
    for (const Edge& e : edges) {
      const std::size_t from = label_[e.low];
      const std::size_t to = label_[e.high];
      if (from == to) continue;
      std::replace(label_.begin(), label_.end(), from, to);
      joined_[e.low].push_back(e.high);
      joined_[e.high].push_back(e.low);
      ++n_edges_;
    }
  }

  double log_of(std::int64_t frame, std::int64_t bin) const {
    const double value = std::fabs(m_[static_cast<std::size_t>(frame * n_bins_ + bin)]);
    return std::log(std::max(value, std::max(1e-10 * most_, 1.2e-38)));
  }

  /// Of the phase, to the next bin or the next frame, in turns.
  double step(std::size_t from, std::size_t to) const {
    const std::int64_t t = static_cast<std::int64_t>(from) / n_bins_;
    const std::int64_t k = static_cast<std::int64_t>(from) % n_bins_;
    const double n = s_.n_fft;
    const double hop = s_.hop_length;
    const double gamma = gaussian_width(s_) * n * n;
    if (to == from + 1) {
      const auto slope = [&](std::int64_t bin) {
        if (n_frames_ == 1) return 0.0;
        const std::int64_t a = std::max<std::int64_t>(t - 1, 0);
        const std::int64_t b = std::min(t + 1, n_frames_ - 1);
        return (log_of(b, bin) - log_of(a, bin)) / static_cast<double>(b - a);
      };
      return -gamma / (hop * n) * (slope(k) + slope(k + 1)) / 2 / (2 * std::numbers::pi);
    }
    const double centre = hop * static_cast<double>(k) / n;
    if (k == 0 || k + 1 == n_bins_) return centre;
    const auto slope = [&](std::int64_t frame) { return (log_of(frame, k + 1) - log_of(frame, k - 1)) / 2; };
    return centre + hop * n / gamma * (slope(t) + slope(t + 1)) / 2 / (2 * std::numbers::pi);
  }

  const StftSettings& s_;
  const Magnitudes& m_;
  std::int64_t n_bins_;
  std::int64_t n_frames_;
  float most_ = 0;
  float least_ = 0;
  std::vector<std::size_t> label_;
  std::vector<std::vector<std::size_t>> joined_;
  std::size_t n_edges_ = 0;
};

struct Case {
  const char* name;
  int n_fft;
  int hop;
  int n_frames;
  Magnitudes (*make)(const StftSettings&, std::int64_t n);  // n values
};

Magnitudes some_of(Magnitudes m, std::int64_t n) {
  m.resize(static_cast<std::size_t>(n));
  return m;
}
Magnitudes of_voice(const StftSettings& s, std::int64_t n) {
  const std::int64_t samples = n / s.n_bins() * s.hop_length;
  return some_of(spectrogram(s, sum_of(voice(samples), noise(samples, 3, 0.01F))), n);
}
Magnitudes of_steps(const StftSettings& s, std::int64_t n) { return in_steps(of_voice(s, n), 20); }
Magnitudes of_noise(const StftSettings&, std::int64_t n) { return noise(n, 5); }  // of either sign
Magnitudes of_nothing(const StftSettings&, std::int64_t n) { return some_of({}, n); }
Magnitudes of_ones(const StftSettings&, std::int64_t n) { return Magnitudes(static_cast<std::size_t>(n), 1.0F); }
/// Louder with every value: one long way.
Magnitudes of_a_ramp(const StftSettings&, std::int64_t n) {
  Magnitudes m;
  for (std::int64_t i = 0; i < n; ++i) m.push_back(std::exp2(static_cast<float>(i % 1000) / 100.0F));
  return m;
}
/// Some bins, few of which touch.
Magnitudes of_dots(const StftSettings&, std::int64_t n) {
  Magnitudes m = noise(n, 8);
  for (float& v : m) v = std::fabs(v) > 0.3F ? v : v * 1e-9F;
  return m;
}

const Case kCases[] = {
    {"voice", 64, 16, 60, of_voice},      {"odd", 45, 9, 40, of_voice},       {"one_frame", 64, 16, 1, of_noise},
    {"two_frames", 32, 8, 2, of_noise},   {"two_bins", 2, 1, 70, of_noise},   {"steps", 64, 16, 60, of_steps},
    {"noise", 32, 8, 50, of_noise},       {"silence", 32, 8, 10, of_nothing}, {"ones", 16, 4, 60, of_ones},
    {"ramp", 32, 8, 60, of_a_ramp},       {"dots", 32, 8, 60, of_dots},       {"hop_1", 32, 1, 60, of_noise},
    {"wide_rows", 600, 150, 6, of_voice},
};

StftSettings settings_of(const Case& c) { return sized(c.n_fft, c.hop); }
Magnitudes magnitudes_of(const Case& c) {
  const StftSettings s = settings_of(c);
  return c.make(s, s.n_bins() * c.n_frames);
}

class PhaseForest : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Kinds, PhaseForest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(PhaseForest, IsThatOfTheDefinition) {
  const StftSettings s = settings_of(GetParam());
  const Magnitudes magnitudes = magnitudes_of(GetParam());
  const Definition definition(s, magnitudes);
  const std::vector<double> wanted = definition.phases();
  const std::vector<float> found = integrated(*cpu::make_cpu_backend(), s, {magnitudes}).front();
  int n_random = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_LE(std::fabs(found[i]), 0.5F);
    if (!definition.is_integrated(i)) {
      ++n_random;
      continue;
    }
    const double off = found[i] - wanted[i];
    ASSERT_NEAR(off - std::round(off), 0, 2e-4) << "bin " << i % s.n_bins() << " of frame " << i / s.n_bins();
  }
  if (GetParam().make == of_nothing) {
    EXPECT_EQ(definition.n_edges(), 0U);
  }
  if (GetParam().make == of_voice) {
    EXPECT_EQ(definition.n_edges() + 1 + n_random, found.size());
  }
}

TEST_P(PhaseForest, IsTheHostsOnADevice) {
  const StftSettings s = settings_of(GetParam());
  const std::vector<Magnitudes> list{magnitudes_of(GetParam())};
  const auto wanted = integrated(*cpu::make_cpu_backend(), s, list, 11);
  for (const ThreadOrder order : {ThreadOrder::Rising, ThreadOrder::Falling, ThreadOrder::Mixed}) {
    EmulatedBackend emulated({}, Order::Reluctant, 1, 0.0F, order);
    ASSERT_EQ(integrated(emulated, s, list, 11), wanted) << static_cast<int>(order);
  }
}

/// All backends that there are.
class PhaseForests : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(PhaseForests);

std::vector<Magnitudes> ragged(const StftSettings& s) {
  std::vector<Magnitudes> list;
  for (const Case& c : kCases) list.push_back(c.make(s, s.n_bins() * c.n_frames));
  list.insert(list.begin() + 3, Magnitudes());
  list.emplace_back();
  return list;
}

TEST_P(PhaseForests, AreTheSameAloneAndTogether) {
  const StftSettings s = sized(48, 12);
  const std::vector<Magnitudes> list = ragged(s);
  const auto together = integrated(*backend_, s, list, 3);
  const auto cpu = cpu::make_cpu_backend();
  for (std::size_t i = 0; i < list.size(); ++i) {
    ASSERT_EQ(integrated(*cpu, s, {list[i]}, 3).front(), together[i]) << i;
  }
  EXPECT_EQ(integrated(*backend_, s, {}), std::vector<std::vector<float>>());
}

TEST_P(PhaseForests, DoNotChokeOnWhatIsNoNumber) {
  const StftSettings s = sized(32, 8);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::denorm_min()}) {
    Magnitudes m = noise(s.n_bins() * 20, 2);
    m[100] = bad;
    const auto found = integrated(*backend_, s, {m}, 3);
    for (const float phase : found.front()) ASSERT_LE(std::fabs(phase), 0.5F);
    EXPECT_EQ(found, integrated(*cpu::make_cpu_backend(), s, {m}, 3));
  }
}

TEST(EmulatedPhaseForest, IsTheSameInABatchInAnyOrderOfItsThreads) {
  const StftSettings s = sized(48, 12);
  const std::vector<Magnitudes> list = ragged(s);
  const auto wanted = integrated(*cpu::make_cpu_backend(), s, list, 3);
  for (const ThreadOrder threads : {ThreadOrder::Rising, ThreadOrder::Falling, ThreadOrder::Mixed}) {
    for (const Order order : {Order::OldestFirst, Order::NewestFirst, Order::Reluctant, Order::Random}) {
      EmulatedBackend emulated({}, order, 5, 0.0F, threads);
      ASSERT_EQ(integrated(emulated, s, list, 3), wanted);
    }
  }
  // Thousands of threads at once, over and over.
  const std::vector<Magnitudes> large{of_steps(s, s.n_bins() * 2000)};
  const auto wanted_of_large = integrated(*cpu::make_cpu_backend(), s, large, 3);
  EmulatedBackend emulated({}, Order::Reluctant, 1, 0.0F, ThreadOrder::Mixed);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(integrated(emulated, s, large, 3), wanted_of_large);
}

TEST(EmulatedPhaseForest, IsTheSameWhereMemoryIsShort) {
  const StftSettings s = sized(48, 12);
  const std::vector<Magnitudes> list = ragged(s);
  const auto wanted = integrated(*cpu::make_cpu_backend(), s, list, 3);
  // From all together to none on the device.
  for (const std::size_t kilobytes : {2000, 300, 50, 10, 1}) {
    EmulatedBackend emulated;
    largest_allocation = kilobytes << 10;
    const auto found = integrated(emulated, s, list, 3);
    largest_allocation = std::numeric_limits<std::size_t>::max();
    ASSERT_EQ(found, wanted) << kilobytes;
    ASSERT_EQ(integrated(emulated, s, list, 3), wanted);
  }
}

}  // namespace
}  // namespace spectrohue::test
