// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/plot_axis.h"

#include <cmath>

#include "core/names.h"

namespace spectrohue::image {

namespace {

constexpr Names<AxisKind, 4> kKinds{
    {{AxisKind::Linear, "linear"}, {AxisKind::Log, "log"}, {AxisKind::Symlog, "symlog"}, {AxisKind::Mel, "mel"}}};

struct Symlog {
  double threshold;  // Hz
  double slope;      // below it

  double position(double hz) const {
    const double size = std::fabs(hz);
    if (size <= threshold) return hz * slope;
    return std::copysign(threshold * (slope + std::log2(size / threshold)), hz);
  }
  double hz(double position) const {
    const double size = std::fabs(position);
    if (size <= threshold * slope) return position / slope;
    return std::copysign(threshold * std::exp2(size / threshold - slope), position);
  }
};

/// C2 is three octaves and three quarters below 880 Hz.
const Symlog kLogAxis{880 * std::exp2(-3.75), 1};
const Symlog kMelAxis{1000, 2};

}  // namespace

std::string to_string(AxisKind kind) { return name_of(kKinds, kind); }
AxisKind axis_kind_from_string(std::string_view name) { return value_of(kKinds, name, "axis"); }

double axis_position(AxisKind kind, double hz) {
  switch (kind) {
    case AxisKind::Linear: return hz;
    case AxisKind::Log: return std::log2(hz);
    case AxisKind::Symlog: return kLogAxis.position(hz);
    case AxisKind::Mel: return kMelAxis.position(hz);
  }
  return hz;
}

double axis_hz(AxisKind kind, double position) {
  switch (kind) {
    case AxisKind::Linear: return position;
    case AxisKind::Log: return std::exp2(position);
    case AxisKind::Symlog: return kLogAxis.hz(position);
    case AxisKind::Mel: return kMelAxis.hz(position);
  }
  return position;
}

}  // namespace spectrohue::image
