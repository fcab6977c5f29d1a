// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "plot/ticks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace spectrohue::plot {

namespace {

/// What may be lost to rounding where a tick falls on the end of its axis, as a share of a step.
constexpr double kSlack = 1e-6;
/// How far out the ticks of an amplitude may be.
constexpr double kInside = 0.95;

/// With a minus sign, not a hyphen.
std::string number(double value, int decimals) {
  char digits[64];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, std::fabs(value), std::chars_format::fixed, std::max(0, decimals));
  const std::string text(digits, end);
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !is_zero ? "\u2212" + text : text;
}

/// Digits behind the point that tell multiples of a step apart.
int decimals_of(double step) {
  int decimals = 0;
  for (double scaled = step; decimals < 12 && std::fabs(scaled - std::round(scaled)) > kSlack * scaled; scaled *= 10) {
    ++decimals;
  }
  return decimals;
}

/// Calls take(i, i step) for the multiples of a step in [low, high].
template <class Take>
void for_multiples(double step, double low, double high, Take&& take) {
  const auto first = static_cast<std::int64_t>(std::ceil(low / step - kSlack));
  const auto last = static_cast<std::int64_t>(std::floor(high / step + kSlack));
  for (std::int64_t i = first; i <= last; ++i) take(i, std::clamp(static_cast<double>(i) * step, low, high));
}

/// Ticks at multiples of step / divisions, every divisions-th of them with a label.
template <class Label>
std::vector<Tick> even_ticks(double step, int divisions, double low, double high, Label&& label) {
  std::vector<Tick> ticks;
  for_multiples(step / divisions, low, high, [&](std::int64_t i, double value) {
    ticks.push_back({value, i % divisions == 0 ? label(value) : std::string()});
  });
  return ticks;
}

/// Minor steps between the labels of a nice_step(): 0.2 of 1, 0.5 of 2, 1 of 5.
int divisions_of(double step) {
  const double mantissa = step / std::pow(10.0, std::floor(std::log10(step) + kSlack));
  return mantissa > 1.5 && mantissa < 3 ? 4 : 5;
}

/// Fewer where the ticks would stand too close.
int divisions_with_room(double step, double range, const Room& room) {
  const double gap = step / range * room.length;
  for (const int divisions : {divisions_of(step), 2}) {
    if (gap / divisions >= room.tick_gap) return divisions;
  }
  return 1;
}

/// Gaps of labels around one that is not 1, 2 or 5 times a power of ten.
constexpr double kWideGaps = 2.2;

struct TimeStep {
  double seconds;
  int divisions;
};

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr std::array<TimeStep, 19> kTimeSteps{{{1, 5},
                                               {2, 4},
                                               {5, 5},
                                               {10, 5},
                                               {20, 4},
                                               {30, 3},
                                               {kMinute, 6},
                                               {2 * kMinute, 4},
                                               {5 * kMinute, 5},
                                               {10 * kMinute, 5},
                                               {20 * kMinute, 4},
                                               {30 * kMinute, 3},
                                               {kHour, 6},
                                               {2 * kHour, 4},
                                               {6 * kHour, 6},
                                               {12 * kHour, 6},
                                               {24 * kHour, 4},
                                               {48 * kHour, 4},
                                               {120 * kHour, 5}}};

TimeStep time_step(double least) {
  if (least <= 0.5) {
    const double step = nice_step(least);
    return {step, divisions_of(step)};
  }
  for (const TimeStep& step : kTimeSteps) {
    if (step.seconds >= least * (1 - kSlack)) return step;
  }
  return {nice_step(least / (24 * kHour)) * 24 * kHour, 2};
}

