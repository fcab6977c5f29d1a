// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Sound files. libsndfile stops here: nothing outside host/audio sees it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::audio {

/// File types that can be written.
enum class Container { Wav, Flac, Ogg };

std::string to_string(Container container);              ///< "wav" "flac" "ogg": also the file extension
Container container_from_string(std::string_view name);  ///< throws Error(Usage) listing the legal ones

/// What a sound file says of itself, without reading its samples.
struct FileInfo {
  int sample_rate = 0;
  int channels = 0;
  std::int64_t n_samples = 0;  ///< a channel, as the header says; some containers only estimate it
  SampleFormat format = SampleFormat::Pcm16;
  std::string description;  ///< for people, for example "WAV (Microsoft), Signed 16 bit PCM"
};
FileInfo inspect(const std::filesystem::path& path);

/// Reads a whole file: every channel, its own rate, full scale 1.0 (integers divided by 2^(bits-1)). Anything
/// libsndfile opens: WAV with all its headers, RF64, W64, AIFF, AU, CAF, FLAC, Ogg Vorbis, Opus, MP3 ...
/// Samples are read until the file ends, whatever its header promises; a header that promises more than is there is
/// not an error (recorders that lost power), and out.n_samples says what was read.
/// `out` is resized; its memory is reused.
/// Throws Error(Read): not there, no permission, a folder. Error(BadFormat): not a sound file (empty, text, picture),
/// damaged, or without channels or rate. Error(Unsupported): a sound, but of a type or coding that libsndfile does not
/// read (M4A, WMA ...). The messages do not hold the path.
void read(const std::filesystem::path& path, Audio& out);

/// True if the extension (any case) is one that spectrohue takes for sound when it walks a folder.
bool has_audio_extension(const std::filesystem::path& path);

/// How a file is written.
struct WriteSettings {
  Container container = Container::Wav;
  /// Pcm8, Pcm16, Pcm24, Pcm32, Float32 or Float64. FLAC takes Pcm8, Pcm16 and Pcm24; Ogg (Vorbis) ignores it.
  SampleFormat format = SampleFormat::Pcm16;
};

/// Which settings hold a source of the given format in a container without loss, where there are such: Lossy becomes
/// Pcm16; FLAC turns Pcm32 and floats into Pcm24.
WriteSettings settings_for(Container container, SampleFormat source);

struct WriteResult {
  /// Samples that no code is near: beyond full scale, +1.0 itself, or not a number. Integer formats only.
  std::int64_t clipped = 0;
};

/// Writes a whole file at exactly `path`, replacing what is there. Integer samples are rounded to nearest of
/// x * 2^(bits-1) and clamped, the exact inverse of read(). WAV beyond 4 GiB becomes RF64; more than two channels
/// or 24 bits use WAVE_FORMAT_EXTENSIBLE. On failure nothing is promised about `path`; the caller removes it.
/// Throws Error(Write) with the system's reason (disk full, no permission) and Error(Unsupported) for a channel count
/// or rate that the container cannot hold (FLAC: 8 channels, 655,350 Hz).
WriteResult write(const std::filesystem::path& path, const Audio& audio, const WriteSettings& settings);

}  // namespace spectrohue::audio
