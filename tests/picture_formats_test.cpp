// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Every format with every layout that it takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "image/note.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "spectrohue/error.h"
#include "support/file_bytes.h"
#include "support/outcome.h"
#include "support/png_chunks.h"
#include "support/temp_folder.h"

namespace spectrohue::image {
namespace {

using test::outcome_of;
using test::TempFolder;

/// How pixels are made.
struct Kind {
  const char* name;
  PixelLayout layout;
  int n_colours = 0;  ///< of a palette
};

constexpr Kind kKinds[] = {
    {"gray8", {1, 8}}, {"gray16", {1, 16}}, {"indexed", {1, 8}, 256}, {"few_colours", {1, 8}, 5},
    {"rgb8", {3, 8}},  {"rgb16", {3, 16}},  {"float", {1, 32}},       {"complex", {2, 32}},
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

std::vector<Kind> whole_numbers() {
  std::vector<Kind> kinds;
  std::copy_if(std::begin(kKinds), std::end(kKinds), std::back_inserter(kinds),
               [](const Kind& kind) { return kind.layout.bits <= 16; });
  return kinds;
}

class Random {
 public:
  std::uint8_t byte() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state_ >> 24);
  }

 private:
  std::uint32_t state_ = 1;
};

/// Noise; as floats, numbers of both signs and all sizes, NaN and infinities left out.
Picture make_picture(const Kind& kind, std::int64_t width, std::int64_t height) {
  Picture picture;
  picture.resize(width, height, kind.layout);
  Random random;
  for (int i = 0; i < kind.n_colours; ++i) picture.palette.push_back({random.byte(), random.byte(), random.byte()});
  for (std::uint8_t& byte : picture.pixels) {
    byte = random.byte();
    if (kind.n_colours > 0) byte = static_cast<std::uint8_t>(byte % kind.n_colours);
  }
  if (kind.layout.bits == 32) {
    for (std::size_t i = 3; i < picture.pixels.size(); i += 4) picture.pixels[i] &= 0xBF;  // of exponents below 128
  }
  return picture;
}

void expect_same(const Picture& a, const Picture& b) {
  ASSERT_EQ(a.width, b.width);
  ASSERT_EQ(a.height, b.height);
  ASSERT_EQ(a.layout, b.layout);
  EXPECT_EQ(a.palette, b.palette);
  ASSERT_EQ(a.pixels.size(), b.pixels.size());
  EXPECT_EQ(std::memcmp(a.pixels.data(), b.pixels.data(), a.pixels.size()), 0);
}

struct Size {
  std::int64_t width;
  std::int64_t height;
};
constexpr Size kSizes[] = {{1, 1}, {200, 1}, {1, 200}, {37, 23}, {640, 500}};

// --- PNG.

class Png : public testing::TestWithParam<Kind> {};

TEST_P(Png, ComesBack) {
  const TempFolder folder;
  for (const Size size : kSizes) {
    const Picture picture = make_picture(GetParam(), size.width, size.height);
    for (const Compression compression : {Compression::Fast, Compression::Level1, Compression::Small}) {
      SCOPED_TRACE(std::to_string(size.width) + " x " + std::to_string(size.height) + " " + to_string(compression));
      write_png(folder / "a.png", picture, nullptr, {compression, 1});
      PictureFile file;
      read(folder / "a.png", file);
      expect_same(file.picture, picture);
      EXPECT_EQ(inspect(folder / "a.png").layout, picture.layout);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Png, testing::ValuesIn(whole_numbers()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(PngOfFloats, IsRefused) {
  const TempFolder folder;
  for (const PixelLayout layout : {PixelLayout{1, 32}, PixelLayout{2, 32}}) {
    const Picture picture = make_picture({"", layout}, 3, 3);
    EXPECT_REFUSED(outcome_of([&] { write_png(folder / "a.png", picture, nullptr); }), ErrorCode::Unsupported, "tiff");
  }
}

TEST(PngWithTooFewColours, MissingOnesAreBlack) {
  const TempFolder folder;
  Picture picture = make_picture({"", {1, 8}, 200}, 300, 400);  // in stripes
  write_png(folder / "a.png", picture, nullptr);
  std::vector<test::PngChunk> chunks = test::png_chunks(test::bytes_of(folder / "a.png"));
  ASSERT_EQ(chunks[1].type, "PLTE");
  chunks[1].data.resize(30);
  const bool is_striped = chunks[2].type == "shSZ";
  EXPECT_TRUE(is_striped);
  picture.palette.resize(10);
  picture.palette.resize(200);
  for (const bool by_libpng : {false, true}) {
    if (by_libpng) chunks.erase(chunks.begin() + 2);
    test::put_bytes(folder / "b.png", test::png_of(chunks));
    PictureFile file;
    read(folder / "b.png", file);
    expect_same(file.picture, picture);
  }
}

TEST(ExpandToRgb, RepeatsGrayAndLooksColoursUp) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    const Picture picture = make_picture(kind, 7, 5);
    Picture rgb = make_picture(kind, 7, 5);
    if (kind.layout.channels == 2) {
      EXPECT_REFUSED(outcome_of([&] { expand_to_rgb(rgb); }), ErrorCode::Unsupported, "imaginary");
      continue;
    }
    expand_to_rgb(rgb);
    EXPECT_EQ(rgb.layout, (PixelLayout{3, kind.layout.bits}));
    EXPECT_TRUE(rgb.palette.empty());
    if (kind.layout.channels == 3) {
      expect_same(rgb, picture);
      continue;
    }
    const std::size_t n = static_cast<std::size_t>(kind.layout.bits) / 8;
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        const int expected = kind.n_colours > 0 ? picture.palette[picture.pixels[i]][c] : picture.pixels[i];
        ASSERT_EQ(rgb.pixels[3 * (i / n) * n + c * n + i % n], expected) << i << ' ' << c;
      }
    }
  }
}

TEST(ExpandToRgb, OnlyWhereItIsNeeded) {
  Picture picture = make_picture(kKinds[0], 2, 2);
  expand_if_needed(picture, {1, 8});
  EXPECT_EQ(picture.layout, (PixelLayout{1, 8}));
  EXPECT_EQ(expanded_if_needed({1, 16}, {3, 8}), (PixelLayout{3, 16}));
  EXPECT_EQ(expanded_if_needed({1, 16}, {2, 32}), (PixelLayout{1, 16}));
  expand_if_needed(picture, {3, 8});
  EXPECT_EQ(picture.layout, (PixelLayout{3, 8}));
}

}  // namespace
}  // namespace spectrohue::image
