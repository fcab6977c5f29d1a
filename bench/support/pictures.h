// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures of every kind that the PNG coder meets, of a sound or drawn.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "image/png.h"
#include "spectrohue/convert.h"
#include "support/audio.h"

namespace spectrohue::bench {

struct PngPicture {
  PngPicture(std::int64_t w, std::int64_t h, int n_channels, int n_bits)
      : width(w), height(h), channels(n_channels), bits(n_bits) {
    data.resize(static_cast<std::size_t>(w * h * n_channels * (n_bits / 8)));
  }

  image::png::Pixels pixels() const {
    image::png::Pixels p;
    p.data = data.data();
    p.row_bytes = row_bytes();
    p.width = width;
    p.height = height;
    p.channels = channels;
    p.bits = bits;
    p.palette = palette;
    return p;
  }
  /// Seen in place, so red and blue change places. Indices are gray, the nearest that OpenCV can write.
  cv::Mat mat() const {
    return cv::Mat(static_cast<int>(height), static_cast<int>(width),
                   CV_MAKETYPE(bits == 16 ? CV_16U : CV_8U, channels), const_cast<std::uint8_t*>(data.data()));
  }
  std::int64_t row_bytes() const { return width * channels * (bits / 8); }
  void set(std::int64_t y, std::int64_t x, int channel, int value) {
    const auto wide = static_cast<std::uint16_t>(value);
    const std::int64_t bytes = bits / 8;
    std::memcpy(data.data() + ((y * width + x) * channels + channel) * bytes, &wide, static_cast<std::size_t>(bytes));
  }
  /// value(y, x, channel) of every one.
  template <class F>
  void fill(const F& value) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        for (int c = 0; c < channels; ++c) set(y, x, c, value(y, x, c));
      }
    }
  }

  std::int64_t width;
  std::int64_t height;
  int channels;
  int bits;
  std::vector<std::uint8_t> data;
  std::vector<std::array<std::uint8_t, 3>> palette;
};

struct Kind {
  std::string name;
  std::function<PngPicture()> make;
};

inline PngPicture hsv_picture(const Audio& audio, CurveKind curve, int bits) {
  EncodeSettings settings;
  settings.stft = StftSettings::for_n_fft(2048);
  settings.pixels.curve.kind = curve;
  settings.pixels.encoding = bits == 16 ? Encoding::Hsv16 : Encoding::Hsv;
  Picture picture;
  to_picture(*make_backend("cpu"), audio, settings, picture);
  PngPicture out(picture.width, picture.height, 3, bits);
  std::copy(picture.pixels.begin(), picture.pixels.end(), out.data.begin());
  return out;
}

inline std::array<int, 3> rgb_at(const PngPicture& p, std::int64_t y, std::int64_t x) {
  std::array<int, 3> rgb{};
  for (int c = 0; c < 3; ++c) {
    std::uint16_t value = 0;
    const std::int64_t bytes = p.bits / 8;
    std::memcpy(&value, p.data.data() + ((y * p.width + x) * 3 + c) * bytes, static_cast<std::size_t>(bytes));
    rgb[static_cast<std::size_t>(c)] = value;
  }
  return rgb;
}

/// The magnitudes alone.
inline PngPicture gray_picture(const Audio& audio, CurveKind curve, int bits) {
  const PngPicture hsv = hsv_picture(audio, curve, bits);
  PngPicture out(hsv.width, hsv.height, 1, bits);
  out.fill([&](std::int64_t y, std::int64_t x, int) {
    const auto rgb = rgb_at(hsv, y, x);
    return *std::max_element(rgb.begin(), rgb.end());
  });
  return out;
}

inline PngPicture indexed_picture(const Audio& audio) {
  PngPicture out = gray_picture(audio, CurveKind::Db, 8);
  for (int i = 0; i < 256; ++i) {
    out.palette.push_back(
        {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i * i / 255), static_cast<std::uint8_t>(255 - i)});
  }
  return out;
}

/// Real and imaginary parts, zero in the middle of the range: in red and green, or (1 channel) one plane above the
/// other.
inline PngPicture complex_picture(const Audio& audio, int channels, int bits) {
  const PngPicture hsv = hsv_picture(audio, CurveKind::Linear, 16);
  PngPicture out(hsv.width, channels == 1 ? 2 * hsv.height : hsv.height, channels, bits);
  const double half = bits == 16 ? 32767.5 : 127.5;
  out.fill([&](std::int64_t y, std::int64_t x, int c) {
    const int part = channels == 1 ? static_cast<int>(y / hsv.height) : c;
    if (part == 2) return 0;
    const auto [r, g, b] = rgb_at(hsv, y % hsv.height, x);
    const double size = std::max({r, g, b}) / 65535.0;
    const double angle = std::atan2(std::sqrt(3.0) * (g - b), 2.0 * r - g - b);
    return static_cast<int>(std::lround(half + half * size * (part == 0 ? std::cos(angle) : std::sin(angle))));
  });
  return out;
}

