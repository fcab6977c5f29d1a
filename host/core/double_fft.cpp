// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/double_fft.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace spectrohue {

namespace {

DoubleBin operator+(DoubleBin a, DoubleBin b) { return {a.re + b.re, a.im + b.im}; }
DoubleBin operator-(DoubleBin a, DoubleBin b) { return {a.re - b.re, a.im - b.im}; }
DoubleBin operator*(DoubleBin a, DoubleBin b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
DoubleBin conjugate(DoubleBin a) { return {a.re, -a.im}; }
DoubleBin times_i(DoubleBin a) { return {-a.im, a.re}; }

}  // namespace

DoubleFft::DoubleFft(int n) : n_(n), size_(n % 2 == 0 ? n / 2 : n) {
  int left = size_;
  for (const int radix : {4, 2, 3, 5, 7}) {
    for (; left % radix == 0; left /= radix) radices_.push_back(radix);
  }
  circle_.resize(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) {
    const double angle = 2 * std::numbers::pi * k / n;
    circle_[k] = {std::cos(angle), std::sin(angle)};
  }
  from_.resize(static_cast<std::size_t>(size_));
  to_.resize(from_.size());
}

/// `stride` is the product of the radices of the passes before. Numbers q + stride (p + m j) of the input, where j runs
/// from 0 to below radix, become numbers q + stride (radix p + k) of the output, where k does.
void DoubleFft::pass(int radix, int stride) {
  const int m = size_ / (stride * radix);
  const int turn = n_ / size_ * stride;  // of circle_, per step of p k
  std::array<DoubleBin, 7> x;
  for (int p = 0; p < m; ++p) {
    for (int q = 0; q < stride; ++q) {
      for (int j = 0; j < radix; ++j) x[j] = from_[q + stride * (p + m * j)];
      for (int k = 0; k < radix; ++k) {
        DoubleBin sum = x[0];
        for (int j = 1; j < radix; ++j) sum = sum + x[j] * circle_[j * k % radix * (n_ / radix)];
        to_[q + stride * (radix * p + k)] = sum * circle_[p * k * turn];
      }
    }
  }
}

void DoubleFft::pass4(int stride) {
  const int m = size_ / (stride * 4);
  const int turn = n_ / size_ * stride;
  for (int p = 0; p < m; ++p) {
    const DoubleBin w1 = circle_[p * turn];
    const DoubleBin w2 = circle_[2 * p * turn];
    const DoubleBin w3 = circle_[3 * p * turn];
    const DoubleBin* const x = from_.data() + static_cast<std::ptrdiff_t>(stride) * p;
    DoubleBin* const y = to_.data() + static_cast<std::ptrdiff_t>(stride) * 4 * p;
    const std::ptrdiff_t far = static_cast<std::ptrdiff_t>(stride) * m;
    for (int q = 0; q < stride; ++q) {
      const DoubleBin even = x[q] + x[q + 2 * far];
      const DoubleBin odd = x[q + far] + x[q + 3 * far];
      const DoubleBin even_difference = x[q] - x[q + 2 * far];
      const DoubleBin odd_difference = times_i(x[q + far] - x[q + 3 * far]);
      y[q] = even + odd;
      y[q + stride] = (even_difference + odd_difference) * w1;
      y[q + 2 * stride] = (even - odd) * w2;
      y[q + 3 * stride] = (even_difference - odd_difference) * w3;
    }
  }
}

/// from_ to from_.
void DoubleFft::transform() {
  int stride = 1;
  for (const int radix : radices_) {
    radix == 4 ? pass4(stride) : pass(radix, stride);
    from_.swap(to_);
    stride *= radix;
  }
}

void DoubleFft::inverse(const DoubleBin* bins, double* x) {
  if (size_ == n_) {
    from_[0] = {bins[0].re, 0};
    for (int k = 1; 2 * k < n_; ++k) {
      from_[k] = bins[k];
      from_[n_ - k] = conjugate(bins[k]);
    }
    transform();
    for (int m = 0; m < n_; ++m) x[m] = from_[m].re;
    return;
  }
  // Even samples are the transform of X[k] + X[k + n/2], odd ones of their difference turned; one is put into the real
  // part, the other into the imaginary part.
  const auto bin = [&](int k) { return k == 0 || 2 * k == n_ ? DoubleBin{bins[k].re, 0} : bins[k]; };
  for (int k = 0; k < size_; ++k) {
    const DoubleBin mirrored = conjugate(bin(size_ - k));
    from_[k] = bin(k) + mirrored + times_i((bin(k) - mirrored) * circle_[k]);
  }
  transform();
  for (int m = 0; m < size_; ++m) {
    x[2 * m] = from_[m].re;
    x[2 * m + 1] = from_[m].im;
  }
}

}  // namespace spectrohue
