// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// kernels/math against the C++ library in double. Each function's stated error is the limit here.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <vector>

#include "math/crc32.h"
#include "math/elementary.h"
#include "math/frames.h"
#include "support/reference.h"

namespace spectrohue::math {
namespace {

double ulp(double at) {
  return std::ldexp(1.0, std::max(-126, static_cast<int>(std::floor(std::log2(std::fabs(at))))) - 23);
}

/// Walks evenly over bit patterns from lo to hi (same sign).
template <class Use>
void walk_bits(float lo, float hi, int steps, Use use) {
  const std::int64_t first = to_bits(lo);
  const std::int64_t last = to_bits(hi);
  for (int i = 0; i <= steps; ++i) use(from_bits(static_cast<std::int32_t>(first + (last - first) * i / steps)));
}

TEST(Elementary, Log2) {
  double worst = 0;
  double worst_absolute = 0;
  walk_bits(kTiny, 3.0e38F, 3'000'000, [&](float x) {
    const double exact = std::log2(static_cast<double>(x));
    const double error = std::fabs(static_cast<double>(log2(x)) - exact);
    if (std::fabs(exact) > 0.5) worst = std::max(worst, error / ulp(exact));
    worst_absolute = std::max(worst_absolute, std::fabs(exact) <= 0.5 ? error : 0.0);
  });
  std::printf("log2: %.2f ULP, %.2e absolute near 1\n", worst, worst_absolute);
  EXPECT_LE(worst, 2);
  EXPECT_LE(worst_absolute, 1.2e-7);
  EXPECT_EQ(log2(1.0F), 0.0F);
  EXPECT_EQ(log2(0.25F), -2.0F);
  EXPECT_EQ(log2(kTiny), -126.0F);
}

TEST(Elementary, Exp2) {
  double worst = 0;
  for (int i = 0; i <= 4'000'000; ++i) {
    const float x = -126.0F + 253.0F * static_cast<float>(i) / 4'000'000.0F;
    const double exact = std::exp2(static_cast<double>(x));
    worst = std::max(worst, std::fabs(exp2(x) - exact) / ulp(exact));
  }
  std::printf("exp2: %.2f ULP\n", worst);
  EXPECT_LE(worst, 2);
  for (int i = -126; i <= 127; ++i) EXPECT_EQ(exp2(static_cast<float>(i)), std::ldexp(1.0F, i));
}

TEST(Elementary, SextantAngle) {
  double worst = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    const double angle = 2 * std::numbers::pi * i / 2'000'000;
    const auto x = static_cast<float>(std::cos(angle));
    const auto y = static_cast<float>(std::sin(angle));
    const double exact = std::fabs(std::atan2(static_cast<double>(y), static_cast<double>(x))) * 3 / std::numbers::pi;
    worst = std::max(worst, std::fabs(sextant_angle(x, y) - exact));
  }
  std::printf("sextant_angle: %.2e\n", worst);
  EXPECT_LE(worst, 3e-7);
  EXPECT_EQ(sextant_angle(2.0F, 0.0F), 0.0F);
  EXPECT_EQ(sextant_angle(-2.0F, 0.0F), 3.0F);
  EXPECT_EQ(sextant_angle(-2.0F, -0.0F), 3.0F);
  EXPECT_EQ(sextant_angle(0.0F, 1.0F), 1.5F);
  EXPECT_EQ(sextant_angle(0.0F, 0.0F), 0.0F);
}

TEST(Elementary, SextantCosSin) {
  double worst = 0;
  for (int i = 0; i <= 3'000'000; ++i) {
    const float h = 3.0F * static_cast<float>(i) / 3'000'000.0F;
    float c = 0;
    float s = 0;
    sextant_cos_sin(h, c, s);
    worst = std::max(
        {worst, std::fabs(c - std::cos(h * std::numbers::pi / 3)), std::fabs(s - std::sin(h * std::numbers::pi / 3))});
  }
  std::printf("sextant_cos_sin: %.2e\n", worst);
  EXPECT_LE(worst, 2e-7);
  float c = 0;
  float s = 0;
  sextant_cos_sin(0.0F, c, s);
  EXPECT_EQ(c, 1.0F);
  EXPECT_EQ(s, 0.0F);
  sextant_cos_sin(3.0F, c, s);
  EXPECT_EQ(c, -1.0F);
  EXPECT_EQ(s, 0.0F);
}

TEST(Elementary, RoundEven) {
  for (const float x : {0.0F, 0.5F, 1.5F, 2.5F, 0.49999997F, 254.5F, 255.0F, 65534.5F, 65535.0F, -0.5F, -3.7F}) {
    EXPECT_EQ(round_even(x), std::nearbyint(x)) << x;
  }
}

TEST(Frames, ReflectIndexIsNumpys) {
  // numpy.pad(arange(n), 9, mode="reflect")
  const int four[] = {3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0};
  for (int i = -9; i < 13; ++i) EXPECT_EQ(reflect_index(i, 4), four[i + 9]) << i;
  for (int i = -9; i < 11; ++i) EXPECT_EQ(reflect_index(i, 2), ((i % 2) + 2) % 2) << i;
  for (int i = -9; i < 10; ++i) EXPECT_EQ(reflect_index(i, 1), 0) << i;
}

TEST(Frames, RotationBringsTheCentreFirst) {
  for (const int n : {16, 15}) {
    EXPECT_EQ(rotated(n / 2, n), 0);
    std::vector<int> seen(n);
    for (int i = 0; i < n; ++i) ++seen[rotated(i, n)];
    EXPECT_EQ(seen, std::vector<int>(n, 1));
  }
}

TEST(Frames, FramesHoldingASample) {
  for (const int hop : {1, 3, 16, 5}) {
    constexpr int kFft = 16;
    constexpr int kFrames = 7;
    for (int position = 0; position < (kFrames - 1) * hop + kFft; ++position) {
      std::int64_t first = -1;
      std::int64_t last = -1;
      for (int t = 0; t < kFrames; ++t) {
        if (position < t * hop || position >= t * hop + kFft) continue;
        if (first < 0) first = t;
        last = t;
      }
      const FrameRange range = frames_holding(position, kFft, hop, kFrames);
      EXPECT_EQ(range.first, first) << position << " hop " << hop;
      EXPECT_EQ(range.last, last) << position << " hop " << hop;
    }
  }
}

TEST(Crc32, PiecesMakeTheWhole) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t state = 9;
  for (int i = 0; i < 70000; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes.push_back(static_cast<std::uint8_t>(state >> 24));
  }
  const std::uint32_t whole = test::naive_crc32(bytes);
  for (const std::size_t cut : {0U, 1U, 7U, 4096U, 65535U, 69999U, 70000U}) {
    const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(cut);
    const std::uint32_t first = test::naive_crc32({bytes.begin(), middle});
    const std::uint32_t second = test::naive_crc32({middle, bytes.end()});
    EXPECT_EQ(combine_crc32(first, second, bytes.size() - cut), whole) << cut;
  }
  // Lengths beyond 32 bits.
  EXPECT_EQ(crc32_of_shift((std::uint64_t{1} << 32) + 5),
            multiply_crc32(crc32_of_shift(std::uint64_t{1} << 32), crc32_of_shift(5)));
}

}  // namespace
}  // namespace spectrohue::math
