// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "spectrohue/types.h"

namespace spectrohue::test {

/// Pictures do not copy by themselves.
inline Picture copy_of(const Picture& picture) {
  Picture copy;
  copy.resize(picture.width, picture.height, picture.layout);
  std::copy(picture.pixels.begin(), picture.pixels.end(), copy.pixels.begin());
  copy.palette = picture.palette;
  return copy;
}

/// In size, layout, palette and every pixel.
inline void expect_same(const Picture& got, const Picture& want) {
  EXPECT_EQ(got.width, want.width);
  EXPECT_EQ(got.height, want.height);
  EXPECT_EQ(got.layout, want.layout);
  EXPECT_EQ(got.palette, want.palette);
  EXPECT_TRUE(std::equal(got.pixels.begin(), got.pixels.end(), want.pixels.begin(), want.pixels.end()));
}

}  // namespace spectrohue::test
