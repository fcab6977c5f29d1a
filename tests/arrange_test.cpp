// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures in other arrangements, and back.
#include "image/arrange.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "spectrohue/error.h"
#include "support/outcome.h"
#include "support/pictures.h"
#include "support/signals.h"

namespace spectrohue::image {
namespace {

using test::copy_of;
using test::expect_same;
using test::outcome_of;

constexpr PixelLayout kLayouts[] = {{1, 8}, {1, 16}, {1, 32}, {2, 32}, {3, 8}, {3, 16}};

std::string name_of(PixelLayout layout) {
  return std::to_string(layout.channels) + " x " + std::to_string(layout.bits) + " bits";
}

/// Sample c of a pixel as a number.
double sample(const Picture& picture, std::int64_t x, std::int64_t y, int c) {
  const std::uint8_t* at = picture.row(y) + (x * picture.layout.channels + c) * picture.layout.bits / 8;
  if (picture.layout.bits == 8) return *at;
  if (picture.layout.bits == 16) {
    std::uint16_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  float value = 0;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

Picture noise_picture(std::int64_t width, std::int64_t height, PixelLayout layout, std::uint32_t seed = 1) {
  Picture picture;
  picture.resize(width, height, layout);
  const std::int64_t n = width * height * layout.channels;
  const std::vector<float> x = test::noise(n, seed);
  for (std::int64_t i = 0; i < n; ++i) {
    std::uint8_t* at = picture.pixels.data() + i * layout.bits / 8;
    const auto code = static_cast<std::uint16_t>((static_cast<double>(x[i]) + 0.5) * 65535);
    if (layout.bits == 32) {
      std::memcpy(at, &x[i], sizeof(float));
    } else if (layout.bits == 16) {
      std::memcpy(at, &code, sizeof code);
    } else {
      *at = static_cast<std::uint8_t>(code >> 8);
    }
  }
  return picture;
}

Arrangement arrangement(unsigned bits) {
  Arrangement a;
  a.invert = (bits & 1) != 0;
  a.flip = (bits & 2) != 0;
  a.transpose = (bits & 4) != 0;
  return a;
}

/// Where each pixel goes, by the definition: inverted, then upside down, then columns for rows.
TEST(Arrange, EachPixelGoesWhereItShould) {
  for (const PixelLayout layout : kLayouts) {
    const Picture before = noise_picture(5, 4, layout);
    for (unsigned bits = 0; bits < 8; ++bits) {
      const Arrangement a = arrangement(bits);
      if (a.invert && layout.bits == 32) continue;
      SCOPED_TRACE(name_of(layout) + ", arrangement " + std::to_string(bits));
      Picture after = copy_of(before);
      arrange(after, a);
      ASSERT_EQ(after.width, a.transpose ? 4 : 5);
      ASSERT_EQ(after.height, a.transpose ? 5 : 4);
      const double top = layout.bits == 16 ? 65535 : 255;
      for (std::int64_t y = 0; y < 4; ++y) {
        for (std::int64_t x = 0; x < 5; ++x) {
          const std::int64_t row = a.flip ? 3 - y : y;
          for (int c = 0; c < layout.channels; ++c) {
            const double old = sample(before, x, y, c);
            const double now = a.transpose ? sample(after, row, x, c) : sample(after, x, row, c);
            ASSERT_EQ(now, a.invert ? top - old : old) << x << ", " << y;
          }
        }
      }
    }
  }
}

TEST(Arrange, IsUndoneToTheBit) {
  for (const PixelLayout layout : kLayouts) {
    // Sides beyond the blocks that transposing goes by, and single rows and columns.
    for (const Size size : {Size{1, 1}, Size{1, 70}, Size{70, 1}, Size{64, 64}, Size{131, 67}}) {
      for (unsigned bits = 0; bits < 8; ++bits) {
        const Arrangement a = arrangement(bits);
        if (a.invert && layout.bits == 32) continue;
        SCOPED_TRACE(name_of(layout) + ", arrangement " + std::to_string(bits) + ", width " +
                     std::to_string(size.width));
        Picture before = noise_picture(size.width, size.height, layout);
        if (layout == PixelLayout{1, 8}) before.palette = {{1, 2, 3}, {4, 5, 6}};
        Picture after = copy_of(before);
        arrange(after, a);
        const Size arranged_size = arranged(size, a);
        EXPECT_EQ(after.width, arranged_size.width);
        EXPECT_EQ(after.height, arranged_size.height);
        const Size back = rearranged(arranged_size, a);
        EXPECT_EQ(back.width, size.width);
        EXPECT_EQ(back.height, size.height);
        rearrange(after, a);
        expect_same(after, before);
      }
    }
  }
}

TEST(Arrange, FloatsAreNotInverted) {
  Picture picture = noise_picture(3, 3, {1, 32});
  const Picture before = copy_of(picture);
  EXPECT_REFUSED(outcome_of([&] { arrange(picture, arrangement(1)); }), ErrorCode::Usage, "inverted");
  rearrange(picture, arrangement(1));  // whatever a note says
  expect_same(picture, before);
}

TEST(Arrange, OnlyPicturesOfTheSizeItGaveAreResizedBack) {
  Arrangement a;
  a.width = 6;
  a.height = 4;
  a.transpose = true;
  a.from_width = 12;
  a.from_height = 9;
  Picture picture = noise_picture(12, 9, {1, 8});
  arrange(picture, a);
  EXPECT_EQ(picture.width, 4);
  EXPECT_EQ(picture.height, 6);
  EXPECT_EQ(rearranged({4, 6}, a).width, 12);
  rearrange(picture, a);
  EXPECT_EQ(picture.width, 12);
  EXPECT_EQ(picture.height, 9);

  Picture scaled = noise_picture(8, 12, {1, 8});
  EXPECT_EQ(rearranged({8, 12}, a).width, 12);
  EXPECT_EQ(rearranged({8, 12}, a).height, 8);
  rearrange(scaled, a);
  EXPECT_EQ(scaled.width, 12);
  EXPECT_EQ(scaled.height, 8);
}

/// How much of old pixel k new pixel i is made of. Shrinking: the share of i's area that is k's. Growing: a tent over
/// the distance of their centres, the picture going on beyond its edges with its last pixel.
double weight(std::int64_t from, std::int64_t to, std::int64_t i, std::int64_t k) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  if (to < from) {
    const double begin = std::max(static_cast<double>(k), static_cast<double>(i) * ratio);
    const double end = std::min(static_cast<double>(k + 1), static_cast<double>(i + 1) * ratio);
    return std::max(0.0, end - begin) / ratio;
  }
  const double centre = (static_cast<double>(i) + 0.5) * ratio - 0.5;
  const double inside = std::min(std::max(centre, 0.0), static_cast<double>(from - 1));
  return std::max(0.0, 1 - std::fabs(inside - static_cast<double>(k)));
}

TEST(Resize, IsTheMeanOfWhatIsCoveredOrLiesBetween) {
  const Size sizes[][2] = {{{10, 8}, {5, 4}}, {{10, 8}, {7, 3}}, {{5, 4}, {11, 9}}, {{9, 4}, {4, 9}},
                           {{1, 1}, {3, 2}},  {{7, 5}, {1, 1}},  {{6, 6}, {6, 6}},  {{2, 3}, {2, 10}}};
  for (const PixelLayout layout : kLayouts) {
    for (const auto& [from, to] : sizes) {
      SCOPED_TRACE(name_of(layout) + ", " + std::to_string(from.width) + " to " + std::to_string(to.width));
      const Picture before = noise_picture(from.width, from.height, layout, 5);
      Picture after = copy_of(before);
      resize(after, to);
      ASSERT_EQ(after.width, to.width);
      ASSERT_EQ(after.height, to.height);
      ASSERT_EQ(after.layout, layout);
      // Whole numbers are rounded; where a sum lies half way, either neighbour will do.
      const double tolerance = layout.bits == 32 ? 1e-7 : 0.5 + 1e-9;
      for (std::int64_t y = 0; y < to.height; ++y) {
        for (std::int64_t x = 0; x < to.width; ++x) {
          for (int c = 0; c < layout.channels; ++c) {
            double expected = 0;
            for (std::int64_t v = 0; v < from.height; ++v) {
              for (std::int64_t u = 0; u < from.width; ++u) {
                expected +=
                    weight(from.width, to.width, x, u) * weight(from.height, to.height, y, v) * sample(before, u, v, c);
              }
            }
            ASSERT_NEAR(sample(after, x, y, c), expected, tolerance) << x << ", " << y;
          }
        }
      }
    }
  }
}

TEST(Resize, SizesThatAreNoneAreRefused) {
  for (const Size size : {Size{0, 5}, Size{5, 0}, Size{-1, 5}, Size{1 << 24, 1 << 24}, Size{kMaxResizedBytes + 1, 1},
                          Size{std::int64_t{1} << 62, std::int64_t{1} << 62}}) {
    Picture picture = noise_picture(2, 2, {1, 8});
    EXPECT_REFUSED(outcome_of([&] { resize(picture, size); }), ErrorCode::BadFormat, "cannot be resized");
  }
}

}  // namespace
}  // namespace spectrohue::image
