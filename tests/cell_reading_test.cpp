// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Cells are painted here by asking each pixel's centre between which edges it lies, and read back.
#include "image/cell_reading.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "image/plot_axis.h"
#include "support/outcome.h"

namespace spectrohue::image {
namespace {

using test::outcome_of;

constexpr double kFloor = -80;

/// matplotlib's SymmetricalLogTransform, as its documentation defines it.
double symlog(double hz, double threshold, double linscale) {
  const double adjusted = linscale / (1 - 1 / 2.0);
  const double size = std::fabs(hz);
  if (size <= threshold) return hz * adjusted;
  return (hz < 0 ? -1 : 1) * threshold * (adjusted + std::log(size / threshold) / std::log(2.0));
}

TEST(PlotAxis, IsMatplotlibs) {
  for (const double hz : {-7.8, 0.0, 20.0, 65.0, 65.5, 440.0, 999.0, 1001.0, 22050.0}) {
    EXPECT_NEAR(axis_position(AxisKind::Symlog, hz), symlog(hz, 65.40639132514966, 0.5), 1e-9) << hz;
    EXPECT_NEAR(axis_position(AxisKind::Mel, hz), symlog(hz, 1000, 1), 1e-8) << hz;
    EXPECT_EQ(axis_position(AxisKind::Linear, hz), hz);
    for (const AxisKind kind : {AxisKind::Linear, AxisKind::Symlog, AxisKind::Mel}) {
      EXPECT_NEAR(axis_hz(kind, axis_position(kind, hz)), hz, 1e-9 * std::fabs(hz)) << to_string(kind) << hz;
    }
  }
  EXPECT_DOUBLE_EQ(axis_position(AxisKind::Log, 8), 3);
  EXPECT_DOUBLE_EQ(axis_hz(AxisKind::Log, 3), 8);
  EXPECT_EQ(axis_kind_from_string("symlog"), AxisKind::Symlog);
  EXPECT_REFUSED(outcome_of([] { axis_kind_from_string("bark"); }), ErrorCode::Usage, "symlog");
}

/// A plot of cells whose edges are at [n + 1] positions, in pixels, rising.
struct Painted {
  std::vector<double> edges;
  /// The cell under a pixel's centre; -1 outside all.
  int cell_under(int pixel) const {
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      if (pixel + 0.5 >= edges[i] && pixel + 0.5 < edges[i + 1]) return static_cast<int>(i);
    }
    return -1;
  }
};

constexpr int kBins = 33;
constexpr double kBinHz = 125;

/// Bins on specshow's logarithmic axis, its ends at these positions.
Painted symlog_bins(double first, double last) {
  Painted painted;
  const double low = symlog(-kBinHz / 2, 65.40639132514966, 0.5);
  const double high = symlog((kBins - 0.5) * kBinHz, 65.40639132514966, 0.5);
  for (int i = 0; i <= kBins; ++i) {
    const double at = symlog((i - 0.5) * kBinHz, 65.40639132514966, 0.5);
    painted.edges.push_back(first + (last - first) * (at - low) / (high - low));
  }
  return painted;
}

CellAt symlog_cells(const AxisEnds& ends) {
  return [=](double position) {
    const double low = axis_position(AxisKind::Symlog, -kBinHz / 2);
    const double high = axis_position(AxisKind::Symlog, (kBins - 0.5) * kBinHz);
    const double share = (position - ends.first) / (ends.last - ends.first);
    return axis_hz(AxisKind::Symlog, low + share * (high - low)) / kBinHz;
  };
}

TEST(PixelsOfCells, AreThoseNearestToTheirCentresInTheirCells) {
  for (const int n_pixels : {20, 50, 200}) {
    const Painted painted = symlog_bins(0, n_pixels);
    const std::vector<int> pixels = pixels_of_cells(symlog_cells({0, double(n_pixels)}), n_pixels, kBins);
    int n_read = 0;
    for (int cell = 0; cell < kBins; ++cell) {
      bool is_seen = false;
      for (int pixel = 0; pixel < n_pixels; ++pixel) is_seen = is_seen || painted.cell_under(pixel) == cell;
      EXPECT_EQ(pixels[cell] >= 0, is_seen) << n_pixels << " pixels, cell " << cell;
      if (is_seen) {
        EXPECT_EQ(painted.cell_under(pixels[cell]), cell);
      }
      n_read += is_seen ? 1 : 0;
    }
    EXPECT_EQ(n_read == kBins, n_pixels == 200) << n_read;
  }
}

TEST(PixelsOfCells, LiesNearTheMiddleOfAWideCell) {
  const CellAt tenths = [](double position) { return position / 10 - 0.5; };
  const std::vector<int> pixels = pixels_of_cells(tenths, 35, 5);
  EXPECT_TRUE(pixels[0] == 4 || pixels[0] == 5) << pixels[0];
  EXPECT_EQ(pixels[3], 34) << "cut off at the edge";
  EXPECT_EQ(pixels[4], -1);
}

/// Random levels in cells, painted.
struct Plot {
  std::vector<std::vector<float>> cells;  // [bin][frame]
  Levels levels;
};

Plot paint(const Painted& rows, int height, const Painted& columns, int width, int n_frames) {
  Plot plot;
  std::mt19937 random(3);
  std::uniform_real_distribution<float> level(-79, 0);
  for (int bin = 0; bin < kBins; ++bin) {
    plot.cells.emplace_back();
    for (int frame = 0; frame < n_frames; ++frame) plot.cells.back().push_back(level(random));
  }
  plot.levels.width = width;
  plot.levels.height = height;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int bin = rows.cell_under(height - 1 - y);
      const int frame = columns.cell_under(x);
      plot.levels.values.push_back(bin < 0 || frame < 0 ? -200.0F : plot.cells[bin][frame]);
    }
  }
  return plot;
}

