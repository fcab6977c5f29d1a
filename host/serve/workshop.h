// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The files that were brought in, and what is made of them: one file a worker at a time, the others wait in line. All
// that it writes is in a folder of its own, and in the folder for results if there is one and save() is called.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "batch/run.h"
#include "serve/facts.h"
#include "serve/file_conversion.h"
#include "serve/private_folder.h"

namespace spectrohue::serve {

/// There is no such file, conversion or output (any more).
struct NotFound : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Too much waits already.
struct Busy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct WorkshopSettings {
  Prepare encode;
  Prepare decode;
  batch::RunSettings run;        ///< threads: of all workers together; stop and outputs are not used
  int workers = 1;               ///< conversions at a time
  std::filesystem::path folder;  ///< where results are saved; empty: nowhere
  std::int64_t max_bytes = 0;    ///< of all files that are kept; the oldest of which nothing is being made make room
};

/// Thread-safe. Throws NotFound for what was forgotten or never was.
class Workshop {
 public:
  explicit Workshop(WorkshopSettings settings);
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  /// Waits for what is under way, which is stopped where it can be.
  ~Workshop();

  /// A place to write a file that is brought in; gone with all that is in it unless it is kept.
  class Arrival {
   public:
    const std::filesystem::path& path() const { return path_; }

   private:
    friend class Workshop;
    std::shared_ptr<PrivateFolder> folder_;
    std::filesystem::path path_;
  };
  /// name: what the user calls it; only what stands behind its last slash counts. Throws Error(Usage) if that is no
  /// name for a file.
  Arrival expect(const std::string& name) const;
  /// Takes the file. Returns what is known of it: id, name, bytes and its facts (facts.h). Throws Error if it is
  /// neither a sound nor a picture.
  nlohmann::ordered_json keep(const Arrival& arrival);
  /// Forgets a file and what was made of it.
  void forget(const std::string& file_id);

  /// What a conversion would make: destination (a file name, or the path in the folder for results), forecast and
  /// command. options: as arguments_of() takes them. Throws Error with what is missing or wrong.
  nlohmann::ordered_json plan(const std::string& file_id, const std::string& options) const;
  /// Puts a conversion into the line. Returns its status. Throws as plan() and Busy.
  nlohmann::ordered_json start(const std::string& file_id, const std::string& options);
  /// id, state ("waiting", "running", "done" or "failed"), waits_for (how many are before it), messages; of what
  /// failed: error; of what is done: outputs (name, bytes), picture (facts of the first one), seconds, snr_db and
  /// convergence_db where there are any (null: without any error).
  nlohmann::ordered_json status(const std::string& job_id) const;
  /// Takes the pictures that a conversion made as a file that was brought in.
  nlohmann::ordered_json keep_outputs(const std::string& job_id);
  /// Copies what a conversion made into the folder for results, under names that are free. Returns their paths. Throws
  /// Error(Usage) if there is no such folder, and Error(Write).
  std::vector<std::string> save(const std::string& job_id) const;

  /// A file that is there for as long as this is.
  struct Held {
    std::filesystem::path path;
    std::shared_ptr<const PrivateFolder> folder;
  };
  Held output(const std::string& job_id, std::size_t index) const;
  /// The picture of a file or conversion. Throws NotFound if it has none.
  Held picture_of_file(const std::string& file_id) const;
  Held picture_of_job(const std::string& job_id) const;

 private:
  struct File;
  struct Job;
  struct Planned;

  std::shared_ptr<File> file(const std::string& id) const;
  std::shared_ptr<Job> job(const std::string& id) const;
  std::shared_ptr<Job> done_job(const std::string& id) const;
  Planned planned(const File& file, const std::string& options, const std::filesystem::path& folder) const;
  nlohmann::ordered_json take(const std::shared_ptr<File>& file);
  void make_room();
  void drop(const std::string& file_id);
  nlohmann::ordered_json status_of(const Job& job) const;
  void serve();
  void carry_out(Job& job);

  WorkshopSettings settings_;
  PrivateFolder folder_;
  mutable std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  bool is_over_ = false;
  std::uint64_t next_id_ = 1;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;
  std::deque<std::shared_ptr<Job>> line_;
  std::vector<std::thread> workers_;
};

}  // namespace spectrohue::serve
