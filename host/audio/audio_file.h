// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Whole sound files at once. libsndfile stops in this folder: nothing outside host/audio sees it.
#pragma once

#include <filesystem>

#include "audio/reader.h"
#include "audio/writer.h"
#include "spectrohue/types.h"

namespace spectrohue::audio {

FileInfo inspect(const std::filesystem::path& path);

/// Reads a whole file: every channel, its own rate, full scale 1.0 (integers divided by 2^(bits-1)). out.n_samples says
/// what was read. `out` is resized; its memory is reused. Throws as Reader.
void read(const std::filesystem::path& path, Audio& out);

/// Writes a whole file. Throws as Writer.
WriteResult write(const std::filesystem::path& path, const Audio& audio, const WriteSettings& settings,
                  int threads = 1);

/// True if the extension (any case) is one that spectrohue takes for sound when it walks a folder.
bool has_audio_extension(const std::filesystem::path& path);
/// True if it is one of files with sound in them that spectrohue can neither read nor write: ".m4a", ".mkv" ...
bool has_unread_audio_extension(const std::filesystem::path& path);

}  // namespace spectrohue::audio