Painted even(int n_cells, double first, double last) {
  Painted painted;
  for (int i = 0; i <= n_cells; ++i) painted.edges.push_back(first + (last - first) * i / n_cells);
  return painted;
}

std::function<CellAt(const AxisEnds&)> even_cells(int n_cells) {
  return [n_cells](const AxisEnds& ends) -> CellAt {
    return [=](double position) { return n_cells * (position - ends.first) / (ends.last - ends.first) - 0.5; };
  };
}

TEST(ReadCells, IsExactWhereAPixelShowsACell) {
  const int n_frames = 21;
  const Plot plot = paint(symlog_bins(0, 40), 40, even(n_frames, 0, 50), 50, n_frames);
  const std::vector<int> rows = pixels_of_cells(symlog_cells({0, 40}), 40, kBins);
  const std::vector<int> columns = pixels_of_cells(even_cells(n_frames)({0, 50}), 50, n_frames);
  const CellMagnitudes read = read_cells(plot.levels, rows, columns, kFloor);
  EXPECT_EQ(read.n_frames_read, n_frames);
  EXPECT_LT(read.n_bins_read, kBins);
  EXPECT_GT(read.n_bins_read, kBins / 3);
  int n_guessed = 0;
  for (int frame = 0; frame < n_frames; ++frame) {
    for (int bin = 0; bin < kBins; ++bin) {
      const float magnitude = read.magnitudes[static_cast<std::size_t>(frame) * kBins + bin];
      if (rows[bin] >= 0) {
        EXPECT_NEAR(20 * std::log10(magnitude), plot.cells[bin][frame], 1e-4);
        continue;
      }
      ++n_guessed;
      int below = bin;
      int above = bin;
      while (below >= 0 && rows[below] < 0) --below;
      while (above < kBins && rows[above] < 0) ++above;
      // Beyond the outermost bins that were read stands the nearest of them.
      if (below < 0) below = above;
      if (above == kBins) above = below;
      const double share = above == below ? 0.0 : double(bin - below) / (above - below);
      const double db = (1 - share) * plot.cells[below][frame] + share * plot.cells[above][frame];
      EXPECT_NEAR(20 * std::log10(-magnitude), db, 1e-3) << "a guess is below 0";
    }
  }
  EXPECT_EQ(n_guessed, (kBins - read.n_bins_read) * n_frames);
}

