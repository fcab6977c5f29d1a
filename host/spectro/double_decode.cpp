// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/double_decode.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/stft_tables.h"
#include "math/frames.h"

namespace spectrohue {

DoubleDecoder::DoubleDecoder(const StftSettings& stft, const PixelSettings& pixels)
    : stft_(stft),
      places_{static_cast<float>(payload_offset(pixels)), static_cast<float>(code_step(pixels))},
      top_(static_cast<float>(top_magnitude_code(pixels))),
      bytes_(pixel_layout(pixels.encoding).bits / 8),
      n_rows_(n_rows(stft, pixels)),
      window_(make_window(stft)),
      fft_(stft.n_fft) {
  for (int offset = 0; offset < stft.hop_length; ++offset) {
    double sum = 0;
    for (int i = offset; i < stft.n_fft; i += stft.hop_length) sum += window_[i] * window_[i];
    window_sum_.push_back(sum);
  }
  window_sum_floor_ = kNolaFloor * *std::max_element(window_sum_.begin(), window_sum_.end());
  const double top = top_magnitude_code(pixels);
  const double strength = curve_strength(pixels);
  for (int code = 0; code <= static_cast<int>(top); ++code) {
    magnitude_.push_back(curve_inverse(pixels.curve, code / top, strength));
  }
  for (int bin = 0; bin < stft.n_bins(); ++bin) {
    inverse_gains_.push_back(pixels.tilt == 0 ? 1 : 1 / bin_gain(stft, pixels.tilt, bin));
  }
  bins_.resize(static_cast<std::size_t>(kColumns) * stft.n_bins());
  frame_.resize(static_cast<std::size_t>(stft.n_fft));
}

/// Relative to the reference. Twin of math::decode_pixel: codes are whole numbers, which floats hold exactly; the hue
/// is none.
DoubleBin DoubleDecoder::bin_of(float r, float g, float b) const {
  if (places_.offset > 0) math::drop_payload(places_, top_, r, g, b);
  const float a = std::max({r, g, b});
  if (a == 0) return {};
  const double chroma = std::max(1.0F, a - std::min({r, g, b}));
  const double hue = a == r ? (g - b) / chroma : a == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
  const double angle = hue * (std::numbers::pi / 3);
  const double magnitude = magnitude_[static_cast<std::size_t>(a)];
  return {-magnitude * std::cos(angle), -magnitude * std::sin(angle)};
}

template <class Code>
void DoubleDecoder::read_columns(const ConstPlane& plane, double ref, std::int64_t first, int count) {
  const int n_bins = stft_.n_bins();
  for (int bin = 0; bin < n_bins; ++bin) {
    const bool is_real = bin == 0 || 2 * bin == stft_.n_fft;
    const double scale = ref * inverse_gains_[bin];
    for (int i = 0; i < count; ++i) {
      DoubleBin& x = bins_[static_cast<std::size_t>(i) * n_bins + bin];
      x = {};
      if (bin >= n_rows_) continue;
      Code pixel[3];
      std::memcpy(pixel, plane.data + (n_rows_ - 1 - bin) * plane.row_bytes + (first + i) * 3 * bytes_, sizeof pixel);
      x = bin_of(pixel[0], pixel[1], pixel[2]);
      x = {x.re * scale, is_real ? 0 : x.im * scale};
    }
  }
}

/// Twin of StftTables::window_sum_at.
double DoubleDecoder::window_sum(std::int64_t position, std::int64_t n_frames) const {
  const int hop = stft_.hop_length;
  if (math::all_frames_exist(position, stft_.n_fft, hop, n_frames)) return window_sum_[position % hop];
  const math::FrameRange frames = math::frames_holding(position, stft_.n_fft, hop, n_frames);
  double sum = 0;
  for (std::int64_t t = frames.first; t <= frames.last; ++t) {
    const double w = window_[static_cast<std::size_t>(position - t * hop)];
    sum += w * w;
  }
  return sum;
}

void DoubleDecoder::decode(const ConstPlane& plane, double ref, std::int64_t begin, std::int64_t end, double* samples) {
  std::fill_n(samples, end - begin, 0.0);
  if (ref == 0 || begin >= end) return;
  const int n_fft = stft_.n_fft;
  const int hop = stft_.hop_length;
  const std::int64_t last = math::frames_holding(end - 1, n_fft, hop, plane.n_frames).last;
  std::int64_t frame = math::frames_holding(begin, n_fft, hop, plane.n_frames).first;
  while (frame <= last) {
    const auto count = static_cast<int>(std::min<std::int64_t>(kColumns, last + 1 - frame));
    bytes_ == 1 ? read_columns<std::uint8_t>(plane, ref, frame, count)
                : read_columns<std::uint16_t>(plane, ref, frame, count);
    for (int i = 0; i < count; ++i, ++frame) {
      fft_.inverse(bins_.data() + static_cast<std::size_t>(i) * stft_.n_bins(), frame_.data());
      const std::int64_t start = frame * hop;
      const auto from = static_cast<int>(std::max<std::int64_t>(0, begin - start));
      const auto to = static_cast<int>(std::min<std::int64_t>(n_fft, end - start));
      double* const out = samples + (start - begin);
      for (int k = from; k < to; ++k) out[k] += window_[k] * frame_[math::rotated(k, n_fft)];
    }
  }
  for (std::int64_t p = begin; p < end; ++p) {
    const double sum = std::max(window_sum(p, plane.n_frames), window_sum_floor_);
    samples[p - begin] /= sum * n_fft;
  }
}

}  // namespace spectrohue
