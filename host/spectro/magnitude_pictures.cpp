// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/magnitude_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <tuple>

#include "core/last_made.h"
#include "cpu/lane_kernels.h"
#include "math/frames.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// Frames of spectrum in memory at a time: a few megabytes, and enough for several threads.
constexpr std::int64_t kBlockFrames = 1024;
/// Neighbouring pixels of a row that are made together: rows lie far apart.
constexpr int kGroup = PixelBlock<std::uint8_t>::kColumns;

/// Any of them will do: their bits are the same.
const MagnitudeKernels& magnitude_kernels() { return cpu::usable_lane_kernels().front()->magnitudes; }

bool has_phases(Encoding encoding) { return encoding == Encoding::Magphase || encoding == Encoding::Magphase16; }

/// Where a plane stands in a pixel that has all of them.
int side_of(int plane, int channels) { return channels == 1 ? MagnitudeCode::kBoth : plane; }

/// Between a phase at the frame's centre and one at its start, as complex encodings have it: exp(-2 pi i k c / n).
std::vector<Complex> turns_to_start(const StftSettings& stft) {
  std::vector<Complex> turns(static_cast<std::size_t>(stft.n_bins()));
  for (std::int64_t k = 0; k < stft.n_bins(); ++k) {
    const std::int64_t step = k * (stft.n_fft / 2) % stft.n_fft;  // of n_fft around the circle
    const double angle = -2 * std::numbers::pi * static_cast<double>(step) / stft.n_fft;
    const bool is_half = 2 * step == stft.n_fft;
    turns[k] = step == 0 ? Complex(1, 0) : is_half ? Complex(-1, 0) : Complex(std::polar(1.0, angle));
  }
  return turns;
}

