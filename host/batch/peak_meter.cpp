// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/peak_meter.h"

#include <algorithm>
#include <mutex>

namespace spectrohue::batch {

namespace {

/// Measures sounds and writes nothing.
class PeakMeter final : public Conversion {
 public:
  PeakMeter(const EncodeSettings& settings, const TileSettings& tiles)
      : encoder_(settings, image::Compression::Fast, tiles) {}

  void read(Job& job) const override { encoder_.read(job); }
  void compute(Worker& worker, Job& job) const override {
    const PictureNote note = encoder_.measure(worker, job);
    const std::lock_guard lock(mutex_);
    for (const double ref : note.ref) largest_ = std::max(largest_, ref);
  }
  void write(Job&) const override {}

  double largest() const { return largest_; }

 private:
  Encoder encoder_;
  mutable std::mutex mutex_;
  mutable double largest_ = 0;
};

}  // namespace

double dataset_reference(const SourceList& sources, const RunSettings& run_settings, const EncodeSettings& settings,
                         const TileSettings& tiles) {
  EncodeSettings measured = settings;
  measured.ref = {Reference::Kind::Peak, 0};
  const PeakMeter meter(measured, tiles);
  RunSettings quiet = run_settings;
  quiet.max_errors.reset();
  quiet.hash = false;
  const TaskList tasks{sources.size(), [&](std::size_t i) {
                         const Source source = sources[i];
                         return Task{source.path, {}, source.tiles, source.relative, source.stamp};
                       }};
  const Totals totals = run(tasks, quiet, meter, {});
  return totals.interrupted ? 0 : meter.largest();
}

}  // namespace spectrohue::batch