TEST(ReadCells, GuessesFramesToo) {
  Levels levels{2, 1, {-20, -40}};
  const std::vector<int> rows{0};
  const std::vector<int> columns{-1, 0, -1, 1, -1};
  const CellMagnitudes read = read_cells(levels, rows, columns, kFloor);
  const std::vector<double> expected{-0.1, 0.1, -std::pow(10, -1.5), 0.01, -0.01};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(read.magnitudes[i], expected[i], 1e-6) << i;
}

TEST(ReadCells, AtTheFloorIsSilence) {
  Levels levels{2, 1, {-80, -200}};
  const CellMagnitudes read = read_cells(levels, std::vector<int>{0}, std::vector<int>{0, 1}, kFloor);
  EXPECT_EQ(read.magnitudes[0], 0);
  EXPECT_EQ(read.magnitudes[1], 0);
  EXPECT_REFUSED(outcome_of([&] { read_cells(levels, std::vector<int>{-1}, std::vector<int>{0}, kFloor); }),
                 ErrorCode::BadFormat, "--n-fft");
}

TEST(FitEnds, FindsWhereAnAxisBeginsAndEnds) {
  const int n_frames = 21;
  for (const AxisEnds truth : {AxisEnds{0.4, 119.7}, AxisEnds{-0.6, 120.9}, AxisEnds{0, 120}}) {
    const Plot plot = paint(symlog_bins(0, 60), 60, even(n_frames, truth.first, truth.last), 120, n_frames);
    const CellAgreement fit = fit_ends(changes_across(plot.levels), {0, 120}, even_cells(n_frames));
    EXPECT_NEAR(fit.stray_share, 0, 1e-6);
    EXPECT_GT(fit.chance_share, 0.5);
    const CellAt found = even_cells(n_frames)(fit.ends);
    const Painted painted = even(n_frames, truth.first, truth.last);
    for (int pixel = 2; pixel < 118; ++pixel) {
      EXPECT_EQ(std::floor(found(pixel + 0.5) + 0.5), painted.cell_under(pixel)) << pixel;
    }
  }
}

TEST(FitEnds, TellsWhenCellsAreOthers) {
  const Plot plot = paint(symlog_bins(0, 60), 60, even(21, 0, 120), 120, 21);
  const CellAgreement fit = fit_ends(changes_across(plot.levels), {0, 120}, even_cells(13));
  EXPECT_GT(fit.stray_share, 0.5 * fit.chance_share);
}

TEST(FitEnds, LeavesEndsWhereNothingCanBeTold) {
  const Plot plot = paint(symlog_bins(0, 60), 60, even(21, 0, 120), 120, 21);
  const CellAgreement fine = fit_ends(changes_across(plot.levels), {0, 120}, even_cells(1000));
  EXPECT_NEAR(fine.ends.first, 0, 1e-9);
  EXPECT_NEAR(fine.ends.last, 120, 1e-9);
  EXPECT_EQ(fine.chance_share, 0);
  const CellAgreement flat = fit_ends(std::vector<double>(50, 0.0), {0, 51}, even_cells(5));
  EXPECT_EQ(flat.ends.first, 0);
  EXPECT_EQ(flat.stray_share, 0);
}

TEST(Changes, AreMeansOfDifferences) {
  const Levels levels{3, 2, {0, -1, -3, 0, -5, -3}};
  const std::vector<double> across = changes_across(levels);
  ASSERT_EQ(across.size(), 2U);
  EXPECT_DOUBLE_EQ(across[0], (1 + 5) / 2.0);
  EXPECT_DOUBLE_EQ(across[1], (2 + 2) / 2.0);
  const std::vector<double> down = changes_down(levels);
  ASSERT_EQ(down.size(), 1U);
  EXPECT_NEAR(down[0], 4 / 3.0, 1e-12);
}

}  // namespace
}  // namespace spectrohue::image
