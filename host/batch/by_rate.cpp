// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/by_rate.h"

namespace spectrohue::batch {

const Conversion& ByRate::of_rate(int sample_rate) const {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Conversion>& conversion = made_[sample_rate];
  if (conversion == nullptr) conversion = make_(sample_rate);
  return *conversion;
}

void ByRate::read(Job& job) const { of_rate(audio::inspect(job.task.source).sample_rate).read(job); }

// The first step has opened the file.

void ByRate::compute(Worker& worker, Job& job) const { of_rate(job.reader->info().sample_rate).compute(worker, job); }

void ByRate::write(Job& job) const { of_rate(job.reader->info().sample_rate).write(job); }

}  // namespace spectrohue::batch
