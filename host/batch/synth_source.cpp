// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/synth_source.h"

#include <algorithm>
#include <cmath>

#include "batch/decode.h"
#include "core/stft_tables.h"
#include "spectro/magnitude_pictures.h"
#include "spectrohue/error.h"
#include "synth/brightness.h"

namespace spectrohue::batch {

namespace {

/// Numbers that are read at a time, or a column.
constexpr std::int64_t kBlockBins = std::int64_t{1} << 18;

std::int64_t block_columns(const PictureNote& note) {
  return std::max<std::int64_t>(1, kBlockBins / std::max(note.stft.n_bins(), n_rows(note.stft, note.pixels)));
}

bool has_bands(const PictureNote& note) { return note.pixels.scale.kind != FrequencyScaleKind::Linear; }

/// Magnitudes of a channel's columns, whatever the encoding, weighed by the tilt or not as is_weighed() says.
class RowReader {
 public:
  RowReader(Backend& backend, const Picture& picture, const PictureNote& note)
      : backend_(backend),
        picture_(picture),
        note_(note),
        reader_(picture, note),
        n_rows_(n_rows(note.stft, note.pixels)),
        spectrum_(holds_phase(note.pixels.encoding) ? static_cast<std::size_t>(block_columns(note) * note.stft.n_bins())
                                                    : 0) {}

  std::int64_t most_columns() const { return block_columns(note_); }

  bool is_weighed() const { return !holds_phase(note_.pixels.encoding); }

  /// rows: [columns.count, n_rows], from the lowest frequency; columns.count is at most most_columns().
  void read(int channel, Columns columns, std::span<float> rows) {
    const Encoding encoding = note_.pixels.encoding;
    if (!holds_phase(encoding)) return reader_.read_rows(channel, columns, rows);
    const std::span<Complex> spectrum = std::span(spectrum_).first(columns.count * note_.stft.n_bins());
    if (is_hue(encoding)) {
      const std::uint8_t* const first = picture_.row(std::int64_t{channel} * n_rows_);
      const ConstPlane plane{first + columns.first * picture_.layout.bytes(), picture_.row_bytes(), columns.count};
      const DecodePixelsItem item{plane, static_cast<float>(note_.ref[channel]), spectrum};
      backend_.decode_pixels(note_.stft, note_.pixels, {&item, 1});
    } else {
      reader_.read_spectrum(channel, columns, spectrum);
    }
    for (std::int64_t t = 0; t < columns.count; ++t) {
      for (int row = 0; row < n_rows_; ++row) {
        rows[t * n_rows_ + row] = std::abs(spectrum[t * note_.stft.n_bins() + row]);
      }
    }
  }

