// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Writes sound files, stretch by stretch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "spectrohue/types.h"

namespace spectrohue::audio {

/// File types that can be written.
enum class Container { Wav, Flac, Ogg };

std::string to_string(Container container);              ///< "wav" "flac" "ogg": also the file extension
Container container_from_string(std::string_view name);  ///< throws Error(Usage) listing the legal ones
/// By the extension, any case, ".wave" and ".oga" included; nothing for any other.
std::optional<Container> container_of_extension(const std::filesystem::path& path);

/// How a file is written.
struct WriteSettings {
  Container container = Container::Wav;
  /// Pcm8, Pcm16, Pcm24, Pcm32, Float32 or Float64. FLAC takes Pcm8, Pcm16 and Pcm24; Ogg (Vorbis) ignores it.
  SampleFormat format = SampleFormat::Pcm16;
};

/// Which settings hold a source of the given format in a container without loss, where there are such: Lossy becomes
/// Pcm16; FLAC turns Pcm32 and floats into Pcm24.
WriteSettings settings_for(Container container, SampleFormat source);

/// What must be known of a sound before its first sample is written.
struct SoundShape {
  int sample_rate = 0;
  int channels = 0;
  std::int64_t n_samples = 0;  ///< of all that will be written
};

struct WriteResult {
  /// Samples that no code is near: beyond full scale, +1.0 itself, or not a number. Integer formats only.
  std::int64_t clipped = 0;
};

/// A file that is being written at exactly `path`, replacing what is there. Integer samples are rounded to nearest of
/// x * 2^(bits-1) and clamped, the exact inverse of reading. WAV beyond 4 GiB becomes RF64; more than two channels
/// or 24 bits use WAVE_FORMAT_EXTENSIBLE. The bytes depend on the sound and the settings alone. Without finish(), or
/// on failure, nothing is promised about `path`; the caller removes it.
/// All throw Error(Write) with the system's reason (disk full, no permission); the constructor Error(Unsupported) for a
/// channel count or rate that the container cannot hold (FLAC: 8 channels, 655,350 Hz).
class Writer {
 public:
  Writer(const std::filesystem::path& path, const SoundShape& shape, const WriteSettings& settings, int threads = 1);
  ~Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;

  /// The next n samples of every channel: planar floats, channel c at samples + c * stride.
  void write(const float* samples, std::int64_t stride, std::int64_t n);
  /// Closes the file, once shape.n_samples have been written.
  WriteResult finish();

 private:
  class File;
  std::unique_ptr<File> file_;
};

}  // namespace spectrohue::audio
