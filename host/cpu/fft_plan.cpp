// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/fft_plan.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "spectrohue/error.h"

namespace spectrohue::cpu {

namespace {

void push_unit(std::vector<float>& out, double turns) {
  const double angle = 2 * std::numbers::pi * turns;
  out.push_back(static_cast<float>(std::cos(angle)));
  out.push_back(static_cast<float>(-std::sin(angle)));
}

/// The same on every instruction set: another order of radices rounds differently. Fours, and one 8, first, where an
/// odd number of twos would leave a pass of radix 2, which costs as much as one of 4.
std::vector<int> factorise(int size) {
  std::vector<int> radices;
  const int twos = std::countr_zero(static_cast<unsigned>(size));
  if (twos >= 3 && twos % 2 != 0) {
    radices.push_back(8);
    size /= 8;
  }
  for (const int radix : {4, 2, 3, 5, 7}) {
    for (; size % radix == 0; size /= radix) radices.push_back(radix);
  }
  if (size != 1) throw Error(ErrorCode::Internal, "FFT size with a prime factor above 7");
  return radices;
}

}  // namespace

FftPlan::FftPlan(int n) {
  const int complex = n % 2 == 0 ? n / 2 : n;
  const std::vector<int> radices = factorise(complex);

  int size = complex;
  for (const int radix : radices) {
    const int stride = size / radix;
    std::vector<float>& tw = twiddles_.emplace_back();
    for (int j = 0; j < stride; ++j) {
      for (int q = 1; q < radix; ++q) push_unit(tw, static_cast<double>(j) * q / size);
    }
    passes_.push_back({radix, stride, tw.data()});
    size = stride;
  }

  place_.resize(static_cast<std::size_t>(complex));
  for (int k = 0; k < complex; ++k) {
    int rest = k;
    for (const FftPass& pass : passes_) {
      place_[k] += (rest % pass.radix) * pass.stride;
      rest /= pass.radix;
    }
  }

  for (int k = 0; k < complex; ++k) push_unit(split_, static_cast<double>(k) / n);
  tables_ = {n, complex, static_cast<int>(passes_.size()), passes_.data(), place_.data(), split_.data()};
}

}  // namespace spectrohue::cpu
