// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/residual.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/stft_tables.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// The channels of a pixel.
template <class Code>
std::array<Code, 3> load(const std::uint8_t* pixel) {
  std::array<Code, 3> codes;
  std::memcpy(codes.data(), pixel, sizeof codes);
  return codes;
}

template <class Code>
std::uint64_t smallest(const std::uint8_t* pixel) {
  const std::array<Code, 3> codes = load<Code>(pixel);
  return *std::min_element(codes.begin(), codes.end());
}

template <class Code>
void replace_smallest(std::uint8_t* pixel, std::uint64_t value) {
  std::array<Code, 3> codes = load<Code>(pixel);
  *std::min_element(codes.begin(), codes.end()) = static_cast<Code>(value);
  std::memcpy(pixel, codes.data(), sizeof codes);
}

/// What was coded with loss comes as floats, and is rounded to any number.
bool has_more_bits(SampleFormat format, int bits) {
  return format == SampleFormat::Lossy || 8 * bytes_of(format) > bits;
}

}  // namespace

double exact_full_scale(Encoding encoding) { return encoding == Encoding::Hsvx ? 0x1p15 : 0x1p23; }

float exact_most(Encoding encoding) { return static_cast<float>(1 - 1 / exact_full_scale(encoding)); }

std::int64_t exact_sample(double sample, double full_scale) {
  return static_cast<std::int64_t>(std::clamp(std::nearbyint(sample * full_scale), -full_scale, full_scale - 1));
}

std::uint64_t residual_of(std::int64_t sample, double decoded) {
  const double steps = std::nearbyint((static_cast<double>(sample) - decoded) / kResidualStep);
  // A sound that comes back this far off has no room for it anyway.
  constexpr double kMost = 0x1p60;
  const auto q = static_cast<std::int64_t>(std::clamp(steps, -kMost, kMost));
  return q >= 0 ? 2 * static_cast<std::uint64_t>(q) : 2 * static_cast<std::uint64_t>(-q) - 1;
}

std::int64_t add_residual(std::uint64_t residual, double decoded, double full_scale) {
  const std::uint64_t half = (residual + 1) / 2;
  const double steps = residual % 2 == 0 ? static_cast<double>(half) : -static_cast<double>(half);
  const double sample = std::nearbyint(decoded + kResidualStep * steps);
  // What is no number, from a note that asks for too much, is not above anything.
  return static_cast<std::int64_t>(sample > -full_scale ? std::min(sample, full_scale - 1) : -full_scale);
}

ResidualPlaces::ResidualPlaces(const StftSettings& stft, const PixelSettings& pixels)
    : bits_(pixels.residual_bits),
      hop_(stft.hop_length),
      // Beyond 64 bits there is nothing.
      digits_(std::min(stft.n_fft / 2 / stft.hop_length, (63 + bits_) / bits_)),
      n_rows_(n_rows(stft, pixels)),
      bytes_(pixel_layout(pixels.encoding).bits / 8) {}

std::uint64_t ResidualPlaces::largest() const {
  const int bits = std::min(63, bits_ * digits_);
  return (std::uint64_t{1} << bits) - 1;
}

/// Calls use(row, column of the picture, index of the sample, bits below the digit). A few columns at a time, so that
/// both pixels and samples are in the cache.
template <class Use>
void ResidualPlaces::for_each_digit(std::int64_t width, std::int64_t first_column, std::int64_t first,
                                    std::int64_t count, Use&& use) const {
  constexpr std::int64_t kColumns = 16;
  const std::int64_t begin = std::max<std::int64_t>(0, first / hop_ - first_column);
  const std::int64_t end = std::min(width, (first + count + hop_ - 1) / hop_ - first_column);
  for (std::int64_t tile = begin; tile < end; tile += kColumns) {
    const std::int64_t tile_end = std::min(end, tile + kColumns);
    for (int digit = 0; digit < digits_; ++digit) {
      for (int i = 0; i < hop_; ++i) {
        const int row = n_rows_ - 1 - (digit * hop_ + i);
        for (std::int64_t column = tile; column < tile_end; ++column) {
          const std::int64_t index = (first_column + column) * hop_ + i - first;
          if (index >= 0 && index < count) use(row, column, index, digit * bits_);
        }
      }
    }
  }
}

void ResidualPlaces::put(Picture& picture, std::int64_t first_column, int channel, std::int64_t first,
                         std::span<const std::uint64_t> residuals) const {
  const std::uint64_t mask = (std::uint64_t{1} << bits_) - 1;
  for_each_digit(picture.width, first_column, first, std::ssize(residuals),
                 [&](int row, std::int64_t column, std::int64_t index, int shift) {
                   const std::uint64_t value = residuals[static_cast<std::size_t>(index)] >> shift & mask;
                   if (value == 0) return;
                   std::uint8_t* const pixel =
                       picture.row(static_cast<std::int64_t>(channel) * n_rows_ + row) + column * 3 * bytes_;
                   bytes_ == 1 ? replace_smallest<std::uint8_t>(pixel, value)
                               : replace_smallest<std::uint16_t>(pixel, value);
                 });
}

