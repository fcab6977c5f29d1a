// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

namespace spectrohue::cpu {

/// Runs use(part) for part 0 .. n - 1, each on a thread of its own; 0 on this one. Rethrows what the first part that
/// threw has thrown.
template <class Use>
void run_parts(int n, Use&& use) {
  if (n <= 1) {
    if (n == 1) use(0);
    return;
  }
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(n));
  const auto guarded = [&](int part) {
    try {
      use(part);
    } catch (...) {
      errors[part] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(n - 1));
  for (int part = 1; part < n; ++part) threads.emplace_back(guarded, part);
  guarded(0);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

/// [first, last)
struct Range {
  std::int64_t first;
  std::int64_t last;
};

/// How many parts `n` things are worth when a part should have at least `least` of them.
inline int count_parts(std::int64_t n, std::int64_t least, int most) {
  return static_cast<int>(std::clamp<std::int64_t>(n / std::max<std::int64_t>(1, least), 1, most));
}

/// Part `part` of `n` things in `n_parts` parts that begin at multiples of `grain`.
inline Range part_of(std::int64_t n, std::int64_t grain, int part, int n_parts) {
  const std::int64_t grains = (n + grain - 1) / grain;
  return {std::min(n, grains * part / n_parts * grain), std::min(n, grains * (part + 1) / n_parts * grain)};
}

}  // namespace spectrohue::cpu
