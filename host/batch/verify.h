// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How close sounds came back.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "batch/run.h"
#include "spectrohue/convert.h"

namespace spectrohue::batch {

/// Two files to compare; second.path empty: the first goes to a picture and back in memory.
struct Pair {
  Source first;
  Source second;
};

/// Pairs two files, or the files of two folders by their relative path without extensions, or with some where names
/// differ in them only (st.mp3 and st.mp3.wav, beside st.wav). Either side may be sounds or pictures. What has no
/// partner is a problem. Throws Error(Usage) if one is a folder and the other a file.
std::vector<Pair> pair_up(const std::filesystem::path& a, const std::filesystem::path& b,
                          std::vector<Problem>& problems);

struct Verdict {
  Pair pair;
  bool comparable = false;  ///< same rate, channels and length
  Comparison comparison;    ///< when comparable
  int sample_rate = 0;      ///< of the first
  int channels = 0;
  std::int64_t n_samples = 0;
  std::string reason;  ///< why not comparable, or why a file could not be read
};

struct VerifySettings {
  EncodeSettings encode;  ///< of round trips in memory
  ParameterFlags flags;   ///< of pictures
};

/// In the order of the pairs.
std::vector<Verdict> verify(const std::vector<Pair>& pairs, const VerifySettings& settings, const RunSettings& run);

}  // namespace spectrohue::batch
