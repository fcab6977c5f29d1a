// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// One file to another, both ways, with the program's own engine: the outputs are those of `spectrohue encode` and
// `spectrohue decode`, byte for byte. convert.h does the same in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spectrohue/backend.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "spectrohue/settings.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// How files are written, whatever is in them.
struct FileOptions {
  bool overwrites = false;            ///< an output that exists is replaced; false: that is an error
  std::string compression = "fast";   ///< of PNG: fast, small, or 1 to 12
  int quality = 95;                   ///< of JPEG and WebP: 1, small, to 100
  bool allows_loss_of_phase = false;  ///< JPEG and WebP ruin phases; false: that is an error
  /// Columns of a picture at most; a longer sound becomes song.0000.png, song.0001.png ... 0: never cut. Empty: 65500,
  /// or what fits into 512 MiB of pixels.
  std::optional<std::int64_t> tile_width;
};

/// What became of a file.
struct FileConversion {
  std::vector<std::filesystem::path> outputs;  ///< in the order of time, or of channels; without sidecars
  double audio_seconds = 0;                    ///< length of the sound
  std::int64_t bytes_written = 0;
  std::vector<std::string> messages;       ///< for people: parameters that were assumed, samples that were clipped
  std::optional<Convergence> convergence;  ///< where phases had to be found
};

/// Converts files one after another with one backend, and keeps its memory from file to file. Not for several threads
/// at once: each takes a converter of its own.
///
/// Outputs are written under another name and renamed when they are whole; a call that throws leaves none. All throw
/// Error, whose message begins with the path of the input: Usage (settings as validate() says, an output that exists
/// or is the input, an extension that nothing is written as), Read, BadFormat, Unsupported, Write, OutOfMemory, Device.
class FileConverter {
 public:
  /// threads: how many may work on one long file, >= 1. The outputs do not depend on it.
  explicit FileConverter(std::unique_ptr<Backend> backend, int threads = 1);
  ~FileConverter();
  FileConverter(FileConverter&&) noexcept;
  FileConverter& operator=(FileConverter&&) noexcept;

  /// Sound to picture: PNG, TIFF, NPY, NPZ, JPEG or WebP by the extension of `picture`. Formats without room for the
  /// note get it in a file beside them (song.json). Any length: one page of the picture is in memory.
  FileConversion encode(const std::filesystem::path& sound, const std::filesystem::path& picture,
                        const EncodeSettings& settings = {}, const FileOptions& options = {});

  /// Picture to sound: WAV, FLAC or Ogg by the extension of `sound`, in the sample format of the source, clipped where
  /// that has whole numbers. The picture's note says how; of a sound in several pictures any one names them all.
  FileConversion decode(const std::filesystem::path& picture, const std::filesystem::path& sound,
                        const RetrievalSettings& retrieval = {}, const FileOptions& options = {});

 private:
  struct [[gnu::visibility("hidden")]] State;
  std::unique_ptr<State> state_;
};

/// FileConverter::encode() for one file, on the device that "auto" means (make_backend()) and on all processors.
FileConversion encode_file(const std::filesystem::path& sound, const std::filesystem::path& picture,
                           const EncodeSettings& settings = {}, const FileOptions& options = {});
/// FileConverter::decode(), likewise.
FileConversion decode_file(const std::filesystem::path& picture, const std::filesystem::path& sound,
                           const RetrievalSettings& retrieval = {}, const FileOptions& options = {});

}  // namespace spectrohue
