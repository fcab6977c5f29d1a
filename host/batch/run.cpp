// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/run.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <set>
#include <system_error>
#include <thread>

#include "batch/sha256.h"

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

std::vector<std::unique_ptr<Backend>> make_backends(const RunSettings& settings, int n) {
  std::vector<std::unique_ptr<Backend>> backends;
  if (settings.make_backend) {
    for (int i = 0; i < n; ++i) backends.push_back(settings.make_backend());
    return backends;
  }
  const std::vector<std::string> devices = devices_of(settings.device);
  const auto n_devices = static_cast<int>(devices.size());
  const MemoryShare memory{settings.max_device_bytes, (n + n_devices - 1) / n_devices};
  for (int i = 0; i < n; ++i) backends.push_back(spectrohue::make_backend(devices[i % n_devices], memory));
  return backends;
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kLessMemory =
    "; one file at a time (-j 1) and shorter sounds need less, most of all where phases are searched for";

/// Files that are read in advance for a worker that takes many at a time, at most; and no more are read while those
/// that wait hold more than so many bytes.
constexpr int kJobsAhead = 256;
constexpr std::int64_t kMaxWaitingBytes = std::int64_t{256} << 20;
/// A job that had more for its file gives it back, so that one long file does not count for the rest of the run.
constexpr std::int64_t kMaxKeptBytes = std::int64_t{64} << 20;

/// The queues between the steps, and the threads that serve them. Every thread does whatever is next, the last step
/// first, so that files leave as soon as they can. There are as many threads and as many jobs as workers: -j 1 is one
/// thread, and a file mostly stays with the thread that read it, and in its cache. Only where a worker takes many short
/// files at a time (a device) more are read before they are computed. (Threads that only read ahead were
/// worth nothing: they take their time from the others, and each job more is memory more.)
class Pipeline {
 public:
  Pipeline(const TaskList& tasks, const RunSettings& settings, const Conversion& conversion, const Observer& observer)
      : tasks_(tasks), settings_(settings), conversion_(conversion), observer_(observer) {
    totals_.files = tasks.size;
    totals_.threads = settings.threads > 0 ? settings.threads : default_threads();
    // A worker a file; where there are fewer files than threads, several threads work on each.
    const auto n_workers = static_cast<int>(std::clamp<std::size_t>(tasks.size, 1, totals_.threads));
    const int worker_threads = totals_.threads / n_workers;
    std::set<std::string> names;
    for (std::unique_ptr<Backend>& backend : make_backends(settings, n_workers)) {
      if (names.insert(backend->name()).second) totals_.backend += (names.size() > 1 ? ", " : "") + backend->name();
      workers_.push_back(std::make_unique<Worker>(std::move(backend), worker_threads));
      idle_.push_back(workers_.back().get());
    }
    joins_files_ = conversion.joins_files() && workers_.front()->backend->batch_samples() > 0;
    for (int i = 0; i < n_workers + (joins_files_ ? kJobsAhead : 0); ++i) {
      jobs_.push_back(std::make_unique<Job>());
      jobs_.back()->threads = worker_threads;
      jobs_.back()->stop = settings.stop;
      jobs_.back()->output_settings = settings.outputs;
      free_.push_back(jobs_.back().get());
    }
  }

  Totals run() {
    std::vector<std::thread> others;
    try {
      for (std::size_t i = 1; i < workers_.size(); ++i) others.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {  // fewer will do
    }
    serve();
    for (std::thread& thread : others) thread.join();
    totals_.wall_seconds = seconds();
    return std::move(totals_);
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    while (!is_over()) {
      if (!computed_.empty()) {
        write(lock, take(computed_));
      } else if (may_compute()) {
        compute(lock);
      } else if (may_read()) {
        read(lock);
      } else {
        changed_.wait(lock);
        continue;
      }
      changed_.notify_all();
    }
  }

  void read(std::unique_lock<std::mutex>& lock) {
    Job& job = *free_.back();
    free_.pop_back();
    job.restart(tasks_.at(next_++));
    timed(lock, job.seconds.read, [&] {
      try {
        if (settings_.hash) hash_source(job);
        conversion_.read(job);
      } catch (...) {
        job.error = std::current_exception();
      }
    });
    if (job.error) {
      settle(job);
      return;
    }
    waiting_.push_back(&job);
    waiting_bytes_ += job.size_bytes();
    waiting_samples_ += job.n_values();
  }

  void compute(std::unique_lock<std::mutex>& lock) {
    Worker& worker = *idle_.back();
    idle_.pop_back();
    const std::vector<Job*> jobs = take_batch(worker);
    double taken = 0;
    timed(lock, taken, [&] { conversion_.compute_all(worker, jobs); });
    idle_.push_back(&worker);
    for (Job* job : jobs) {
      job->converted.backend = worker.backend->name();
      job->seconds.compute = taken / static_cast<double>(jobs.size());
      job->error ? settle(*job) : computed_.push_back(job);
    }
  }

  void write(std::unique_lock<std::mutex>& lock, Job* job) {
    timed(lock, job->seconds.write, [&] {
      try {
        conversion_.write(*job);
        job->converted.n_outputs = std::ssize(job->outputs);
        if (settings_.hash) hash_outputs(*job);
      } catch (...) {
        job->error = std::current_exception();
      }
    });
    settle(*job);
  }

  /// Does something without the lock, and takes its time.
  template <class Act>
  static void timed(std::unique_lock<std::mutex>& lock, double& taken, Act&& act) {
    lock.unlock();
    const Clock::time_point start = Clock::now();
    act();
    taken = std::chrono::duration<double>(Clock::now() - start).count();
    lock.lock();
  }

  /// The file that has waited longest, and as many behind it as the worker likes to take at a time.
  std::vector<Job*> take_batch(const Worker& worker) {
    const std::int64_t most = joins_files_ ? worker.backend->batch_samples() : 0;
    std::vector<Job*> jobs;
    std::int64_t n_samples = 0;
    do {
      Job* job = take(waiting_);
      waiting_bytes_ -= job->size_bytes();
      waiting_samples_ -= job->n_values();
      n_samples += job->n_values();
      jobs.push_back(job);
    } while (!waiting_.empty() && n_samples + waiting_.front()->n_values() <= most);
    return jobs;
  }

  static void hash_source(Job& job) {
    const std::vector<std::filesystem::path> whole{job.task.source};
    job.converted.source_sha256 = sha256_of(job.task.tiles.empty() ? whole : job.task.tiles);
  }
  static void hash_outputs(Job& job) {
    for (const auto& output : job.outputs) {
      job.converted.output_sha256.push_back(sha256_of({&output->destination(), 1}));
    }
  }

  bool stopped() const { return totals_.too_many_errors || (settings_.stop != nullptr && *settings_.stop); }
  bool may_read() const {
    return next_ < tasks_.size && !free_.empty() && !stopped() &&
           (waiting_.empty() || waiting_bytes_ < kMaxWaitingBytes);
  }
  /// A worker that takes many files at a time is not begun with a few while more can be read.
  bool may_compute() const {
    if (waiting_.empty() || idle_.empty()) return false;
    return !joins_files_ || waiting_samples_ >= idle_.back()->backend->batch_samples() || !may_read();
  }
  /// When it is over for good: nothing is under way, and nothing is left to begin.
  bool is_over() {
    if (stopped() && next_ < tasks_.size) {
      totals_.interrupted = true;
      next_ = tasks_.size;
    }
    return next_ == tasks_.size && free_.size() == jobs_.size();
  }

  static Job* take(std::deque<Job*>& queue) {
    Job* job = queue.front();
    queue.pop_front();
    return job;
  }

  /// Says what became of a file, and frees its job.
  void settle(Job& job) {
    try {
      if (job.error) std::rethrow_exception(job.error);
      finish(job, {});
    } catch (const Stopped&) {
      totals_.interrupted = true;
    } catch (const Error& error) {
      const bool is_memory = error.code() == ErrorCode::OutOfMemory;
      finish(job, Failure{job.task.source, error.code(), error.what() + std::string(is_memory ? kLessMemory : "")});
    } catch (const std::bad_alloc&) {
      finish(job, Failure{job.task.source, ErrorCode::OutOfMemory,
                          std::string("not enough memory for this file") + kLessMemory});
    } catch (const std::exception& error) {
      finish(job, Failure{job.task.source, ErrorCode::Internal, error.what()});
    }
    retire(job);
  }

  void finish(const Job& job, std::optional<Failure> failure) {
    ++totals_.done;
    totals_.source_bytes += job.task.stamp.bytes;
    totals_.step_seconds.read += job.seconds.read;
    totals_.step_seconds.compute += job.seconds.compute;
    totals_.step_seconds.write += job.seconds.write;
    if (failure) {
      ++totals_.n_failed;
      totals_.too_many_errors = settings_.max_errors && totals_.n_failed > *settings_.max_errors;
      if (observer_.say) observer_.say(job.task.source, failure->reason);
    } else {
      totals_.audio_seconds += job.converted.audio_seconds;
      totals_.bytes_written += job.converted.bytes_written;
      for (const std::string& message : job.converted.messages) {
        if (observer_.say) observer_.say(job.task.source, message);
      }
    }
    if (observer_.finished) observer_.finished({job.task, job.converted, job.seconds, std::move(failure)});
  }

  void retire(Job& job) {
    job.error = nullptr;
    job.forget_outputs();
    job.reader.reset();
    if (job.size_bytes() > kMaxKeptBytes) job.release();
    free_.push_back(&job);
    totals_.wall_seconds = seconds();
    if (observer_.progress) observer_.progress(totals_);
  }

  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const TaskList& tasks_;
  const RunSettings& settings_;
  const Conversion& conversion_;
  const Observer& observer_;
  const Clock::time_point start_ = Clock::now();
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Job>> jobs_;
  bool joins_files_ = false;  // to compute many at a time

  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  std::size_t next_ = 0;  // task to be read
  std::vector<Job*> free_;
  std::deque<Job*> waiting_;  // read
  std::int64_t waiting_bytes_ = 0;
  std::int64_t waiting_samples_ = 0;
  std::vector<Worker*> idle_;
  std::deque<Job*> computed_;
  Totals totals_;
};

}  // namespace

Totals run(const TaskList& tasks, const RunSettings& settings, const Conversion& conversion, const Observer& observer) {
  return Pipeline(tasks, settings, conversion, observer).run();
}

}  // namespace spectrohue::batch