inline std::vector<Kind> kinds_of_sound(const Audio& audio) {
  const auto hsv = [&audio](CurveKind curve, int bits) {
    return [&audio, curve, bits] { return hsv_picture(audio, curve, bits); };
  };
  const auto gray = [&audio](CurveKind curve, int bits) {
    return [&audio, curve, bits] { return gray_picture(audio, curve, bits); };
  };
  const auto complex = [&audio](int channels, int bits) {
    return [&audio, channels, bits] { return complex_picture(audio, channels, bits); };
  };
  return {{"hsv", hsv(CurveKind::Gamma, 8)},
          {"hsv16", hsv(CurveKind::Gamma, 16)},
          {"hsv_db", hsv(CurveKind::Db, 8)},
          {"hsv_linear", hsv(CurveKind::Linear, 8)},
          {"hsv_adaptive-log", hsv(CurveKind::AdaptiveLog, 8)},
          {"hsv_double-log", hsv(CurveKind::DoubleLog, 8)},
          {"hsv16_linear", hsv(CurveKind::Linear, 16)},
          {"gray", gray(CurveKind::Gamma, 8)},
          {"gray_db", gray(CurveKind::Db, 8)},
          {"gray_linear", gray(CurveKind::Linear, 8)},
          {"gray16", gray(CurveKind::Gamma, 16)},
          {"gray16_linear", gray(CurveKind::Linear, 16)},
          {"indexed", [&audio] { return indexed_picture(audio); }},
          {"complex_rgb", complex(3, 8)},
          {"complex_rgb16", complex(3, 16)},
          {"complex_gray16", complex(1, 16)}};
}

