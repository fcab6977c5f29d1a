// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/banded_cholesky.h"

#include <algorithm>
#include <cmath>

namespace spectrohue {

BandedCholesky::BandedCholesky(int n_rows, int width)
    : n_rows_(n_rows),
      width_(std::min(width, std::max(0, n_rows - 1))),
      elements_(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(width_ + 1)) {}

void BandedCholesky::factorise() {
  for (int row = 0; row < n_rows_; ++row) {
    for (int column = first_column(row); column <= row; ++column) {
      double sum = at(row, column);
      const int first = std::max(first_column(row), first_column(column));
      for (int k = first; k < column; ++k) sum -= at(row, k) * at(column, k);
      at(row, column) = column < row ? sum / at(column, column) : std::sqrt(sum);
    }
  }
}

void BandedCholesky::solve(double* x, int n) const {
  const auto subtract = [&](int from, int row, double factor) {
    for (int i = 0; i < n; ++i) x[row * n + i] -= factor * x[from * n + i];
  };
  const auto divide = [&](int row) {
    for (int i = 0; i < n; ++i) x[row * n + i] /= at(row, row);
  };
  for (int row = 0; row < n_rows_; ++row) {
    for (int column = first_column(row); column < row; ++column) subtract(column, row, at(row, column));
    divide(row);
  }
  for (int row = n_rows_ - 1; row >= 0; --row) {
    divide(row);
    for (int column = first_column(row); column < row; ++column) subtract(row, column, at(row, column));
  }
}

}  // namespace spectrohue
