// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Colormaps and their inverses against stored values of matplotlib (tests/data/make_colormap_reference.py).
#include "core/colormap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "support/data.h"
#include "support/outcome.h"
#include "support/temp_folder.h"

namespace spectrohue {
namespace {

using test::outcome_of;

std::string text_of(const Colour& c) {
  return std::to_string(c[0]) + " " + std::to_string(c[1]) + " " + std::to_string(c[2]);
}

Colour read_colour(std::istringstream& line) {
  Colour colour{};
  for (std::uint8_t& channel : colour) {
    int value = -1;
    line >> value;
    channel = static_cast<std::uint8_t>(value);
  }
  return colour;
}

/// zlib's, a bit at a time.
std::uint32_t crc32_of(const Colormap& map) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const Colour& colour : map.colours) {
    for (const std::uint8_t byte : colour) {
      crc ^= byte;
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
    }
  }
  return ~crc;
}

/// Calls use(map, rest of the line) for each line of that kind in the reference; returns how many there were.
template <class Use>
int for_each_line(const std::string& kind, Use use) {
  std::ifstream file(test::data_folder() / "colormap_reference.txt");
  EXPECT_TRUE(file) << test::data_folder();
  int lines = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string first;
    std::string name;
    line >> first >> name;
    if (first != kind) continue;
    use(colormap_by_name(name), line);
    ++lines;
  }
  return lines;
}

TEST(Colormap, BytesAreMatplotlibs) {
  const int maps = for_each_line("map", [](const Colormap& map, std::istringstream& line) {
    std::uint32_t crc = 0;
    line >> std::hex >> crc;
    EXPECT_EQ(crc32_of(map), crc) << map.name;
  });
  EXPECT_EQ(maps, 13);
  const int colours = for_each_line("colour", [](const Colormap& map, std::istringstream& line) {
    std::size_t code = 0;
    line >> code;
    EXPECT_EQ(text_of(map.colours.at(code)), text_of(read_colour(line))) << map.name << " " << code;
  });
  EXPECT_EQ(colours, 13 * 13);
}

TEST(Colormap, NamesAreAllKnown) {
  const std::vector<std::string> names = colormap_names();
  EXPECT_EQ(names.size(), 13U);
  for (const std::string& name : names) EXPECT_EQ(colormap_by_name(name).name, name);
  EXPECT_REFUSED(outcome_of([] { colormap_by_name("Viridis"); }), ErrorCode::Usage,
                 "unknown colormap 'Viridis'; known: viridis, magma, inferno,");
}

TEST(Colormap, FewColoursAreSpreadAndInterpolated) {
  const std::vector<Colour> two{{0, 0, 0}, {255, 51, 0}};
  const Colormap ramp = colormap_of_colours("ramp", two);
  EXPECT_EQ(ramp.name, "ramp");
  for (int code = 0; code < 256; ++code) {
    const Colour expected{static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(std::lround(code / 5.0)), 0};
    EXPECT_EQ(text_of(ramp.colours[code]), text_of(expected)) << code;
  }
  const std::vector<Colour> three{{10, 0, 0}, {20, 0, 255}, {0, 100, 255}};
  const Colormap bent = colormap_of_colours("bent", three);
  EXPECT_EQ(text_of(bent.colours[0]), "10 0 0");
  EXPECT_EQ(text_of(bent.colours[51]), "14 0 102");
  EXPECT_EQ(text_of(bent.colours[204]), "8 60 255");
  EXPECT_EQ(text_of(bent.colours[255]), "0 100 255");

  const Colormap& magma = colormap_by_name("magma");
  EXPECT_EQ(colormap_of_colours("same", magma.colours).colours, magma.colours);
  for (const std::size_t n : {0U, 1U, 257U}) {
    EXPECT_REFUSED(outcome_of([&] { colormap_of_colours("x", std::vector<Colour>(n)); }), ErrorCode::Usage,
                   "of " + std::to_string(n) + " colours");
  }
}