std::string two_digits(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

/// m:ss or h:mm:ss, with decimals if there are any.
std::string clock_text(double seconds, int decimals, bool has_hours) {
  const double unit = std::pow(10.0, decimals);
  const double whole = std::round(seconds * unit) / unit;
  const auto minutes = static_cast<std::int64_t>(std::floor((whole + 0.5 / unit) / kMinute));
  const double rest = std::max(0.0, whole - static_cast<double>(minutes) * kMinute);
  const std::string tail = (rest < 10 - 0.5 / unit ? "0" : "") + number(rest, decimals);
  if (!has_hours) return std::to_string(minutes) + ":" + tail;
  return std::to_string(minutes / 60) + ":" + two_digits(minutes % 60) + ":" + tail;
}

/// 500, 2k, 1.5k
std::string hz_text(double hz, double step) {
  return hz < 1000 ? number(hz, decimals_of(step)) : number(hz / 1000, decimals_of(step / 1000)) + "k";
}

/// Digits of a value of its own, not a multiple of anything.
std::string hz_text(double hz) { return hz_text(hz, hz > 0 ? hz : 1); }

/// Collects the ticks of an axis that is not linear, the most wanted first.
class ScaleTicks {
 public:
  ScaleTicks(const FrequencyScale& scale, const Room& room)
      : scale_(scale), room_(room), low_(scale_of_hz(scale, scale.fmin)), high_(scale_of_hz(scale, scale.fmax)) {}

  /// With so many gaps to its neighbours at least.
  void label(double hz, double gaps = 1) {
    if (!is_inside(hz) || !has_room(hz, gaps * room_.label_gap)) return;
    ticks_.push_back({hz, hz_text(hz)});
  }
  void mark(double hz) {
    if (is_inside(hz) && has_room(hz, room_.tick_gap)) ticks_.push_back({hz, ""});
  }
  std::size_t size() const { return ticks_.size(); }
  std::vector<Tick> sorted() && {
    std::sort(ticks_.begin(), ticks_.end(), [](const Tick& a, const Tick& b) { return a.value < b.value; });
    return std::move(ticks_);
  }

 private:
  bool is_inside(double hz) const { return hz >= scale_.fmin * (1 - 1e-9) && hz <= scale_.fmax * (1 + 1e-9); }
  double place(double hz) const { return (scale_of_hz(scale_, hz) - low_) / (high_ - low_) * room_.length; }
  bool has_room(double hz, double gap) const {
    const double at = place(hz);
    return std::none_of(ticks_.begin(), ticks_.end(),
                        [&](const Tick& tick) { return std::fabs(place(tick.value) - at) < gap; });
  }

  const FrequencyScale& scale_;
  const Room& room_;
  double low_;
  double high_;
  std::vector<Tick> ticks_;
};

/// Powers of ten from above fmax down to below the lowest frequency that matters.
std::vector<double> decades(const FrequencyScale& scale) {
  std::vector<double> powers;
  const double least = std::max(scale.fmin, 1.0);
  for (double power = std::pow(10.0, std::floor(std::log10(scale.fmax))); power * 10 > least; power /= 10) {
    powers.push_back(power);
  }
  return powers;
}

Ticks linear_ticks(const FrequencyScale& scale, const Room& room) {
  const double range = scale.fmax - scale.fmin;
  const double step = nice_step(range * room.label_gap / room.length);
  const bool is_khz = scale.fmax > 2000;
  const double unit = is_khz ? 1000 : 1;
  const auto label = [&](double hz) { return number(hz / unit, decimals_of(step / unit)); };
  return {is_khz ? "Frequency (kHz)" : "Frequency (Hz)",
          even_ticks(step, divisions_with_room(step, range, room), scale.fmin, scale.fmax, label)};
}

}  // namespace

double nice_step(double x) {
  const double power = std::pow(10.0, std::floor(std::log10(x)));
  for (const double mantissa : {1.0, 2.0, 5.0}) {
    if (mantissa * power >= x * (1 - kSlack)) return mantissa * power;
  }
  return 10 * power;
}

Ticks time_ticks(double start_s, double end_s, int most) {
  const TimeStep step = time_step((end_s - start_s) / most);
  const auto ticks = [&](auto label) { return even_ticks(step.seconds, step.divisions, start_s, end_s, label); };
  if (end_s < 0.1) {
    const int decimals = decimals_of(step.seconds * 1000);
    return {"Time (ms)", ticks([&](double s) { return number(s * 1000, decimals); })};
  }
  const int decimals = decimals_of(step.seconds);
  if (end_s < kMinute) return {"Time (s)", ticks([&](double s) { return number(s, decimals); })};
  const bool has_hours = end_s >= kHour;
  return {has_hours ? "Time (h:mm:ss)" : "Time (m:ss)",
          ticks([&](double s) { return clock_text(s, decimals, has_hours); })};
}

Ticks frequency_ticks(const FrequencyScale& scale, const Room& room) {
  if (scale.kind == FrequencyScaleKind::Linear) return linear_ticks(scale, room);
  ScaleTicks ticks(scale, room);
  const std::vector<double> powers = decades(scale);
  if (scale.fmin == 0) ticks.label(0);
  for (const double multiple : {1.0, 2.0, 5.0}) {
    for (const double power : powers) ticks.label(multiple * power);
  }
  for (const double multiple : {4.0, 3.0, 8.0, 6.0}) {
    for (const double power : powers) ticks.label(multiple * power, kWideGaps);
  }
  if (ticks.size() < 3) {  // a small part of a decade
    const double range = scale.fmax - scale.fmin;
    const double step = nice_step(range * room.label_gap / room.length);
    const auto label = [&](double hz) { return hz_text(hz, step); };
    return {"Frequency (Hz)", even_ticks(step, 1, scale.fmin, scale.fmax, label)};
  }
  for (int multiple = 1; multiple < 10; ++multiple) {
    for (const double power : powers) ticks.mark(multiple * power);
  }
  return {"Frequency (Hz)", std::move(ticks).sorted()};
}

Ticks level_ticks(double low_db, double high_db, const Room& room) {
  const double range = high_db - low_db;
  const double step = nice_step(range * room.label_gap / room.length);
  return {"", even_ticks(step, 1, low_db, high_db, [&](double db) { return number(db, decimals_of(step)); })};
}

Ticks amplitude_ticks(double limit, const Room& room) {
  const double power = std::pow(10.0, std::floor(std::log10(limit * kInside)));
  double step = power;
  for (const double mantissa : {2.0, 5.0}) {
    if (mantissa * power <= limit * kInside * (1 + kSlack)) step = mantissa * power;
  }
  if (step / limit * room.length / 2 < room.label_gap) return {"Amplitude", {{0, "0"}}};
  const int decimals = decimals_of(step);
  return {"Amplitude", {{-step, number(-step, decimals)}, {0, "0"}, {step, number(step, decimals)}}};
}

}  // namespace spectrohue::plot
