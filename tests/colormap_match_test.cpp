// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Colormaps of other programs against pictures that they made (tests/data/make_foreign_spectrograms.py).
#include "core/colormap_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "core/foreign_colormaps.h"
#include "image/axes_box.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "support/data.h"
#include "support/outcome.h"

namespace spectrohue {
namespace {

using test::outcome_of;

Picture load(const std::string& name) {
  image::PictureFile file;
  image::Workspace workspace;
  image::read(test::data_folder() / "foreign" / name, file, workspace);
  return std::move(file.picture);
}

std::vector<ForeignColormap> all_maps() {
  std::vector<ForeignColormap> maps = matplotlib_colormaps();
  for (const auto& more : {sox_colormaps(), ffmpeg_colormaps()}) maps.insert(maps.end(), more.begin(), more.end());
  return maps;
}

std::vector<Colormap> tables(const std::vector<ForeignColormap>& maps) {
  std::vector<Colormap> colours;
  for (const ForeignColormap& map : maps) colours.push_back(map.colours);
  return colours;
}

std::vector<ColourCount> counts_of(const Colormap& map) {
  std::vector<ColourCount> counts;
  for (const Colour& colour : map.colours) counts.push_back({colour, 1});
  return counts;
}

TEST(MatchColormap, FindsEachByItsColours) {
  const std::vector<ForeignColormap> maps = all_maps();
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const ColormapMatch match = match_colormap(counts_of(maps[i].colours), tables(maps));
    EXPECT_EQ(match.fit.mean_distance, 0) << maps[i].colours.name;
    EXPECT_EQ(match.fit.exact_share, 1);
    // gray is gray, whoever's, and light ones are others turned round
    const bool is_listed = match.index == i || std::ranges::find(match.as_good, i) != match.as_good.end();
    EXPECT_TRUE(is_listed) << maps[i].colours.name << " was taken for " << maps[match.index].colours.name;
    const std::string family = maps[i].colours.name.substr(0, 3);
    if (maps[i].colours.name.find("gray") == std::string::npos) {
      EXPECT_EQ(maps[match.index].colours.name.substr(0, 3), family);
    }
  }
}

TEST(MatchColormap, FindsThemWithNoise) {
  const std::vector<ForeignColormap> maps = all_maps();
  std::mt19937 random(4);
  std::uniform_int_distribution<int> noise(-6, 6);
  for (const char* name : {"viridis", "magma", "inferno", "plasma", "turbo", "jet", "coolwarm"}) {
    std::vector<ColourCount> counts;
    for (ColourCount of : counts_of(colormap_by_name(name))) {
      for (std::uint8_t& c : of.colour) c = static_cast<std::uint8_t>(std::clamp(c + noise(random), 0, 255));
      counts.push_back(of);
    }
    const ColormapMatch match = match_colormap(counts, tables(maps));
    EXPECT_EQ(maps[match.index].colours.name, name);
    EXPECT_GT(match.fit.mean_distance, 0);
    EXPECT_LT(match.fit.mean_distance, kMostMeanDistance);
    EXPECT_LT(match.fit.exact_share, 0.2);
  }
}

TEST(MatchColormap, RefusesColoursOfNone) {
  std::mt19937 random(4);
  std::uniform_int_distribution<int> any(0, 255);
  std::vector<ColourCount> counts;
  for (int i = 0; i < 500; ++i) {
    const auto c = [&] { return static_cast<std::uint8_t>(any(random)); };
    counts.push_back({{c(), c(), c()}, 1});
  }
  const std::vector<Colormap> maps = tables(all_maps());
  EXPECT_REFUSED(outcome_of([&] { match_colormap(counts, maps); }), ErrorCode::BadFormat, "--colormap");
  EXPECT_REFUSED(outcome_of([&] { match_colormap({}, maps); }), ErrorCode::BadFormat, "no pixels");
}

TEST(ColormapFit, IsMeanAndMaximumOfDistances) {
  const Colormap& gray = colormap_by_name("gray");
  const std::vector<ColourCount> colours{{{0, 0, 0}, 3}, {{255, 0, 0}, 1}};
  const double red = ColormapInverse(gray).find(255, 0, 0).distance;
  const ColormapFit fit = fit_of(colours, gray);
  EXPECT_DOUBLE_EQ(fit.mean_distance, red / 4);
  EXPECT_DOUBLE_EQ(fit.max_distance, red);
  EXPECT_DOUBLE_EQ(fit.exact_share, 0.75);
  EXPECT_NE(fit_text(fit, "gray").find("75.0 %"), std::string::npos) << fit_text(fit, "gray");
  EXPECT_EQ(fit_text({0, 0, 1}, "gray"), "all of its pixels have colours of gray");
}

/// The pixels of a plot within its frame and what blends with it.
std::vector<ColourCount> colours_in(Picture picture) {
  image::expand_to_rgb(picture);
  const image::Box box = image::find_axes_box(picture).inside;
  std::map<Colour, std::int64_t> pixels;
  for (std::int64_t y = box.top + 2; y < box.bottom - 2; ++y) {
    for (std::int64_t x = box.left + 2; x < box.right - 2; ++x) {
      const std::uint8_t* p = picture.row(y) + 3 * x;
      ++pixels[{p[0], p[1], p[2]}];
    }
  }
  std::vector<ColourCount> counts;
  for (const auto& [colour, count] : pixels) counts.push_back({colour, count});
  return counts;
}

TEST(MatplotlibColormaps, HaveTheBytesThatPcolormeshPaints) {
  const std::vector<ForeignColormap> maps = matplotlib_colormaps();
  for (const auto& [picture, name] : std::vector<std::pair<const char*, const char*>>{
           {"specshow_log.png", "magma"}, {"specshow_linear.png", "viridis"}, {"specshow_mel.png", "inferno"}}) {
    const ColormapMatch match = match_colormap(colours_in(load(picture)), tables(maps));
    EXPECT_EQ(maps[match.index].colours.name, name);
    EXPECT_EQ(match.fit.exact_share, 1) << name;
  }
}

TEST(MatplotlibColormaps, KnowTheMiddleOfEachColoursValues) {
  ForeignColormap map = matplotlib_colormaps().front();
  // A value v is painted with number floor(256 v).
  for (int code = 1; code < 256; ++code) EXPECT_DOUBLE_EQ(256 * map.value_of(code), code + 0.5);
  EXPECT_EQ(map.value_of(0), 0);
}

TEST(SoxColormaps, AreTheBytesOfItsPalettes) {
  constexpr std::size_t kFixed = 4;
  for (const auto& [picture, index] :
       std::vector<std::pair<const char*, int>>{{"sox.png", 0}, {"sox_raw_light.png", 2}}) {
    const std::vector<Colour> palette = load(picture).palette;
    const ForeignColormap map = sox_colormaps()[index];
    ASSERT_EQ(palette.size(), kFixed + map.n_colours()) << picture;
    for (int code = 0; code < map.n_colours(); ++code) {
      EXPECT_EQ(palette[kFixed + code], map.colours.colours[code]) << map.colours.name << " " << code;
    }
  }
}

// A tone of amplitude A is written as 1 + floor(249 (1 + dB / range)): measured with tones of 0.1 and 0.5.
TEST(SoxColormaps, KnowTheMiddleOfEachColoursValues) {
  const ForeignColormap map = sox_colormaps().front();
  EXPECT_EQ(map.value_of(0), 0);
  for (const double db : {-6.02, -20.0, -60.1, -99.9}) {
    const int code = 1 + static_cast<int>(std::floor(249 * (1 + db / 120)));
    EXPECT_NEAR(120 * (map.value_of(code) - 1), db, 120 / 249.0 / 2 + 1e-9);
  }
  EXPECT_EQ(map.value_of(250), 1);
}

// The legend's bar is the ramp itself, from the top down.
TEST(FfmpegColormaps, AreThoseOfTheLegend) {
  const Picture picture = load("ffmpeg.png");
  const image::Box box = image::find_axes_box(picture).inside;
  const ForeignColormap map = ffmpeg_colormaps().front();
  EXPECT_EQ(map.colours.name, "ffmpeg-intensity");
  const std::int64_t x = box.right + 25;
  const std::int64_t n = box.height();
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint8_t* p = picture.row(box.bottom - 1 - i) + 3 * x;
    const int code = static_cast<int>(std::lround(255 * (i + 0.5) / n));
    double distance = 1e9;
    for (int near = std::max(0, code - 3); near <= std::min(255, code + 3); ++near) {
      double furthest = 0;
      for (int c = 0; c < 3; ++c) furthest = std::max(furthest, std::fabs(double(p[c]) - map.colours.colours[near][c]));
      distance = std::min(distance, furthest);
    }
    EXPECT_LE(distance, 6) << i << ": " << int(p[0]) << " " << int(p[1]) << " " << int(p[2]);
  }
}

TEST(ForeignColormaps, TurnRound) {
  for (const ForeignColormap& map : all_maps()) {
    const ForeignColormap reversed = map.reversed();
    const int top = map.n_colours() - 1;
    EXPECT_EQ(reversed.colours.name, map.colours.name + "_r");
    for (int code = 0; code <= top; ++code) {
      EXPECT_EQ(reversed.colours.colours[code], map.colours.colours[top - code]) << map.colours.name;
    }
  }
}

TEST(ForeignColormaps, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& maps : {sox_colormaps(), ffmpeg_colormaps()}) {
    for (const ForeignColormap& map : maps) {
      EXPECT_TRUE(names.insert(map.colours.name).second);
      ASSERT_NE(foreign_colormap_by_name(map.colours.name), nullptr);
      EXPECT_EQ(foreign_colormap_by_name(map.colours.name)->colours.colours, map.colours.colours);
    }
  }
  EXPECT_EQ(names.size(), 18U);
  EXPECT_EQ(foreign_colormap_by_name("magma"), nullptr);
}

}  // namespace
}  // namespace spectrohue