class ColormapFile : public testing::Test {
 protected:
  Colormap load(const std::string& text) {
    std::ofstream(folder_ / "mine.txt", std::ios::binary) << text;
    return load_colormap(folder_ / "mine.txt");
  }
  test::Outcome refusal(const std::string& text) {
    return outcome_of([&] { load(text); });
  }

  test::TempFolder folder_;
};

TEST_F(ColormapFile, NumbersMayBeBytesOrShares) {
  const Colormap bytes = load("# a comment\r\n0 0 0\r\n\r\n  255,128, 51 # another\r\n");
  EXPECT_EQ(bytes.name, "mine");
  EXPECT_EQ(text_of(bytes.colours[0]), "0 0 0");
  EXPECT_EQ(text_of(bytes.colours[5]), "5 3 1");
  EXPECT_EQ(text_of(bytes.colours[255]), "255 128 51");

  const Colormap shares = load("0.25\t0 1e-1\n1,0.5,0");  // no newline at the end
  EXPECT_EQ(text_of(shares.colours[0]), "64 0 26");
  EXPECT_EQ(text_of(shares.colours[255]), "255 128 0");
  EXPECT_EQ(text_of(load("0 0 0\n1 1 1\n").colours[255]), "255 255 255");
  EXPECT_EQ(text_of(load("0 0 0\n1 1 2\n").colours[255]), "1 1 2");
}

TEST_F(ColormapFile, WholeMapsComeBackAsTheyWere) {
  const Colormap& turbo = colormap_by_name("turbo");
  std::string text;
  for (const Colour& colour : turbo.colours) text += text_of(colour) + "\n";
  EXPECT_EQ(load(text).colours, turbo.colours);
}

TEST_F(ColormapFile, EveryRefusalNamesTheLine) {
  EXPECT_REFUSED(refusal("0 0 0\n\n1 2\n"), ErrorCode::BadFormat, "line 3 of the colormap has 2 numbers");
  EXPECT_REFUSED(refusal("0 0 0 0\n"), ErrorCode::BadFormat, "line 1 of the colormap has 4 numbers");
  EXPECT_REFUSED(refusal("0 0 0\n1 red 2\n"), ErrorCode::BadFormat, "line 2 of the colormap holds 'red'");
  EXPECT_REFUSED(refusal("0 0 0\n1 1x 2\n"), ErrorCode::BadFormat, "holds '1x'");
  EXPECT_REFUSED(refusal("0 0 0\n1 -1 2\n"), ErrorCode::BadFormat, "line 2 of the colormap holds '-1'");
  EXPECT_REFUSED(refusal("0 0 0\n1 256 2\n"), ErrorCode::BadFormat, "line 2 of the colormap holds '256'");
  EXPECT_REFUSED(refusal("nan 0 0\n1 1 1\n"), ErrorCode::BadFormat, "line 1 of the colormap holds 'nan'");
  EXPECT_REFUSED(refusal("0 0 inf\n1 1 1\n"), ErrorCode::BadFormat, "line 1 of the colormap holds 'inf'");
  EXPECT_REFUSED(refusal("0 0 0\n1e999 1 1\n"), ErrorCode::BadFormat, "line 2 of the colormap holds '1e999'");
  EXPECT_REFUSED(refusal("0.5 0 0\n1.001 1 1\n"), ErrorCode::BadFormat, "line 1 of the colormap holds a fraction");
  EXPECT_REFUSED(refusal(""), ErrorCode::BadFormat, "has 0 colours");
  EXPECT_REFUSED(refusal("# none\n1 1 1\n"), ErrorCode::BadFormat, "has 1 colours");
  EXPECT_REFUSED(refusal(std::string("0 0 0\n1 1 1\0\n", 13)), ErrorCode::BadFormat, "line 2");
  EXPECT_REFUSED(refusal("\x89PNG\x1B 1 2\n"), ErrorCode::BadFormat, "line 1 of the colormap holds '?PNG?',");
  EXPECT_REFUSED(refusal("1 2 " + std::string(25, 'x')), ErrorCode::BadFormat, "'" + std::string(24, 'x') + "...'");
  std::string many = "# head\n";
  for (int i = 0; i < 257; ++i) many += "1 2 3\n";
  EXPECT_REFUSED(refusal(many), ErrorCode::BadFormat, "line 258 of the colormap is the 257th colour");
  EXPECT_REFUSED(refusal("0 0 0\n1 1 1\n#" + std::string(70000, 'x')), ErrorCode::BadFormat, "more than 65536 bytes");
}