void ResidualPlaces::get(const Picture& picture, std::int64_t first_column, int channel, std::int64_t first,
                         std::span<std::uint64_t> residuals) const {
  const std::uint64_t mask = (std::uint64_t{1} << bits_) - 1;
  for_each_digit(picture.width, first_column, first, std::ssize(residuals),
                 [&](int row, std::int64_t column, std::int64_t index, int shift) {
                   const std::uint8_t* const pixel =
                       picture.row(static_cast<std::int64_t>(channel) * n_rows_ + row) + column * 3 * bytes_;
                   const std::uint64_t value =
                       bytes_ == 1 ? smallest<std::uint8_t>(pixel) : smallest<std::uint16_t>(pixel);
                   std::uint64_t& residual = residuals[static_cast<std::size_t>(index)];
                   residual = (shift == 0 ? 0 : residual) | std::min(value, mask) << shift;
                 });
}

ResidualBits::ResidualBits(const StftSettings& stft, const PixelSettings& pixels)
    : stft_(stft),
      pixels_(pixels),
      chosen_(pixels.residual_bits),
      most_(chosen_ != 0 ? chosen_ : max_residual_bits(pixels.encoding)),
      may_be_finer_(pixels.code_step == 0 && own_code_step(pixels.encoding) > 1) {
  begin_with_step(code_step(pixels));
}

void ResidualBits::begin_with_step(int step) {
  // Coarse codes leave so much to the residual of most sounds; of the others, its upper digits are empty.
  constexpr int kOfCoarseCodes = 7;
  const int fewest = step > 1 ? kOfCoarseCodes : pixels_.encoding == Encoding::Hsvx ? 3 : 2;
  pixels_.code_step = step;
  pixels_.residual_bits = chosen_ != 0 ? chosen_ : fewest;
}

void ResidualBits::raise(std::uint64_t residual) {
  const double top = top_magnitude_code(pixels_);
  while (pixels_.residual_bits < most_) {
    ++pixels_.residual_bits;
    // Where magnitudes keep their codes, the residual stays what it is. With fewer codes it does not become smaller; to
    // a quarter of it, that is: the closed loop has luck in it.
    const bool stays = top_magnitude_code(pixels_) == top;
    if (ResidualPlaces(stft_, pixels_).largest() >= (stays ? residual : residual / 4)) return;
  }
  if (!may_be_finer_) {
    const std::string name = to_string(pixels_.encoding);
    throw Error(ErrorCode::Unsupported,
                "what the pixels miss of this sound does not fit into " + std::to_string(most_) + " bits of each, so " +
                    name + " cannot be exact; use a smaller hop_length (it is " + std::to_string(stft_.hop_length) +
                    "; n_fft / 4 or less), --quality high" +
                    (pixels_.encoding == Encoding::Hsvx ? " or --encoding hsv16x" : " or --ref peak"));
  }
  may_be_finer_ = false;
  begin_with_step(1);
}

void check_exact_source(const Sound& sound, Encoding encoding, std::int64_t first, std::int64_t end) {
  const SampleFormat format = sound.format;
  if (encoding == Encoding::Hsvx && format != SampleFormat::Lossy && has_more_bits(format, 16)) {
    throw Error(ErrorCode::Unsupported, "hsvx keeps 16 bits of a sample, and this file has more (" + to_string(format) +
                                            "); use --encoding hsv16x, which " +
                                            (has_more_bits(format, 24) ? "rounds them to 24" : "keeps 24"));
  }
  if (format != SampleFormat::Float32 && format != SampleFormat::Float64) return;
  for (std::size_t c = 0; c < sound.channels.size(); ++c) {
    for (std::int64_t i = first; i < end; ++i) {
      const float x = sound.channels[c][i];
      if (std::fabs(x) <= 1.0F) continue;
      throw Error(ErrorCode::Unsupported, "sample " + std::to_string(i) + " of channel " + std::to_string(c + 1) +
                                              " is beyond full scale (" + std::to_string(x) + "), which " +
                                              to_string(encoding) +
                                              " cannot hold; make the sound softer, or use --encoding hsv16");
    }
  }
}

std::optional<std::string> lost_bits(SampleFormat format, Encoding encoding) {
  const int bits = encoding == Encoding::Hsvx ? 16 : 24;
  if (!is_exact(encoding) || !has_more_bits(format, bits)) return std::nullopt;
  const bool is_cut_by_decode = bits == 24 && format == SampleFormat::Lossy;
  const std::string whose = format == SampleFormat::Lossy
                                ? "what this file's codec returns is rounded to them"
                                : "those of this file (" + to_string(format) + ") are rounded to them";
  return to_string(encoding) + " keeps " + std::to_string(bits) + " bits of each sample: " + whose +
         (is_cut_by_decode ? "; decode --subtype pcm24 writes them all" : "");
}

}  // namespace spectrohue
