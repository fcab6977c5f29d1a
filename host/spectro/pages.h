// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Long sounds, whose picture is made page by page: what is in memory does not depend on their length. A page is a range
// of the picture's columns, that is of frames; neighbouring pages share samples, not columns.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "spectrohue/convert.h"

namespace spectrohue {

/// Columns first .. first + count - 1 of a sound's picture.
struct Columns {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t end() const { return first + count; }
};

/// Pages are no wider than this, unless asked for: the widest that JPEG, WebP and many viewers take, rounded down.
inline constexpr std::int64_t kMaxPageWidth = 65500;
/// ... nor larger than this.
inline constexpr std::int64_t kMaxPageBytes = std::int64_t{512} << 20;
/// The widest page that is made if nothing is said, for a sound of so many channels. Depends on the settings alone.
std::int64_t default_page_width(int channels, const EncodeSettings& settings);
/// The narrowest that is possible: a sample's frames lie in two pages at most.
std::int64_t least_page_width(const StftSettings& stft);

/// Page `index` of a picture of n_frames columns.
Columns page_columns(std::int64_t index, std::int64_t page_width, std::int64_t n_frames);

/// The samples [first, end) of the sound that the frames of some columns see. `end` may lie behind the sound's end.
struct SampleSpan {
  std::int64_t first = 0;
  std::int64_t end = 0;
};
SampleSpan samples_under(const StftSettings& stft, Columns columns);

/// A sound, all of it or the part that is at hand (Signal::part_of).
struct Sound {
  int sample_rate = 0;  ///< Hz
  SampleFormat format = SampleFormat::Pcm16;
  std::int64_t n_samples = 0;    ///< a channel, of all of it
  std::vector<Signal> channels;  ///< each of size n_samples
};

/// Throws Error(BadFormat) if a sample of [first, end) is NaN or infinite, naming the first one.
void refuse_non_finite(const Sound& sound, std::int64_t first, std::int64_t end);

/// Raises peaks[c] to the largest magnitude of channel c in the given columns; [channels].
void raise_peaks(Backend& backend, const StftSettings& stft, const Sound& sound, Columns columns,
                 std::vector<float>& peaks);

/// What value 1 stands for in each channel, given its peaks (for Reference::Kind::Peak).
std::vector<double> references(const EncodeSettings& settings, const std::vector<float>& peaks);

/// The note of a sound's picture (all of it but tool, source_name, pixels_crc32 and page).
PictureNote make_note(const Sound& sound, const EncodeSettings& settings, std::vector<double> ref);

/// The given columns of a sound's picture; `picture` is resized. Columns of an open loop are those of the whole picture,
/// to the bit; a closed loop begins anew on every page. settings must be valid and the sound finite.
void encode_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                    const std::vector<double>& ref, Columns columns, Picture& picture);

/// Joins pages to the sound that they were cut from, to the bit.
class PageJoiner {
 public:
  /// Takes the next n samples of all channels: channel c at samples + c * stride.
  using Take = std::function<void(const float* samples, std::int64_t stride, std::int64_t n)>;

  /// `note`: of any of the pages. Throws Error(BadFormat) if it contradicts itself.
  PageJoiner(Backend& backend, PictureNote note);

  /// The next page, in order, which begins with column `first`. Hands over the samples that are complete, which
  /// after the last page are all. Throws Error(BadFormat) if the picture is not what belongs there.
  void add(const Picture& picture, const Take& take);
  /// Columns of the pages so far.
  std::int64_t columns() const { return columns_; }

 private:
  void decode(const Picture& picture, Buffer<float>& samples, std::int64_t& stride);
  void hand_over(const Buffer<float>& samples, std::int64_t stride, std::int64_t start, std::int64_t end,
                 const Take& take);
  void remember_last_columns(const Picture& picture);

  Backend& backend_;
  PictureNote note_;
  StftSettings uncentred_;
  std::int64_t n_frames_ = 0;
  std::int64_t columns_ = 0;
  std::int64_t handed_over_ = 0;  // positions: samples + padding
  Picture tail_;                  // the last columns so far, as many as share samples with those to come
  Picture seam_;
  Buffer<float> samples_;
  Buffer<float> seam_samples_;
};

}  // namespace spectrohue
