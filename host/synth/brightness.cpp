// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "synth/brightness.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "image/rgb.h"
#include "spectrohue/error.h"

namespace spectrohue::synth {

namespace {

float* floats(Picture& picture) { return reinterpret_cast<float*>(picture.pixels.data()); }
const float* floats(const Picture& picture) { return reinterpret_cast<const float*>(picture.pixels.data()); }
std::int64_t n_floats(const Picture& picture) { return picture.width * picture.height * picture.layout.channels; }

template <class Code>
void scale_codes(const Picture& from, float most, Picture& to) {
  const auto* const codes = reinterpret_cast<const Code*>(from.pixels.data());
  float* const out = floats(to);
  for (std::int64_t i = 0; i < n_floats(to); ++i) out[i] = static_cast<float>(codes[i]) / most;
}

void scale_floats(const Picture& from, Picture& to) {
  const float* const in = floats(from);
  float* const out = floats(to);
  float most = 1;
  for (std::int64_t i = 0; i < n_floats(to); ++i) {
    out[i] = std::isfinite(in[i]) ? std::max(0.0F, in[i]) : 0.0F;
    most = std::max(most, out[i]);
  }
  for (std::int64_t i = 0; i < n_floats(to); ++i) out[i] /= most;
}

/// One side of Gauss's bell from its middle; all of it sums to 1.
std::vector<float> half_bell(double sigma) {
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i <= std::ceil(3 * sigma); ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += i == 0 ? weights.back() : 2 * weights.back();
  }
  std::vector<float> bell;
  for (const double weight : weights) bell.push_back(static_cast<float>(weight / sum));
  return bell;
}

/// n values `stride` apart.
void blur_line(float* values, std::int64_t n, std::int64_t stride, const std::vector<float>& bell,
               std::vector<float>& line) {
  line.resize(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) line[i] = values[i * stride];
  for (std::int64_t i = 0; i < n; ++i) {
    float sum = bell[0] * line[i];
    for (std::int64_t k = 1; k < std::ssize(bell); ++k) {
      sum += bell[k] * (line[std::max<std::int64_t>(0, i - k)] + line[std::min(n - 1, i + k)]);
    }
    values[i * stride] = sum;
  }
}

}  // namespace

Picture brightness_of(Picture picture) {
  if (picture.layout.channels == 2) {
    throw Error(ErrorCode::Unsupported, "a picture of complex numbers has no brightness; 'decode' makes its sound");
  }
  if (picture.width > kMaxPixels / std::max<std::int64_t>(1, picture.height)) {
    throw Error(ErrorCode::Unsupported, "the picture has " + std::to_string(picture.width) + " x " +
                                            std::to_string(picture.height) + " pixels; at most " +
                                            std::to_string(kMaxPixels) + " can be played: make it smaller first");
  }
  if (!picture.palette.empty()) image::expand_to_rgb(picture);
  Picture made;
  made.resize(picture.width, picture.height, {picture.layout.channels, 32});
  switch (picture.layout.bits) {
    case 8: scale_codes<std::uint8_t>(picture, 255, made); break;
    case 16: scale_codes<std::uint16_t>(picture, 65535, made); break;
    default: scale_floats(picture, made); break;
  }
  return made;
}

void invert(Picture& picture) {
  float* const values = floats(picture);
  for (std::int64_t i = 0; i < n_floats(picture); ++i) values[i] = 1 - values[i];
}

void blur(Picture& picture, double sigma) {
  if (sigma <= 0) return;
  const std::vector<float> bell = half_bell(sigma);
  std::vector<float> line;
  const std::int64_t channels = picture.layout.channels;
  const std::int64_t row = picture.width * channels;
  for (std::int64_t y = 0; y < picture.height; ++y) {
    for (std::int64_t c = 0; c < channels; ++c) {
      blur_line(floats(picture) + y * row + c, picture.width, channels, bell, line);
    }
  }
  for (std::int64_t i = 0; i < row; ++i) blur_line(floats(picture) + i, picture.height, row, bell, line);
}

Rgb rgb_at(const Picture& picture, std::int64_t x, std::int64_t y) {
  const int channels = picture.layout.channels;
  const float* const pixel = floats(picture) + (y * picture.width + x) * channels;
  return channels == 1 ? Rgb{pixel[0], pixel[0], pixel[0]} : Rgb{pixel[0], pixel[1], pixel[2]};
}

float luma(const Rgb& colour) {
  if (colour.red == colour.green && colour.green == colour.blue) return colour.green;
  return 0.2126F * colour.red + 0.7152F * colour.green + 0.0722F * colour.blue;
}

float place_of_hue(const Rgb& colour) {
  const auto [red, green, blue] = colour;
  const float most = std::max({red, green, blue});
  const float chroma = most - std::min({red, green, blue});
  if (!(chroma > 0)) return 0.5F;
  // Sixths of the way around from red, both ways alike: 0 to 3.
  float sixths = 0;
  if (most == red) {
    sixths = std::fabs(green - blue) / chroma;
  } else {
    sixths = 2 + (most == green ? blue - red : green - red) / chroma;
  }
  return 0.5F + (sixths / 3 - 0.5F) * chroma / most;
}

}  // namespace spectrohue::synth
