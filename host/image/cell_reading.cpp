// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/cell_reading.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

std::vector<int> indices_read(std::span<const int> pixels) {
  std::vector<int> read;
  for (int i = 0; i < static_cast<int>(pixels.size()); ++i) {
    if (pixels[i] >= 0) read.push_back(i);
  }
  return read;
}

/// The two cells that were read on either side of one, and how far it is from the first to the second; at the ends of
/// the axis the nearest one twice.
struct Neighbours {
  int before = 0;
  int behind = 0;
  float share = 0;
};

std::vector<Neighbours> neighbours_of(std::span<const int> read, int n_cells) {
  std::vector<Neighbours> all(static_cast<std::size_t>(n_cells));
  for (int i = 0; i < n_cells; ++i) {
    const auto behind = std::ranges::lower_bound(read, i);
    Neighbours& of = all[i];
    of.behind = behind == read.end() ? read.back() : *behind;
    of.before = behind == read.end() ? of.behind : *behind == i || behind == read.begin() ? *behind : behind[-1];
    if (of.behind > of.before) of.share = static_cast<float>(i - of.before) / static_cast<float>(of.behind - of.before);
  }
  return all;
}

float between(float a, float b, float share) { return a + share * (b - a); }

}  // namespace

std::vector<int> pixels_of_cells(const CellAt& cell_at, int n_pixels, int n_cells) {
  std::vector<int> pixels(static_cast<std::size_t>(n_cells), -1);
  std::vector<double> distances(static_cast<std::size_t>(n_cells), std::numeric_limits<double>::infinity());
  for (int pixel = 0; pixel < n_pixels; ++pixel) {
    const double position = cell_at(pixel + 0.5);
    const double cell = std::floor(position + 0.5);
    if (!(cell >= 0 && cell < n_cells)) continue;
    const auto i = static_cast<std::size_t>(cell);
    const double distance = std::fabs(position - cell);
    if (distance >= distances[i]) continue;
    distances[i] = distance;
    pixels[i] = pixel;
  }
  return pixels;
}

CellAgreement fit_ends(std::span<const double> changes, AxisEnds ends,
                       const std::function<CellAt(const AxisEnds&)>& cells_of) {
  constexpr int kSteps = 12;  // either way
  constexpr double kStep = 0.1;
  double all = 0;
  for (const double change : changes) all += change;
  CellAgreement best{ends, 0, 0};
  if (all == 0) return best;
  best.stray_share = std::numeric_limits<double>::infinity();
  AxisEnds sum;
  int n_best = 0;
  for (int i = -kSteps; i <= kSteps; ++i) {
    for (int k = -kSteps; k <= kSteps; ++k) {
      const AxisEnds moved{ends.first + i * kStep, ends.last + k * kStep};
      const CellAt cell_at = cells_of(moved);
      double stray = 0;
      double n_within = 0;
      double cell = std::floor(cell_at(0.5) + 0.5);
      for (std::size_t pixel = 0; pixel < changes.size(); ++pixel) {
        const double next = std::floor(cell_at(static_cast<double>(pixel) + 1.5) + 0.5);
        if (next == cell) {
          stray += changes[pixel];
          ++n_within;
        }
        cell = next;
      }
      const double share = stray / all;
      if (share < best.stray_share) {
        best = {moved, share, n_within / static_cast<double>(changes.size())};
        sum = {};
        n_best = 0;
      }
      if (share == best.stray_share) {
        sum.first += moved.first;
        sum.last += moved.last;
        ++n_best;
      }
    }
  }
  best.ends = {sum.first / n_best, sum.last / n_best};
  return best;
}

std::vector<double> changes_down(const Levels& levels) {
  std::vector<double> changes;
  for (int y = 0; y + 1 < levels.height; ++y) {
    double sum = 0;
    for (int x = 0; x < levels.width; ++x) sum += std::fabs(levels.row(y + 1)[x] - levels.row(y)[x]);
    changes.push_back(sum / levels.width);
  }
  return changes;
}

std::vector<double> changes_across(const Levels& levels) {
  std::vector<double> changes(static_cast<std::size_t>(std::max(0, levels.width - 1)));
  for (int y = 0; y < levels.height; ++y) {
    const float* row = levels.row(y);
    for (std::size_t x = 0; x < changes.size(); ++x) changes[x] += std::fabs(row[x + 1] - row[x]) / levels.height;
  }
  return changes;
}

CellMagnitudes read_cells(const Levels& levels, std::span<const int> rows, std::span<const int> columns,
                          double floor_db) {
  const int n_bins = static_cast<int>(rows.size());
  const int n_frames = static_cast<int>(columns.size());
  const std::vector<int> bins_read = indices_read(rows);
  const std::vector<int> frames_read = indices_read(columns);
  if (bins_read.empty() || frames_read.empty()) {
    throw Error(ErrorCode::BadFormat, std::string("no pixel of the plot shows any of the ") +
                                          (bins_read.empty() ? "bins" : "frames") +
                                          " that the parameters say it has; check --n-fft, --sample-rate, --duration "
                                          "and --crop");
  }
  CellMagnitudes cells;
  cells.n_bins_read = static_cast<int>(bins_read.size());
  cells.n_frames_read = static_cast<int>(frames_read.size());
  cells.magnitudes.resize(static_cast<std::size_t>(n_bins) * static_cast<std::size_t>(n_frames));
  const std::vector<Neighbours> bins = neighbours_of(bins_read, n_bins);
  const std::vector<Neighbours> frames = neighbours_of(frames_read, n_frames);
  const auto floor = static_cast<float>(floor_db);
  const auto level = [&](int bin, int frame) {
    return std::max(floor, levels.row(levels.height - 1 - rows[bin])[columns[frame]]);
  };
  for (int frame = 0; frame < n_frames; ++frame) {
    const Neighbours& when = frames[frame];
    for (int bin = 0; bin < n_bins; ++bin) {
      const Neighbours& where = bins[bin];
      const float before = between(level(where.before, when.before), level(where.behind, when.before), where.share);
      const float behind = between(level(where.before, when.behind), level(where.behind, when.behind), where.share);
      const float db = between(before, behind, when.share);
      const float magnitude = db <= floor ? 0.0F : std::pow(10.0F, db / 20);
      const bool is_read = rows[bin] >= 0 && columns[frame] >= 0;
      cells.magnitudes[static_cast<std::size_t>(frame) * n_bins + bin] = is_read ? magnitude : -magnitude;
    }
  }
  return cells;
}

}  // namespace spectrohue::image
