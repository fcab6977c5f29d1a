// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that other programs stored again.
#include "image/adapt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>

#include "core/colormap.h"
#include "image/rgb.h"
#include "support/pictures.h"

namespace spectrohue::image {
namespace {

using test::copy_of;
using test::expect_same;

PictureNote note_of(Encoding encoding) {
  PictureNote note;
  note.pixels.encoding = encoding;
  if (encoding == Encoding::Colormap) {
    const Colormap& map = colormap_by_name("viridis");
    note.colours = {"viridis", {map.colours.begin(), map.colours.end()}};
  }
  return note;
}

/// Codes 0, step, 2 step ... of one channel.
Picture ramp(int bits, int step, std::vector<Colour> palette = {}) {
  Picture picture;
  picture.resize(16, 16, {1, bits});
  for (int i = 0; i < 256; ++i) {
    const auto code = static_cast<std::uint16_t>(i * step);
    if (bits == 16) {
      std::memcpy(picture.pixels.data() + 2 * static_cast<std::ptrdiff_t>(i), &code, sizeof code);
    } else {
      picture.pixels[i] = static_cast<std::uint8_t>(code);
    }
  }
  picture.palette = std::move(palette);
  return picture;
}

TEST(Adapt, WhatIsAsItWasStaysSo) {
  for (const int bits : {8, 16}) {
    const Picture gray = ramp(bits, bits == 8 ? 1 : 257);
    Picture same = copy_of(gray);
    EXPECT_EQ(adapt(same, note_of(bits == 8 ? Encoding::Gray8 : Encoding::Gray16)), "");
    expect_same(same, gray);
  }
  const PictureNote note = note_of(Encoding::Colormap);
  const Picture codes = ramp(8, 1, note.colours.palette);
  Picture same = copy_of(codes);
  EXPECT_EQ(adapt(same, note), "");
  expect_same(same, codes);
}

TEST(Adapt, GrayThatBecameColoursIsGrayAgain) {
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Magphase, Encoding::Gray16, Encoding::Magphase16}) {
    const int bits = pixel_layout(encoding).bits;
    const Picture gray = ramp(bits, bits == 8 ? 1 : 251);
    Picture stored = copy_of(gray);
    expand_to_rgb(stored);
    ASSERT_EQ(stored.layout.channels, 3);
    EXPECT_EQ(adapt(stored, note_of(encoding)), "");
    expect_same(stored, gray);
  }
}

/// Programs that save space make a palette of a gray picture.
TEST(Adapt, GrayThatBecameIndicesIsGrayAgain) {
  std::vector<Colour> palette;
  for (int i = 255; i >= 0; --i) palette.push_back({std::uint8_t(i), std::uint8_t(i), std::uint8_t(i)});
  Picture stored = ramp(8, 1, palette);
  EXPECT_EQ(adapt(stored, note_of(Encoding::Gray8)), "");
  EXPECT_EQ(stored.layout, (PixelLayout{1, 8}));
  EXPECT_TRUE(stored.palette.empty());
  for (int i = 0; i < 256; ++i) ASSERT_EQ(stored.pixels[i], 255 - i);
}

TEST(Adapt, ColoursInAGrayPictureAreSaidAndTheirLumaTaken) {
  Picture stored = ramp(8, 1);
  expand_to_rgb(stored);
  const std::uint8_t colours[][4] = {
      {255, 0, 0, 76}, {0, 255, 0, 150}, {0, 0, 255, 29}, {10, 200, 30, 124}};  // red, green, blue, BT.601's luma
  for (std::size_t i = 0; i < std::size(colours); ++i) std::copy_n(colours[i], 3, stored.pixels.data() + 3 * i);
  const std::string said = adapt(stored, note_of(Encoding::Gray8));
  EXPECT_NE(said.find("colours"), std::string::npos) << said;
  for (std::size_t i = 0; i < std::size(colours); ++i) EXPECT_EQ(stored.pixels[i], colours[i][3]);
  for (std::size_t i = std::size(colours); i < 256; ++i) ASSERT_EQ(stored.pixels[i], i);
}

