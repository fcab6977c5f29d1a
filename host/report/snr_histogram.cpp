// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "report/snr_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace spectrohue::report {

namespace {

constexpr double kTenths = 10;
constexpr double kLowestDb = -100;
constexpr double kHighestDb = 300;

int floor_divided(int a, int b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

void SnrHistogram::add(double snr_db, const std::string& source) {
  if (std::isnan(snr_db)) return;
  if (std::isinf(snr_db) && snr_db > 0) {
    ++n_exact_;
    return;
  }
  snr_db = std::clamp(snr_db, kLowestDb, kHighestDb);
  ++n_finite_;
  ++counts_[static_cast<int>(std::lround(snr_db * kTenths))];
  if (!worst_ || std::tie(snr_db, source) < std::tie(worst_->snr_db, worst_->source)) worst_ = Worst{snr_db, source};
}

double SnrHistogram::median_db() const {
  std::size_t left = (size() - 1) / 2;
  for (const auto& [tenths, count] : counts_) {
    if (left < count) return tenths / kTenths;
    left -= count;
  }
  return std::numeric_limits<double>::infinity();
}

SnrHistogram::Bins SnrHistogram::bins(std::size_t most) const {
  if (counts_.empty()) return {};
  const int lowest = counts_.begin()->first;
  const int highest = counts_.rbegin()->first;
  for (int decade = 1;; decade *= 10) {
    for (const int width : {decade, 2 * decade, 5 * decade}) {
      const int first = floor_divided(lowest, width);
      const int n_bins = floor_divided(highest, width) - first + 1;
      const auto n = static_cast<std::size_t>(n_bins);
      if (n > most && n > 2) continue;
      Bins bins{width / kTenths, first * width / kTenths, std::vector<std::size_t>(n)};
      for (const auto& [tenths, count] : counts_) {
        bins.counts[static_cast<std::size_t>(floor_divided(tenths, width) - first)] += count;
      }
      return bins;
    }
  }
}

}  // namespace spectrohue::report
