// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "report/excerpt.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "audio/audio_file.h"
#include "spectrohue/error.h"

namespace spectrohue::report {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMostSamples = std::int64_t{1} << 20;
constexpr double kLeastSeconds = 0.25;
constexpr std::int64_t kBlockValues = std::int64_t{1} << 16;

/// The first samples of the first one or two channels, planar.
Audio read_start(const fs::path& path, double seconds) {
  audio::Reader reader(path);
  const audio::FileInfo& info = reader.info();
  const auto wanted = static_cast<std::int64_t>(std::min<double>(kMostSamples, seconds * info.sample_rate));
  const int channels = std::min(info.channels, 2);
  std::vector<std::vector<float>> planes(static_cast<std::size_t>(channels));
  const std::int64_t block_samples = std::max<std::int64_t>(1, kBlockValues / info.channels);
  std::vector<float> block(static_cast<std::size_t>(block_samples * info.channels));
  std::int64_t done = 0;
  while (done < wanted) {
    const std::int64_t n = reader.read(block.data(), std::min(block_samples, wanted - done));
    if (n == 0) break;
    for (std::int64_t i = 0; i < n; ++i) {
      for (int c = 0; c < channels; ++c) planes[c].push_back(block[i * info.channels + c]);
    }
    done += n;
  }
  Audio audio;
  audio.sample_rate = info.sample_rate;
  audio.channels = channels;
  audio.n_samples = done;
  audio.samples.resize(static_cast<std::size_t>(channels * done));
  for (int c = 0; c < channels; ++c) std::copy(planes[c].begin(), planes[c].end(), audio.channel(c).begin());
  return audio;
}

void write_start(const Audio& audio, std::int64_t n, audio::Container container, const fs::path& path) {
  audio::Writer writer(path, {audio.sample_rate, audio.channels, n}, {container, SampleFormat::Pcm16});
  writer.write(audio.samples.data(), audio.n_samples, n);
  writer.finish();
}

std::vector<std::uint8_t> read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || bytes.empty()) throw Error(ErrorCode::Read, "the excerpt cannot be read back");
  return bytes;
}

/// The first n samples as a file.
Excerpt encode_start(const Audio& audio, std::int64_t n, const fs::path& scratch) {
  Excerpt excerpt{"audio/flac", {}, static_cast<double>(n) / audio.sample_rate, audio.channels};
  try {
    write_start(audio, n, audio::Container::Flac, scratch);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Unsupported) throw;
    excerpt.media_type = "audio/wav";
    write_start(audio, n, audio::Container::Wav, scratch);
  }
  excerpt.file = read_bytes(scratch);
  return excerpt;
}

}  // namespace

std::optional<Excerpt> make_excerpt(const fs::path& sound, const ExcerptLimits& limits, const fs::path& scratch) {
  const Audio audio = read_start(sound, limits.seconds);
  const std::int64_t least = std::min(audio.n_samples, static_cast<std::int64_t>(kLeastSeconds * audio.sample_rate));
  std::int64_t n = audio.n_samples;
  while (n > 0 && n >= least) {
    Excerpt excerpt = encode_start(audio, n, scratch);
    const auto size = static_cast<double>(excerpt.file.size());
    if (size <= static_cast<double>(limits.bytes)) return excerpt;
    // A little less than what would fit if all parts of the sound took alike.
    n = static_cast<std::int64_t>(0.9 * static_cast<double>(n) * static_cast<double>(limits.bytes) / size);
  }
  return std::nullopt;
}

}  // namespace spectrohue::report
