// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace spectrohue::report {

/// The start of a sound as a file of its own, for a player in a page.
struct Excerpt {
  std::string media_type;  ///< "audio/flac" or "audio/wav"
  std::vector<std::uint8_t> file;
  double seconds = 0;
  int channels = 1;  ///< 1 or 2: the first ones of the sound
};

struct ExcerptLimits {
  double seconds = 6;
  std::int64_t bytes = 0;  ///< of Excerpt::file; a longer one is cut shorter
};

/// FLAC of 16 bits at the sound's rate, or WAV where FLAC cannot hold that rate. Nothing if the sound has no samples or
/// too few of them would fit. scratch: a name that a file may have meanwhile. Throws as audio::Reader and
/// audio::Writer.
std::optional<Excerpt> make_excerpt(const std::filesystem::path& sound, const ExcerptLimits& limits,
                                    const std::filesystem::path& scratch);

}  // namespace spectrohue::report
