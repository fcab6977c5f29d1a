// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#if __has_include(<nvtx3/nvToolsExt.h>)
#include <nvtx3/nvToolsExt.h>
#define SPECTROHUE_HAVE_NVTX
#endif

namespace spectrohue::cuda {

/// Names what the host does, and the work that it queues, while it lives; profilers (nsys) show it. Nothing where
/// NVTX is missing, next to nothing where no profiler is attached. Ranges of a thread nest.
class Range {
 public:
#ifdef SPECTROHUE_HAVE_NVTX
  explicit Range(const char* name) { nvtxRangePushA(name); }
  ~Range() { nvtxRangePop(); }
#else
  explicit Range(const char* /*name*/) {}
  ~Range() = default;
#endif
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
};

}  // namespace spectrohue::cuda
