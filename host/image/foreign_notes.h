// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What other programs say in their files of how a spectrogram was made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spectrohue/types.h"

namespace spectrohue::image {

/// riffusion's, in private EXIF tags (11000 to 11080) of a PNG, JPEG or WebP; beside each its default.
struct RiffusionNote {
  int sample_rate = 44100;  ///< Hz
  bool is_stereo = false;   ///< left in green, right in blue; else the same in all colours
  int step_size_ms = 10;    ///< of its frames; in samples cut to whole ones, as the other two
  int window_duration_ms = 100;
  int padded_duration_ms = 400;
  int num_frequencies = 512;  ///< bands
  int min_frequency = 0;      ///< Hz
  int max_frequency = 10000;
  double power_for_image = 0.25;
  /// The largest magnitude, of 16-bit samples taken for what they are; files of its older versions do not have it.
  std::optional<double> max_value;

  bool operator==(const RiffusionNote&) const = default;
};

/// The EXIF block of a note; with the types that Pillow writes for riffusion.
std::vector<std::uint8_t> to_exif(const RiffusionNote& note);
/// Nothing if the block has no sample rate tag. Tags that are missing have their defaults. Throws Error(BadFormat) if a
/// value is none that riffusion could have used, with the tag's number.
std::optional<RiffusionNote> riffusion_note(std::span<const std::uint8_t> exif);

/// What riffusion would say of a picture that is as it makes them; nothing of any other.
std::optional<RiffusionNote> as_riffusion(const PictureNote& note);

/// Samples of so many milliseconds, as riffusion counts them.
int riffusion_samples(int milliseconds, int sample_rate);

/// krajj7/spectrogram's, in a PNG text with the keyword "Spectrogram". Its rows are filters, not bins of a transform.
struct Krajj7Note {
  double bandwidth = 0;          ///< of a filter: Hz on a linear axis, cents on a logarithmic one
  double base_frequency = 0;     ///< Hz, of the lowest filter
  double max_frequency = 0;      ///< Hz
  double overlap = 0;            ///< of neighbouring filters, 0 to below 1
  double pixels_per_second = 0;  ///< columns
  int window = 0;                ///< 0 Hann, 1 Blackman, 2 rectangular, 3 triangular
  bool has_log_intensity = false;
  bool has_log_frequency = false;

  bool operator==(const Krajj7Note&) const = default;
};

/// Throws Error(BadFormat) if the text is not eight numbers behind "Spectrogram:", or one is out of range.
Krajj7Note krajj7_note(std::string_view text);

struct ForeignNotes {
  std::optional<RiffusionNote> riffusion;
  std::optional<Krajj7Note> krajj7;
};

/// Those of a picture file. Looks at what stands between the file's pixels only, whatever its size. Other types than
/// PNG, JPEG and WebP have none, nor has what cannot be read. Throws Error(BadFormat) as above.
ForeignNotes foreign_notes(const std::filesystem::path& path);

}  // namespace spectrohue::image
