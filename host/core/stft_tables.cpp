// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/stft_tables.h"

#include <algorithm>
#include <cmath>

#include "math/frames.h"

namespace spectrohue {

namespace {

constexpr double kDoubleLogA = 20;
constexpr double kDoubleLogB = 1e4;

float sum_of_squares(const std::vector<float>& window, std::int64_t position, int hop, math::FrameRange frames) {
  float sum = 0.0F;
  for (std::int64_t t = frames.first; t <= frames.last; ++t) {
    const float w = window[static_cast<std::size_t>(position - t * hop)];
    sum += w * w;
  }
  return sum;
}

}  // namespace

StftTables::StftTables(const StftSettings& s) : settings(s) {
  const std::vector<double> exact = make_window(s);
  for (const double w : exact) {
    window.push_back(static_cast<float>(w));
    synthesis_window.push_back(static_cast<float>(w / s.n_fft));
  }
  // A stretch far from both ends: more frames before and after it than overlap.
  const std::int64_t overlap = (s.n_fft + s.hop_length - 1) / s.hop_length;
  const std::int64_t start = (overlap + 1) * s.hop_length;
  for (std::int64_t p = start; p < start + s.hop_length; ++p) {
    window_sum.push_back(window_sum_at(p, p / s.hop_length + 1));
  }
  window_sum_floor = static_cast<float>(kNolaFloor) * *std::max_element(window_sum.begin(), window_sum.end());
}

float StftTables::window_sum_at(std::int64_t position, std::int64_t n_frames) const {
  return sum_of_squares(window, position, settings.hop_length,
                        math::frames_holding(position, settings.n_fft, settings.hop_length, n_frames));
}

double adaptive_log_strength(double top_db, double top) {
  // Solve ((1 + b)^(1 / top) - 1) / b = 10^(-top_db / 20), which falls from 1 / top to 0 as b grows. Bisection on log
  // b.
  const double target = std::pow(10.0, -top_db / 20);
  double low = std::log(1e-6);
  double high = std::log(1e30);
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    const double b = std::exp(middle);
    (std::expm1(std::log1p(b) / top) / b > target ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

double curve_value(const Curve& curve, double m, double strength) {
  if (m <= 0) return 0;
  switch (curve.kind) {
    case CurveKind::Gamma: return std::pow(m, curve.gamma);
    case CurveKind::Db: return std::max(0.0, 1 + 20 * std::log10(m) / curve.top_db);
    case CurveKind::Linear: return m;
    case CurveKind::AdaptiveLog: return std::log1p(strength * m) / std::log1p(strength);
    case CurveKind::DoubleLog:
      return std::log1p(kDoubleLogA * std::log1p(kDoubleLogB * m) / std::log1p(kDoubleLogB)) / std::log1p(kDoubleLogA);
  }
  return 0;
}

double curve_inverse(const Curve& curve, double v, double strength) {
  if (v <= 0) return 0;
  switch (curve.kind) {
    case CurveKind::Gamma: return std::pow(v, 1 / curve.gamma);
    case CurveKind::Db: return std::pow(10.0, (v - 1) * curve.top_db / 20);
    case CurveKind::Linear: return v;
    case CurveKind::AdaptiveLog: return std::expm1(v * std::log1p(strength)) / strength;
    case CurveKind::DoubleLog: {
      const double inner = std::expm1(v * std::log1p(kDoubleLogA)) / kDoubleLogA;
      return std::expm1(inner * std::log1p(kDoubleLogB)) / kDoubleLogB;
    }
  }
  return 0;
}

double curve_strength(const PixelSettings& settings) {
  if (settings.curve.kind != CurveKind::AdaptiveLog) return 0;
  return adaptive_log_strength(settings.curve.top_db, top_magnitude_code(settings));
}

int payload_offset(const PixelSettings& settings) {
  if (!is_exact(settings.encoding)) return 0;
  const int step = code_step(settings);
  const int largest = (1 << settings.residual_bits) - 1;
  return (largest + step - 1) / step * step;  // whole steps, so that the low bytes of coarse codes are 0
}

int code_step(const PixelSettings& settings) {
  return settings.code_step != 0 ? settings.code_step : own_code_step(settings.encoding);
}

double top_magnitude_code(const PixelSettings& settings) {
  return std::floor((top_code(settings.encoding) - payload_offset(settings)) / code_step(settings));
}

double bin_gain(const StftSettings& stft, double tilt, int bin) {
  const double loudest = tilt > 0 ? stft.n_bins() - 1 : 1;
  return std::pow(10.0, tilt * std::log2(std::max(bin, 1) / loudest) / 20);
}

BinGains bin_gains(const StftSettings& stft, const PixelSettings& pixels) {
  BinGains gains;
  for (int bin = 0; pixels.tilt != 0 && bin < stft.n_bins(); ++bin) {
    const double gain = bin_gain(stft, pixels.tilt, bin);
    gains.gain.push_back(static_cast<float>(gain));
    gains.inverse.push_back(static_cast<float>(1 / gain));
  }
  return gains;
}

math::CurveConstants curve_constants(const PixelSettings& settings) {
  math::CurveConstants curve;
  curve.kind = settings.curve.kind;
  switch (settings.curve.kind) {
    case CurveKind::Gamma: curve.a = static_cast<float>(settings.curve.gamma / 2); break;
    case CurveKind::Db: curve.a = static_cast<float>(10 * std::log10(2.0) / settings.curve.top_db); break;
    case CurveKind::Linear: break;
    case CurveKind::AdaptiveLog: {
      const double strength = curve_strength(settings);
      curve.a = static_cast<float>(1 / std::log2(1 + strength));
      curve.b = static_cast<float>(strength);
      break;
    }
    case CurveKind::DoubleLog:
      curve.a = static_cast<float>(kDoubleLogA / std::log2(1 + kDoubleLogB));
      curve.b = static_cast<float>(kDoubleLogB);
      curve.c = static_cast<float>(1 / std::log2(1 + kDoubleLogA));
      break;
  }
  return curve;
}

PixelCode::PixelCode(const PixelSettings& settings)
    : bits(pixel_layout(settings.encoding).bits),
      top(static_cast<float>(top_magnitude_code(settings))),
      places{static_cast<float>(payload_offset(settings)), static_cast<float>(code_step(settings))},
      curve(curve_constants(settings)) {
  const double last = top_magnitude_code(settings);
  const double strength = curve_strength(settings);
  const int codes = static_cast<int>(last) + 1;
  magnitude.resize(static_cast<std::size_t>(codes));
  for (int a = 0; a < codes; ++a) magnitude[a] = static_cast<float>(curve_inverse(settings.curve, a / last, strength));
}

}  // namespace spectrohue