 private:
  Backend& backend_;
  const Picture& picture_;
  const PictureNote& note_;
  MagnitudeReader reader_;
  int n_rows_;
  std::vector<Complex> spectrum_;
};

/// Hz from the row below to the row above a band's, as the filter banks have them: at least a bin to either side, but
/// for mel.
double reach_hz(const synth::Axis& axis, int row, const PictureNote& note) {
  const double center = axis.hz(row);
  const double bin_hz = static_cast<double>(note.sample_rate) / note.stft.n_fft;
  const double least = note.pixels.scale.kind == FrequencyScaleKind::Mel ? 0 : bin_hz;
  return std::max(axis.hz(row + 1) - center, least) + std::max(center - axis.hz(row - 1), least);
}

/// What a band shows, over the amplitude that its row is to have. Triangles overlap: one that reaches over r Hz and has
/// the peak p sums up p r / 2 Hz of power density, and its row is width_hz() wide.
double weight_of_band(const synth::Axis& axis, int row, const PictureNote& note) {
  const double reach = reach_hz(axis, row, note);
  const double peak = note.pixels.scale.norm == BandNorm::Slaney ? 2 / reach : 1;
  const double share = axis.width_hz(row) / (peak * reach / 2);
  return note.pixels.band_power == 2 ? std::sqrt(share) : share;
}

std::vector<double> row_weights(const synth::Axis& axis, const PictureNote& note, bool is_weighed) {
  const double bin_hz = static_cast<double>(note.sample_rate) / note.stft.n_fft;
  std::vector<double> weights;
  for (int row = 0; row < n_rows(note.stft, note.pixels); ++row) {
    const int bin = static_cast<int>(std::lround(axis.hz(row) / bin_hz));
    const double gain = is_weighed ? bin_gain(note.stft, note.pixels.tilt, bin) : 1;
    weights.push_back((has_bands(note) ? weight_of_band(axis, row, note) : 1) / gain);
  }
  return weights;
}

/// Bins' width over which white noise has the power that it has in a bin's magnitude (equivalent noise bandwidth, F. J.
/// Harris, Proc. IEEE 66, 1978); a sine's main lobe sums up to the same.
double noise_bandwidth(const StftSettings& stft) {
  double sum = 0;
  double squares = 0;
  for (const double weight : make_window(stft)) {
    sum += weight;
    squares += weight * weight;
  }
  return stft.n_fft * squares / (sum * sum);
}

float* floats(Picture& picture, std::int64_t row) { return reinterpret_cast<float*>(picture.row(row)); }

/// Magnitudes, row 0 on top the highest. Returns the largest.
float read_plane(RowReader& reader, int channel, Picture& plane) {
  const std::int64_t most_columns = reader.most_columns();
  std::vector<float> rows(static_cast<std::size_t>(most_columns * plane.height));
  float most = 0;
  for (std::int64_t first = 0; first < plane.width; first += most_columns) {
    const std::int64_t count = std::min(most_columns, plane.width - first);
    reader.read(channel, {first, count}, rows);
    for (std::int64_t t = 0; t < count; ++t) {
      for (std::int64_t row = 0; row < plane.height; ++row) {
        const float magnitude = rows[t * plane.height + row];
        floats(plane, plane.height - 1 - row)[first + t] = magnitude;
        most = std::max(most, magnitude);
      }
    }
  }
  return most;
}

void to_brightness(Picture& plane, float most, const Curve& curve, double strength) {
  for (std::int64_t y = 0; y < plane.height; ++y) {
    for (float& value : std::span(floats(plane, y), static_cast<std::size_t>(plane.width))) {
      value = most > 0 ? static_cast<float>(curve_value(curve, value / most, strength)) : 0.0F;
    }
  }
}

}  // namespace

FrequencyRange range_of_note(const PictureNote& note) {
  if (has_bands(note)) return frequency_range(note.pixels.scale, note.sample_rate);
  return {0, note.sample_rate / 2.0};
}

SynthSource load_plain(Worker& worker, Job& job) {
  image::read(job.task.source, job.file, job.workspace, worker.threads, image::Alpha::OverBlack);
  SynthSource source;
  source.planes.push_back(synth::brightness_of(std::move(job.file.picture)));
  return source;
}

SynthSource load_noted(Worker& worker, Job& job) {
  ParameterFlags flags;
  flags.resizes_to_note = true;
  Parameters parameters = load_picture(worker, job, flags);
  std::ranges::move(parameters.messages, std::back_inserter(job.converted.messages));
  SynthSource source;
  NotedScore& noted = source.noted.emplace();
  noted.note = std::move(parameters.note);
  const PictureNote& note = noted.note;
  const Picture& picture = job.file.picture;
  const std::int64_t height = n_rows(note.stft, note.pixels);
  if (picture.height != picture_height(note.stft, note.pixels, note.channels) ||
      picture.layout != pixel_layout(note.pixels.encoding)) {
    throw Error(ErrorCode::BadFormat,
                "the pixels are not what the picture's note says; --ignore-note plays them as "
                "those of any picture");
  }
  const std::int64_t width = std::min(picture.width, note.stft.n_frames(note.n_samples));
  if (width > synth::kMaxPixels / (height * note.channels)) {
    throw Error(ErrorCode::Unsupported, "the picture holds " + std::to_string(width) + " columns of " +
                                            std::to_string(height * note.channels) + " rows; at most " +
                                            std::to_string(synth::kMaxPixels) +
                                            " pixels can be played: encode a shorter part of the sound");
  }
  RowReader reader(*worker.backend, picture, note);
  float most = 0;
  for (int c = 0; c < note.channels; ++c) {
    Picture& plane = source.planes.emplace_back();
    plane.resize(width, height, {1, 32});
    most = std::max(most, read_plane(reader, c, plane));
  }
  noted.strength = curve_strength(note.pixels);
  for (Picture& plane : source.planes) to_brightness(plane, most, note.pixels.curve, noted.strength);
  noted.amplitude = most / (full_scale_magnitude(note.stft) * std::sqrt(noise_bandwidth(note.stft)));
  noted.axis = synth::axis_of_rows(note.pixels.scale, note.stft.n_fft, note.sample_rate);
  noted.row_weights = row_weights(noted.axis, note, reader.is_weighed());
  noted.is_of_bands = has_bands(note);
  const double rate = note.sample_rate;
  noted.time_s = {note.stft.center ? 0 : note.stft.n_fft / 2.0 / rate, note.stft.hop_length / rate};
  noted.seconds = static_cast<double>(note.n_samples) / rate;
  return source;
}

}  // namespace spectrohue::batch
