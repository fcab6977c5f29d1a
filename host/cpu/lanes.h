// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// W floats side by side, with the helper functions that kernels/math expects of a number type. GCC and Clang vector
// extensions: one source for every instruction set. W must be the target's register width (4 for SSE2 and NEON, 8 for
// AVX2, 16 for AVX-512): wider vectors are split badly by the compilers. Included only by lane_kernels_impl.h.
#pragma once

#include <utility>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "math/hd.h"

namespace spectrohue::cpu {

/// In a class of their own: GCC forgets the attribute of a typedef inside the class that uses it.
template <int W>
struct VectorTypes {
  typedef float Floats __attribute__((vector_size(W * 4)));
  typedef float FloatsInMemory __attribute__((vector_size(W * 4), aligned(4), may_alias));
  typedef std::int32_t Ints __attribute__((vector_size(W * 4)));
  typedef std::int32_t IntsInMemory __attribute__((vector_size(W * 4), aligned(4), may_alias));
  typedef std::uint8_t Bytes __attribute__((vector_size(W * 4)));
};

template <int W>
struct Mask;
template <int W>
struct Ints;

template <int W>
struct Floats {
  using Vector = typename VectorTypes<W>::Floats;
  Vector v;

  Floats() = default;
  Floats(Vector vector) : v(vector) {}  // NOLINT: a register is a number
  Floats(float x) : v(x - Vector{}) {}  // NOLINT: so is a constant; x - 0 is x, also for -0
  // Not by memcpy: what GCC makes of that, for an array of registers, is a copy from the stack in halves of a register.
  using InMemory = typename VectorTypes<W>::FloatsInMemory;
  static Floats load(const float* p) { return *reinterpret_cast<const InMemory*>(p); }
  void store(float* p) const { *reinterpret_cast<InMemory*>(p) = v; }

  friend Floats operator+(Floats a, Floats b) { return a.v + b.v; }
  friend Floats operator-(Floats a, Floats b) { return a.v - b.v; }
  friend Floats operator*(Floats a, Floats b) { return a.v * b.v; }
  friend Floats operator/(Floats a, Floats b) { return a.v / b.v; }
  friend Floats operator-(Floats a) { return -a.v; }
  friend Mask<W> operator<(Floats a, Floats b) { return {a.v < b.v}; }
  friend Mask<W> operator>(Floats a, Floats b) { return {a.v > b.v}; }
  // x86 has instructions that do exactly this, b where the comparison is false; GCC does not find them.
  // (The masked forms for AVX-512: GCC 12 warns of the plain ones, that what they do not use is not initialised.)
  friend Floats min(Floats a, Floats b) {
#if defined(__AVX512F__)
    if constexpr (W == 16) return _mm512_maskz_min_ps(0xffff, a.v, b.v);
#endif
#if defined(__AVX__)
    if constexpr (W == 8) return _mm256_min_ps(a.v, b.v);
#endif
#if defined(__SSE2__)
    if constexpr (W == 4) return _mm_min_ps(a.v, b.v);
#endif
    return a.v < b.v ? a.v : b.v;
  }
  friend Floats max(Floats a, Floats b) {
#if defined(__AVX512F__)
    if constexpr (W == 16) return _mm512_maskz_max_ps(0xffff, a.v, b.v);
#endif
#if defined(__AVX__)
    if constexpr (W == 8) return _mm256_max_ps(a.v, b.v);
#endif
#if defined(__SSE2__)
    if constexpr (W == 4) return _mm_max_ps(a.v, b.v);
#endif
    return a.v > b.v ? a.v : b.v;
  }
  friend Floats select(Mask<W> mask, Floats yes, Floats no) { return mask.v ? yes.v : no.v; }
  friend Floats sqrt(Floats a) {
    Floats r;
    for (int i = 0; i < W; ++i) r.v[i] = __builtin_sqrtf(a.v[i]);
    return r;
  }
  friend Ints<W> to_bits(Floats a) { return {(typename Ints<W>::Vector)a.v}; }
  /// Truncates.
  friend Ints<W> to_integer(Floats a) { return {__builtin_convertvector(a.v, typename Ints<W>::Vector)}; }
};

template <int W>
struct Ints {
  using Vector = typename VectorTypes<W>::Ints;
  Vector v;

  using InMemory = typename VectorTypes<W>::IntsInMemory;
  static Ints load(const std::int32_t* p) { return {*reinterpret_cast<const InMemory*>(p)}; }
  void store(std::int32_t* p) const { *reinterpret_cast<InMemory*>(p) = v; }

  friend Ints operator+(Ints a, Ints b) { return {a.v + b.v}; }
  friend Ints operator-(Ints a, Ints b) { return {a.v - b.v}; }
  friend Ints operator-(Ints a, std::int32_t b) { return {a.v - b}; }
  friend Ints operator&(Ints a, std::int32_t b) { return {a.v & b}; }
  friend Ints operator|(Ints a, Ints b) { return {a.v | b.v}; }
  friend Ints operator<<(Ints a, int n) { return {a.v << n}; }
  friend Ints operator>>(Ints a, int n) { return {a.v >> n}; }
  friend Floats<W> from_bits(Ints a) { return {(typename Floats<W>::Vector)a.v}; }
  friend Floats<W> to_float(Ints a) { return {__builtin_convertvector(a.v, typename Floats<W>::Vector)}; }
};

template <int W>
struct Mask {
  typename Ints<W>::Vector v;  ///< -1 or 0
};

/// Some bins of W frames. What is done to them is done step by step to all: the operations on a single bin wait for
/// each other, and are so many that the processor does not see the next bin's.
template <int W>
struct Bins {
  static constexpr int kMost = 16;
  int n;
  int index[kMost];
  Floats<W> re[kMost];
  Floats<W> im[kMost];
};

}  // namespace spectrohue::cpu

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {
template <int W>
struct IntegerOf<cpu::Floats<W>> {
  using type = cpu::Ints<W>;
};
}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
