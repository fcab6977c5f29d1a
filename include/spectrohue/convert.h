// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>

#include "spectrohue/backend.h"
#include "spectrohue/types.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// The size of the picture of a sound.
struct PictureSize {
  std::int64_t width = 0;   ///< columns: the frames of the sound
  std::int64_t height = 0;  ///< rows, of all channels
  std::int64_t bytes = 0;   ///< of its pixels
};
/// settings must have passed validate(), and the encoding must be able to show so many channels.
PictureSize picture_size(std::int64_t n_samples, int channels, const EncodeSettings& settings);

/// A sound as it lies in memory, all of it or only the part that is at hand (Signal::part_of).
struct Sound {
  int sample_rate = 0;  ///< Hz
  SampleFormat format = SampleFormat::Pcm16;
  std::int64_t n_samples = 0;    ///< a channel, of all of it
  std::vector<Signal> channels;  ///< each of size n_samples
};

/// Sound to picture, and the note that belongs to it (all of it but tool, source_name and pixels_crc32).
/// `picture` is resized; its memory is reused. Throws Error(BadFormat) if a sample is NaN or infinite, naming the
/// first one; Error(Usage) as validate() does; Error(Unsupported) if an exact encoding cannot hold the sound: more bits
/// than it keeps, beyond full scale, or too far from what the pixels can say.
PictureNote to_picture(Backend& backend, const Sound& sound, const EncodeSettings& settings, Picture& picture);
PictureNote to_picture(Backend& backend, const Audio& audio, const EncodeSettings& settings, Picture& picture);

/// How near phase retrieval came to the magnitudes, or bands, of a picture.
struct Convergence {
  double db = 0;   ///< 10 log10(sum (found - wanted)^2 / sum wanted^2), all channels; -infinity where nothing is wrong
  int n_iter = 0;  ///< the most steps that a channel took
};

/// Takes what phases are to be found for, a plane of the picture (channels; three of Stereo3) at a time, before they
/// are: magnitudes of bins, [n_frames, n_bins].
using MagnitudeTaker = std::function<void(int plane, std::span<const float> magnitudes)>;

/// Picture to sound, as the note says: exact rate, length, level and channels. Samples are not clipped. Of an exact
/// encoding's picture, if it is_untouched (PictureNote::pixels_crc32 is that of its pixels), they are those that were
/// encoded; else the residual is left out, which would be noise.
/// Throws Error(BadFormat) if the picture's size or depth contradicts the note, or the picture is one of several tiles.
/// Where it holds no phases, they are found as `retrieval` says, and the waveform is another one; this returns how near
/// they come. Throws Error(Usage) if retrieval is to begin with phases that are not there.
std::optional<Convergence> to_audio(Backend& backend, const Picture& picture, const PictureNote& note, Audio& audio,
                                    const RetrievalSettings& retrieval = {}, bool is_untouched = true,
                                    const MagnitudeTaker& taker = {});

/// A picture on its way to its sound; all must live as long.
struct PictureToAudio {
  const Picture* picture = nullptr;
  const PictureNote* note = nullptr;
  Audio* audio = nullptr;
  std::optional<Convergence> convergence = {};  ///< as to_audio() returns it
};
/// Whether to_audio() takes pictures with these notes in one call: the same transform and pixels, and no residual, nor
/// spectra of an encoding that backends do not read.
bool can_go_together(const PictureNote& a, const PictureNote& b, const RetrievalSettings& retrieval);
/// The same for several pictures that can go together: what becomes of each does not depend on the others, but a device
/// likes many at a time. Throws for all if one cannot be decoded.
void to_audio(Backend& backend, std::span<PictureToAudio> items, const RetrievalSettings& retrieval);

/// How close b is to a. Both planar, of the same channel count and length.
struct Comparison {
  double snr_db =
      0.0;  ///< 10 log10(sum a^2 / sum (a - b)^2); +inf when equal (silence included), -inf when a is silent
  double max_error = 0.0;      ///< largest |a - b|, full scale 1.0
  std::int64_t differing = 0;  ///< samples that are not equal
};
/// Throws Error(Usage) if they differ in channels or length.
Comparison compare(const Audio& a, const Audio& b);

/// The same, piece by piece.
class Comparer {
 public:
  /// The next n samples of each, of any channel.
  void add(const float* a, const float* b, std::int64_t n);
  /// Of all that was added so far.
  Comparison result() const;

 private:
  Comparison so_far_;
  double signal_ = 0;
  double noise_ = 0;
};

}  // namespace spectrohue
