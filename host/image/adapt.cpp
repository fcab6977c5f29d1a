// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/adapt.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "core/colormap.h"
#include "image/rgb.h"

namespace spectrohue::image {

namespace {

/// Makes every pixel anew: use(from, to).
template <class Use>
void rewrite(Picture& picture, PixelLayout layout, Use&& use) {
  Picture made;
  made.resize(picture.width, picture.height, layout);
  const int from_bytes = picture.layout.bytes();
  const int to_bytes = layout.bytes();
  for (std::int64_t y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.row(y);
    std::uint8_t* to = made.row(y);
    for (std::int64_t x = 0; x < picture.width; ++x, from += from_bytes, to += to_bytes) use(from, to);
  }
  std::swap(picture, made);
}

bool is_gray(Encoding encoding) { return pixel_layout(encoding).channels == 1 && encoding != Encoding::Colormap; }

/// ITU-R BT.601.
template <class Code>
Code luma(const Code* rgb) {
  return static_cast<Code>(std::lrint(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]));
}

template <class Code>
std::string to_gray(Picture& picture) {
  bool has_colours = false;
  rewrite(picture, {1, picture.layout.bits}, [&](const std::uint8_t* from, std::uint8_t* to) {
    Code rgb[3];
    std::memcpy(rgb, from, sizeof rgb);
    const bool is_gray = rgb[0] == rgb[1] && rgb[1] == rgb[2];
    has_colours = has_colours || !is_gray;
    const Code gray = is_gray ? rgb[0] : luma(rgb);
    std::memcpy(to, &gray, sizeof gray);
  });
  return has_colours ? "its note says that it is gray, but it has colours: their brightness was taken" : "";
}

std::string to_codes(Picture& picture, const Colours& colours) {
  Colormap map;
  map.name = colours.name;
  std::copy_n(colours.palette.begin(), map.colours.size(), map.colours.begin());
  const ColormapInverse inverse(map);
  double furthest = 0;
  rewrite(picture, {1, 8}, [&](const std::uint8_t* from, std::uint8_t* to) {
    const ColormapInverse::Match match = inverse.find(from[0], from[1], from[2]);
    furthest = std::max(furthest, match.distance);
    *to = static_cast<std::uint8_t>(match.index);
  });
  picture.palette = colours.palette;
  if (furthest == 0) return "";
  char text[160];
  std::snprintf(text, sizeof text,
                "some of its colours are not in the colormap %.40s: the nearest were taken (at most %.1f CIELAB units "
                "away)",
                colours.name.c_str(), furthest);
  return text;
}

}  // namespace

bool is_adaptable(PixelLayout layout, const PictureNote& note) {
  const PixelLayout wanted = pixel_layout(note.pixels.encoding);
  const bool is_colour_or_gray = (layout.channels == 1 || layout.channels == 3) && layout.bits <= 16;
  return layout == wanted || (is_colour_or_gray && layout.bits == wanted.bits && wanted.channels != 2);
}

std::string adapt(Picture& picture, const PictureNote& note) {
  const Encoding encoding = note.pixels.encoding;
  if (!is_adaptable(picture.layout, note)) return "";
  if (encoding == Encoding::Colormap) {
    if (picture.palette == note.colours.palette) return "";
    if (picture.layout.channels == 1) expand_to_rgb(picture);
    return to_codes(picture, note.colours);
  }
  if (is_gray(encoding)) {
    if (!picture.palette.empty()) expand_to_rgb(picture);
    if (picture.layout.channels == 1) return "";
    return picture.layout.bits == 8 ? to_gray<std::uint8_t>(picture) : to_gray<std::uint16_t>(picture);
  }
  if (picture.layout.channels == 1) expand_to_rgb(picture);
  return "";
}

}  // namespace spectrohue::image