/// No sound looks like most of these; they are what a coder may stumble over.
inline std::vector<Kind> drawn_kinds() {
  using Value = std::function<int(std::int64_t, std::int64_t, int)>;
  const auto drawn = [](std::int64_t w, std::int64_t h, int channels, int bits, const Value& value) {
    return [=] {
      PngPicture p(w, h, channels, bits);
      p.fill(value);
      return p;
    };
  };
  const Value zero = [](std::int64_t, std::int64_t, int) { return 0; };
  const auto dots = [](std::int64_t w, std::int64_t h, int channels, int bits, int one_in) {
    return [=] {
      std::mt19937 random(1);
      PngPicture p(w, h, channels, bits);
      p.fill([&](std::int64_t, std::int64_t, int) {
        return random() % static_cast<unsigned>(one_in) == 0 ? static_cast<int>(random() % 256) : 0;
      });
      return p;
    };
  };
  const auto lines = [](int channels, int every) {  // crossing lines of a few colours
    return [=] {
      std::mt19937 random(1);
      PngPicture p(2000, 1025, channels, 8);
      for (int i = 0; i < 4000 / every; ++i) {
        double x = static_cast<double>(random() % 2000);
        double y = static_cast<double>(random() % 1025);
        const double angle = static_cast<double>(random() % 628) / 100;
        const int color[3] = {static_cast<int>(random() % 4) * 85, static_cast<int>(random() % 2) * 255, 200};
        for (int k = 0; k < 600; ++k, x += std::cos(angle), y += std::sin(angle)) {
          if (x < 0 || y < 0 || x >= 2000 || y >= 1025) break;
          for (int c = 0; c < channels; ++c) {
            p.set(static_cast<std::int64_t>(y), static_cast<std::int64_t>(x), c, color[c]);
          }
        }
      }
      return p;
    };
  };
  const auto stripes = [](int channels, unsigned longest) {  // runs of every length up to that
    return [=] {
      std::mt19937 random(1);
      PngPicture p(2000, 1025, channels, 8);
      unsigned left = 0;
      int color[3] = {};
      p.fill([&](std::int64_t, std::int64_t, int c) {
        if (c == 0 && left-- == 0) {
          left = random() % longest;
          for (int& v : color) v = static_cast<int>(random() % 256);
        }
        return color[c];
      });
      return p;
    };
  };
  const auto noise = [](std::int64_t w, std::int64_t h, int channels, int bits, int most) {
    return [=] {
      std::mt19937 random(1);
      PngPicture p(w, h, channels, bits);
      p.fill([&](std::int64_t, std::int64_t, int) { return static_cast<int>(random() % static_cast<unsigned>(most)); });
      return p;
    };
  };
  const Value orange = [](std::int64_t, std::int64_t, int c) {
    return std::array{255, 128, 3}[static_cast<std::size_t>(c)];
  };
  const Value gradient = [](std::int64_t y, std::int64_t x, int) { return static_cast<int>((x + y) * 255 / 3025); };
  const Value wide_gradient = [](std::int64_t y, std::int64_t x, int) {
    return static_cast<int>((x + y) * 65535 / 3025);
  };
  const auto board = [](int size) {
    return [size](std::int64_t y, std::int64_t x, int) { return (x / size + y / size) % 2 == 0 ? 0 : 255; };
  };
  std::vector<Kind> kinds{
      {"silence", drawn(2584, 1025, 3, 8, zero)},
      {"silence_wide", drawn(65500, 1025, 3, 8, zero)},
      {"silence_gray", drawn(2584, 1025, 1, 8, zero)},
      {"silence_16", drawn(2584, 1025, 3, 16, zero)},
      {"dot",
       drawn(2584, 1025, 3, 8, [](std::int64_t y, std::int64_t x, int) { return x == 1000 && y == 500 ? 99 : 0; })},
      {"dots_1e-2", dots(2584, 1025, 3, 8, 100)},
      {"dots_1e-3", dots(2584, 1025, 3, 8, 1000)},
      {"dots_1e-4", dots(2584, 1025, 3, 8, 10000)},
      {"dots_1e-5", dots(2584, 1025, 3, 8, 100000)},
      {"dots_1e-6", dots(2584, 1025, 3, 8, 1000000)},
      {"dots_wide_1e-4", dots(30000, 1025, 1, 8, 10000)},
      {"dots_wide_1e-6", dots(30000, 1025, 1, 8, 1000000)},
      {"dots_gray16_1e-3", dots(2584, 1025, 1, 16, 1000)},
      {"lines_rgb", lines(3, 40)},
      {"lines_gray", lines(1, 40)},
      {"lines_gray_few", lines(1, 400)},
      {"lines_gray_dense", lines(1, 4)},
      {"runs_6_rgb", stripes(3, 6)},
      {"runs_6_gray", stripes(1, 6)},
      {"runs_12_gray", stripes(1, 12)},
      {"runs_30_gray", stripes(1, 30)},
      {"runs_30_rgb", stripes(3, 30)},
      {"runs_300_rgb", stripes(3, 300)},
      {"constant_rgb", drawn(2000, 1025, 3, 8, orange)},
      {"constant_gray", drawn(2000, 1025, 1, 8, [](std::int64_t, std::int64_t, int) { return 77; })},
      {"gradient_gray", drawn(2000, 1025, 1, 8, gradient)},
      {"gradient_rgb", drawn(2000, 1025, 3, 8, gradient)},
      {"gradient_gray16", drawn(2000, 1025, 1, 16, wide_gradient)},
      {"board_1_gray", drawn(2000, 1025, 1, 8, board(1))},
      {"board_8_gray", drawn(2000, 1025, 1, 8, board(8))},
      {"board_8_rgb", drawn(2000, 1025, 3, 8, board(8))},
      {"board_64_rgb", drawn(2000, 1025, 3, 8, board(64))},
      {"noise_rgb", noise(1000, 1025, 3, 8, 256)},
      {"noise_rgb16", noise(1000, 1025, 3, 16, 65536)},
      {"noise_2_gray", noise(1000, 1025, 1, 8, 2)},
      {"noise_3_rgb", noise(1000, 1025, 3, 8, 3)},
      {"half_noise",
       [] {
         std::mt19937 random(1);
         PngPicture p(1000, 1025, 3, 8);
         p.fill([&](std::int64_t y, std::int64_t, int) { return y < 512 ? 0 : static_cast<int>(random() % 256); });
         return p;
       }},
      {"half_gradient",
       [] {
         std::mt19937 random(1);
         PngPicture p(1000, 1025, 3, 8);
         p.fill([&](std::int64_t y, std::int64_t x, int) {
           return y < 512 ? static_cast<int>((x + y) % 256) : static_cast<int>(random() % 9);
         });
         return p;
       }},
      {"quilt", [] {  // patches that want different filters, side by side
         std::mt19937 random(1);
         PngPicture p(2000, 1025, 1, 8);
         p.fill([&](std::int64_t y, std::int64_t x, int) {
           return (x / 100 + y / 100) % 2 == 0 ? static_cast<int>(x % 256) : static_cast<int>(random() % 9);
         });
         return p;
       }}};
  for (const int channels : {1, 3}) {
    for (const auto& [w, h] :
         {std::pair{1, 1}, {2, 2}, {1, 100}, {100, 1}, {8, 8}, {1, 1000}, {20000, 1}, {40, 40}, {100, 300}}) {
      const std::string name = std::to_string(w) + "x" + std::to_string(h) + (channels == 1 ? "_gray" : "_rgb");
      kinds.push_back({"tiny_zero_" + name, drawn(w, h, channels, 8, zero)});
      kinds.push_back({"tiny_noise_" + name, noise(w, h, channels, 8, 256)});
      kinds.push_back({"tiny_codes_" + name, noise(w, h, channels, 8, 9)});
      kinds.push_back({"tiny_gradient_" + name, drawn(w, h, channels, 8, gradient)});
    }
  }
  return kinds;
}

}  // namespace spectrohue::bench
