// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage pixels, both ways, against the definitions in double: sector order, rounding, curves, zero, DC and Nyquist.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <numbers>
#include <tuple>
#include <type_traits>

#include "core/stft_tables.h"
#include "support/backends.h"
#include "support/signals.h"

namespace spectrohue::test {
namespace {

const StftSettings kSmall = [] {
  StftSettings s = StftSettings::for_n_fft(64);
  s.hop_length = 16;
  return s;
}();

using Rgb = std::array<int, 3>;

/// b of adaptive-log: code 1 stands for 10^(-top_db / 20).
double adaptive_b(const Curve& curve, double top) {
  static std::map<std::pair<double, double>, double> known;
  double& found = known[{curve.top_db, top}];
  if (found == 0) {
    double low = 1e-3;
    double high = 1e25;
    for (int i = 0; i < 300; ++i) {
      const double b = std::sqrt(low * high);
      ((std::pow(1 + b, 1 / top) - 1) / b > std::pow(10, -curve.top_db / 20) ? low : high) = b;
    }
    found = low;
  }
  return found;
}

/// The value curves and their inverses, from their definitions in docs/format.md, not from the code's constants.
double value_by_definition(const Curve& curve, double m, double top) {
  if (m <= 0) return 0;
  switch (curve.kind) {
    case CurveKind::Gamma: return std::pow(m, curve.gamma);
    case CurveKind::Db: return std::max(0.0, 1 + 20 * std::log10(m) / curve.top_db);
    case CurveKind::Linear: return m;
    case CurveKind::AdaptiveLog: {
      const double b = adaptive_b(curve, top);
      return std::log(1 + b * m) / std::log(1 + b);
    }
    case CurveKind::DoubleLog: return std::log(1 + 20 * std::log(1 + 1e4 * m) / std::log(1 + 1e4)) / std::log(21);
  }
  return 0;
}
double curve_magnitude(const Curve& curve, int code, double top) {
  const double v = code / top;
  if (code == 0) return 0;
  switch (curve.kind) {
    case CurveKind::Gamma: return std::pow(v, 1 / curve.gamma);
    case CurveKind::Db: return std::pow(10, (v - 1) * curve.top_db / 20);
    case CurveKind::Linear: return v;
    case CurveKind::AdaptiveLog: {
      const double b = adaptive_b(curve, top);
      return (std::pow(1 + b, v) - 1) / b;
    }
    case CurveKind::DoubleLog: return (std::pow(10001.0, (std::pow(21.0, v) - 1) / 20) - 1) / 1e4;
  }
  return 0;
}

/// What the codes of an exact encoding are multiplied with.
int step_of(const PixelSettings& p) { return p.encoding == Encoding::Hsv16x && p.code_step != 1 ? 256 : 1; }
/// Of an exact encoding, the largest payload.
int payload_of(const PixelSettings& p) {
  return p.encoding == Encoding::Hsvx || p.encoding == Encoding::Hsv16x ? (1 << p.residual_bits) - 1 : 0;
}
/// Of an exact encoding, what the two largest channels are raised by: whole steps.
int offset_of(const PixelSettings& p) {
  int offset = 0;
  while (offset < payload_of(p)) offset += step_of(p);
  return offset;
}
/// The largest code of a magnitude.
double top_of(const PixelSettings& p) {
  return std::floor(((pixel_layout(p.encoding).bits == 8 ? 255.0 : 65535.0) - offset_of(p)) / step_of(p));
}

/// What a bin's magnitude is multiplied with: so many dB an octave, up or down from the loudest bin.
double weight_of(double tilt, int bin, int n_bins) {
  const double octaves = std::log2(static_cast<double>(std::max(1, bin)) / (tilt > 0 ? n_bins - 1 : 1));
  return std::pow(10, tilt * octaves / 20);
}

/// The pixel of a bin relative to the reference, in double: research formula with explicit sectors.
Rgb pixel_of(std::complex<double> x, const PixelSettings& p) {
  const double a = std::nearbyint(top_of(p) * std::min(1.0, value_by_definition(p.curve, std::abs(x), top_of(p))));
  double h = 3 * (std::arg(x) + std::numbers::pi) / std::numbers::pi;
  if (h >= 6) h -= 6;
  const int s = std::min(static_cast<int>(h), 5);
  const double f = h - s;
  const double b = std::nearbyint(a * (s % 2 == 0 ? f : 1 - f));
  // Sector: which channel is the largest, which is the middle one.
  constexpr int kOrder[6][2] = {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 0}, {0, 2}};
  Rgb rgb{};
  rgb[kOrder[s][0]] = static_cast<int>(a) * step_of(p) + offset_of(p);
  rgb[kOrder[s][1]] = static_cast<int>(b) * step_of(p) + offset_of(p);
  return rgb;
}

/// The codes of an exact encoding's pixel without its payload, and so without its smallest channel; of equals, all are.
/// What lies between codes is the nearest.
Rgb without_payload(Rgb rgb, const PixelSettings& p) {
  const int offset = offset_of(p);
  const auto [low, high] = std::minmax_element(rgb.begin(), rgb.end());
  const Rgb before = rgb;
  for (int c = 0; c < 3 && offset > 0; ++c) {
    const bool is_payload = before[c] == before[low - rgb.begin()] && before[c] < before[high - rgb.begin()];
    const double code = std::nearbyint(std::max(0, before[c] - offset) / static_cast<double>(step_of(p)));
    rgb[c] = is_payload ? 0 : static_cast<int>(std::min(code, top_of(p)));
  }
  return rgb;
}

std::complex<double> bin_of(const Rgb& pixel, const PixelSettings& p) {
  const Curve& curve = p.curve;
  const double top = top_of(p);
  const Rgb rgb = without_payload(pixel, p);
  const int high = *std::max_element(rgb.begin(), rgb.end());
  const int low = *std::min_element(rgb.begin(), rgb.end());
  if (high == 0) return 0;
  double hue = 0;  // the ordinary definition of HSV's hue, in sextants
  if (high > low) {
    const double d = high - low;
    if (rgb[0] == high) {
      hue = (rgb[1] - rgb[2]) / d;
    } else if (rgb[1] == high) {
      hue = 2 + (rgb[2] - rgb[0]) / d;
    } else {
      hue = 4 + (rgb[0] - rgb[1]) / d;
    }
  }
  return std::polar(curve_magnitude(curve, high, top), hue * std::numbers::pi / 3 - std::numbers::pi);
}

struct Pixels {
  std::vector<std::uint8_t> bytes;
  int bits;
  std::int64_t n_frames;
  Plane plane() { return {bytes.data(), n_frames * 3 * bits / 8, n_frames}; }
  Rgb at(std::int64_t frame, int bin, int n_bins) const {
    const std::size_t i = static_cast<std::size_t>(((n_bins - 1 - bin) * n_frames + frame) * 3);
    Rgb rgb{};
    for (int c = 0; c < 3; ++c) {
      if (bits == 8) {
        rgb[c] = bytes[i + c];
      } else {
        std::uint16_t v = 0;
        std::memcpy(&v, bytes.data() + 2 * (i + c), 2);
        rgb[c] = v;
      }
    }
    return rgb;
  }
};

Pixels encode(Backend& backend, const PixelSettings& pixels, const std::vector<Complex>& spectrum, float ref) {
  Pixels out;
  out.bits = pixel_layout(pixels.encoding).bits;
  out.n_frames = static_cast<std::int64_t>(spectrum.size()) / kSmall.n_bins();
  out.bytes.assign(spectrum.size() * 3 * out.bits / 8, 0xAB);
  const EncodePixelsItem item{spectrum, ref, out.plane()};
  backend.encode_pixels(kSmall, pixels, {&item, 1});
  return out;
}

std::vector<Complex> decode(Backend& backend, const PixelSettings& pixels, Pixels& in, float ref) {
  std::vector<Complex> spectrum(static_cast<std::size_t>(in.n_frames * kSmall.n_bins()));
  const Plane plane = in.plane();
  const DecodePixelsItem item{{plane.data, plane.row_bytes, plane.n_frames}, ref, spectrum};
  backend.decode_pixels(kSmall, pixels, {&item, 1});
  return spectrum;
}

/// Magnitudes over 7 decades up to just above ref, all phases; DC and Nyquist real.
std::vector<Complex> spread(std::int64_t n_frames, float ref) {
  const std::vector<float> u = noise(n_frames * kSmall.n_bins() * 2, 21, 1.0F);
  std::vector<Complex> spectrum;
  for (std::size_t i = 0; i < u.size(); i += 2) {
    const auto magnitude = static_cast<float>(ref * std::pow(10.0, -3.5 + 3.55 * u[i]));
    const std::size_t bin = i / 2 % kSmall.n_bins();
    const bool real = bin == 0 || bin + 1 == static_cast<std::size_t>(kSmall.n_bins());
    spectrum.push_back(real ? Complex(u[i + 1] < 0 ? -magnitude : magnitude, 0)
                            : std::polar(magnitude, static_cast<float>(u[i + 1] * std::numbers::pi)));
  }
  return spectrum;
}

std::vector<PixelSettings> all_settings() {
  std::vector<PixelSettings> all;
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const CurveKind kind :
         {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::AdaptiveLog, CurveKind::DoubleLog}) {
      PixelSettings p;
      p.encoding = encoding;
      p.curve.kind = kind;
      p.curve.top_db = encoding == Encoding::Hsv ? 100 : 120;
      all.push_back(p);
    }
    PixelSettings p;
    p.encoding = encoding;
    p.curve.gamma = 0.5;
    all.push_back(p);
    p.tilt = encoding == Encoding::Hsv ? 6 : -9.5;
    all.push_back(p);
  }
  for (const auto& [encoding, bits, tilt, step] : {std::tuple{Encoding::Hsvx, 3, 0.0, 0},
                                                   {Encoding::Hsvx, 7, 0.0, 1},
                                                   {Encoding::Hsv16x, 1, 3.0, 1},
                                                   {Encoding::Hsv16x, 12, 0.0, 1},
                                                   {Encoding::Hsv16x, 1, 0.0, 256},
                                                   {Encoding::Hsv16x, 7, 3.0, 256},
                                                   {Encoding::Hsv16x, 8, 0.0, 0},
                                                   {Encoding::Hsv16x, 12, 0.0, 256}}) {
    PixelSettings p;
    p.encoding = encoding;
    p.residual_bits = bits;
    p.code_step = step;
    p.tilt = tilt;
    p.curve.kind = bits > 6 ? CurveKind::AdaptiveLog : CurveKind::Gamma;
    all.push_back(p);
  }
  return all;
}