TEST_F(ColormapFile, WhatCannotBeReadSaysWhy) {
  EXPECT_REFUSED(outcome_of([&] { load_colormap(folder_ / "absent.txt"); }), ErrorCode::Read, "No such file");
  EXPECT_REFUSED(outcome_of([&] { load_colormap(folder_.path()); }), ErrorCode::Read, "directory");
}

TEST(ColormapInverse, FindsEveryColourOrItsLowestTwin) {
  std::map<std::string, std::map<int, int>> lowest;
  for_each_line("twins", [&](const Colormap& map, std::istringstream& line) {
    int first = 0;
    line >> first;
    for (int twin = 0; line >> twin;) lowest[map.name][twin] = first;
  });
  EXPECT_EQ(lowest.size(), 5U);
  for (const std::string& name : colormap_names()) {
    const Colormap& map = colormap_by_name(name);
    const ColormapInverse inverse(map);
    for (int code = 0; code < 256; ++code) {
      const auto twin = lowest[name].find(code);
      const Colour& c = map.colours[code];
      const ColormapInverse::Match match = inverse.find(c[0], c[1], c[2]);
      EXPECT_EQ(match.index, twin == lowest[name].end() ? code : twin->second) << name;
      EXPECT_EQ(match.distance, 0) << name << " " << code;
    }
  }
}

TEST(ColormapInverse, FindsTheNearestColour) {
  const int colours = for_each_line("nearest", [](const Colormap& map, std::istringstream& line) {
    const Colour c = read_colour(line);
    int index = -1;
    double distance = -1;
    line >> index >> distance;
    const ColormapInverse::Match match = ColormapInverse(map).find(c[0], c[1], c[2]);
    EXPECT_EQ(match.index, index) << map.name << ", " << text_of(c);
    EXPECT_NEAR(match.distance, distance, 2e-6) << map.name << ", " << text_of(c);
  });
  EXPECT_EQ(colours, 13 * 20);
}

// White is L* = 100, a* = b* = 0; red is L* = 53.23, a* = 80.11, b* = 67.22.
TEST(ColormapInverse, DistancesAreCielabs) {
  const std::vector<Colour> black(2);
  const ColormapInverse inverse(colormap_of_colours("black", black));
  EXPECT_NEAR(inverse.find(255, 255, 255).distance, 100, 1e-9);
  EXPECT_NEAR(inverse.find(255, 0, 0).distance, std::hypot(53.23, 80.11, 67.22), 0.02);
  EXPECT_EQ(inverse.find(255, 0, 0).index, 0);
}

TEST(ColormapInverse, NoiseOfAFewLevelsMovesTheCodeByFew) {
  for (const char* name : {"viridis", "magma"}) {
    const Colormap& map = colormap_by_name(name);
    const ColormapInverse inverse(map);
    int worst = 0;
    for (int code = 0; code < 256; ++code) {
      for (int noise = 0; noise < 27; ++noise) {  // all of -2, 0, 2 in each channel
        Colour c = map.colours[code];
        int digits = noise;
        for (std::uint8_t& channel : c) {
          channel = static_cast<std::uint8_t>(std::clamp(channel + digits % 3 * 2 - 2, 0, 255));
          digits /= 3;
        }
        worst = std::max(worst, std::abs(inverse.find(c[0], c[1], c[2]).index - code));
      }
    }
    EXPECT_LE(worst, 4) << name;
  }
}

}  // namespace
}  // namespace spectrohue
