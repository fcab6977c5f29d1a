// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/foreign_colormaps.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "core/colormap_tables.h"

namespace spectrohue {

namespace {

constexpr int kSoxColours = 251;
constexpr double kSoxSteps = 249;

/// A colour of a ramp, and its place in thousandths.
struct Knot {
  int place;
  Colour colour;
};

struct Ramp {
  const char* name;
  std::vector<Knot> knots;
};

const std::vector<Ramp>& ffmpeg_ramps() {
  static const std::vector<Ramp> ramps{
      {"ffmpeg-intensity",
       {{0, {0, 1, 0}},
        {132, {0, 1, 78}},
        {299, {108, 0, 125}},
        {596, {237, 0, 0}},
        {602, {240, 3, 0}},
        {729, {254, 156, 0}},
        {780, {254, 202, 0}},
        {907, {254, 255, 145}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-rainbow",
       {{0, {0, 1, 0}},
        {129, {56, 16, 148}},
        {251, {15, 17, 130}},
        {380, {12, 149, 233}},
        {601, {14, 180, 12}},
        {730, {232, 228, 9}},
        {859, {234, 101, 53}},
        {1000, {208, 16, 13}}}},
      {"ffmpeg-moreland",
       {{0, {20, 38, 136}},
        {133, {94, 126, 211}},
        {251, {136, 167, 224}},
        {383, {187, 203, 219}},
        {601, {217, 196, 179}},
        {726, {226, 161, 132}},
        {863, {211, 105, 83}},
        {1000, {172, 19, 47}}}},
      {"ffmpeg-nebulae",
       {{0, {14, 6, 19}},
        {256, {23, 19, 36}},
        {448, {41, 29, 43}},
        {569, {64, 43, 52}},
        {671, {150, 85, 81}},
        {741, {187, 86, 78}},
        {772, {203, 86, 77}},
        {869, {222, 105, 96}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-fire",
       {{0, {0, 1, 0}},
        {232, {41, 44, 49}},
        {448, {76, 58, 38}},
        {550, {101, 65, 33}},
        {669, {146, 81, 27}},
        {768, {185, 113, 28}},
        {870, {209, 159, 64}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-fiery",
       {{0, {0, 1, 0}},
        {219, {79, 15, 13}},
        {448, {151, 10, 3}},
        {572, {210, 84, 36}},
        {666, {228, 138, 47}},
        {769, {229, 204, 35}},
        {870, {227, 226, 170}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-fruit",
       {{0, {0, 1, 0}},
        {185, {13, 30, 37}},
        {207, {14, 38, 42}},
        {300, {4, 90, 41}},
        {401, {23, 129, 18}},
        {500, {81, 152, 10}},
        {599, {173, 166, 10}},
        {685, {247, 176, 64}},
        {700, {255, 178, 73}},
        {747, {255, 158, 64}},
        {1000, {227, 49, 11}}}},
      {"ffmpeg-cool",
       {{0, {0, 1, 0}}, {150, {0, 48, 224}}, {401, {1, 95, 166}}, {753, {254, 162, 85}}, {1000, {255, 208, 28}}}},
      {"ffmpeg-magma",
       {{0, {0, 1, 0}},
        {102, {10, 14, 105}},
        {230, {63, 21, 93}},
        {350, {155, 46, 101}},
        {482, {180, 53, 94}},
        {641, {247, 76, 82}},
        {919, {237, 204, 117}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-green", {{0, {0, 1, 0}}, {748, {0, 219, 125}}, {792, {0, 226, 147}}, {1000, {254, 255, 253}}}},
      {"ffmpeg-viridis",
       {{0, {0, 1, 0}},
        {100, {77, 37, 107}},
        {238, {57, 103, 137}},
        {326, {47, 123, 136}},
        {474, {41, 153, 130}},
        {626, {64, 177, 113}},
        {804, {127, 200, 75}},
        {1000, {212, 228, 59}}}},
      {"ffmpeg-plasma",
       {{0, {0, 1, 0}},
        {96, {38, 15, 149}},
        {107, {42, 15, 154}},
        {575, {153, 49, 135}},
        {584, {155, 52, 133}},
        {701, {196, 128, 29}},
        {799, {221, 188, 27}},
        {911, {235, 224, 82}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-cividis",
       {{0, {0, 1, 0}},
        {201, {15, 45, 81}},
        {505, {55, 76, 107}},
        {645, {108, 109, 111}},
        {760, {141, 139, 116}},
        {900, {234, 218, 71}},
        {1000, {254, 255, 253}}}},
      {"ffmpeg-terrain",
       {{0, {0, 1, 0}},
        {151, {0, 0, 224}},
        {196, {6, 1, 205}},
        {460, {51, 255, 89}},
        {602, {77, 255, 28}},
        {726, {255, 255, 28}},
        {787, {255, 255, 28}},
        {851, {255, 209, 28}},
        {1000, {254, 255, 253}}}},
  };
  return ramps;
}

std::uint8_t byte_of(double share) { return static_cast<std::uint8_t>(std::lround(255 * share)); }

/// A quarter of a sine from 0 at `from` to 1 at `to`.
double rise(double x, double from, double to) {
  return std::sin(std::clamp((x - from) / (to - from), 0.0, 1.0) * std::numbers::pi / 2);
}

/// Red rises first, then green; blue is half a sine wave in the dark, and at the top what makes yellow white.
Colour sox_colour(double x) {
  const double wave = x < 0.6 ? std::sin(x / 0.6 * std::numbers::pi) / 2 : 0.0;
  const double blue = wave + std::clamp((x - 0.78) / 0.22, 0.0, 1.0);
  return {byte_of(rise(x, 0.13, 0.73)), byte_of(rise(x, 0.6, 0.91)), byte_of(blue)};
}

Colour gray(double x) { return {byte_of(x), byte_of(x), byte_of(x)}; }

template <class ColourOf>
ForeignColormap sox_colormap(const char* name, ColourOf colour_of) {
  ForeignColormap map{{name, {}}, ColourRule::Sox};
  for (int i = 0; i < std::ssize(map.colours.colours); ++i) {
    map.colours.colours[i] = colour_of(std::min(i, kSoxColours - 1) / double{kSoxColours - 1});
  }
  return map;
}

Colour colour_between(const std::vector<Knot>& knots, double place) {
  const auto above = std::find_if(knots.begin() + 1, knots.end() - 1, [&](const Knot& k) { return k.place >= place; });
  const Knot& below = above[-1];
  const double share = (place - below.place) / (above->place - below.place);
  Colour colour{};
  for (std::size_t c = 0; c < colour.size(); ++c) {
    colour[c] = static_cast<std::uint8_t>(std::lround(below.colour[c] + share * (above->colour[c] - below.colour[c])));
  }
  return colour;
}

int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/// Adds 1 to the channels whose bit is set: hexadecimal digits, the first bit the highest.
Colormap with_bits(Colormap map, const char* digits) {
  int i = 0;
  for (Colour& colour : map.colours) {
    for (std::uint8_t& channel : colour) {
      channel = static_cast<std::uint8_t>(channel + (hex_digit(digits[i / 4]) >> (3 - i % 4) & 1));
      ++i;
    }
  }
  return map;
}

}  // namespace

double ForeignColormap::value_of(int code) const {
  if (code == 0) return 0;
  switch (rule) {
    case ColourRule::Matplotlib: return (code + 0.5) / 256;
    case ColourRule::Sox: return std::min((code - 0.5) / kSoxSteps, 1.0);
    case ColourRule::Ffmpeg: return code / 255.0;
  }
  return 0;
}

int ForeignColormap::n_colours() const { return rule == ColourRule::Sox ? kSoxColours : 256; }

ForeignColormap ForeignColormap::reversed() const {
  ForeignColormap map = *this;
  map.colours.name += "_r";
  const int top = n_colours() - 1;
  for (int i = 0; i < std::ssize(map.colours.colours); ++i) {
    map.colours.colours[i] = colours.colours[top - std::min(i, top)];
  }
  return map;
}

std::vector<ForeignColormap> matplotlib_colormaps() {
  std::vector<ForeignColormap> maps;
  for (const auto& [name, bits] : kMeshColormapTables) {
    maps.push_back({with_bits(colormap_by_name(name), bits), ColourRule::Matplotlib});
  }
  for (const auto& [name, bits] : kMeshColormapTables) {
    maps.push_back({colormap_by_name(name), ColourRule::Matplotlib});
  }
  return maps;
}

std::vector<ForeignColormap> sox_colormaps() {
  return {sox_colormap("sox", sox_colour), sox_colormap("sox-gray", gray),
          sox_colormap("sox-light", [](double x) { return sox_colour(1 - x); }),
          sox_colormap("sox-gray-light", [](double x) { return gray(1 - x); })};
}

std::vector<ForeignColormap> ffmpeg_colormaps() {
  std::vector<ForeignColormap> maps;
  for (const Ramp& ramp : ffmpeg_ramps()) {
    ForeignColormap map{{ramp.name, {}}, ColourRule::Ffmpeg};
    for (int i = 0; i < std::ssize(map.colours.colours); ++i) {
      map.colours.colours[i] = colour_between(ramp.knots, 1000 * i / 255.0);
    }
    maps.push_back(map);
  }
  return maps;
}

const ForeignColormap* foreign_colormap_by_name(std::string_view name) {
  static const std::vector<ForeignColormap> known = [] {
    std::vector<ForeignColormap> all = sox_colormaps();
    const std::vector<ForeignColormap> more = ffmpeg_colormaps();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  const auto found = std::ranges::find(known, name, [](const ForeignColormap& map) { return map.colours.name; });
  return found == known.end() ? nullptr : &*found;
}

}  // namespace spectrohue
