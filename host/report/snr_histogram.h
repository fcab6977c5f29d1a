// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spectrohue::report {

/// The SNRs of any number of files, to 0.1 dB. What is below -100 or above 300 dB counts as that.
class SnrHistogram {
 public:
  /// Infinite: the sound is exact. Not a number: not counted.
  void add(double snr_db, const std::string& source);

  std::size_t size() const { return n_finite_ + n_exact_; }
  std::size_t n_exact() const { return n_exact_; }

  struct Worst {
    double snr_db;
    std::string source;  ///< of equals the first by name
  };
  /// Nothing if there is no file that is not exact.
  const std::optional<Worst>& worst() const { return worst_; }
  /// The lower middle of an even count, to 0.1 dB; infinity if that file is exact. There must be a file.
  double median_db() const;

  struct Bins {
    double width_db = 0;
    double first_db = 0;  ///< lower edge of the first
    std::vector<std::size_t> counts;
  };
  /// For a chart: the files that are not exact in at most `most` bins, 0.1, 0.2, 0.5, 1 ... dB wide.
  Bins bins(std::size_t most) const;

 private:
  std::map<int, std::size_t> counts_;  // by tenths of a decibel
  std::size_t n_finite_ = 0;
  std::size_t n_exact_ = 0;
  std::optional<Worst> worst_;
};

}  // namespace spectrohue::report
