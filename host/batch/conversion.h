// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How one file is converted: three steps, which run.h lets overlap between files.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "audio/audio_file.h"
#include "batch/output_file.h"
#include "batch/parameters.h"
#include "batch/plan.h"
#include "batch/step_log.h"
#include "batch/tiles.h"
#include "image/picture_file.h"
#include "spectrohue/backend.h"
#include "spectrohue/convert.h"
#include "spectrohue/types.h"

namespace spectrohue::batch {

/// What became of a file that was converted.
struct Converted {
  double audio_seconds = 0;  ///< length times 1, however many channels
  std::int64_t bytes_written = 0;
  std::int64_t n_outputs = 1;                   ///< files, without sidecars
  PieceNames piece_names = PieceNames::Tiles;   ///< of several
  std::vector<std::string> messages = {};       ///< for the user: overridden or assumed parameters, losses
  std::optional<double> snr_db = {};            ///< of the way back, where it was taken
  std::optional<Convergence> convergence = {};  ///< where phases were found
  std::optional<bool> untouched = {};           ///< of a picture whose note has a checksum: whether the pixels fit it
  std::string source_sha256 = {};               ///< where asked for
  std::vector<std::string> output_sha256 = {};
  std::string backend = {};  ///< Backend::name() of what computed it
};

/// What the second step computes with: one file at a time.
struct Worker {
  /// threads: how many may work on one long file. The results are the same.
  explicit Worker(std::unique_ptr<Backend> b, int n_threads = 1) : backend(std::move(b)), threads(n_threads) {
    backend->set_threads(threads);
  }
  std::unique_ptr<Backend> backend;
  int threads;
  Picture picture;
  Picture tile;
  Picture part;
  image::Workspace workspace;
};

/// Thrown by a step when the run is to end: the file counts as not begun.
struct Stopped {};

/// Wall time of the steps.
struct StepSeconds {
  double read = 0;
  double compute = 0;
  double write = 0;
};

/// How outputs come to be.
struct OutputSettings {
  /// Where they are written before they get their names; empty: in the folders that they are for. Its own file system
  /// should be theirs.
  std::filesystem::path temporary_folder;
  bool sync = false;  ///< what has its name is on the disk, whatever happens to the power
};

/// A file on its way, and the memory that goes from file to file.
struct Job {
  Task task;
  int threads = 1;                          ///< for reading and writing a long file
  const std::atomic<bool>* stop = nullptr;  ///< see RunSettings
  std::exception_ptr error;                 ///< what ended it
  OutputSettings output_settings;
  Converted converted;
  StepSeconds seconds;
  std::vector<std::unique_ptr<OutputFile>> outputs;   ///< written, not yet named
  std::vector<std::unique_ptr<OutputFile>> sidecars;  ///< the same, of notes beside them

  // Sounds to pictures.
  std::optional<audio::Reader> reader;
  audio::Stretch stretch;
  bool is_whole = false;  ///< all of the sound is in the stretch
  Buffer<float> mixed;    ///< its channels as the picture has them, where that is not as they are
  bool is_mixed = false;  ///< mixed is of all of the sound, and of no other

  // Pictures to sounds.
  image::PictureFile file;
  image::Workspace workspace;
  Audio audio;
  std::optional<StepLog> log;  ///< where one is asked for
  std::string decoded_with;    ///< for it: the parameters, JSON

  /// A file to write, which gets its name later.
  OutputFile& add_output(const std::filesystem::path& destination) { return add_to(outputs, destination); }
  OutputFile& add_sidecar(const std::filesystem::path& destination) { return add_to(sidecars, destination); }
  /// Outputs without a name are removed.
  void forget_outputs() {
    outputs.clear();
    sidecars.clear();
    converted.bytes_written = 0;
  }
  /// To be called now and then while a long file is worked on. Throws Stopped.
  void go_on() const {
    if (stop != nullptr && *stop) throw Stopped();
  }
  /// Samples to be computed, as far as they were read; of a picture about as many, at a hop of a quarter of n_fft.
  std::int64_t n_values() const {
    return stretch.n_values() > 0 ? stretch.n_values() : file.picture.width * file.picture.height / 2;
  }
  /// Of what goes from file to file.
  std::int64_t size_bytes() const {
    return stretch.size_bytes() + static_cast<std::int64_t>(file.picture.pixels.size() +
                                                            (audio.samples.size() + mixed.size()) * sizeof(float));
  }
  void release() {
    stretch = {};
    file.picture = {};
    audio = {};
    mixed = {};
  }
  /// For the next file.
  void restart(const Task& next) {
    task = next;
    error = nullptr;
    converted = {};
    seconds = {};
    forget_outputs();
    reader.reset();
    log.reset();
    decoded_with.clear();
  }

 private:
  OutputFile& add_to(std::vector<std::unique_ptr<OutputFile>>& files, const std::filesystem::path& destination) {
    return *files.emplace_back(
        std::make_unique<OutputFile>(destination, output_settings.temporary_folder, output_settings.sync));
  }
};

/// The steps of a direction. They run one after the other for a job, each on any thread. Throw Error; what is in
/// Job::outputs is then removed.
class Conversion {
 public:
  virtual ~Conversion() = default;
  /// What its outputs depend on besides their sources: a JSON object. The same text, the same outputs.
  virtual std::string parameters() const { return "{}"; }
  virtual void read(Job& job) const = 0;
  virtual void compute(Worker& worker, Job& job) const = 0;
  /// The same for several files, any of which may fail for itself (Job::error).
  virtual void compute_all(Worker& worker, std::span<Job* const> jobs) const {
    for (Job* job : jobs) compute_alone(worker, *job);
  }
  /// Whether compute_all() is better than compute() for each, where the backend has a use for it.
  virtual bool joins_files() const { return false; }
  virtual void write(Job& job) const = 0;

 protected:
  void compute_alone(Worker& worker, Job& job) const {
    try {
      compute(worker, job);
    } catch (...) {
      job.error = std::current_exception();
    }
  }
};

}  // namespace spectrohue::batch
