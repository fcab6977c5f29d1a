// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/foreign_plot.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "core/colormap_match.h"
#include "image/arrange.h"
#include "image/axes_box.h"
#include "image/rgb.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

using image::AxesBox;
using image::AxisEnds;
using image::Box;
using image::BoxSign;

/// What JPEG does to a line's colour, of 255.
constexpr int kLossyTolerance = 24;

std::uint32_t packed(const std::uint8_t* rgb) {
  return static_cast<std::uint32_t>(rgb[0]) << 16 | static_cast<std::uint32_t>(rgb[1]) << 8 | rgb[2];
}

Picture copy_of(const Picture& picture) { return image::cropped(picture, {0, 0, picture.width, picture.height}); }

/// The picture as 8-bit RGB.
Picture rgb_of(const Picture& picture) {
  if (picture.layout.bits > 16 || picture.layout.channels == 2) {
    throw Error(ErrorCode::Unsupported, "a picture of floats has no colours; only --from gray reads it");
  }
  Picture rgb = copy_of(picture);
  image::expand_to_rgb(rgb);
  if (rgb.layout.bits == 8) return rgb;
  Picture narrow;
  narrow.resize(rgb.width, rgb.height, {3, 8});
  for (std::size_t i = 0; i < narrow.pixels.size(); ++i) {
    std::uint16_t code = 0;
    std::memcpy(&code, rgb.pixels.data() + 2 * i, sizeof code);
    narrow.pixels[i] = static_cast<std::uint8_t>((code + 128) / 257);
  }
  return narrow;
}

/// Colours of so many of a picture's pixels, spread evenly, as tell its colormap.
std::vector<ColourCount> colours_of(const Picture& rgb) {
  constexpr std::int64_t kEnough = 20000;
  const std::int64_t n_pixels = rgb.width * rgb.height;
  const std::int64_t step = std::max<std::int64_t>(1, n_pixels / kEnough) | 1;
  std::unordered_map<std::uint32_t, std::int64_t> counts;
  for (std::int64_t i = 0; i < n_pixels; i += step) ++counts[packed(rgb.pixels.data() + 3 * i)];
  std::vector<ColourCount> colours;
  for (const auto& [colour, count] : counts) {
    colours.push_back({{static_cast<std::uint8_t>(colour >> 16), static_cast<std::uint8_t>(colour >> 8 & 255),
                        static_cast<std::uint8_t>(colour & 255)},
                       count});
  }
  // In an order of their own, so that sums do not depend on the table's.
  std::ranges::sort(colours, {}, &ColourCount::colour);
  return colours;
}

bool is_gray(const std::vector<ColourCount>& colours, int tolerance) {
  return std::ranges::all_of(colours, [&](const ColourCount& of) {
    const auto [least, most] = std::minmax({of.colour[0], of.colour[1], of.colour[2]});
    return most - least <= tolerance;
  });
}

/// The colormap in a picture's palette, which begins with four colours for text and lines, if it is one of SoX's.
std::optional<ForeignColormap> sox_palette(const Picture& picture) {
  constexpr std::size_t kFixed = 4;
  const std::vector<Colour>& palette = picture.palette;
  for (const ForeignColormap& map : sox_colormaps()) {
    const auto n = static_cast<std::size_t>(map.n_colours());
    const bool is_this =
        palette.size() >= kFixed + n &&
        std::equal(palette.begin() + kFixed, palette.begin() + kFixed + n, map.colours.colours.begin());
    if (is_this) return map;
  }
  return std::nullopt;
}

/// The colormaps of a program; all of them for Auto.
std::vector<ForeignColormap> colormaps_of(PictureMaker maker) {
  std::vector<ForeignColormap> maps;
  const auto append = [&](const std::vector<ForeignColormap>& more) {
    maps.insert(maps.end(), more.begin(), more.end());
  };
  const bool all = maker == PictureMaker::Auto;
  if (all || maker == PictureMaker::Specshow) append(matplotlib_colormaps());
  if (all || maker == PictureMaker::Sox) append(sox_colormaps());
  if (all || maker == PictureMaker::Ffmpeg) append(ffmpeg_colormaps());
  return maps;
}

