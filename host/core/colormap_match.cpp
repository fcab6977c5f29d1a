// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/colormap_match.h"

#include <algorithm>
#include <cstdio>

#include "spectrohue/error.h"

namespace spectrohue {

ColormapFit fit_of(std::span<const ColourCount> colours, const Colormap& map) {
  const ColormapInverse inverse(map);
  ColormapFit fit;
  double sum = 0;
  std::int64_t n_pixels = 0;
  std::int64_t n_exact = 0;
  for (const auto& [colour, count] : colours) {
    const double distance = inverse.find(colour[0], colour[1], colour[2]).distance;
    sum += distance * static_cast<double>(count);
    fit.max_distance = std::max(fit.max_distance, distance);
    n_pixels += count;
    if (distance == 0) n_exact += count;
  }
  if (n_pixels == 0) return fit;
  fit.mean_distance = sum / static_cast<double>(n_pixels);
  fit.exact_share = static_cast<double>(n_exact) / static_cast<double>(n_pixels);
  return fit;
}

std::string fit_text(const ColormapFit& fit, const std::string& name) {
  if (fit.exact_share == 1) return "all of its pixels have colours of " + name;
  const double others = fit.mean_distance / (1 - fit.exact_share);
  char text[200];
  std::snprintf(text, sizeof text,
                "%.1f %% of its pixels have colours of %.40s, the others are %.1f CIELAB units from it on average, "
                "%.1f at most",
                100 * fit.exact_share, name.c_str(), others, fit.max_distance);
  return text;
}

ColormapMatch match_colormap(std::span<const ColourCount> colours, std::span<const Colormap> maps) {
  if (maps.empty()) throw Error(ErrorCode::Internal, "no colormaps to choose from");
  if (colours.empty()) throw Error(ErrorCode::BadFormat, "there are no pixels whose colours could tell a colormap");
  std::vector<ColormapFit> fits;
  for (const Colormap& map : maps) fits.push_back(fit_of(colours, map));
  const auto best = std::ranges::min_element(fits, {}, &ColormapFit::mean_distance);
  ColormapMatch match{static_cast<std::size_t>(best - fits.begin()), *best, {}};
  for (std::size_t i = 0; i < fits.size(); ++i) {
    if (i != match.index && fits[i].mean_distance == best->mean_distance) match.as_good.push_back(i);
  }
  if (best->mean_distance <= kMostMeanDistance) return match;
  throw Error(ErrorCode::BadFormat,
              "its colours fit no colormap that is known; the nearest is " + maps[match.index].name + ": " +
                  fit_text(*best, maps[match.index].name) +
                  ". Name one with --colormap (or a file of its colours), and check --crop: text and axes must not be "
                  "in it");
}

}  // namespace spectrohue
