// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <string>

#include "spectrohue/error.h"

namespace spectrohue::detail {

namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kAlignment = 64;

std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }
}  // namespace

void* allocate_bytes(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const bool huge = bytes >= kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  void* p = bytes <= PTRDIFF_MAX ? std::aligned_alloc(alignment, round_up(bytes, alignment)) : nullptr;
  if (p == nullptr) {
    throw Error(ErrorCode::OutOfMemory, "cannot allocate " + std::to_string(bytes) + " bytes of memory");
  }
#ifdef MADV_HUGEPAGE
  if (huge) madvise(p, round_up(bytes, kHugePage), MADV_HUGEPAGE);  // a hint: failure changes nothing
#endif
  return p;
}

void free_bytes(void* p) noexcept { std::free(p); }

}  // namespace spectrohue::detail