/// Without the second look that std::complex takes at what is not a number: nobody wants to know which infinity it was.
Complex product(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// Calls use(first column, count, spectrum) for a channel's columns, block by block.
template <class Use>
void for_each_block(Backend& backend, const StftSettings& stft, const Signal& signal, Columns columns,
                    Buffer<Complex>& memory, Use&& use) {
  for (std::int64_t done = 0; done < columns.count; done += kBlockFrames) {
    const std::int64_t count = std::min(kBlockFrames, columns.count - done);
    memory.resize(static_cast<std::size_t>(count * stft.n_bins()));
    const AnalyseItem item{signal, memory.span(), columns.first + done};
    backend.analyse(stft, {&item, 1});
    use(done, count, std::span<const Complex>(memory.span()));
  }
}

/// Left, right and the middle, (left + right) / sqrt 2, whose spectrum is of theirs what it is of them.
template <class Use>
void for_each_block_of_three(Backend& backend, const StftSettings& stft, const Sound& sound, Columns columns,
                             Use&& use) {
  constexpr float kWeight = static_cast<float>(1 / std::numbers::sqrt2);
  Buffer<Complex> memory;
  for (std::int64_t done = 0; done < columns.count; done += kBlockFrames) {
    const std::int64_t count = std::min(kBlockFrames, columns.count - done);
    const auto size = static_cast<std::size_t>(count * stft.n_bins());
    memory.resize(2 * size);
    const std::span<Complex> left = memory.span().first(size);
    const std::span<Complex> right = memory.span().last(size);
    const std::array<AnalyseItem, 2> items{
        {{sound.channels[0], left, columns.first + done}, {sound.channels[1], right, columns.first + done}}};
    backend.analyse(stft, items);
    use(0, done, count, std::span<const Complex>(left));
    use(1, done, count, std::span<const Complex>(right));
    for (std::size_t i = 0; i < size; ++i) left[i] = kWeight * (left[i] + right[i]);
    use(2, done, count, std::span<const Complex>(left));
  }
}

/// Calls use(plane, first column, count, spectrum) for all that a picture shows, block by block. Planes are channels;
/// Stereo3 has one more.
template <class Use>
void for_each_block(Backend& backend, const EncodeSettings& settings, const Sound& sound, Columns columns, Use&& use) {
  if (settings.pixels.encoding == Encoding::Stereo3) {
    for_each_block_of_three(backend, settings.stft, sound, columns, use);
    return;
  }
  Buffer<Complex> memory;
  for (int c = 0; c < static_cast<int>(sound.channels.size()); ++c) {
    for_each_block(backend, settings.stft, sound.channels[c], columns, memory,
                   [&](std::int64_t column, std::int64_t count, std::span<const Complex> spectrum) {
                     use(c, column, count, spectrum);
                   });
  }
}

/// Makes the pixels of one plane after the other.
class Painter {
 public:
  Painter(const EncodeSettings& settings, int sample_rate, Picture& picture)
      : encoding_(settings.pixels.encoding),
        n_bins_(settings.stft.n_bins()),
        map_(row_map(settings.stft, settings.pixels, sample_rate)),
        code_(settings.pixels, magnitude_kernels(), MagnitudeCode::Use::Write),
        picture_(picture),
        turns_(encoding_ == Encoding::Complex ? turns_to_start(settings.stft) : std::vector<Complex>()) {
    rows_.resize(static_cast<std::size_t>(map_.n_rows()));
    values_.resize(rows_.size() * kGroup);
    if (!has_phases(encoding_)) return;
    re_.resize(values_.size());
    im_.resize(values_.size());
  }

  void begin(int plane, int channels, double ref) {
    channel_ = has_channels_as_colours(encoding_) ? 0 : plane;
    side_ = side_of(plane, channels);
    phases_below_ = channels * map_.n_rows();
    inverse_ref_ = ref > 0 ? static_cast<float>(1 / ref) : 0.0F;
  }

  void paint(std::int64_t column, std::int64_t count, std::span<const Complex> spectrum) {
    for (std::int64_t done = 0; done < count; done += kGroup) {
      const int n = static_cast<int>(std::min<std::int64_t>(kGroup, count - done));
      const Complex* first = spectrum.data() + done * n_bins_;
      encoding_ == Encoding::Complex ? paint_complex(column + done, n, first) : paint_group(column + done, n, first);
    }
  }

 private:
  std::uint8_t* pixel(int row, std::int64_t column) {
    const std::int64_t from_top = static_cast<std::int64_t>(channel_) * map_.n_rows() + map_.n_rows() - 1 - row;
    return picture_.row(from_top) + column * picture_.layout.bytes();
  }
  /// Of n columns, the lowest row first.
  PixelBlock<std::uint8_t> block(std::int64_t column, int n) {
    return {pixel(0, column), -picture_.row_bytes(), map_.n_rows(), n};
  }

  void paint_group(std::int64_t column, int n, const Complex* spectrum) {
    for (int i = 0; i < n; ++i) {
      map_.measure({spectrum + static_cast<std::int64_t>(i) * n_bins_, static_cast<std::size_t>(n_bins_)}, rows_);
      for (int row = 0; row < map_.n_rows(); ++row) values_[row * kGroup + i] = rows_[row];
    }
    code_.write(values_.data(), inverse_ref_, block(column, n), side_);
    if (has_phases(encoding_)) paint_phases(column, n, spectrum);
  }

  void paint_phases(std::int64_t column, int n, const Complex* spectrum) {
    for (int row = 0; row < map_.n_rows(); ++row) {
      for (int i = 0; i < n; ++i) {
        const Complex x = spectrum[static_cast<std::int64_t>(i) * n_bins_ + row];
        re_[row * kGroup + i] = x.real();
        im_[row * kGroup + i] = x.imag();
      }
    }
    PixelBlock<std::uint8_t> phases = block(column, n);
    phases.first += phases_below_ * picture_.row_bytes();
    code_.write_phases(re_.data(), im_.data(), phases);
  }

  void paint_complex(std::int64_t column, int n, const Complex* spectrum) {
    for (int row = 0; row < map_.n_rows(); ++row) {
      std::uint8_t* to = pixel(row, column);
      for (int i = 0; i < n; ++i) {
        const Complex x = product(spectrum[static_cast<std::int64_t>(i) * n_bins_ + row], turns_[row]) * inverse_ref_;
        std::memcpy(to + sizeof x * i, &x, sizeof x);
      }
    }
  }

  Encoding encoding_;
  int n_bins_;
  RowMap map_;
  MagnitudeCode code_;
  Picture& picture_;
  std::vector<Complex> turns_;  // [n_bins]
  std::vector<float> rows_;     // [n_rows]
  std::vector<float> values_;   // [n_rows, kGroup]
  std::vector<float> re_;       // [n_rows, kGroup] where there are phases
  std::vector<float> im_;
  int channel_ = 0;
  int side_ = MagnitudeCode::kBoth;
  std::int64_t phases_below_ = 0;
  float inverse_ref_ = 0.0F;
};

}  // namespace

