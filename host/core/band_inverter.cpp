// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/band_inverter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "math/projection.h"

namespace spectrohue {

namespace {

constexpr int kLanes = BandInverter::kLanes;

/// The most by which the numbers of two bands that share a bin differ.
int overlap_of_bands(const FilterBank& bank) {
  int widest = 0;
  int last = 0;  // the furthest band that begins before band i ends
  for (int i = 0; i < bank.n_bands(); ++i) {
    last = std::max(last, i);
    const int end = bank.first_bin[i] + bank.count(i);
    const auto is_reached = [&](int j) { return bank.count(j) == 0 || bank.first_bin[j] < end; };
    while (bank.count(i) > 0 && last + 1 < bank.n_bands() && is_reached(last + 1)) ++last;
    widest = std::max(widest, last - i);
  }
  return widest;
}

int widest_band(const FilterBank& bank) {
  int widest = 1;
  for (int i = 0; i < bank.n_bands(); ++i) widest = std::max(widest, bank.count(i));
  return widest;
}

double weight_at(const FilterBank& bank, int band, int bin) {
  const int j = bin - bank.first_bin[band];
  return j >= 0 && j < bank.count(band) ? bank.weights[bank.offset[band] + j] : 0.0;
}

/// The scalar product of two bands' weights.
double product_of_bands(const FilterBank& bank, int a, int b) {
  double sum = 0;
  for (int j = 0; j < bank.count(a); ++j) {
    sum += bank.weights[bank.offset[a] + j] * weight_at(bank, b, bank.first_bin[a] + j);
  }
  return sum;
}

/// B B^T.
BandedCholesky products_of_bands(const FilterBank& bank, int overlap) {
  BandedCholesky matrix(bank.n_bands(), overlap);
  for (int band = 0; band < bank.n_bands(); ++band) {
    for (int other = std::max(0, band - overlap); other <= band; ++other) {
      matrix.add(band, other, product_of_bands(bank, band, other));
    }
  }
  return matrix;
}

/// B^T B.
BandedCholesky products_of_bins(const FilterBank& bank, int reach) {
  BandedCholesky matrix(bank.n_bins, reach);
  for (int band = 0; band < bank.n_bands(); ++band) {
    const float* weights = bank.weights.data() + bank.offset[band];
    const int first = bank.first_bin[band];
    for (int j = 0; j < bank.count(band); ++j) {
      for (int k = 0; k <= j; ++k) matrix.add(first + j, first + k, static_cast<double>(weights[j]) * weights[k]);
    }
  }
  return matrix;
}

/// Adds the ridge that makes the matrix positive definite.
void add_ridge(BandedCholesky& matrix, int n_rows) {
  constexpr double kRidge = 1e-10;
  double largest = 0;
  for (int row = 0; row < n_rows; ++row) largest = std::max(largest, matrix.at_diagonal(row));
  for (int row = 0; row < n_rows; ++row) matrix.add(row, row, largest > 0 ? kRidge * largest : 1.0);
}

float inverse_of(float sum) { return sum > 0 ? 1 / sum : 0.0F; }

}  // namespace

BandInverter::BandInverter(FilterBank bank, BandInverse method) : bank_(std::move(bank)), method_(method) {
  const auto n_bands = static_cast<std::size_t>(bank_.n_bands());
  const auto n_bins = static_cast<std::size_t>(bank_.n_bins);
  residual_.resize(n_bands * kLanes);
  gradient_.resize(n_bins * kLanes);
  if (method == BandInverse::Kl) {
    inverse_row_sums_.assign(n_bands, 0.0F);
    inverse_column_sums_.assign(n_bins, 0.0F);
    for (int band = 0; band < bank_.n_bands(); ++band) {
      for (int j = 0; j < bank_.count(band); ++j) {
        const float weight = bank_.weights[bank_.offset[band] + j];
        inverse_row_sums_[band] += weight;
        inverse_column_sums_[bank_.first_bin[band] + j] += weight;
      }
    }
    std::ranges::transform(inverse_row_sums_, inverse_row_sums_.begin(), inverse_of);
    std::ranges::transform(inverse_column_sums_, inverse_column_sums_.begin(), inverse_of);
    return;
  }
  const int overlap = overlap_of_bands(bank_);
  const int reach = widest_band(bank_) - 1;
  is_over_bins_ = static_cast<double>(n_bins) * (reach + 1) < static_cast<double>(n_bands) * (overlap + 1);
  const int n_rows = is_over_bins_ ? bank_.n_bins : bank_.n_bands();
  normal_ = is_over_bins_ ? products_of_bins(bank_, reach) : products_of_bands(bank_, overlap);
  add_ridge(*normal_, n_rows);
  normal_->factorise();
  band_values_.resize(n_bands * kLanes);
  bin_values_.resize(n_bins * kLanes);
  if (method == BandInverse::Nnls) {
    ahead_.resize(n_bins * kLanes);
    step_ = inverse_of(static_cast<float>(largest_eigenvalue()));
  }
}

void BandInverter::add_up(const float* bins, float* bands) const {
  for (int band = 0; band < bank_.n_bands(); ++band) {
    const float* weights = bank_.weights.data() + bank_.offset[band];
    const float* first = bins + static_cast<std::size_t>(bank_.first_bin[band]) * kLanes;
    float sums[kLanes] = {};
    for (int j = 0; j < bank_.count(band); ++j) {
      for (int i = 0; i < kLanes; ++i) sums[i] += weights[j] * first[j * kLanes + i];
    }
    std::copy_n(sums, kLanes, bands + static_cast<std::size_t>(band) * kLanes);
  }
}

template <class Real>
void BandInverter::spread(const Real* bands, Real* bins) const {
  std::fill_n(bins, static_cast<std::size_t>(bank_.n_bins) * kLanes, Real{0});
  for (int band = 0; band < bank_.n_bands(); ++band) {
    const float* weights = bank_.weights.data() + bank_.offset[band];
    const Real* values = bands + static_cast<std::size_t>(band) * kLanes;
    Real* first = bins + static_cast<std::size_t>(bank_.first_bin[band]) * kLanes;
    for (int j = 0; j < bank_.count(band); ++j) {
      for (int i = 0; i < kLanes; ++i) first[j * kLanes + i] += weights[j] * values[i];
    }
  }
}

double BandInverter::largest_eigenvalue() const {
  constexpr int kSteps = 100;
  // What is found is a little less than the eigenvalue, and steps must not be longer than its inverse.
  constexpr double kMargin = 1.01;
  std::vector<double> bins(static_cast<std::size_t>(bank_.n_bins), 1.0);
  double eigenvalue = 0;
  for (int step = 0; step < kSteps; ++step) {
    double norm = 0;
    for (const double x : bins) norm += x * x;
    if (norm == 0) return 0;
    for (double& x : bins) x /= std::sqrt(norm);
    std::vector<double> next(bins.size());
    eigenvalue = 0;
    for (int band = 0; band < bank_.n_bands(); ++band) {
      const float* weights = bank_.weights.data() + bank_.offset[band];
      const int first = bank_.first_bin[band];
      double sum = 0;
      for (int j = 0; j < bank_.count(band); ++j) sum += weights[j] * bins[first + j];
      for (int j = 0; j < bank_.count(band); ++j) next[first + j] += weights[j] * sum;
      eigenvalue += sum * sum;
    }
    bins.swap(next);
  }
  return kMargin * eigenvalue;
}

void BandInverter::solve(const float* bands, float* bins) {
  switch (method_) {
    case BandInverse::Kl: solve_kl(bands, bins); break;
    case BandInverse::Nnls: solve_nnls(bands, bins); break;
    case BandInverse::Pinv: solve_pinv(bands, bins); break;
  }
}

void BandInverter::solve_kl(const float* bands, float* bins) {
  const auto times_inverse_sums = [&](const float* values, float* to) {
    for (int bin = 0; bin < bank_.n_bins; ++bin) {
      const float weight = inverse_column_sums_[bin];
      for (int i = bin * kLanes; i < (bin + 1) * kLanes; ++i) to[i] = values[i] * weight;
    }
  };
  for (int band = 0; band < bank_.n_bands(); ++band) {
    const float weight = inverse_row_sums_[band];
    for (int i = band * kLanes; i < (band + 1) * kLanes; ++i) residual_[i] = bands[i] * weight;
  }
  spread(residual_.data(), gradient_.data());
  times_inverse_sums(gradient_.data(), bins);
  for (int update = 0; update < kKlUpdates; ++update) {
    add_up(bins, residual_.data());
    for (std::size_t i = 0; i < residual_.size(); ++i) residual_[i] = math::band_ratio(bands[i], residual_[i], false);
    spread(residual_.data(), gradient_.data());
    times_inverse_sums(gradient_.data(), gradient_.data());
    for (std::size_t i = 0; i < gradient_.size(); ++i) bins[i] *= gradient_[i];
  }
}

void BandInverter::solve_nnls(const float* bands, float* bins) {
  solve_pinv(bands, bins);
  std::copy_n(bins, ahead_.size(), ahead_.begin());
  double momentum = 1;
  for (int step = 0; step < kNnlsSteps; ++step) {
    add_up(ahead_.data(), residual_.data());
    for (std::size_t i = 0; i < residual_.size(); ++i) residual_[i] -= bands[i];
    spread(residual_.data(), gradient_.data());
    const double next = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
    const auto weight = static_cast<float>((momentum - 1) / next);
    momentum = next;
    for (std::size_t i = 0; i < ahead_.size(); ++i) {
      const float x = std::max(ahead_[i] - step_ * gradient_[i], 0.0F);
      ahead_[i] = x + weight * (x - bins[i]);
      bins[i] = x;
    }
  }
}

/// In double: what the matrix makes of rounding errors is up to 1 / ridge times as much.
void BandInverter::solve_pinv(const float* bands, float* bins) {
  std::copy_n(bands, band_values_.size(), band_values_.begin());
  if (is_over_bins_) {
    spread(band_values_.data(), bin_values_.data());
    normal_->solve(bin_values_.data(), kLanes);
  } else {
    normal_->solve(band_values_.data(), kLanes);
    spread(band_values_.data(), bin_values_.data());
  }
  for (std::size_t i = 0; i < bin_values_.size(); ++i) bins[i] = std::max(static_cast<float>(bin_values_[i]), 0.0F);
}

}  // namespace spectrohue
