// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A real inverse FFT in double precision, for where floats are not enough. Plain C++: the same sums on every machine.
#pragma once

#include <vector>

namespace spectrohue {

struct DoubleBin {
  double re = 0;
  double im = 0;
};

/// Mixed-radix Stockham FFT (Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992, 1.7) of n real
/// numbers, n without prime factors above 7. Holds scratch memory: one object serves one thread at a time.
class DoubleFft {
 public:
  explicit DoubleFft(int n);

  /// x[m] = sum over k = 0 .. n - 1 of X[k] exp(2 pi i k m / n), unscaled.
  /// bins   [n / 2 + 1] the first X; the others are their mirror images. Imaginary parts of bin 0 and, for even n, of
  ///        bin n / 2 do not count.
  /// x      [n]
  void inverse(const DoubleBin* bins, double* x);

 private:
  void pass(int radix, int stride);
  void pass4(int stride);
  void transform();

  int n_;
  int size_;  // complex numbers of the transform: n / 2 for even n, which holds neighbours as one number
  std::vector<int> radices_;
  std::vector<DoubleBin> circle_;  // [n] exp(2 pi i k / n)
  std::vector<DoubleBin> from_;    // [size]
  std::vector<DoubleBin> to_;      // [size]
};

}  // namespace spectrohue
