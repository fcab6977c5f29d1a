// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "core/magnitude_code.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/last_made.h"
#include "core/stft_tables.h"

namespace spectrohue {

namespace {

template <class T>
void store(std::uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}
template <class T>
T load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Larger relative magnitudes than any sound has, for pictures whose floats anyone may have written.
constexpr double kLargest = 1e18;

constexpr int kColumns = PixelBlock<std::uint8_t>::kColumns;
/// Rows whose codes are made together: enough for the processor to overlap them, few enough for the cache.
constexpr int kChunkRows = 64;

/// Of the pixel's colours, the one that holds a channel. Stereo leaves red empty, as riffusion does.
int colour_of(Encoding encoding, int side) {
  const int first = encoding == Encoding::Stereo ? 1 : 0;
  return first + std::max(0, side);
}

bool has_table(Encoding encoding) { return pixel_layout(encoding).bits != 32 && encoding != Encoding::Rgb24; }

/// PixelCode::magnitude: 65,536 powers take longer than a short picture.
std::shared_ptr<const std::vector<float>> magnitude_table(const PixelSettings& settings) {
  static LastMade<PixelSettings, std::vector<float>> tables;
  return tables.get(settings, [&] { return PixelCode(settings).magnitude; });
}

/// Calls use(rows, offset of their numbers) for the block, some rows at a time.
template <class Byte, class Use>
void for_each_chunk(const PixelBlock<Byte>& block, Use&& use) {
  for (int row = 0; row < block.rows; row += kChunkRows) {
    const int rows = std::min(kChunkRows, block.rows - row);
    use(PixelBlock<Byte>{block.row(row), block.row_bytes, rows, block.columns}, row * kColumns);
  }
}

template <class Code>
void store_codes(const std::int32_t* codes, const PixelBlock<std::uint8_t>& to) {
  for (int row = 0; row < to.rows; ++row) {
    std::uint8_t* const pixels = to.row(row);
    const std::int32_t* const from = codes + row * kColumns;
    for (int i = 0; i < to.columns; ++i) store(pixels + i * sizeof(Code), static_cast<Code>(from[i]));
  }
}

template <class Code>
void load_codes(const PixelBlock<const std::uint8_t>& from, std::int32_t* codes) {
  for (int row = 0; row < from.rows; ++row) {
    const std::uint8_t* const pixels = from.row(row);
    std::int32_t* const to = codes + row * kColumns;
    for (int i = 0; i < from.columns; ++i) to[i] = load<Code>(pixels + i * sizeof(Code));
  }
}

/// As bytes [first, last) of pixels of three.
void store_colours(const std::int32_t* codes, const PixelBlock<std::uint8_t>& to, int first, int last) {
  for (int row = 0; row < to.rows; ++row) {
    std::uint8_t* const pixels = to.row(row);
    for (int i = 0; i < to.columns; ++i) {
      const auto value = static_cast<std::uint8_t>(codes[row * kColumns + i]);
      for (int c = first; c < last; ++c) pixels[3 * i + c] = value;
    }
  }
}

}  // namespace

MagnitudeCode::MagnitudeCode(const PixelSettings& settings, const MagnitudeKernels& kernels, Use use)
    : encoding_(settings.encoding),
      curve_(settings.curve),
      strength_(curve_strength(settings)),
      top_(top_code(settings.encoding)),
      phase_codes_(static_cast<float>(top_ + 1)),
      constants_(curve_constants(settings)),
      kernels_(kernels) {
  if (use == Use::Read && has_table(encoding_)) table_ = magnitude_table(settings);
}

float MagnitudeCode::value_of(float m) const {
  switch (curve_.kind) {
    case CurveKind::Linear: return m;
    case CurveKind::Db: return static_cast<float>(std::max(20 * std::log10(static_cast<double>(m)), -curve_.top_db));
    default: return static_cast<float>(curve_value(curve_, m, strength_));
  }
}

float MagnitudeCode::magnitude_of(float value) const {
  double m = 0;
  if (curve_.kind == CurveKind::Db) {
    m = value > -curve_.top_db ? std::pow(10.0, value / 20.0) : 0.0;
  } else {
    m = curve_inverse(curve_, value, strength_);
  }
  return m > 0 && m < kLargest ? static_cast<float>(m) : 0.0F;
}

double MagnitudeCode::code_of(float m) const {
  return std::nearbyint(top_ * std::clamp(curve_value(curve_, m, strength_), 0.0, 1.0));
}

void MagnitudeCode::write(const float* magnitudes, float inverse_ref, const PixelBlock<std::uint8_t>& to,
                          int side) const {
  if (encoding_ == Encoding::Gray32f) return write_floats(magnitudes, inverse_ref, to);
  if (encoding_ == Encoding::Rgb24) return write_wide_codes(magnitudes, inverse_ref, to);
  for_each_chunk(to, [&](const PixelBlock<std::uint8_t>& chunk, int offset) {
    std::int32_t codes[kChunkRows * kColumns];
    kernels_.encode_magnitudes(constants_, static_cast<float>(top_), inverse_ref, magnitudes + offset,
                               chunk.rows * kColumns, codes);
    write_codes(codes, chunk, side);
  });
}

void MagnitudeCode::write_codes(const std::int32_t* codes, const PixelBlock<std::uint8_t>& to, int side) const {
  if (has_channels_as_colours(encoding_)) {
    const int first = side == kBoth ? 0 : colour_of(encoding_, side);
    store_colours(codes, to, first, side == kBoth ? 3 : first + 1);
  } else if (pixel_layout(encoding_).bits == 16) {
    store_codes<std::uint16_t>(codes, to);
  } else {
    store_codes<std::uint8_t>(codes, to);
  }
}

void MagnitudeCode::write_floats(const float* magnitudes, float inverse_ref, const PixelBlock<std::uint8_t>& to) const {
  for (int row = 0; row < to.rows; ++row) {
    const float* const from = magnitudes + row * kColumns;
    for (int i = 0; i < to.columns; ++i) store(to.row(row) + 4 * i, value_of(from[i] * inverse_ref));
  }
}

void MagnitudeCode::write_wide_codes(const float* magnitudes, float inverse_ref,
                                     const PixelBlock<std::uint8_t>& to) const {
  for (int row = 0; row < to.rows; ++row) {
    const float* const from = magnitudes + row * kColumns;
    for (int i = 0; i < to.columns; ++i) {
      const auto wide = static_cast<std::uint32_t>(code_of(from[i] * inverse_ref));
      for (int c = 0; c < 3; ++c) to.row(row)[3 * i + c] = static_cast<std::uint8_t>(wide >> (16 - 8 * c));
    }
  }
}

void MagnitudeCode::read(const std::uint8_t* from, int n, float ref, float* magnitudes, int side) const {
  const auto look_up = [&](const auto& code_at) {
    const float* const table = table_->data();
    for (int i = 0; i < n; ++i) magnitudes[i] = ref * table[code_at(i)];
  };
  switch (encoding_) {
    case Encoding::Gray16:
    case Encoding::Magphase16: look_up([from](int i) { return load<std::uint16_t>(from + 2 * i); }); break;
    case Encoding::Gray32f:
      for (int i = 0; i < n; ++i) magnitudes[i] = ref * magnitude_of(load<float>(from + 4 * i));
      break;
    case Encoding::Rgb24:
      for (int i = 0; i < n; ++i) {
        const std::uint8_t* rgb = from + 3 * i;
        const double v = (rgb[0] << 16 | rgb[1] << 8 | rgb[2]) / top_;
        magnitudes[i] = ref * static_cast<float>(curve_inverse(curve_, v, strength_));
      }
      break;
    case Encoding::Stereo:
    case Encoding::Stereo3: {
      const std::uint8_t* const first = from + colour_of(encoding_, side);
      look_up([first](int i) { return first[3 * i]; });
      break;
    }
    default: look_up([from](int i) { return from[i]; });
  }
}

void MagnitudeCode::write_phases(const float* re, const float* im, const PixelBlock<std::uint8_t>& to) const {
  for_each_chunk(to, [&](const PixelBlock<std::uint8_t>& chunk, int offset) {
    std::int32_t codes[kChunkRows * kColumns];
    kernels_.encode_phases(phase_codes_, re + offset, im + offset, chunk.rows * kColumns, codes);
    encoding_ == Encoding::Magphase16 ? store_codes<std::uint16_t>(codes, chunk)
                                      : store_codes<std::uint8_t>(codes, chunk);
  });
}

void MagnitudeCode::read_phases(const PixelBlock<const std::uint8_t>& from, float* cos, float* sin) const {
  for_each_chunk(from, [&](const PixelBlock<const std::uint8_t>& chunk, int offset) {
    std::int32_t codes[kChunkRows * kColumns] = {};
    encoding_ == Encoding::Magphase16 ? load_codes<std::uint16_t>(chunk, codes)
                                      : load_codes<std::uint8_t>(chunk, codes);
    kernels_.decode_phases(phase_codes_, codes, chunk.rows * kColumns, cos + offset, sin + offset);
  });
}

}  // namespace spectrohue