PictureMaker maker_of(ColourRule rule) {
  switch (rule) {
    case ColourRule::Sox: return PictureMaker::Sox;
    case ColourRule::Ffmpeg: return PictureMaker::Ffmpeg;
    case ColourRule::Matplotlib: break;
  }
  return PictureMaker::Specshow;
}

/// A map that colormap_by_name() knows, turned round or not, in all the bytes that matplotlib paints it with.
std::vector<ForeignColormap> variants_of(const std::string& name) {
  std::vector<ForeignColormap> variants;
  for (const ForeignColormap& map : matplotlib_colormaps()) {
    if (map.colours.name == name) variants.push_back(map);
    if (map.colours.name + "_r" == name) variants.push_back(map.reversed());
  }
  return variants;
}

/// What the user named; nothing for auto. The maker's rule says which values its colours have, unless it is a table of
/// another's.
std::optional<ForeignColormap> named_colormap(const ParameterFlags& flags, const ForeignPlot& plot) {
  if (flags.foreign.colormap && *flags.foreign.colormap != "auto") {
    const ForeignColormap* const known = foreign_colormap_by_name(*flags.foreign.colormap);
    if (known != nullptr) return *known;
  }
  if (!flags.colours) return std::nullopt;
  ForeignColormap map{{flags.colours->name, {}}, ColourRule::Ffmpeg};
  std::copy_n(flags.colours->palette.begin(), map.colours.colours.size(), map.colours.colours.begin());
  if (plot.maker != PictureMaker::Specshow) return map;
  map.rule = ColourRule::Matplotlib;
  const std::vector<ForeignColormap> variants = variants_of(map.colours.name);
  if (variants.empty()) return map;
  const std::vector<ColourCount> colours = colours_of(plot.pixels);
  return *std::ranges::min_element(
      variants, {}, [&](const ForeignColormap& variant) { return fit_of(colours, variant.colours).mean_distance; });
}

std::vector<Colormap> tables_of(const std::vector<ForeignColormap>& maps) {
  std::vector<Colormap> tables;
  for (const ForeignColormap& map : maps) tables.push_back(map.colours);
  return tables;
}

AxesBox box_of(const Picture& rgb, PictureMaker maker, const std::string& crop, bool is_lossy) {
  const AxesBox whole{{0, 0, rgb.width, rgb.height}, BoxSign::Whole, 0};
  if (crop == "none" || (crop == "auto" && maker == PictureMaker::Gray)) return whole;
  if (crop == "auto") return image::find_axes_box(rgb, is_lossy ? kLossyTolerance : 0);
  return {image::box_from_string(crop), BoxSign::Margin, 0};
}

/// matplotlib puts a line of an odd number of pixels on the middle of a pixel, so the axis ends within half a pixel of
/// that pixel's edge. Lines blend with the pixels beside them, which are left out, as are those where the page ends if
/// no frame was found.
void leave_out_blended(AxesBox& box, AxisEnds& across, AxisEnds& down) {
  const bool is_framed = box.sign == BoxSign::Frame;
  const std::int64_t rim = is_framed ? 1 : 2;
  const auto before = static_cast<double>(rim + (is_framed ? (box.line_width + 1) / 2 : 0));
  const auto behind = static_cast<double>(rim + (is_framed ? box.line_width / 2 : 0));
  Box& inside = box.inside;
  if (inside.width() <= 2 * rim || inside.height() <= 2 * rim) return;
  inside = {inside.left + rim, inside.top + rim, inside.right - rim, inside.bottom - rim};
  across = {-before, static_cast<double>(inside.width()) + behind};
  down = {-before, static_cast<double>(inside.height()) + behind};
}

/// As Arrangement's, the last thing first; colours are not inverted: see levels_of().
void rearrange(ForeignPlot& plot, const ParameterFlags& flags) {
  Arrangement arrangement;
  arrangement.flip = flags.flip.value_or(false);
  arrangement.transpose = flags.transpose.value_or(false);
  image::rearrange(plot.pixels, arrangement);
  if (arrangement.transpose) std::swap(plot.across, plot.down);
  if (arrangement.flip) {
    const auto height = static_cast<double>(plot.pixels.height);
    plot.down = {height - plot.down.last, height - plot.down.first};
  }
}