std::string label(const PixelSettings& p) {
  return to_string(p.encoding) + " " + to_string(p.curve.kind) + ", residual_bits " + std::to_string(p.residual_bits) +
         ", code_step " + std::to_string(p.code_step) + ", tilt " + std::to_string(p.tilt);
}

class PixelStage : public BackendTest {};
SPECTROHUE_FOR_ALL_BACKENDS(PixelStage);

TEST_P(PixelStage, EncodesAsDefined) {
  const float ref = 37.5F;
  const std::vector<Complex> spectrum = spread(601, ref);
  for (const PixelSettings& p : all_settings()) {
    const Pixels pixels = encode(*backend_, p, spectrum, ref);
    std::int64_t off_by_one = 0;
    std::int64_t further = 0;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(spectrum.size()); ++i) {
      const int bin = static_cast<int>(i % kSmall.n_bins());
      const double scale = weight_of(p.tilt, bin, kSmall.n_bins()) / static_cast<double>(ref);
      const Rgb expected = pixel_of(std::complex<double>(spectrum[i]) * scale, p);
      const Rgb got = pixels.at(i / kSmall.n_bins(), bin, kSmall.n_bins());
      int difference = 0;  // in codes
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ((expected[c] - got[c]) % step_of(p), 0) << label(p);
        difference = std::max(difference, std::abs(expected[c] - got[c]) / step_of(p));
      }
      off_by_one += difference == 1 ? 1 : 0;
      further += difference > 1 ? 1 : 0;
    }
    // Only values within rounding error of a border between two codes may go the other way.
    const auto count = static_cast<double>(spectrum.size());
    EXPECT_EQ(further, 0) << label(p);
    EXPECT_LT(off_by_one / count, top_of(p) < 256 ? (p.tilt == 0 ? 2e-4 : 4e-4) : 4e-2) << label(p);
  }
}

