// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The stage `fft`, CPU twin of kernels/fft.cu: tables of a real FFT of any size with factors 2, 3, 5 and 7.
//
// Even n: the n reals are read as n / 2 complex numbers, transformed, and split (merged, on the way back) into the
// n / 2 + 1 bins. Odd n: a complex transform of n with imaginary parts 0. The complex transform is decimation in
// frequency forward and in time backward, mixed radix, in place; its spectrum stands in digit-reversed order, which
// no pass undoes: who reads a bin looks its place up.
#pragma once

#include <cstdint>
#include <vector>

namespace spectrohue::cpu {

struct FftPass {
  int radix;
  int stride;             ///< complex numbers between the inputs of a butterfly = size of the sub-transforms it leaves
  const float* twiddles;  ///< [stride][radix - 1] pairs (cos, -sin)(2 pi j q / (radix * stride)), q = 1 .. radix - 1
};

/// What the lane kernels see of a plan.
struct FftTables {
  int n;         ///< real length
  int complex;   ///< complex length: n / 2, or n when n is odd
  int n_passes;  ///< at least 1; the last has stride 1
  const FftPass* passes;
  const int* place;    ///< [complex] where complex bin k stands after the passes
  const float* split;  ///< [complex] pairs (cos, -sin)(2 pi k / n); even n only
};

class FftPlan {
 public:
  /// n must be is_fast_size().
  explicit FftPlan(int n);
  FftPlan(const FftPlan&) = delete;
  FftPlan& operator=(const FftPlan&) = delete;

  const FftTables& tables() const { return tables_; }

 private:
  std::vector<std::vector<float>> twiddles_;
  std::vector<FftPass> passes_;
  std::vector<int> place_;
  std::vector<float> split_;
  FftTables tables_{};
};

}  // namespace spectrohue::cpu