/// showspectrumpic's frames are light gray, on a black page.
bool has_ffmpeg_frame(const Picture& whole, const AxesBox& box) {
  constexpr Colour kLine{200, 200, 200};
  if (box.sign != BoxSign::Frame) return false;
  const std::uint8_t* const line =
      whole.row((box.inside.top + box.inside.bottom) / 2) + 3 * (box.inside.left - box.line_width);
  return std::equal(kLine.begin(), kLine.end(), line) && packed(whole.row(0)) == 0;
}

/// Who draws like this.
PictureMaker recognised(const image::PictureFile& file, const Picture& whole, const AxesBox& box, std::string& why) {
  if (sox_palette(file.picture)) {
    why = "its palette is SoX's";
    return PictureMaker::Sox;
  }
  if (has_ffmpeg_frame(whole, box)) {
    why = "its frame is ffmpeg's";
    return PictureMaker::Ffmpeg;
  }
  const Picture plot = image::cropped(whole, box.inside);
  const std::vector<ColourCount> colours = colours_of(plot);
  if (is_gray(colours, file.lossy ? kLossyTolerance : 0)) {
    why = std::string(box.sign == BoxSign::Frame ? "there is a frame around gray pixels"
                                                 : "it is gray, without a frame") +
          " (light is taken for loud; else add --invert)";
    return box.sign == BoxSign::Frame ? PictureMaker::Specshow : PictureMaker::Gray;
  }
  const std::vector<ForeignColormap> maps = colormaps_of(PictureMaker::Auto);
  try {
    const ColormapMatch match = match_colormap(colours, tables_of(maps));
    why = "its colours are those of " + maps[match.index].colours.name;
    return maker_of(maps[match.index].rule);
  } catch (const Error& error) {
    throw Error(error.code(), std::string("cannot tell which program drew it, give --from specshow, sox, ffmpeg or "
                                          "gray: ") +
                                  error.what());
  }
}

/// What the user named, or the file says, or its colours fit.
ForeignColormap find_colormap(const image::PictureFile& file, ForeignPlot& plot, const ParameterFlags& flags) {
  if (const std::optional<ForeignColormap> named = named_colormap(flags, plot)) return *named;
  if (plot.maker == PictureMaker::Sox) {
    if (const std::optional<ForeignColormap> stored = sox_palette(file.picture)) return *stored;
  }
  const std::vector<ForeignColormap> maps = colormaps_of(plot.maker);
  const ColormapMatch match = match_colormap(colours_of(plot.pixels), tables_of(maps));
  const std::string& name = maps[match.index].colours.name;
  for (const std::size_t other : match.as_good) {
    if (maps[other].colours.name == name) continue;
    plot.messages.push_back("its colours would fit " + maps[other].colours.name + " as well as " + name +
                            ", which was taken; --colormap says which it is");
  }
  return maps[match.index];
}

/// Gray as it is, of colours their mean.
template <class Sample>
double gray_of(const std::uint8_t* pixel, int channels) {
  double sum = 0;
  for (int c = 0; c < channels; ++c) {
    Sample sample;
    std::memcpy(&sample, pixel + static_cast<std::size_t>(c) * sizeof sample, sizeof sample);
    sum += static_cast<double>(sample);
  }
  return sum / channels;
}

double gray_value(const std::uint8_t* pixel, PixelLayout layout) {
  if (layout.bits == 32) return gray_of<float>(pixel, layout.channels);
  if (layout.bits == 16) return gray_of<std::uint16_t>(pixel, layout.channels) / 65535;
  return gray_of<std::uint8_t>(pixel, layout.channels) / 255;
}

double level_of(double value, const Curve& curve, double floor_db) {
  if (!(value > 0)) return floor_db;
  switch (curve.kind) {
    case CurveKind::Db: return (value - 1) * curve.top_db;
    case CurveKind::Gamma: return std::max(floor_db, 20 / curve.gamma * std::log10(value));
    default: return std::max(floor_db, 20 * std::log10(value));
  }
}

}  // namespace