TEST_P(PixelStage, DecodesAsDefinedWhateverThePixel) {
  for (const PixelSettings& p : all_settings()) {
    Pixels pixels;
    pixels.bits = pixel_layout(p.encoding).bits;
    pixels.n_frames = 403;
    const double top = pixels.bits == 8 ? 255 : 65535;
    // Any colours at all, grays and blacks among them.
    const std::vector<float> u = noise(pixels.n_frames * kSmall.n_bins() * 3, 33, 1.0F);
    pixels.bytes.resize(u.size() * pixels.bits / 8);
    for (std::size_t i = 0; i < u.size(); ++i) {
      const bool gray = i / 3 % 17 == 0;
      const int code = static_cast<int>((u[gray ? i - i % 3 : i] * 0.5 + 0.5) * (top + 1)) * (i / 3 % 29 == 0 ? 0 : 1);
      if (pixels.bits == 8) {
        pixels.bytes[i] = static_cast<std::uint8_t>(code);
      } else {
        const auto v = static_cast<std::uint16_t>(code);
        std::memcpy(pixels.bytes.data() + 2 * i, &v, 2);
      }
    }
    const float ref = 12.0F;
    const std::vector<Complex> spectrum = decode(*backend_, p, pixels, ref);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(spectrum.size()); ++i) {
      const int bin = static_cast<int>(i % kSmall.n_bins());
      std::complex<double> expected = static_cast<double>(ref) / weight_of(p.tilt, bin, kSmall.n_bins()) *
                                      bin_of(pixels.at(i / kSmall.n_bins(), bin, kSmall.n_bins()), p);
      const double tolerance = 4e-7 * std::abs(expected);
      if (bin == 0 || 2 * bin == kSmall.n_fft) expected = expected.real();
      ASSERT_LE(std::abs(std::complex<double>(spectrum[i]) - expected), tolerance)
          << label(p) << " frame " << i / kSmall.n_bins() << " bin " << bin;
    }
  }
}

