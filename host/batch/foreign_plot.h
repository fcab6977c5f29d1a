// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The plot in a picture that another program drew: where it is, who drew it, and what its colours mean.
#pragma once

#include <string>
#include <vector>

#include "batch/parameters.h"
#include "core/foreign_colormaps.h"
#include "image/cell_reading.h"
#include "image/picture_file.h"

namespace spectrohue::batch {

struct ForeignPlot {
  PictureMaker maker = PictureMaker::Gray;  ///< never Auto
  Picture pixels;                           ///< those of the plot, low frequencies at the bottom, time to the right
  ForeignColormap map;                      ///< of 8-bit RGB pixels; gray ones are values themselves
  /// Where axes end, in pixels of the plot from its left and its top, to about a pixel.
  image::AxisEnds across;
  image::AxisEnds down;
  std::vector<std::string> messages;  ///< what was found; for the user
};

/// Throws Error(BadFormat) where nothing is found, Error(Usage) for a --crop beyond the picture.
ForeignPlot find_plot(const image::PictureFile& file, const ParameterFlags& flags);

/// The plot's pixels in dB: 0 at the top of the colours. floor_db: of the lowest colour, and of what is below it. Says
/// in plot.messages how well colours fitted.
image::Levels levels_of(ForeignPlot& plot, const Curve& curve, bool is_inverted);
double floor_db_of(const Curve& curve);

}  // namespace spectrohue::batch