RowMap row_map(const StftSettings& stft, const PixelSettings& pixels, int sample_rate, BandInverse inverse) {
  static LastMade<std::tuple<StftSettings, PixelSettings, int, BandInverse>, RowMap> maps;
  return *maps.get({stft, pixels, sample_rate, inverse}, [&] { return RowMap(stft, pixels, sample_rate, inverse); });
}

void raise_row_peaks(Backend& backend, const EncodeSettings& settings, const Sound& sound, Columns columns,
                     std::vector<float>& peaks) {
  RowMap map = row_map(settings.stft, settings.pixels, sound.sample_rate);
  std::vector<float> rows(static_cast<std::size_t>(map.n_rows()));
  const auto n_bins = static_cast<std::size_t>(map.n_bins());
  for_each_block(backend, settings, sound, columns,
                 [&](int plane, std::int64_t, std::int64_t count, std::span<const Complex> spectrum) {
                   float& peak = peaks[plane % sound.channels.size()];
                   for (std::int64_t i = 0; i < count; ++i) {
                     map.measure(spectrum.subspan(i * n_bins, n_bins), rows);
                     peak = std::max(peak, *std::max_element(rows.begin(), rows.end()));
                   }
                 });
}

void encode_magnitude_columns(Backend& backend, const Sound& sound, const EncodeSettings& settings,
                              const std::vector<double>& ref, Columns columns, Picture& picture) {
  const int channels = static_cast<int>(sound.channels.size());
  picture.resize(columns.count, picture_height(settings.stft, settings.pixels, channels),
                 pixel_layout(settings.pixels.encoding));
  picture.palette = settings.pixels.encoding == Encoding::Colormap ? settings.colours.palette : std::vector<Colour>();
  if (settings.pixels.encoding == Encoding::Stereo && channels == 2) {
    const std::uint8_t red = settings.arrangement.invert ? 255 : 0;  // 0 in the file
    std::fill(picture.pixels.begin(), picture.pixels.end(), red);
  }
  Painter painter(settings, sound.sample_rate, picture);
  for_each_block(backend, settings, sound, columns,
                 [&](int plane, std::int64_t column, std::int64_t count, std::span<const Complex> spectrum) {
                   painter.begin(plane, channels, ref[plane % channels]);
                   painter.paint(column, count, spectrum);
                 });
}

// ---------------------------------------------------------------------------------------------- back

MagnitudeReader::MagnitudeReader(const Picture& picture, const PictureNote& note)
    : picture_(picture),
      note_(note),
      code_(note.pixels, magnitude_kernels(), MagnitudeCode::Use::Read),
      n_rows_(spectrohue::n_rows(note.stft, note.pixels)),
      n_bins_(note.stft.n_bins()) {
  if (note.pixels.tilt != 0) inverse_gains_ = bin_gains(note.stft, note.pixels).inverse;
  if (note.pixels.encoding == Encoding::Complex) turns_ = turns_to_start(note.stft);
}

const std::uint8_t* MagnitudeReader::pixel(std::int64_t row, std::int64_t column) const {
  return picture_.row(row) + column * picture_.layout.bytes();
}

void MagnitudeReader::read_rows(int plane, Columns columns, std::span<float> rows) const {
  const int stacked = has_channels_as_colours(note_.pixels.encoding) ? 0 : plane;
  const auto ref = static_cast<float>(note_.ref[plane % note_.channels]);
  float values[kGroup];
  for (int row = 0; row < n_rows_; ++row) {
    const std::int64_t y = static_cast<std::int64_t>(stacked) * n_rows_ + n_rows_ - 1 - row;
    for (std::int64_t done = 0; done < columns.count; done += kGroup) {
      const int n = static_cast<int>(std::min<std::int64_t>(kGroup, columns.count - done));
      code_.read(pixel(y, columns.first + done), n, ref, values, side_of(plane, note_.channels));
      for (int i = 0; i < n; ++i) rows[(done + i) * n_rows_ + row] = values[i];
    }
  }
}

