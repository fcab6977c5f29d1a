// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// From bands back to bins, of which there are more: values >= 0 whose sums are nearly those given.
#pragma once

#include <optional>
#include <vector>

#include "core/banded_cholesky.h"
#include "core/filter_bank.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// Works on kLanes frames side by side: element i of frame l is at [i * kLanes + l]. What becomes of a frame does not
/// depend on the others. With B the bank, y the bands and x the bins:
///
/// Kl: kKlUpdates multiplicative updates x <- x B^T(y / B x) / B^T 1 towards the smallest Kullback-Leibler divergence
/// of
///   y from B x (Lee & Seung, NIPS 2000), from what each band holds spread evenly over its weights.
/// Nnls: min |B x - y| over x >= 0 by kNnlsSteps accelerated projected gradient steps (Beck & Teboulle, SIAM J. Imaging
///   Sci. 2, 2009), from Pinv's bins; the largest eigenvalue of B^T B is found by power iteration.
/// Pinv: B's pseudo-inverse times y, what is below 0 set to 0, as B^T (B B^T + r)^-1 y or (B^T B + r)^-1 B^T y,
/// whichever
///   matrix is smaller; r is 1e-10 of the largest diagonal element (Tikhonov & Arsenin 1977), which stands for the
///   pseudo-inverse's omission of singular values that are 0.
///
/// Bins that no band has weights for are 0.
class BandInverter {
 public:
  static constexpr int kLanes = 16;
  static constexpr int kKlUpdates = 30;
  static constexpr int kNnlsSteps = 200;

  BandInverter(FilterBank bank, BandInverse method);

  /// bands: [n_bands, kLanes], at least 0 and finite; bins: [n_bins, kLanes].
  void solve(const float* bands, float* bins);

 private:
  void solve_kl(const float* bands, float* bins);
  void solve_nnls(const float* bands, float* bins);
  void solve_pinv(const float* bands, float* bins);
  /// bands = B bins.
  void add_up(const float* bins, float* bands) const;
  /// bins = B^T bands.
  template <class Real>
  void spread(const Real* bands, Real* bins) const;
  double largest_eigenvalue() const;

  FilterBank bank_;
  BandInverse method_;
  bool is_over_bins_ = false;               // the normal matrix is B^T B, not B B^T
  std::optional<BandedCholesky> normal_;    // all but Kl
  float step_ = 0.0F;                       // of Nnls: 1 / largest eigenvalue
  std::vector<float> inverse_row_sums_;     // [n_bands] of the weights; 0 where there are none
  std::vector<float> inverse_column_sums_;  // [n_bins]
  std::vector<float> residual_;             // [n_bands, kLanes]
  std::vector<float> gradient_;             // [n_bins, kLanes]
  std::vector<float> ahead_;                // [n_bins, kLanes]
  std::vector<double> band_values_;         // of Pinv, [n_bands, kLanes]
  std::vector<double> bin_values_;          // [n_bins, kLanes]
};

}  // namespace spectrohue
