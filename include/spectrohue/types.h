// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "spectrohue/buffer.h"
#include "spectrohue/settings.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// How samples are stored in a sound file.
enum class SampleFormat {
  Pcm8,
  Pcm16,
  Pcm24,
  Pcm32,
  Float32,
  Float64,
  Lossy,  ///< MP3, Vorbis, Opus, ADPCM ...: no sample format of its own; written back as Pcm16 unless asked otherwise
};

std::string to_string(SampleFormat format);  ///< "pcm8" "pcm16" "pcm24" "pcm32" "float" "double" "lossy"
/// What has this name. Throws Error(Usage) that lists the legal ones.
SampleFormat sample_format_from_string(std::string_view name);
int bytes_of(SampleFormat format);  ///< of one sample; Lossy counts as Pcm16

/// A sound in memory: planar float samples, full scale 1.0.
struct Audio {
  int sample_rate = 0;         ///< Hz
  int channels = 0;            ///< >= 1
  std::int64_t n_samples = 0;  ///< a channel
  SampleFormat format = SampleFormat::Pcm16;
  Buffer<float> samples;  ///< [channels, n_samples]

  /// Channel c, from 0: [n_samples].
  std::span<float> channel(int c) { return {samples.data() + c * n_samples, static_cast<std::size_t>(n_samples)}; }
  std::span<const float> channel(int c) const {
    return {samples.data() + c * n_samples, static_cast<std::size_t>(n_samples)};
  }
  /// Length of the sound.
  double seconds() const { return sample_rate > 0 ? static_cast<double>(n_samples) / sample_rate : 0.0; }
};

/// What travels inside the picture: all that the way back needs. docs/format.md specifies its JSON form.
struct PictureNote {
  static constexpr int kVersion = 3;  ///< the newest; a note says the oldest that knows all it holds
  /// What a note may say at most: a reader does not trust it with more.
  static constexpr int kMaxChannels = 1024;
  /// Of a channel.
  static constexpr std::int64_t kMaxSamples = std::int64_t{1} << 48;

  std::string tool;  ///< program and version that wrote it
  StftSettings stft;
  PixelSettings pixels;
  Colours colours;  ///< Encoding::Colormap only
  Arrangement arrangement;
  bool is_mid_side = false;  ///< channel 0 is (left + right) / 2, channel 1 (left - right) / 2
  std::vector<double> ref;   ///< magnitude of value 1, one a channel; 0 = the channel is silent
  int sample_rate = 0;       ///< Hz
  std::int64_t n_samples = 0;
  int channels = 0;
  SampleFormat format = SampleFormat::Pcm16;  ///< of the source
  std::string source_name;                    ///< file name of the source without folders, UTF-8
  /// Which part of the sound's picture this one is: long sounds are cut into tiles, each of them columns of the whole.
  struct Tile {
    std::int64_t index = 0;
    std::int64_t count = 1;        ///< 1: the picture is whole
    std::int64_t first_frame = 0;  ///< column of the whole picture
    std::int64_t overlap = 0;      ///< columns shared with the next tile, and with the one before
    std::int64_t padding = 0;      ///< black columns behind the last one, to the width of the other tiles
    bool operator==(const Tile&) const = default;
  };
  Tile tile;
  /// Which of several files that hold rows of the picture this one is.
  struct Part {
    int index = 0;
    int count = 1;  ///< 1: it holds all rows
    bool operator==(const Part&) const = default;
  };
  Part part;
  /// CRC-32 (as in PNG) of the pixels of all parts, before they are arranged (gray, indices, colours), row by row from
  /// the top; 16-bit values high byte first, floats low byte first. Tells an untouched picture from an edited one.
  std::optional<std::uint32_t> pixels_crc32;

  /// Of a picture of two sounds side by side, all above is about the left half, and this is the note of the right one:
  /// one element, which has none. Both halves have the same width and the same place in `tile`; a half whose sound has
  /// ended before is padding from its first column on.
  std::vector<PictureNote> right;

  bool operator==(const PictureNote&) const = default;
};

/// A picture in memory: row-major, the channels of a pixel side by side, native byte order.
/// Row 0 is the highest bin; column = frame; audio channels are stacked, the first on top.
struct Picture {
  std::int64_t width = 0;   ///< n_frames
  std::int64_t height = 0;  ///< picture_height()
  PixelLayout layout;
  Buffer<std::uint8_t> pixels;
  std::vector<Colour> palette;  ///< up to 256; where there is one, the pixels are indices of 8 bits

  /// Rows have no gaps.
  std::int64_t row_bytes() const { return width * layout.bytes(); }
  /// Contents are undefined afterwards; the memory is kept.
  void resize(std::int64_t new_width, std::int64_t new_height, PixelLayout new_layout) {
    width = new_width;
    height = new_height;
    layout = new_layout;
    pixels.resize(static_cast<std::size_t>(row_bytes() * height));
  }
  /// The first pixel of row y, from the top.
  std::uint8_t* row(std::int64_t y) { return pixels.data() + y * row_bytes(); }
  const std::uint8_t* row(std::int64_t y) const { return pixels.data() + y * row_bytes(); }
};

}  // namespace spectrohue
