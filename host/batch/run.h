// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Carries a plan out on several threads: while some files are computed, others are read and written. The one place that
// catches what goes wrong with a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/conversion.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

/// One file that failed.
struct Failure {
  std::filesystem::path source;
  ErrorCode code;
  std::string reason;
};

/// What a run did with a file.
struct FileResult {
  const Task& task;
  const Converted& converted;  ///< as far as it got
  StepSeconds seconds;
  std::optional<Failure> failure;
};

struct Totals {
  std::size_t files = 0;  ///< in the plan
  std::size_t done = 0;   ///< of those, failures included
  std::size_t n_failed = 0;
  double audio_seconds = 0;
  std::int64_t source_bytes = 0;  ///< of the files done
  std::int64_t bytes_written = 0;
  StepSeconds step_seconds;  ///< sums over files, so over threads
  double wall_seconds = 0;
  bool interrupted = false;      ///< some files were not begun
  bool too_many_errors = false;  ///< that is why
  std::string backend;           ///< all of them, with commas
  int threads = 0;
};

/// Called with a lock held, from any thread.
struct Observer {
  std::function<void(const Totals&)> progress;                                ///< after every file
  std::function<void(const std::filesystem::path&, const std::string&)> say;  ///< a message about a file
  std::function<void(const FileResult&)> finished;                            ///< not for what was stopped
};

struct RunSettings {
  std::string device = "auto";              ///< see devices_of(); workers are dealt over several
  std::int64_t max_device_bytes = 0;        ///< see MemoryShare
  int threads = 0;                          ///< in all, over files and inside long ones; 0: one a processor
  const std::atomic<bool>* stop = nullptr;  ///< when it becomes true no further file is begun
  OutputSettings outputs;
  /// Makes the backends instead of `device`; for tests.
  std::function<std::unique_ptr<Backend>()> make_backend;
  bool hash = false;                      ///< SHA-256 of sources and outputs
  std::optional<std::size_t> max_errors;  ///< with more than that no further file is begun
};

/// The tasks of a run, made when their turn comes.
struct TaskList {
  std::size_t size = 0;
  std::function<Task(std::size_t)> at;
};

/// Converts every file of the plan. A file that fails is reported and the others go on. Throws only what concerns the
/// whole run: Error(Device) or Error(Usage) from make_backend().
Totals run(const TaskList& tasks, const RunSettings& settings, const Conversion& conversion, const Observer& observer);

/// n >= 1 backends, dealt round robin over the devices that the settings mean.
std::vector<std::unique_ptr<Backend>> make_backends(const RunSettings& settings, int n);

/// Runs use(worker, index) for index 0 .. n - 1 on up to `threads` threads; worker 0 .. threads - 1 names the thread.
void parallel_for(std::size_t n, int threads, const std::function<void(int worker, std::size_t index)>& use);

int default_threads();

}  // namespace spectrohue::batch
