// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/foreign_parameters.h"

#include <cmath>

#include "image/autotel.h"
#include "image/foreign_notes.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

/// riffusion's magnitudes are of 16-bit integers.
constexpr double kIntegerFullScale = 32768;

ForeignParameters from_riffusion(const image::RiffusionNote& note, std::int64_t height) {
  if (height != note.num_frequencies) {
    throw Error(ErrorCode::BadFormat, "the picture has " + std::to_string(height) +
                                          " rows, but riffusion's EXIF tags say " +
                                          std::to_string(note.num_frequencies) +
                                          " bands; was it resized or cropped? Resize it to that many rows");
  }
  ForeignParameters foreign{riffusion_values(note), "riffusion's EXIF tags"};
  ParameterFlags& flags = foreign.values.flags;
  flags.sample_rate = note.sample_rate;
  flags.channels = note.is_stereo ? 2 : 1;
  if (note.max_value) flags.ref = *note.max_value / kIntegerFullScale;
  return foreign;
}

/// The rate at which columns are a whole number of samples apart, and which holds a frequency.
int rate_for(double pixels_per_second, double highest_hz) {
  for (const int rate : {44100, 48000, 88200, 96000, 176400, 192000}) {
    const double hop = rate / pixels_per_second;
    if (rate >= 2 * highest_hz && std::fabs(hop - std::round(hop)) < 1e-6) return rate;
  }
  throw Error(ErrorCode::Unsupported,
              "krajj7/spectrogram's text says that the picture has a number of columns a second that no usual sample "
              "rate is a multiple of; give --sample-rate and --hop-length");
}

/// Filters evenly spaced in cents are bands evenly spaced in octaves; log10(1 + 9 m) is the adaptive-log curve for
/// which b is 9.
ForeignParameters from_krajj7(const image::Krajj7Note& note, std::int64_t height, const ParameterFlags& given) {
  constexpr double kCents = 1200;
  constexpr double kTop = 255;
  constexpr double kStrength = 9;
  constexpr int kLeastFft = 4096;  // low bands are narrow
  constexpr int kMostFft = 1 << 16;
  if (!note.has_log_frequency || note.base_frequency <= 0) {
    throw Error(ErrorCode::Unsupported,
                "krajj7/spectrogram's text says that rows are filters on a linear axis, which spectrohue cannot decode "
                "yet; make the picture again with a logarithmic frequency axis, or say what rows are taken for with "
                "--freq-scale");
  }
  ForeignParameters foreign{{}, "krajj7/spectrogram's text"};
  ParameterFlags& flags = foreign.values.flags;
  const double octaves = (1 - note.overlap) * note.bandwidth / kCents;
  flags.fmin = note.base_frequency * std::exp2(-octaves);
  flags.fmax = note.base_frequency * std::exp2(octaves * static_cast<double>(height));
  if (!(*flags.fmax < 1e6)) {
    throw Error(ErrorCode::BadFormat, "krajj7/spectrogram's text contradicts the picture: by it the " +
                                          std::to_string(height) + " rows reach above 1 MHz; was it resized?");
  }
  flags.sample_rate = given.sample_rate ? *given.sample_rate : rate_for(note.pixels_per_second, *flags.fmax);
  flags.hop_length = static_cast<int>(std::lround(*flags.sample_rate / note.pixels_per_second));
  int n_fft = kLeastFft;
  while (n_fft < 4 * *flags.hop_length && n_fft < kMostFft) n_fft *= 2;
  flags.n_fft = n_fft;
  flags.encoding = Encoding::Gray8;
  flags.curve = note.has_log_intensity ? CurveKind::AdaptiveLog : CurveKind::Linear;
  flags.top_db = -20 * std::log10((std::pow(1 + kStrength, 1 / kTop) - 1) / kStrength);
  flags.freq_scale = FrequencyScaleKind::Log;
  flags.band_norm = BandNorm::None;
  flags.band_power = 1;
  return foreign;
}

/// Nothing if the user takes it for something else.
std::optional<ForeignParameters> from_autotel(const image::AutotelName& name, const ParameterFlags& given) {
  if (given.freq_scale && *given.freq_scale != FrequencyScaleKind::Linear) return std::nullopt;
  const bool are_magnitudes_enough = given.encoding && !holds_phase(*given.encoding);
  const bool with_phases = name.has_phases && !are_magnitudes_enough;
  if (name.has_log_axis && with_phases) {
    throw Error(ErrorCode::Unsupported,
                "the file's name ends as autotel/spectrogram-decoder-encoder's do (_LOG_PHASE), and phases on a "
                "logarithmic axis cannot be decoded yet; make it again with use_log_scale = false, or decode its "
                "magnitudes alone with --encoding gray8");
  }
  ForeignParameters foreign{{},
                            "the end of the name, autotel/spectrogram-decoder-encoder's; not in it is the "
                            "hop_length, which is " +
                                std::to_string(image::kAutotelHop) + " there unless changed"};
  ParameterFlags& flags = foreign.values.flags;
  flags.sample_rate = name.sample_rate;
  flags.encoding = with_phases ? Encoding::Hsv : Encoding::Gray8;
  flags.curve = CurveKind::Db;
  flags.top_db = image::kAutotelTopDb;
  flags.center = false;
  flags.hop_length = image::kAutotelHop;
  foreign.prepared = with_phases ? Encoding::Hsv16 : Encoding::Gray16;
  foreign.prepare = [=](Picture& picture) { image::import_autotel(picture, name, with_phases); };
  return foreign;
}

}  // namespace

std::optional<ForeignParameters> foreign_parameters(const std::filesystem::path& path, std::int64_t height,
                                                    const ParameterFlags& flags) {
  const image::ForeignNotes notes = image::foreign_notes(path);
  if (notes.riffusion) return from_riffusion(*notes.riffusion, height);
  if (notes.krajj7) return from_krajj7(*notes.krajj7, height, flags);
  if (const std::optional<image::AutotelName> name = image::autotel_name(path)) return from_autotel(*name, flags);
  return std::nullopt;
}

}  // namespace spectrohue::batch
