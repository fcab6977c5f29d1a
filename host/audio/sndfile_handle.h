// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What reading and writing share of libsndfile.
#pragma once

#include <sndfile.h>

#include <cstdint>
#include <memory>
#include <mutex>

namespace spectrohue::audio {

/// Samples (all channels) that are converted at a time. Small for two reasons: it stays in the cache, and libvorbis
/// puts what it is handed on the stack.
inline constexpr std::int64_t kBlockSamples = 16384;

/// libsndfile keeps the reason for a failed open in a global variable; its MP3 side starts up once a process.
inline std::mutex open_mutex;

struct CloseFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using FileHandle = std::unique_ptr<SNDFILE, CloseFile>;

}  // namespace spectrohue::audio
