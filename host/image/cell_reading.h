// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Magnitudes from a plot that paints each bin of each frame as a cell of one colour. A cell in which the centre of a
// pixel lies is read from that pixel, without error; bilinear unwarping would mix it with its neighbours.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "spectrohue/buffer.h"
#include "spectrohue/settings.h"

namespace spectrohue::image {

/// Values of a plot's pixels.
struct Levels {
  int width = 0;
  int height = 0;
  std::vector<float> values;  ///< [height, width], dB, row 0 on top

  const float* row(int y) const { return values.data() + static_cast<std::size_t>(y) * width; }
};

/// How cells lie under a line of pixels: from a position in pixels (0 the edge of the first one, its centre 0.5) to one
/// in cells (cell i reaches from i - 0.5 to i + 0.5); monotonic.
using CellAt = std::function<double(double position)>;

/// For each of n_cells the pixel that it is read from, the one whose centre is nearest to the cell's own; -1 where no
/// pixel's centre lies in the cell.
std::vector<int> pixels_of_cells(const CellAt& cell_at, int n_pixels, int n_cells);

/// Where along a line of pixels an axis begins and ends: positions in pixels, not whole ones as a rule.
struct AxisEnds {
  double first = 0;
  double last = 0;
};

/// How well pixels agree with cells.
struct CellAgreement {
  AxisEnds ends;
  /// Of all changes between neighbouring pixels, the part within cells, where there should be none; 0 .. 1.
  double stray_share = 0;
  /// That part if changes were spread evenly; 0 where no cell has two pixels, and nothing can be told.
  double chance_share = 0;
};

/// Moves the ends of an axis by 1.2 pixels at most, to where the changes are between cells: what a figure's frame tells
/// is whole pixels. Of ends that are equally good it takes the middle. changes: [n_pixels - 1], how much pixel
/// i + 1 differs from i; cells_of: from ends to the cells under the pixels.
CellAgreement fit_ends(std::span<const double> changes, AxisEnds ends,
                       const std::function<CellAt(const AxisEnds&)>& cells_of);

/// Mean absolute difference of neighbouring rows, [height - 1], and of neighbouring columns, [width - 1].
std::vector<double> changes_down(const Levels& levels);
std::vector<double> changes_across(const Levels& levels);

/// The magnitudes that a plot shows.
struct CellMagnitudes {
  Buffer<float> magnitudes;  ///< [n_frames, n_bins]; below 0: interpolated in dB between cells that were read
  int n_bins_read = 0;
  int n_frames_read = 0;
};

/// rows, columns: pixels_of_cells() of bins (row 0 the lowest pixel row) and frames. floor_db: at this level and below,
/// magnitudes are 0; at 0 dB they are 1. Throws Error(BadFormat) if no cell at all can be read.
CellMagnitudes read_cells(const Levels& levels, std::span<const int> rows, std::span<const int> columns,
                          double floor_db);

}  // namespace spectrohue::image
