// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/magnitude_code.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/stft_tables.h"
#include "math/magnitudes.h"

namespace spectrohue {

namespace {

template <class T>
void store(std::uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}
template <class T>
T load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Larger relative magnitudes than any sound has, for pictures whose floats anyone may have written.
constexpr double kLargest = 1e18;

bool has_table(Encoding encoding) { return pixel_layout(encoding).bits != 32 && encoding != Encoding::Rgb24; }

}  // namespace

MagnitudeCode::MagnitudeCode(const PixelSettings& settings)
    : encoding_(settings.encoding),
      curve_(settings.curve),
      strength_(curve_strength(settings)),
      top_(top_code(settings.encoding)),
      phase_codes_(static_cast<float>(top_ + 1)),
      constants_(curve_constants(settings)) {
  if (has_table(encoding_)) table_ = PixelCode(settings).magnitude;
}

float MagnitudeCode::value_of(float m) const {
  switch (curve_.kind) {
    case CurveKind::Linear: return m;
    case CurveKind::Db: return static_cast<float>(std::max(20 * std::log10(static_cast<double>(m)), -curve_.top_db));
    default: return static_cast<float>(curve_value(curve_, m, strength_));
  }
}

float MagnitudeCode::magnitude_of(float value) const {
  double m = 0;
  if (curve_.kind == CurveKind::Db) {
    m = value > -curve_.top_db ? std::pow(10.0, value / 20.0) : 0.0;
  } else {
    m = curve_inverse(curve_, value, strength_);
  }
  return m > 0 && m < kLargest ? static_cast<float>(m) : 0.0F;
}

double MagnitudeCode::code_of(float m) const {
  return std::nearbyint(top_ * std::clamp(curve_value(curve_, m, strength_), 0.0, 1.0));
}

void MagnitudeCode::write(const float* magnitudes, int n, float inverse_ref, std::uint8_t* to, int side) const {
  const auto top = static_cast<float>(top_);
  const auto code = [&](int i) {
    return math::to_integer(math::magnitude_code(magnitudes[i] * inverse_ref, top, constants_));
  };
  switch (encoding_) {
    case Encoding::Gray16:
    case Encoding::Magphase16:
      for (int i = 0; i < n; ++i) store(to + 2 * i, static_cast<std::uint16_t>(code(i)));
      break;
    case Encoding::Gray32f:
      for (int i = 0; i < n; ++i) store(to + 4 * i, value_of(magnitudes[i] * inverse_ref));
      break;
    case Encoding::Rgb24:
      for (int i = 0; i < n; ++i) {
        const auto wide = static_cast<std::uint32_t>(code_of(magnitudes[i] * inverse_ref));
        for (int c = 0; c < 3; ++c) to[3 * i + c] = static_cast<std::uint8_t>(wide >> (16 - 8 * c));
      }
      break;
    case Encoding::Stereo:
      for (int i = 0; i < n; ++i) {
        const auto value = static_cast<std::uint8_t>(code(i));
        if (side != kBoth) {
          to[3 * i + 1 + side] = value;
        } else {
          std::fill_n(to + 3 * i, 3, value);
        }
      }
      break;
    default:
      for (int i = 0; i < n; ++i) to[i] = static_cast<std::uint8_t>(code(i));
  }
}

void MagnitudeCode::read(const std::uint8_t* from, int n, float ref, float* magnitudes, int side) const {
  switch (encoding_) {
    case Encoding::Gray16:
    case Encoding::Magphase16:
      for (int i = 0; i < n; ++i) magnitudes[i] = ref * table_[load<std::uint16_t>(from + 2 * i)];
      break;
    case Encoding::Gray32f:
      for (int i = 0; i < n; ++i) magnitudes[i] = ref * magnitude_of(load<float>(from + 4 * i));
      break;
    case Encoding::Rgb24:
      for (int i = 0; i < n; ++i) {
        const std::uint8_t* rgb = from + 3 * i;
        const double v = (rgb[0] << 16 | rgb[1] << 8 | rgb[2]) / top_;
        magnitudes[i] = ref * static_cast<float>(curve_inverse(curve_, v, strength_));
      }
      break;
    case Encoding::Stereo:
      for (int i = 0; i < n; ++i) magnitudes[i] = ref * table_[from[3 * i + 1 + std::max(0, side)]];
      break;
    default:
      for (int i = 0; i < n; ++i) magnitudes[i] = ref * table_[from[i]];
  }
}

void MagnitudeCode::write_phases(const std::complex<float>* x, int n, std::uint8_t* to) const {
  for (int i = 0; i < n; ++i) {
    const int code = math::to_integer(math::phase_code(x[i].real(), x[i].imag(), phase_codes_));
    if (encoding_ == Encoding::Magphase16) {
      store(to + 2 * i, static_cast<std::uint16_t>(code));
    } else {
      to[i] = static_cast<std::uint8_t>(code);
    }
  }
}

void MagnitudeCode::read_phases(const std::uint8_t* from, int n, const float* magnitudes, bool real,
                                std::complex<float>* x) const {
  for (int i = 0; i < n; ++i) {
    const int code = encoding_ == Encoding::Magphase16 ? load<std::uint16_t>(from + 2 * i) : from[i];
    float cos;
    float sin;
    math::phase_of_code(math::to_float(code), phase_codes_, cos, sin);
    x[i] = {magnitudes[i] * cos, real ? 0.0F : magnitudes[i] * sin};
  }
}

}  // namespace spectrohue
