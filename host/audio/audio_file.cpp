// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/audio_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace spectrohue::audio {

namespace {

bool has_one_of(std::span<const std::string_view> extensions, const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace

FileInfo inspect(const std::filesystem::path& path) { return Reader(path).info(); }

void read(const std::filesystem::path& path, Audio& out) {
  Reader reader(path);
  Stretch stretch;
  stretch.restart(reader.info());
  stretch.slide(reader, 0, std::numeric_limits<std::int64_t>::max());
  out.sample_rate = reader.info().sample_rate;
  out.channels = reader.info().channels;
  out.n_samples = stretch.end();
  out.format = reader.info().format;
  out.samples.resize(static_cast<std::size_t>(out.channels * out.n_samples));
  for (int c = 0; c < out.channels; ++c) {
    stretch.signal(c, out.n_samples).copy(0, out.n_samples, out.channel(c).data());
  }
}

WriteResult write(const std::filesystem::path& path, const Audio& audio, const WriteSettings& settings, int threads) {
  Writer writer(path, {audio.sample_rate, audio.channels, audio.n_samples}, settings, threads);
  writer.write(audio.samples.data(), audio.n_samples, audio.n_samples);
  return writer.finish();
}

bool has_audio_extension(const std::filesystem::path& path) {
  constexpr auto kExtensions =
      std::to_array<std::string_view>({".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".au",
                                       ".snd", ".caf", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".voc"});
  return has_one_of(kExtensions, path);
}

bool has_unread_audio_extension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".m4a", ".m4b",  ".m4v", ".mp4", ".aac", ".wma", ".asf", ".ape", ".wv", ".mpc", ".tta", ".mka",
       ".mkv", ".webm", ".mov", ".avi", ".3gp", ".amr", ".ac3", ".dts", ".ra", ".dsf", ".dff"});
  return has_one_of(kExtensions, path);
}

}  // namespace spectrohue::audio