double floor_db_of(const Curve& curve) {
  constexpr double kHalfCode = 0.5 / 65535;
  if (curve.kind == CurveKind::Db) return -curve.top_db;
  return 20 * std::log10(kHalfCode) / (curve.kind == CurveKind::Gamma ? curve.gamma : 1);
}

ForeignPlot find_plot(const image::PictureFile& file, const ParameterFlags& flags) {
  ForeignPlot plot;
  plot.maker = *flags.foreign.from;
  const std::string crop = flags.foreign.crop.value_or("auto");
  const bool has_colours = plot.maker != PictureMaker::Gray;
  Picture whole = has_colours ? rgb_of(file.picture) : copy_of(file.picture);
  if (!has_colours && !whole.palette.empty()) image::expand_to_rgb(whole);
  AxesBox box = box_of(whole, plot.maker, crop, file.lossy);
  if (crop == "auto" && box.sign != BoxSign::Whole) plot.messages.push_back(image::to_string(box));
  if (plot.maker == PictureMaker::Auto) {
    std::string why;
    plot.maker = recognised(file, whole, box, why);
    plot.messages.push_back("taken for a picture of " + to_string(plot.maker) + ": " + why);
  }
  plot.across = {0, static_cast<double>(box.inside.width())};
  plot.down = {0, static_cast<double>(box.inside.height())};
  if (plot.maker == PictureMaker::Specshow && crop == "auto" && box.sign != BoxSign::Whole) {
    leave_out_blended(box, plot.across, plot.down);
  }
  plot.pixels = image::cropped(whole, box.inside);
  rearrange(plot, flags);
  if (plot.maker != PictureMaker::Gray) plot.map = find_colormap(file, plot, flags);
  return plot;
}

image::Levels levels_of(ForeignPlot& plot, const Curve& curve, bool is_inverted) {
  const Picture& pixels = plot.pixels;
  const double floor_db = floor_db_of(curve);
  image::Levels levels;
  levels.width = static_cast<int>(pixels.width);
  levels.height = static_cast<int>(pixels.height);
  levels.values.resize(static_cast<std::size_t>(pixels.width * pixels.height));
  const int bytes = pixels.layout.bytes();
  if (plot.maker == PictureMaker::Gray) {
    for (std::size_t i = 0; i < levels.values.size(); ++i) {
      const double value = gray_value(pixels.pixels.data() + i * static_cast<std::size_t>(bytes), pixels.layout);
      levels.values[i] = static_cast<float>(level_of(is_inverted ? 1 - value : value, curve, floor_db));
    }
    return levels;
  }
  const ForeignColormap map = is_inverted ? plot.map.reversed() : plot.map;
  const ColormapInverse inverse(map.colours);
  struct Known {
    float level;
    double distance;
  };
  std::unordered_map<std::uint32_t, Known> known;
  ColormapFit fit;
  std::int64_t n_exact = 0;
  for (std::size_t i = 0; i < levels.values.size(); ++i) {
    const std::uint8_t* rgb = pixels.pixels.data() + 3 * i;
    const auto [entry, is_new] = known.try_emplace(packed(rgb));
    Known& of = entry->second;
    if (is_new) {
      const ColormapInverse::Match match = inverse.find(rgb[0], rgb[1], rgb[2]);
      of = {static_cast<float>(level_of(map.value_of(match.index), curve, floor_db)), match.distance};
      fit.max_distance = std::max(fit.max_distance, of.distance);
    }
    levels.values[i] = of.level;
    fit.mean_distance += of.distance / static_cast<double>(levels.values.size());
    n_exact += of.distance == 0 ? 1 : 0;
  }
  fit.exact_share = static_cast<double>(n_exact) / static_cast<double>(levels.values.size());
  plot.messages.push_back("colormap " + map.colours.name + ": " + fit_text(fit, map.colours.name));
  return levels;
}

}  // namespace spectrohue::batch
