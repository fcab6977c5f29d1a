// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Linear equations whose matrix is symmetric, positive definite and zero but near its diagonal.
#pragma once

#include <cstddef>
#include <vector>

namespace spectrohue {

/// Band Cholesky (Golub & Van Loan, Matrix Computations, 4th ed., section 4.3): n_rows * width^2 multiplications once,
/// 2 * n_rows * width for each right side. In double.
class BandedCholesky {
 public:
  /// The zero matrix, [n_rows, n_rows]; width: the most by which a row and a column of an element that is not 0 differ.
  BandedCholesky(int n_rows, int width);

  /// Adds to the element at (row, column), column <= row <= column + width, and to its mirror image.
  void add(int row, int column, double value) { at(row, column) += value; }
  double at_diagonal(int row) const { return elements_[place(row, row)]; }

  /// To be called once all is added; the matrix must be positive definite. Afterwards only solve() may be called.
  void factorise();
  /// Solves for n right sides at once, in place: x[row * n + i].
  void solve(double* x, int n) const;

 private:
  /// The elements of a row from the diagonal to the left.
  std::size_t place(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_ + 1) +
           static_cast<std::size_t>(row - column);
  }
  double& at(int row, int column) { return elements_[place(row, column)]; }
  double at(int row, int column) const { return elements_[place(row, column)]; }
  int first_column(int row) const { return row > width_ ? row - width_ : 0; }

  int n_rows_;
  int width_;
  std::vector<double> elements_;  // [n_rows, width + 1]
};

}  // namespace spectrohue
