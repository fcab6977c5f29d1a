// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Which colormap a picture was painted with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/colormap.h"

namespace spectrohue {

/// A colour and how many pixels have it.
struct ColourCount {
  Colour colour;
  std::int64_t count = 0;
};

/// How far colours are from a colormap's nearest ones: CIELAB units as in ColormapInverse, over all pixels.
struct ColormapFit {
  double mean_distance = 0;
  double max_distance = 0;
  double exact_share = 0;  ///< of pixels whose colour is in the map
};

ColormapFit fit_of(std::span<const ColourCount> colours, const Colormap& map);

/// "82.1 % of its pixels have colours of magma, the others are 1.7 CIELAB units from it on average, 12.0 at most"
std::string fit_text(const ColormapFit& fit, const std::string& name);

/// The nearest of several colormaps.
struct ColormapMatch {
  std::size_t index = 0;  ///< in what was given
  ColormapFit fit;
  std::vector<std::size_t> as_good;  ///< others that the colours fit as well, rising
};

/// Above this mean distance a picture was not painted with a colormap: colours of a map that was stored as JPEG are
/// less than 4 units off, those of photographs more than 8 from every map of colormap_names().
inline constexpr double kMostMeanDistance = 5;

/// The map of the smallest mean distance, the first of several. Throws Error(BadFormat) if it is above
/// kMostMeanDistance, or there are no colours; Error(Internal) if there are no maps.
ColormapMatch match_colormap(std::span<const ColourCount> colours, std::span<const Colormap> maps);

}  // namespace spectrohue