void MagnitudeReader::read_spectrum(int channel, Columns columns, std::span<Complex> spectrum) const {
  if (note_.pixels.encoding == Encoding::Complex) return read_complex(channel, columns, spectrum);
  const std::int64_t bottom = static_cast<std::int64_t>(channel) * n_rows_ + n_rows_ - 1;
  const std::int64_t phases_below = static_cast<std::int64_t>(note_.channels) * n_rows_;
  const auto ref = static_cast<float>(note_.ref[channel]);
  std::vector<float> cos(static_cast<std::size_t>(n_rows_) * kGroup);
  std::vector<float> sin(cos.size());
  float magnitudes[kGroup];
  std::fill(spectrum.begin(), spectrum.end(), Complex());
  for (std::int64_t done = 0; done < columns.count; done += kGroup) {
    const int n = static_cast<int>(std::min<std::int64_t>(kGroup, columns.count - done));
    const std::int64_t column = columns.first + done;
    code_.read_phases({pixel(bottom + phases_below, column), -picture_.row_bytes(), n_rows_, n}, cos.data(),
                      sin.data());
    for (int row = 0; row < n_rows_; ++row) {
      const bool is_real = row == 0 || 2 * row == note_.stft.n_fft;
      const float gain = inverse_gains_.empty() ? 1.0F : inverse_gains_[row];
      code_.read(pixel(bottom - row, column), n, ref * gain, magnitudes);
      for (int i = 0; i < n; ++i) {
        const int at = row * kGroup + i;
        spectrum[(done + i) * n_bins_ + row] = {magnitudes[i] * cos[at], is_real ? 0.0F : magnitudes[i] * sin[at]};
      }
    }
  }
}

void MagnitudeReader::read_complex(int channel, Columns columns, std::span<Complex> spectrum) const {
  const auto ref = static_cast<float>(note_.ref[channel]);
  std::fill(spectrum.begin(), spectrum.end(), Complex());
  for (int row = 0; row < n_rows_; ++row) {
    const std::int64_t y = static_cast<std::int64_t>(channel) * n_rows_ + n_rows_ - 1 - row;
    const Complex turn = std::conj(turns_[row]) * ref;
    const bool is_real = row == 0 || 2 * row == note_.stft.n_fft;
    for (std::int64_t i = 0; i < columns.count; ++i) {
      Complex x;
      std::memcpy(&x, pixel(y, columns.first + i), sizeof x);
      x = product(x, turn);
      const bool is_finite = std::isfinite(x.real()) && std::isfinite(x.imag());
      spectrum[i * n_bins_ + row] = !is_finite ? Complex() : is_real ? Complex(x.real(), 0) : x;
    }
  }
}

void decode_spectrum_columns(Backend& backend, const Picture& picture, const PictureNote& note, Columns columns,
                             const StftSettings& stft, std::span<float> samples, std::int64_t stride) {
  const MagnitudeReader reader(picture, note);
  StftSettings uncentred = stft;
  uncentred.center = false;
  const std::int64_t hop = stft.hop_length;
  const std::int64_t shared = overlap_columns(stft);
  const std::int64_t step = std::max(kBlockFrames, 4 * shared);  // columns that are read again stay few
  Buffer<Complex> spectrum;
  Buffer<float> block;
  for (int c = 0; c < note.channels; ++c) {
    for (std::int64_t first = 0; first < columns.count; first += step) {
      const std::int64_t end = std::min(columns.count, first + step);
      const std::int64_t begin = std::max<std::int64_t>(0, first - shared);
      spectrum.resize(static_cast<std::size_t>((end - begin) * stft.n_bins()));
      block.resize(static_cast<std::size_t>((end - begin - 1) * hop + stft.n_fft));
      reader.read_spectrum(c, {columns.first + begin, end - begin}, spectrum.span());
      const SynthesiseItem item{spectrum.span(), block.span()};
      backend.synthesise(uncentred, {&item, 1});
      // Positions whose frames all are in this block, or in none to come.
      const std::int64_t from = std::max<std::int64_t>(first * hop, stft.padding());
      const std::int64_t sound_end = stft.padding() + stride;
      const std::int64_t to = end == columns.count ? sound_end : std::min(end * hop, sound_end);
      if (from >= to) continue;
      std::copy_n(block.data() + (from - begin * hop), to - from,
                  samples.data() + c * stride + (from - stft.padding()));
    }
  }
}

}  // namespace spectrohue