TEST_P(PixelStage, PureHues) {
  // Phase -pi (red) through -2pi/3 (yellow), -pi/3 (green), 0 (cyan), pi/3 (blue), 2pi/3 (magenta).
  const Rgb colours[6] = {{255, 0, 0}, {255, 255, 0}, {0, 255, 0}, {0, 255, 255}, {0, 0, 255}, {255, 0, 255}};
  std::vector<Complex> spectrum(static_cast<std::size_t>(kSmall.n_bins()));
  for (int i = 0; i < 6; ++i) {
    spectrum[1 + i] = std::polar(5.0F, static_cast<float>(-std::numbers::pi + i * std::numbers::pi / 3));
  }
  spectrum[0] = {-5.0F, 0.0F};
  spectrum[32] = {5.0F, 0.0F};
  const Pixels pixels = encode(*backend_, PixelSettings{}, spectrum, 5.0F);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(pixels.at(0, 1 + i, kSmall.n_bins()), colours[i]) << i;
  EXPECT_EQ(pixels.at(0, 0, kSmall.n_bins()), colours[0]);   // negative DC
  EXPECT_EQ(pixels.at(0, 32, kSmall.n_bins()), colours[3]);  // positive Nyquist
  EXPECT_EQ(pixels.at(0, 20, kSmall.n_bins()), (Rgb{0, 0, 0}));
}

TEST_P(PixelStage, ZeroIsBlackAndBlackIsExactlyZero) {
  for (const PixelSettings& p : all_settings()) {
    const std::vector<Complex> zeros(static_cast<std::size_t>(19 * kSmall.n_bins()));
    Pixels pixels = encode(*backend_, p, zeros, 1.0F);
    if (offset_of(p) == 0) {
      EXPECT_TRUE(std::all_of(pixels.bytes.begin(), pixels.bytes.end(), [](auto b) { return b == 0; })) << label(p);
    }
    for (const Complex& bin : decode(*backend_, p, pixels, 1.0F)) ASSERT_EQ(bin, Complex(0, 0)) << label(p);
    // Silence: no reference.
    pixels = encode(*backend_, p, spread(19, 1.0F), 0.0F);
    EXPECT_TRUE(std::all_of(pixels.bytes.begin(), pixels.bytes.end(), [](auto b) { return b == 0; })) << label(p);
    for (const Complex& bin : decode(*backend_, p, pixels, 1.0F)) ASSERT_EQ(bin, Complex(0, 0)) << label(p);
  }
}

/// The smallest channel of a pixel is 0, below all codes, and whatever is put there makes no difference.
TEST_P(PixelStage, APayloadChangesNothing) {
  for (const PixelSettings& p : all_settings()) {
    const int offset = offset_of(p);
    if (offset == 0) continue;
    Pixels pixels = encode(*backend_, p, spread(101, 1.0F), 1.0F);
    const std::vector<Complex> without = decode(*backend_, p, pixels, 1.0F);
    const std::vector<float> payload = noise(std::ssize(without), 5, 1.0F);
    for (std::size_t i = 0; i < without.size(); ++i) {
      const auto value = static_cast<int>((payload[i] * 0.5 + 0.5) * (payload_of(p) + 1));
      const auto put = [&](auto* codes) {
        auto* const smallest = std::min_element(codes, codes + 3);
        ASSERT_EQ(*smallest, 0);
        ASSERT_GE(std::min({codes[0] + codes[1], codes[0] + codes[2], codes[1] + codes[2]}), offset);
        *smallest = static_cast<std::remove_reference_t<decltype(*codes)>>(value);
      };
      if (pixels.bits == 8) {
        put(pixels.bytes.data() + 3 * i);
      } else {
        put(reinterpret_cast<std::uint16_t*>(pixels.bytes.data()) + 3 * i);
      }
    }
    EXPECT_EQ(decode(*backend_, p, pixels, 1.0F), without) << label(p);
  }
}

