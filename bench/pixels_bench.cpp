// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stage pixels, both ways and both depths, from and to a spectrum in memory.
#include "spectrohue/types.h"
#include "support/bench.h"

namespace spectrohue::bench {
namespace {

constexpr float kRef = 100.0F;

struct Planes {
  StftSettings stft;
  PixelSettings pixels;
  Buffer<Complex> spectrum;
  Buffer<std::uint8_t> bytes;
  std::int64_t n_frames = 0;
  std::int64_t row_bytes = 0;
};

Planes prepare(Backend& backend, const Size& size, Encoding encoding) {
  Planes p;
  p.stft = stft_settings(size);
  p.pixels.encoding = encoding;
  const std::vector<float> x = music(size.seconds);
  p.n_frames = p.stft.n_frames(static_cast<std::int64_t>(x.size()));
  p.spectrum.resize(static_cast<std::size_t>(p.n_frames * p.stft.n_bins()));
  const AnalyseItem item{x, p.spectrum.span()};
  backend.analyse(p.stft, {&item, 1});
  p.row_bytes = p.n_frames * 3 * pixel_layout(encoding).bits / 8;
  p.bytes.resize(static_cast<std::size_t>(p.row_bytes * p.stft.n_bins()));
  return p;
}

void register_benches() {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    register_all("encode_pixels_" + to_string(encoding),
                 [=](benchmark::State& state, Backend& backend, const Size& size) {
                   Planes p = prepare(backend, size, encoding);
                   const EncodePixelsItem item{p.spectrum.span(), kRef, {p.bytes.data(), p.row_bytes, p.n_frames}};
                   for (auto _ : state) backend.encode_pixels(p.stft, p.pixels, {&item, 1});
                 });
    register_all("decode_pixels_" + to_string(encoding),
                 [=](benchmark::State& state, Backend& backend, const Size& size) {
                   Planes p = prepare(backend, size, encoding);
                   const EncodePixelsItem forward{p.spectrum.span(), kRef, {p.bytes.data(), p.row_bytes, p.n_frames}};
                   backend.encode_pixels(p.stft, p.pixels, {&forward, 1});
                   const DecodePixelsItem item{{p.bytes.data(), p.row_bytes, p.n_frames}, kRef, p.spectrum.span()};
                   for (auto _ : state) backend.decode_pixels(p.stft, p.pixels, {&item, 1});
                 });
  }
}

}  // namespace
}  // namespace spectrohue::bench

SPECTROHUE_BENCH_MAIN(spectrohue::bench::register_benches)
