// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace spectrohue::audio {

/// Gives every page of an Ogg stream a serial number of our choice: libsndfile takes one from the clock, which would
/// make two conversions of the same sound differ. (RFC 3533 section 6 is the layout of a page.)
class OggPages {
 public:
  explicit OggPages(std::uint32_t serial) : serial_(serial) {}

  /// Takes the next bytes of the stream and hands back those of the pages that are complete by now; they are valid
  /// until the next call.
  const std::vector<std::uint8_t>& add(const void* bytes, std::int64_t count);
  /// What is left of a page that never became complete.
  const std::vector<std::uint8_t>& rest() const { return pending_; }

 private:
  std::uint32_t serial_;
  std::vector<std::uint8_t> pending_;
  std::vector<std::uint8_t> complete_;
};

}  // namespace spectrohue::audio
