// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

namespace spectrohue::image {

/// Calls f(job, lane) for every job in [0, n_jobs), each once, in any order, on up to `threads` threads, each of which
/// has its own lane < threads. f must not throw. Does the work on fewer threads if the system has no more.
template <class F>
void run_on_threads(std::int64_t n_jobs, int threads, const F& f) {
  std::atomic<std::int64_t> next{0};
  const auto work = [&](int lane) {
    for (std::int64_t job; (job = next.fetch_add(1, std::memory_order_relaxed)) < n_jobs;) f(job, lane);
  };
  std::vector<std::thread> others;
  const auto n = static_cast<int>(std::min<std::int64_t>(threads, n_jobs));
  others.reserve(static_cast<std::size_t>(std::max(n, 1) - 1));
  try {
    for (int lane = 1; lane < n; ++lane) others.emplace_back(work, lane);
  } catch (const std::system_error&) {
  }
  work(0);
  for (std::thread& other : others) other.join();
}

}  // namespace spectrohue::image
