// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Batches of items of all lengths, and whether two backends make the same of them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "spectrohue/backend.h"
#include "spectrohue/settings.h"

namespace spectrohue::test {

/// An item each; of spectra [n_frames, n_bins], of pictures [n_rows, row_bytes].
using Spectra = std::vector<std::vector<Complex>>;
using Signals = std::vector<std::vector<float>>;
using Bytes = std::vector<std::vector<std::uint8_t>>;

/// Full of it before a call, so that what a backend forgets to write shows.
inline constexpr std::uint8_t kRubbish = 0x5a;

/// A ragged batch and all that a backend can make of it.
struct RaggedBatch {
  StftSettings stft;
  PixelSettings pixels;
  Signals signals;
  std::vector<float> refs;
  std::vector<std::vector<std::int16_t>> integers{};  ///< what is handed over in place of signals, if there are any
  std::int64_t row_gap = 0;                           ///< bytes behind the pixels of a row, which nobody may touch

  Signal signal(std::size_t i) const {
    return integers.empty() ? Signal(signals[i]) : Signal(std::span<const std::int16_t>(integers[i]));
  }
  std::size_t size() const { return signals.size(); }
  std::int64_t n_frames(std::size_t i) const { return stft.n_frames(std::ssize(signals[i])); }
  std::int64_t pixel_bytes() const { return 3 * (pixel_layout(pixels.encoding).bits / 8); }
  std::int64_t row_bytes(std::size_t i) const { return n_frames(i) * pixel_bytes() + row_gap; }

  Spectra analyse(Backend& backend) const {
    Spectra out = empty_spectra();
    std::vector<AnalyseItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({signal(i), out[i]});
    backend.analyse(stft, items);
    return out;
  }
  Signals synthesise(Backend& backend, const Spectra& spectra) const {
    Signals out = empty_signals();
    std::vector<SynthesiseItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({spectra[i], out[i]});
    backend.synthesise(stft, items);
    return out;
  }
  Bytes encode_pixels(Backend& backend, const Spectra& spectra) const {
    Bytes out = empty_pictures();
    std::vector<EncodePixelsItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({spectra[i], refs[i], plane(out, i)});
    backend.encode_pixels(stft, pixels, items);
    return out;
  }
  Spectra decode_pixels(Backend& backend, const Bytes& pictures) const {
    Spectra out = empty_spectra();
    std::vector<DecodePixelsItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({plane(pictures, i), refs[i], out[i]});
    backend.decode_pixels(stft, pixels, items);
    return out;
  }
  std::vector<float> peak(Backend& backend) const {
    std::vector<float> out(size(), -1.0F);
    std::vector<PeakItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({signal(i), 0, n_frames(i)});
    backend.peak(stft, pixels, items, out);
    return out;
  }
  Bytes encode(Backend& backend) const {
    Bytes out = empty_pictures();
    std::vector<EncodeItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({signal(i), refs[i], plane(out, i)});
    backend.encode(stft, pixels, items);
    return out;
  }
  Signals decode(Backend& backend, const Bytes& pictures) const {
    Signals out = empty_signals();
    std::vector<DecodeItem> items;
    for (std::size_t i = 0; i < size(); ++i) items.push_back({plane(pictures, i), refs[i], out[i]});
    backend.decode(stft, pixels, items);
    return out;
  }

 private:
  Plane plane(Bytes& pictures, std::size_t i) const { return {pictures[i].data(), row_bytes(i), n_frames(i)}; }
  ConstPlane plane(const Bytes& pictures, std::size_t i) const {
    return {pictures[i].data(), row_bytes(i), n_frames(i)};
  }
  Spectra empty_spectra() const {
    Spectra out;
    for (std::size_t i = 0; i < size(); ++i) {
      out.emplace_back(static_cast<std::size_t>(n_frames(i) * stft.n_bins()), Complex(NAN, NAN));
    }
    return out;
  }
  Signals empty_signals() const {
    Signals out;
    for (const auto& x : signals) out.emplace_back(x.size(), NAN);
    return out;
  }
  Bytes empty_pictures() const {
    Bytes out;
    for (std::size_t i = 0; i < size(); ++i) {
      out.emplace_back(static_cast<std::size_t>(row_bytes(i) * n_rows(stft, pixels)), kRubbish);
    }
    return out;
  }
};

/// Of each item the first place that differs, and how many do.
template <class T>
void expect_same_bits(const std::vector<std::vector<T>>& got, const std::vector<std::vector<T>>& want,
                      const char* what) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_EQ(got[i].size(), want[i].size());
    if (want[i].empty() || std::memcmp(got[i].data(), want[i].data(), want[i].size() * sizeof(T)) == 0) continue;
    std::size_t differing = 0;
    std::size_t first = want[i].size();
    for (std::size_t j = want[i].size(); j-- > 0;) {
      if (std::memcmp(&got[i][j], &want[i][j], sizeof(T)) == 0) continue;
      ++differing;
      first = j;
    }
    ADD_FAILURE() << what << ": item " << i << ": " << differing << " of " << want[i].size()
                  << " values differ, the first is " << first << ": " << testing::PrintToString(got[i][first])
                  << " instead of " << testing::PrintToString(want[i][first]);
  }
}

/// In every stage and every whole way, to the bit.
inline void expect_same_results(Backend& backend, Backend& reference, const RaggedBatch& batch) {
  const Spectra spectra = batch.analyse(reference);
  expect_same_bits(batch.analyse(backend), spectra, "analyse");
  expect_same_bits(batch.synthesise(backend, spectra), batch.synthesise(reference, spectra), "synthesise");
  const Bytes pictures = batch.encode_pixels(reference, spectra);
  expect_same_bits(batch.encode_pixels(backend, spectra), pictures, "encode_pixels");
  expect_same_bits(batch.decode_pixels(backend, pictures), batch.decode_pixels(reference, pictures), "decode_pixels");
  expect_same_bits<float>({batch.peak(backend)}, {batch.peak(reference)}, "peak");
  expect_same_bits(batch.encode(backend), batch.encode(reference), "encode");
  expect_same_bits(batch.decode(backend, pictures), batch.decode(reference, pictures), "decode");
}

}  // namespace spectrohue::test
