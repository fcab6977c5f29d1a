// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// One file, either way. A worker keeps one of these, and with it the buffers that go from file to file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audio/audio_file.h"
#include "batch/parameters.h"
#include "batch/plan.h"
#include "spectrohue/backend.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

struct DecodeSettings {
  ParameterFlags flags;
  audio::Container container = audio::Container::Wav;
  std::optional<SampleFormat> format;  ///< empty: the source's, as the note says
  bool normalize = false;              ///< to full scale, also where the level is known
};

/// What became of a file that was converted.
struct Converted {
  double audio_seconds = 0;  ///< length times 1, however many channels
  std::int64_t bytes_written = 0;
  std::vector<std::string> messages;  ///< for the user: overridden or assumed parameters, losses
};

class FileConverter {
 public:
  explicit FileConverter(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}

  const Backend& backend() const { return *backend_; }
  /// How many threads may work on one long file (1 at first). The results are the same.
  void set_threads(int threads) {
    threads_ = threads;
    backend_->set_threads(threads);
  }

  /// Sound file to picture file, and back. Whole or not at all. Throw Error.
  Converted encode(const Task& task, const EncodeSettings& settings,
                   image::Compression compression = image::Compression::Fast);
  Converted decode(const Task& task, const DecodeSettings& settings);

  /// A picture file to a sound in memory, as decode() does, without writing it.
  const Audio& load_picture(const std::filesystem::path& path, const ParameterFlags& flags,
                            std::vector<std::string>& messages);
  /// A sound to a picture and back, in memory.
  const Audio& round_trip(const Audio& audio, const EncodeSettings& settings);

 private:
  std::unique_ptr<Backend> backend_;
  int threads_ = 1;
  Audio audio_;
  image::PictureFile file_;
  image::Workspace workspace_;
};

/// Multiplies so that the largest magnitude becomes 0.999; silence stays silence.
void normalize_peak(Audio& audio);

}  // namespace spectrohue::batch
