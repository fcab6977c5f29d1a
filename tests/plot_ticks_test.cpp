// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plot/ticks.h"

namespace spectrohue::plot {
namespace {

using Labels = std::vector<std::string>;

Labels labels(const Ticks& ticks) {
  Labels found;
  for (const Tick& tick : ticks.ticks) {
    if (!tick.label.empty()) found.push_back(tick.label);
  }
  return found;
}

std::vector<double> minor(const Ticks& ticks) {
  std::vector<double> found;
  for (const Tick& tick : ticks.ticks) {
    if (tick.label.empty()) found.push_back(tick.value);
  }
  return found;
}

FrequencyScale scale_of(FrequencyScaleKind kind, double fmin, double fmax) {
  FrequencyScale scale;
  scale.kind = kind;
  scale.fmin = fmin;
  scale.fmax = fmax;
  return scale;
}

TEST(PlotTicks, NiceSteps) {
  EXPECT_DOUBLE_EQ(nice_step(1), 1);
  EXPECT_DOUBLE_EQ(nice_step(1.01), 2);
  EXPECT_DOUBLE_EQ(nice_step(2.5), 5);
  EXPECT_DOUBLE_EQ(nice_step(7), 10);
  EXPECT_DOUBLE_EQ(nice_step(0.03), 0.05);
  EXPECT_DOUBLE_EQ(nice_step(0.2), 0.2);
}

TEST(PlotTicks, TimeInSeconds) {
  EXPECT_EQ(time_ticks(0, 3, 6).name, "Time (s)");
  EXPECT_EQ(labels(time_ticks(0, 3, 6)), (Labels{"0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"}));
  EXPECT_EQ(labels(time_ticks(0, 10, 6)), (Labels{"0", "2", "4", "6", "8", "10"}));
  EXPECT_EQ(labels(time_ticks(20.5, 35, 6)), (Labels{"25", "30", "35"}));
  EXPECT_EQ(labels(time_ticks(0, 55, 4)), (Labels{"0", "20", "40"}));
  EXPECT_EQ(minor(time_ticks(0, 1, 1)), (std::vector<double>{0.2, 0.4, 0.6000000000000001, 0.8}));
}

TEST(PlotTicks, TimeInMilliseconds) {
  const Ticks ticks = time_ticks(0, 1.0 / 8000, 5);
  EXPECT_EQ(ticks.name, "Time (ms)");
  EXPECT_EQ(labels(ticks), (Labels{"0.00", "0.05", "0.10"}));
}

TEST(PlotTicks, TimeByTheClock) {
  EXPECT_EQ(time_ticks(0, 95, 10).name, "Time (m:ss)");
  EXPECT_EQ(labels(time_ticks(0, 95, 10)),
            (Labels{"0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00", "1:10", "1:20", "1:30"}));
  EXPECT_EQ(labels(time_ticks(59.9, 60.6, 4)), (Labels{"1:00.0", "1:00.2", "1:00.4", "1:00.6"}));
  EXPECT_EQ(time_ticks(0, 3600, 10).name, "Time (h:mm:ss)");
  EXPECT_EQ(labels(time_ticks(0, 7200, 4)), (Labels{"0:00:00", "0:30:00", "1:00:00", "1:30:00", "2:00:00"}));
  EXPECT_EQ(labels(time_ticks(3599, 3601, 2)), (Labels{"0:59:59", "1:00:00", "1:00:01"}));
  EXPECT_EQ(labels(time_ticks(0, 30.0 * 86400, 3)), (Labels{"0:00:00", "240:00:00", "480:00:00", "720:00:00"}));
}

TEST(PlotTicks, TimeHasNoMoreStepsThanAsked) {
  for (const double length : {1e-5, 0.003, 0.7, 1.0, 9.0, 59.99, 60.0, 61.0, 599.0, 3600.0, 4.5e4, 1e6, 4e7}) {
    for (int most = 1; most <= 14; ++most) {
      const std::size_t n = labels(time_ticks(0, length, most)).size();
      EXPECT_LE(n, static_cast<std::size_t>(most) + 1) << length;
      EXPECT_GE(n, 1U) << length;
      if (most > 4) {
        EXPECT_GE(n, 3U) << length;
      }
    }
  }
}

TEST(PlotTicks, FrequencyInHertzAndKilohertz) {
  const Room room{360, 33, 4};
  const Ticks speech = frequency_ticks(scale_of(FrequencyScaleKind::Linear, 0, 4000), room);
  EXPECT_EQ(speech.name, "Frequency (kHz)");
  EXPECT_EQ(labels(speech), (Labels{"0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0"}));
  const Ticks music = frequency_ticks(scale_of(FrequencyScaleKind::Linear, 0, 22050), room);
  EXPECT_EQ(labels(music), (Labels{"0", "5", "10", "15", "20"}));
  EXPECT_EQ(minor(music).front(), 1000);
  const Ticks low = frequency_ticks(scale_of(FrequencyScaleKind::Linear, 100, 500), room);
  EXPECT_EQ(low.name, "Frequency (Hz)");
  EXPECT_EQ(labels(low), (Labels{"100", "150", "200", "250", "300", "350", "400", "450", "500"}));
}

TEST(PlotTicks, DecadesFirst) {
  const FrequencyScale scale = scale_of(FrequencyScaleKind::Log, 20, 22050);
  EXPECT_EQ(labels(frequency_ticks(scale, {360, 20, 4})),
            (Labels{"20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "20k"}));
  EXPECT_EQ(labels(frequency_ticks(scale, {360, 70, 4})), (Labels{"20", "100", "1k", "10k"}));
  const std::vector<double> marks = minor(frequency_ticks(scale, {360, 20, 4}));
  EXPECT_NE(std::find(marks.begin(), marks.end(), 3000), marks.end());
}

TEST(PlotTicks, WideGapsAreFilled) {
  const FrequencyScale scale = scale_of(FrequencyScaleKind::Mel, 0, 4000);
  EXPECT_EQ(labels(frequency_ticks(scale, {360, 20, 4})), (Labels{"0", "200", "500", "1k", "2k", "4k"}));
}

TEST(PlotTicks, NarrowRangesOfAScaleAreEven) {
  const Ticks ticks = frequency_ticks(scale_of(FrequencyScaleKind::Log, 1100, 1600), {360, 40, 4});
  EXPECT_EQ(labels(ticks), (Labels{"1.1k", "1.2k", "1.3k", "1.4k", "1.5k", "1.6k"}));
}

/// On every scale labels are as far apart as asked, and there are some.
TEST(PlotTicks, ScalesKeepTheirGaps) {
  for (const auto kind : {FrequencyScaleKind::Linear, FrequencyScaleKind::Mel, FrequencyScaleKind::Log,
                          FrequencyScaleKind::Bark, FrequencyScaleKind::Erb}) {
    for (const double fmax : {4000.0, 22050.0, 96000.0}) {
      const FrequencyScale scale = scale_of(kind, kind == FrequencyScaleKind::Log ? 32.7 : 0, fmax);
      const double low = scale_of_hz(scale, scale.fmin);
      const double range = scale_of_hz(scale, fmax) - low;
      const Ticks ticks = frequency_ticks(scale, {300, 25, 4});
      double last_label = -1e9;
      double last = -1e9;
      for (const Tick& tick : ticks.ticks) {
        const double at = (scale_of_hz(scale, tick.value) - low) / range * 300;
        EXPECT_GE(at, -1e-6);
        EXPECT_LE(at, 300 + 1e-6);
        EXPECT_GE(at - last, 4 - 1e-6) << to_string(kind) << " " << tick.value;
        last = at;
        if (tick.label.empty()) continue;
        EXPECT_GE(at - last_label, 25 - 1e-6) << to_string(kind) << " " << tick.value;
        last_label = at;
      }
      EXPECT_GE(labels(ticks).size(), 4U) << to_string(kind);
    }
  }
}

TEST(PlotTicks, Levels) {
  EXPECT_EQ(labels(level_ticks(-100, 0, {360, 50, 4})), (Labels{"−100", "−80", "−60", "−40", "−20", "0"}));
  EXPECT_EQ(labels(level_ticks(-3, 3, {100, 20, 4})), (Labels{"−2", "0", "2"}));
  EXPECT_EQ(labels(level_ticks(-0.5, 0, {100, 20, 4})), (Labels{"−0.5", "−0.4", "−0.3", "−0.2", "−0.1", "0.0"}));
}

TEST(PlotTicks, Amplitudes) {
  EXPECT_EQ(labels(amplitude_ticks(1.1, {80, 12, 1})), (Labels{"−1", "0", "1"}));
  EXPECT_EQ(labels(amplitude_ticks(0.6, {80, 12, 1})), (Labels{"−0.5", "0", "0.5"}));
  EXPECT_EQ(labels(amplitude_ticks(0.0023, {80, 12, 1})), (Labels{"−0.002", "0", "0.002"}));
  EXPECT_EQ(labels(amplitude_ticks(1.1, {20, 12, 1})), (Labels{"0"}));
}

}  // namespace
}  // namespace spectrohue::plot
