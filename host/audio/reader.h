// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Sound files, stretch by stretch: what is in memory does not depend on how long they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "spectrohue/buffer.h"
#include "spectrohue/signal.h"
#include "spectrohue/types.h"

namespace spectrohue::audio {

/// What a sound file says of itself, without reading its samples.
struct FileInfo {
  int sample_rate = 0;
  int channels = 0;
  std::int64_t n_samples = 0;  ///< a channel, as the header says, at most 2^48; some containers only estimate it
  SampleFormat format = SampleFormat::Pcm16;
  std::int64_t missing_bytes = 0;  ///< of samples that a WAV header promises: the end of the file was cut off
  std::string description;         ///< for people, for example "WAV (Microsoft), Signed 16 bit PCM"
};

/// A sound file that is being read from its start to its end. Anything libsndfile opens: WAV with all its headers,
/// RF64, W64, AIFF, AU, CAF, FLAC, Ogg Vorbis, Opus, MP3 ... Samples come until the file ends, whatever its header
/// promises; a header that promises more than is there is not an error (recorders that lost power).
class Reader {
 public:
  /// Throws Error(Read): not there, no permission, a folder. Error(BadFormat): not a sound file (empty, text,
  /// picture), damaged, or without channels or rate. Error(Unsupported): a sound, but of a type or coding that
  /// libsndfile does not read (M4A, WMA ...). The messages do not hold the path.
  explicit Reader(const std::filesystem::path& path);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  const FileInfo& info() const { return info_; }
  /// info().n_samples, unless a file of that size can hardly hold so many: memory for more is only to be taken once
  /// the samples are there.
  std::int64_t plausible_samples() const;

  /// Reads at most n samples of each channel, interleaved; fewer at the end of the file alone, then 0. Integers are
  /// for files of SampleFormat::Pcm16. Throws Error(Read) if the system fails, Error(BadFormat) if the file is damaged.
  std::int64_t read(float* to, std::int64_t n);
  std::int64_t read(std::int16_t* to, std::int64_t n);

 private:
  class File;
  template <class Sample>
  std::int64_t read_on(Sample* to, std::int64_t n);

  std::filesystem::path path_;
  std::unique_ptr<File> file_;
  FileInfo info_;
  std::int64_t n_read_ = 0;
};

/// The part of a sound that is in memory: the samples first() .. end() - 1 of every channel, 16-bit integers as they
/// are and all others as floats. It slides along a file, and keeps its memory from file to file.
class Stretch {
 public:
  /// At the start of a sound, empty.
  void restart(const FileInfo& info);
  /// Lets go of the samples before `first`, and reads on until all before `end` are there. False if the file ends
  /// earlier. Throws as Reader::read; Error(OutOfMemory).
  bool slide(Reader& reader, std::int64_t first, std::int64_t end);

  /// Clamps the floats that are there to [-1, most].
  void clip(float most);

  int channels() const { return channels_; }
  std::int64_t first() const { return first_; }
  std::int64_t end() const { return first_ + count_; }
  std::int64_t n_values() const { return channels_ * count_; }  ///< samples of all channels that are there
  std::int64_t size_bytes() const;                              ///< of the memory
  /// Channel c of a sound of n_samples, of which this part is there.
  Signal signal(int c, std::int64_t n_samples) const;

 private:
  template <class Sample>
  bool slide(Reader& reader, Buffer<Sample>& planes, std::int64_t first, std::int64_t end);
  template <class Sample>
  void make_room(Buffer<Sample>& planes, std::int64_t wanted);

  bool is_short_ = false;
  int channels_ = 0;
  std::int64_t stride_ = 0;  // samples a channel has room for
  std::int64_t first_ = 0;
  std::int64_t count_ = 0;
  Buffer<float> floats_;         // [channels][stride]
  Buffer<std::int16_t> shorts_;  // the same; one of the two is in use
};

}  // namespace spectrohue::audio
