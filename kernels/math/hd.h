// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What lets one formula serve the device, plain C++ and SIMD lanes: the functions of kernels/math are templates over
// the number type F. F is float here; host/cpu/lanes.h adds vectors of floats with the same helper functions.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define SPECTROHUE_HD __host__ __device__ __forceinline__
#else
// Left to itself GCC calls these functions and passes SIMD registers through memory.
#define SPECTROHUE_HD [[gnu::always_inline]] inline
#endif

// The host compiles these headers once an instruction set. Each gets its own symbols, or the linker would keep one
// copy of a function for all and an old machine might meet AVX-512 code.
#if defined(__AVX512F__)
#define SPECTROHUE_MATH_ABI abi_avx512
#elif defined(__AVX2__)
#define SPECTROHUE_MATH_ABI abi_avx2
#else
#define SPECTROHUE_MATH_ABI abi_base
#endif

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// The integer of the same width, for bit patterns and codes.
template <class F>
struct IntegerOf;
template <>
struct IntegerOf<float> {
  using type = std::int32_t;
};
template <class F>
using Integer = typename IntegerOf<F>::type;

SPECTROHUE_HD std::int32_t to_bits(float x) {
#ifdef __CUDA_ARCH__
  return __float_as_int(x);
#else
  std::int32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
#endif
}
SPECTROHUE_HD float from_bits(std::int32_t bits) {
#ifdef __CUDA_ARCH__
  return __int_as_float(bits);
#else
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
#endif
}
/// Exact for |i| <= 2^24.
SPECTROHUE_HD float to_float(std::int32_t i) { return static_cast<float>(i); }
/// x must hold an integer, |x| < 2^31.
SPECTROHUE_HD std::int32_t to_integer(float x) { return static_cast<std::int32_t>(x); }

/// yes where the mask is set, else no. Both sides are evaluated.
SPECTROHUE_HD float select(bool mask, float yes, float no) { return mask ? yes : no; }
/// The smaller; b if either is not a number.
SPECTROHUE_HD float min(float a, float b) { return a < b ? a : b; }
/// The larger; b if either is not a number.
SPECTROHUE_HD float max(float a, float b) { return a > b ? a : b; }
#ifdef __CUDA_ARCH__
SPECTROHUE_HD float sqrt(float x) { return __fsqrt_rn(x); }
#else
SPECTROHUE_HD float sqrt(float x) { return __builtin_sqrtf(x); }
#endif

template <class F>
SPECTROHUE_HD F abs(F x) {
  return from_bits(to_bits(x) & 0x7fffffff);
}

/// To the nearest integer, ties to even; |x| < 2^22.
template <class F>
SPECTROHUE_HD F round_even(F x) {
  constexpr float kShift = 12582912.0F;  // 1.5 * 2^23: no bits are left for a fraction
  return (x + kShift) - kShift;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