TEST_P(PixelStage, TinyAndHugeBinsStayInRange) {
  std::vector<Complex> spectrum(static_cast<std::size_t>(kSmall.n_bins()));
  const float values[] = {1e-45F, 1e-38F, 1e-30F, 1e-20F, 1e-10F, 1.0F, 2.0F, 1e10F, 1e18F};
  for (std::size_t i = 0; i < std::size(values); ++i) spectrum[i] = {values[i], 0.0F};
  for (const PixelSettings& p : all_settings()) {
    if (p.tilt != 0) continue;  // bins are not alike then
    const Pixels pixels = encode(*backend_, p, spectrum, 1.0F);
    const int top = static_cast<int>(top_of(p)) * step_of(p) + offset_of(p);
    int last = 0;
    for (std::size_t i = 0; i < std::size(values); ++i) {
      const Rgb rgb = pixels.at(0, static_cast<int>(i), kSmall.n_bins());
      EXPECT_EQ(rgb[0], 0) << label(p) << " " << values[i];
      EXPECT_EQ(rgb[1], rgb[2]) << label(p) << " " << values[i];  // cyan
      EXPECT_GE(rgb[1], last) << label(p) << " " << values[i];
      last = rgb[1];
    }
    EXPECT_EQ(last, top);
  }
}

TEST_P(PixelStage, EveryCodeOfMagnitudeComesBack) {
  for (const PixelSettings& p : all_settings()) {
    if (p.tilt != 0) continue;  // bins are not alike then
    const PixelCode code(p);
    const int offset = offset_of(p);
    ASSERT_EQ(code.top, top_of(p));
    const int top = static_cast<int>(code.top);
    std::vector<Complex> spectrum;
    for (int a = 0; a <= top; ++a) spectrum.emplace_back(-code.magnitude[a], 0.0F);
    spectrum.resize((spectrum.size() + kSmall.n_bins() - 1) / kSmall.n_bins() * kSmall.n_bins());
    const Pixels pixels = encode(*backend_, p, spectrum, 1.0F);
    for (int a = 0; a <= top; ++a) {
      ASSERT_EQ(pixels.at(a / kSmall.n_bins(), a % kSmall.n_bins(), kSmall.n_bins()),
                (Rgb{a * step_of(p) + offset, offset, 0}))
          << label(p) << " code " << a;
    }
  }
}

TEST_P(PixelStage, NothingOutsideThePlaneIsWritten) {
  // Rows wider than the plane, as in a picture that holds more than this.
  for (const int n_frames : {1, 3, 4, 7, 8, 9, 15, 16, 17, 33}) {
    for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
      PixelSettings p;
      p.encoding = encoding;
      const int pixel_bytes = 3 * pixel_layout(encoding).bits / 8;
      const std::int64_t row_bytes = n_frames * pixel_bytes + 10;
      std::vector<std::uint8_t> bytes(static_cast<std::size_t>(row_bytes * kSmall.n_bins()), 0xAB);
      const std::vector<Complex> spectrum = spread(n_frames, 1.0F);
      const EncodePixelsItem item{spectrum, 1.0F, {bytes.data(), row_bytes, n_frames}};
      backend_->encode_pixels(kSmall, p, {&item, 1});
      const Pixels packed = encode(*backend_, p, spectrum, 1.0F);
      for (int row = 0; row < kSmall.n_bins(); ++row) {
        const std::uint8_t* at = bytes.data() + row * row_bytes;
        ASSERT_EQ(std::memcmp(at, packed.bytes.data() + row * n_frames * pixel_bytes, n_frames * pixel_bytes), 0);
        for (int i = 0; i < 10; ++i) ASSERT_EQ(at[n_frames * pixel_bytes + i], 0xAB) << n_frames;
      }
    }
  }
}

}  // namespace
}  // namespace spectrohue::test
