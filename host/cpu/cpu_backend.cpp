// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// All stages on the CPU; twin of kernels/cuda_backend.cu. Walks signals and pictures tile by tile; the arithmetic of a
// tile is in lane_kernels_impl.h.
#include "cpu/cpu_backend.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/stft_tables.h"
#include "cpu/closed_loop.h"
#include "cpu/fft_plan.h"
#include "cpu/lane_kernels.h"
#include "math/frames.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue::cpu {

namespace {

/// Tables of one StftSettings and scratch memory for one tile of it.
struct Transform {
  Transform(const StftSettings& settings, int lanes)
      : tables(settings),
        plan(settings.n_fft),
        tile{plan.tables(), settings.hop_length, tables.window.data(), tables.synthesis_window.data()} {
    const std::size_t n = settings.n_fft;
    const std::size_t w = lanes;
    work.resize(n * 2 * w);
    frames.resize(n * w);
    spectrum.resize(static_cast<std::size_t>(settings.n_bins()) * 2 * w);
    segment.resize((w - 1) * settings.hop_length + n);
  }
  StftTables tables;
  FftPlan plan;
  TileTables tile;
  Buffer<float> work;
  Buffer<float> frames;                     // [lanes][n_fft]
  Buffer<float> spectrum;                   // [n_bins][2][lanes]
  Buffer<float> segment;                    // [(lanes - 1) * hop + n_fft]
  std::unique_ptr<ClosedLoop> closed_loop;  // made when first needed
};

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const LaneKernels& kernels) : kernels_(kernels) {}

  std::string name() const override { return std::string("cpu (") + kernels_.name + ")"; }

  void analyse(const StftSettings& stft, std::span<const AnalyseItem> items) override {
    Transform& t = transform(stft);
    for (const AnalyseItem& item : items) {
      for_each_tile(t, item.signal, [&](std::int64_t frame, int valid, const float* segment) {
        kernels_.analyse(t.tile, segment, t.work.data(), t.spectrum.data());
        store_spectrum(t, item.spectrum.data() + frame * stft.n_bins(), valid);
      });
    }
  }

  void synthesise(const StftSettings& stft, std::span<const SynthesiseItem> items) override {
    Transform& t = transform(stft);
    for (const SynthesiseItem& item : items) {
      const std::int64_t n_frames = stft.n_frames(static_cast<std::int64_t>(item.signal.size()));
      overlap_add(t, item.signal, n_frames, [&](std::int64_t frame, int valid) {
        load_spectrum(t, item.spectrum.data() + frame * stft.n_bins(), valid);
        kernels_.synthesise(t.tile, t.spectrum.data(), t.work.data(), t.frames.data());
      });
    }
  }

  void encode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const EncodePixelsItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(pixels);
    for (const EncodePixelsItem& item : items) {
      if (blacken_if_silent(stft, code, item.ref, item.plane)) continue;
      for (std::int64_t frame = 0; frame < item.plane.n_frames; frame += kernels_.lanes) {
        const int valid = valid_lanes(frame, item.plane.n_frames);
        load_spectrum(t, item.spectrum.data() + frame * stft.n_bins(), valid);
        kernels_.encode_pixels(t.tile, code, t.spectrum.data(), 1.0F / item.ref, target(stft, code, item.plane, frame));
      }
    }
  }

  void decode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const DecodePixelsItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(pixels);
    for (const DecodePixelsItem& item : items) {
      for (std::int64_t frame = 0; frame < item.plane.n_frames; frame += kernels_.lanes) {
        kernels_.decode_pixels(t.tile, code, source(stft, code, item.plane, frame), item.ref, t.spectrum.data());
        store_spectrum(t, item.spectrum.data() + frame * stft.n_bins(), valid_lanes(frame, item.plane.n_frames));
      }
    }
  }

  void peak(const StftSettings& stft, std::span<const std::span<const float>> signals,
            std::span<float> peaks) override {
    Transform& t = transform(stft);
    std::vector<float> power(static_cast<std::size_t>(kernels_.lanes));
    for (std::size_t i = 0; i < signals.size(); ++i) {
      float largest = 0.0F;
      for_each_tile(t, signals[i], [&](std::int64_t, int valid, const float* segment) {
        kernels_.peak(t.tile, segment, t.work.data(), power.data());
        largest = std::max(largest, *std::max_element(power.begin(), power.begin() + valid));
      });
      peaks[i] = std::sqrt(largest);
    }
  }

  void encode(const StftSettings& stft, const PixelSettings& pixels, std::span<const EncodeItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(pixels);
    for (const EncodeItem& item : items) {
      if (blacken_if_silent(stft, code, item.ref, item.plane)) continue;
      if (pixels.refine == PixelSettings::kOpenLoop) {
        encode_open_loop(t, code, item);
      } else {
        encode_closed_loop(t, code, item, pixels.refine);
      }
    }
  }

  void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(pixels);
    for (const DecodeItem& item : items) decode_item(t, code, item);
  }

 private:
  void encode_open_loop(Transform& t, const TileCode& code, const EncodeItem& item) {
    for_each_tile(t, item.signal, [&](std::int64_t frame, int, const float* segment) {
      kernels_.encode(t.tile, code, segment, 1.0F / item.ref, t.work.data(),
                      target(t.tables.settings, code, item.plane, frame));
    });
  }

  void encode_closed_loop(Transform& t, const TileCode& code, const EncodeItem& item, int sweeps) {
    if (!t.closed_loop) t.closed_loop = std::make_unique<ClosedLoop>(kernels_, t.tables, t.tile);
    const ConstPlane plane{item.plane.data, item.plane.row_bytes, item.plane.n_frames};
    ClosedLoop::OpenLoop open_loop;
    open_loop.encode = [&] { encode_open_loop(t, code, item); };
    open_loop.decode = [&](std::span<float> signal) { decode_item(t, code, {plane, item.ref, signal}); };
    t.closed_loop->run(code, item, sweeps, open_loop, t.work.data(), t.frames.data());
  }

  void decode_item(Transform& t, const TileCode& code, const DecodeItem& item) {
    if (item.ref == 0.0F) {
      std::fill(item.signal.begin(), item.signal.end(), 0.0F);
      return;
    }
    overlap_add(t, item.signal, item.plane.n_frames, [&](std::int64_t frame, int) {
      kernels_.decode(t.tile, code, source(t.tables.settings, code, item.plane, frame), item.ref, t.work.data(),
                      t.frames.data());
    });
  }

  Transform& transform(const StftSettings& stft) {
    if (!transform_ || transform_->tables.settings != stft) {
      transform_.reset();
      transform_ = std::make_unique<Transform>(stft, kernels_.lanes);
    }
    return *transform_;
  }

  TileCode tile_code(const PixelSettings& pixels) {
    if (!code_ || code_settings_ != pixels) {
      code_.emplace(pixels);
      code_settings_ = pixels;
    }
    return {code_->bits, code_->top, code_->curve, code_->magnitude.data()};
  }

  int valid_lanes(std::int64_t frame, std::int64_t n_frames) const {
    return static_cast<int>(std::min<std::int64_t>(kernels_.lanes, n_frames - frame));
  }

  /// Calls use(first frame, valid lanes, segment) for every tile of a signal, in order.
  template <class Use>
  void for_each_tile(Transform& t, std::span<const float> signal, Use&& use) {
    const StftSettings& s = t.tables.settings;
    const auto n = static_cast<std::int64_t>(signal.size());
    const std::int64_t n_frames = s.n_frames(n);
    const auto length = static_cast<std::int64_t>(t.segment.size());
    const bool reflect = s.pad_mode == PadMode::Reflect;
    for (std::int64_t frame = 0; frame < n_frames; frame += kernels_.lanes) {
      const std::int64_t start = frame * s.hop_length - s.padding();
      const bool inside = start >= 0 && start + length <= n;
      for (std::int64_t i = 0; !inside && i < length; ++i) {
        t.segment[i] = math::padded_sample(signal.data(), n, start + i, reflect);
      }
      const float* segment = inside ? signal.data() + start : t.segment.data();
      use(frame, valid_lanes(frame, n_frames), segment);
    }
  }

  /// Calls make(first frame, valid lanes), which leaves windowed frames in t.frames, for every tile, and adds them up
  /// into the signal in the order of the frames.
  template <class Make>
  void overlap_add(Transform& t, std::span<float> signal, std::int64_t n_frames, Make&& make) {
    const StftSettings& s = t.tables.settings;
    const auto n = static_cast<std::int64_t>(signal.size());
    std::fill(signal.begin(), signal.end(), 0.0F);
    for (std::int64_t frame = 0; frame < n_frames; frame += kernels_.lanes) {
      const int valid = valid_lanes(frame, n_frames);
      make(frame, valid);
      for (int lane = 0; lane < valid; ++lane) {
        const std::int64_t start = (frame + lane) * s.hop_length - s.padding();
        const std::int64_t first = std::max<std::int64_t>(0, -start);
        const std::int64_t last = std::min<std::int64_t>(s.n_fft, n - start);
        const float* from = t.frames.data() + static_cast<std::int64_t>(lane) * s.n_fft;
        if (first >= last) continue;
        float* to = signal.data() + (start + first);
        for (std::int64_t i = first; i < last; ++i) to[i - first] += from[i];
      }
    }
    divide_by_window_sum(t.tables, signal, n_frames);
  }

  static void divide_by_window_sum(const StftTables& tables, std::span<float> signal, std::int64_t n_frames) {
    const StftSettings& s = tables.settings;
    const int hop = s.hop_length;
    const auto n = static_cast<std::int64_t>(signal.size());
    for (std::int64_t i = 0; i < n;) {
      const std::int64_t position = i + s.padding();
      const int phase = static_cast<int>(position % hop);
      const std::int64_t run = std::min<std::int64_t>(hop - phase, n - i);
      const bool inside = position >= s.n_fft && position / hop < n_frames;
      float* x = signal.data() + i;
      if (inside) {
        const float* sum = tables.window_sum.data() + phase;
        for (std::int64_t j = 0; j < run; ++j) {
          x[j] = math::overlap_add_quotient(x[j], sum[j], tables.window_sum_floor);
        }
      } else {
        for (std::int64_t j = 0; j < run; ++j) {
          x[j] =
              math::overlap_add_quotient(x[j], tables.window_sum_at(position + j, n_frames), tables.window_sum_floor);
        }
      }
      i += run;
    }
  }

  bool blacken_if_silent(const StftSettings& stft, const TileCode& code, float ref, const Plane& plane) const {
    if (ref != 0.0F) return false;
    const auto bytes = static_cast<std::size_t>(plane.n_frames * 3 * (code.bits / 8));
    for (int row = 0; row < stft.n_bins(); ++row)
      std::fill_n(plane.data + row * plane.row_bytes, bytes, std::uint8_t{0});
    return true;
  }

  TilePixels target(const StftSettings& stft, const TileCode& code, const Plane& plane, std::int64_t frame) const {
    return {plane.data + frame * 3 * (code.bits / 8), plane.row_bytes, valid_lanes(frame, plane.n_frames),
            plane.data + stft.n_bins() * plane.row_bytes};
  }
  TilePixels source(const StftSettings& stft, const TileCode& code, const ConstPlane& plane, std::int64_t frame) const {
    // The decoders only read through this pointer.
    const Plane writable{const_cast<std::uint8_t*>(plane.data), plane.row_bytes, plane.n_frames};  // NOLINT
    return target(stft, code, writable, frame);
  }

  void store_spectrum(const Transform& t, Complex* out, int valid) const {
    const int bins = t.tables.settings.n_bins();
    const int w = kernels_.lanes;
    for (int lane = 0; lane < valid; ++lane) {
      for (int k = 0; k < bins; ++k) {
        const float* p = t.spectrum.data() + static_cast<std::int64_t>(k) * 2 * w + lane;
        out[static_cast<std::int64_t>(lane) * bins + k] = {p[0], p[w]};
      }
    }
  }
  void load_spectrum(Transform& t, const Complex* in, int valid) const {
    const int bins = t.tables.settings.n_bins();
    const int w = kernels_.lanes;
    std::fill(t.spectrum.begin(), t.spectrum.end(), 0.0F);
    for (int lane = 0; lane < valid; ++lane) {
      for (int k = 0; k < bins; ++k) {
        float* p = t.spectrum.data() + static_cast<std::int64_t>(k) * 2 * w + lane;
        p[0] = in[static_cast<std::int64_t>(lane) * bins + k].real();
        p[w] = in[static_cast<std::int64_t>(lane) * bins + k].imag();
      }
    }
  }

  const LaneKernels& kernels_;
  std::unique_ptr<Transform> transform_;
  std::optional<PixelCode> code_;
  PixelSettings code_settings_;
};

}  // namespace

std::vector<std::string> usable_instruction_sets() {
  std::vector<std::string> names;
  for (const LaneKernels* kernels : usable_lane_kernels()) names.emplace_back(kernels->name);
  return names;
}

std::unique_ptr<Backend> make_cpu_backend(const std::string& isa) {
  for (const LaneKernels* kernels : usable_lane_kernels()) {
    if (isa.empty() || isa == kernels->name) return std::make_unique<CpuBackend>(*kernels);
  }
  throw Error(ErrorCode::Unsupported, "the instruction set '" + isa + "' is not in this build or this processor");
}

}  // namespace spectrohue::cpu
