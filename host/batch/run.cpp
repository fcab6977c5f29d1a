// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/run.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <new>
#include <thread>

namespace spectrohue::batch {

int default_threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

void parallel_for(std::size_t n, int threads, const std::function<void(int, std::size_t)>& use) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](int worker) {
    for (std::size_t i = next++; i < n; i = next++) use(worker, i);
  };
  std::vector<std::thread> others;
  for (int worker = 1; worker < threads; ++worker) others.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : others) thread.join();
}

Totals run(const std::vector<Task>& tasks, const RunSettings& settings, const ConvertOne& convert,
           const Observer& observer) {
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  totals.files = tasks.size();
  totals.threads = settings.threads > 0 ? settings.threads : default_threads();
  // A worker a file; where there are fewer files than threads, several threads work on each.
  const auto n_workers = static_cast<int>(std::clamp<std::size_t>(tasks.size(), 1, totals.threads));
  std::vector<FileConverter> workers;
  for (int i = 0; i < n_workers; ++i) {
    workers.emplace_back(make_backend(settings.device));
    workers.back().set_threads(totals.threads / n_workers);
  }
  totals.backend = workers.front().backend().name();

  std::mutex mutex;
  const auto fail = [&](const Task& task, ErrorCode code, const std::string& reason) {
    const std::lock_guard lock(mutex);
    totals.failures.push_back({task.source, code, reason});
    if (observer.say) observer.say(task.source, reason);
  };
  parallel_for(tasks.size(), n_workers, [&](int worker, std::size_t index) {
    const Task& task = tasks[index];
    if (settings.stop != nullptr && *settings.stop) {
      const std::lock_guard lock(mutex);
      totals.interrupted = true;
      return;
    }
    try {
      const Converted converted = convert(workers[worker], task);
      const std::lock_guard lock(mutex);
      totals.audio_seconds += converted.audio_seconds;
      totals.bytes_written += converted.bytes_written;
      for (const std::string& message : converted.messages) {
        if (observer.say) observer.say(task.source, message);
      }
    } catch (const Error& error) {
      fail(task, error.code(), error.what());
    } catch (const std::bad_alloc&) {
      fail(task, ErrorCode::OutOfMemory, "not enough memory for this file");
    } catch (const std::exception& error) {
      fail(task, ErrorCode::Internal, error.what());
    }
    const std::lock_guard lock(mutex);
    ++totals.done;
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    totals.wall_seconds = wall.count();
    if (observer.progress) observer.progress(totals);
  });
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  totals.wall_seconds = wall.count();
  return totals;
}

}  // namespace spectrohue::batch