/// Some neighbours in a map are the same colour: which of them a code was, colours do not tell.
void expect_colours_of(const Picture& picture, const std::vector<int>& codes) {
  ASSERT_EQ(picture.palette.size(), 256U);
  ASSERT_EQ(picture.layout, (PixelLayout{1, 8}));
  for (int i = 0; i < 256; ++i) {
    ASSERT_EQ(picture.palette[picture.pixels[i]], picture.palette[codes[i]]) << "pixel " << i;
    ASSERT_LE(std::abs(picture.pixels[i] - codes[i]), 1) << "pixel " << i;
  }
}

std::vector<int> all_codes() {
  std::vector<int> codes(256);
  std::iota(codes.begin(), codes.end(), 0);
  return codes;
}

TEST(Adapt, IndicesThatBecameTheirColoursAreCodesAgain) {
  const PictureNote note = note_of(Encoding::Colormap);
  const Picture codes = ramp(8, 1, note.colours.palette);
  Picture stored = copy_of(codes);
  expand_to_rgb(stored);
  EXPECT_EQ(adapt(stored, note), "");
  EXPECT_EQ(stored.palette, note.colours.palette);
  expect_colours_of(stored, all_codes());
}

/// Other programs sort palettes.
TEST(Adapt, OtherPalettesOfTheSameColoursAreCodesAgain) {
  const PictureNote note = note_of(Encoding::Colormap);
  Picture stored = ramp(8, 1, {note.colours.palette.rbegin(), note.colours.palette.rend()});
  EXPECT_EQ(adapt(stored, note), "");
  EXPECT_EQ(stored.palette, note.colours.palette);
  std::vector<int> codes = all_codes();
  std::reverse(codes.begin(), codes.end());
  expect_colours_of(stored, codes);
}

TEST(Adapt, ColoursThatAreNotInTheMapAreSaid) {
  const PictureNote note = note_of(Encoding::Colormap);
  Picture stored = ramp(8, 1, note.colours.palette);
  expand_to_rgb(stored);
  std::fill_n(stored.pixels.data(), 3, std::uint8_t{255});  // white: viridis ends with a yellow
  stored.pixels[3 * 100 + 1] ^= 1U;                         // hardly another colour
  const std::string said = adapt(stored, note);
  EXPECT_NE(said.find("viridis"), std::string::npos) << said;
  EXPECT_NE(said.find("CIELAB"), std::string::npos) << said;
  EXPECT_NEAR(stored.pixels[100], 100, 2);
  EXPECT_NEAR(stored.pixels[200], 200, 1);
}

TEST(Adapt, HuesThatBecameGrayOrIndicesAreColoursAgain) {
  Picture gray = ramp(8, 1);
  EXPECT_EQ(adapt(gray, note_of(Encoding::Hsv)), "");
  EXPECT_EQ(gray.layout, (PixelLayout{3, 8}));
  for (int i = 0; i < 256 * 3; ++i) ASSERT_EQ(gray.pixels[i], i / 3);
  Picture indices = ramp(8, 1, {{9, 8, 7}, {1, 2, 3}});
  EXPECT_EQ(adapt(indices, note_of(Encoding::Stereo)), "");
  EXPECT_EQ(indices.pixels[3], 1);
  EXPECT_EQ(indices.pixels[5], 3);
}

/// What cannot be helped is left to the check of the picture against its note.
TEST(Adapt, OtherDepthsAndFloatsAreLeftAlone) {
  const struct {
    PixelLayout layout;
    Encoding encoding;
  } cases[] = {{{1, 16}, Encoding::Gray8},   {{3, 8}, Encoding::Gray16},  {{1, 8}, Encoding::Gray32f},
               {{2, 32}, Encoding::Gray32f}, {{3, 8}, Encoding::Complex}, {{1, 32}, Encoding::Hsv},
               {{3, 16}, Encoding::Colormap}};
  for (const auto& [layout, encoding] : cases) {
    Picture picture;
    picture.resize(3, 3, layout);
    std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{63});
    EXPECT_FALSE(is_adaptable(layout, note_of(encoding))) << to_string(encoding);
    EXPECT_EQ(adapt(picture, note_of(encoding)), "");
    EXPECT_EQ(picture.layout, layout);
  }
  EXPECT_TRUE(is_adaptable({2, 32}, note_of(Encoding::Complex)));
  EXPECT_TRUE(is_adaptable({3, 8}, note_of(Encoding::Gray8)));
}

}  // namespace
}  // namespace spectrohue::image
