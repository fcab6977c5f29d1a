// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// All stages on the CPU; twin of kernels/cuda_backend.cu. Walks signals and pictures tile by tile; the arithmetic of a
// tile is in lane_kernels_impl.h.
#include "cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>

#include "core/phase_forest.h"
#include "cpu/closed_loop.h"
#include "cpu/lane_kernels.h"
#include "cpu/padded_stretch.h"
#include "cpu/parts.h"
#include "cpu/projector.h"
#include "cpu/transform.h"
#include "math/frames.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue::cpu {

namespace {

/// Frames that make it worth to start a thread for them.
constexpr std::int64_t kLeastFramesAThread = 512;

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const LaneKernels& kernels) : kernels_(kernels) {}

  std::string name() const override { return std::string("cpu (") + kernels_.name + ")"; }

  void set_threads(int threads) override {
    if (threads == threads_) return;
    threads_ = threads;
    transform_.reset();
  }

  void analyse(const StftSettings& stft, std::span<const AnalyseItem> items) override {
    Transform& t = transform(stft);
    for (const AnalyseItem& item : items) {
      for_each_tile(t, item.signal, item.first_frame, std::ssize(item.spectrum) / stft.n_bins(),
                    [&](Scratch& scratch, std::int64_t column, int valid, const float* segment) {
                      kernels_.analyse(t.tile, segment, scratch.work.data(), scratch.spectrum.data());
                      store_spectrum(stft, scratch, item.spectrum.data() + column * stft.n_bins(), valid);
                    });
    }
  }

  void synthesise(const StftSettings& stft, std::span<const SynthesiseItem> items) override {
    Transform& t = transform(stft);
    for (const SynthesiseItem& item : items) {
      const std::int64_t n_frames = stft.n_frames(static_cast<std::int64_t>(item.signal.size()));
      overlap_add(t, item.signal, stft.padding(), n_frames, [&](Scratch& scratch, std::int64_t frame, int valid) {
        load_spectrum(stft, scratch, item.spectrum.data() + frame * stft.n_bins(), valid);
        kernels_.synthesise(t.tile, scratch.spectrum.data(), scratch.work.data(), scratch.frames.data());
      });
    }
  }

  void encode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const EncodePixelsItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(stft, pixels);
    for (const EncodePixelsItem& item : items) {
      if (blacken_if_silent(code, item.ref, item.plane)) continue;
      for_each_tile(t, item.plane.n_frames, [&](Scratch& scratch, std::int64_t frame, int valid) {
        load_spectrum(stft, scratch, item.spectrum.data() + frame * stft.n_bins(), valid);
        kernels_.encode_pixels(t.tile, code, scratch.spectrum.data(), 1.0F / item.ref,
                               target(code, item.plane, frame, valid));
      });
    }
  }

  void decode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const DecodePixelsItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(stft, pixels);
    for (const DecodePixelsItem& item : items) {
      for_each_tile(t, item.plane.n_frames, [&](Scratch& scratch, std::int64_t frame, int valid) {
        kernels_.decode_pixels(t.tile, code, source(code, item.plane, frame, valid), item.ref, scratch.spectrum.data());
        store_spectrum(stft, scratch, item.spectrum.data() + frame * stft.n_bins(), valid);
      });
    }
  }

  using Backend::peak;
  void peak(const StftSettings& stft, const PixelSettings& pixels, std::span<const PeakItem> items,
            std::span<float> peaks) override {
    Transform& t = transform(stft);
    const float* const weights = gains(stft, pixels).gain.data();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const PeakItem& item = items[i];
      std::mutex mutex;
      std::atomic<float> largest = 0.0F;
      for_each_tile(t, item.signal, item.first_frame, item.n_frames,
                    [&](Scratch& scratch, std::int64_t, int valid, const float* segment) {
                      float* power = scratch.lane_values.data();
                      const float floor = largest.load(std::memory_order_relaxed);
                      kernels_.peak(t.tile, weights, segment, floor, scratch.work.data(), power);
                      const float most = *std::max_element(power, power + valid);
                      const std::lock_guard lock(mutex);
                      if (most > largest) largest = most;
                    });
      peaks[i] = std::sqrt(largest);
    }
  }

  void encode(const StftSettings& stft, const PixelSettings& pixels, std::span<const EncodeItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(stft, pixels);
    for (const EncodeItem& item : items) {
      if (blacken_if_silent(code, item.ref, item.plane)) continue;
      if (pixels.refine == PixelSettings::kOpenLoop) {
        encode_open_loop(t, code, item);
      } else {
        encode_closed_loop(t, code, item, pixels.refine);
      }
    }
  }

  void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) override {
    Transform& t = transform(stft);
    const TileCode code = tile_code(stft, pixels);
    for (const DecodeItem& item : items) decode_item(t, code, item, stft.padding());
  }

  void integrate_phases(const StftSettings& stft, std::uint64_t seed, std::span<const PhaseItem> items) override {
    for (const PhaseItem& item : items) integrate_by_forest(stft, seed, item);
  }

  std::unique_ptr<Projector> make_projector(const StftSettings& stft, const BandSums* bands,
                                            std::span<const ProjectorItem> items) override {
    return cpu::make_projector(kernels_, stft, bands, items, threads_);
  }

 private:
  void encode_open_loop(Transform& t, const TileCode& code, const EncodeItem& item) {
    const auto encode = [&](Scratch& scratch, std::int64_t column, int valid, const float* segment) {
      kernels_.encode(t.tile, code, segment, 1.0F / item.ref, scratch.work.data(),
                      target(code, item.plane, column, valid));
    };
    for_each_tile(t, item.signal, item.first_frame, item.plane.n_frames, encode);
  }

  void encode_closed_loop(Transform& t, const TileCode& code, const EncodeItem& item, int sweeps) {
    if (!closed_loop_) closed_loop_ = std::make_unique<ClosedLoop>(kernels_, t);
    const ConstPlane plane{item.plane.data, item.plane.row_bytes, item.plane.n_frames};
    ClosedLoop::OpenLoop open_loop;
    open_loop.encode = [&] { encode_open_loop(t, code, item); };
    open_loop.decode = [&](std::span<float> positions) { decode_item(t, code, {plane, item.ref, positions}, 0); };
    closed_loop_->run(code, item, sweeps, open_loop);
  }

  /// item.signal begins at a position (sample + padding).
  void decode_item(Transform& t, const TileCode& code, const DecodeItem& item, std::int64_t position) {
    if (item.ref == 0.0F) {
      std::fill(item.signal.begin(), item.signal.end(), 0.0F);
      return;
    }
    overlap_add(t, item.signal, position, item.plane.n_frames, [&](Scratch& scratch, std::int64_t frame, int valid) {
      kernels_.decode(t.tile, code, source(code, item.plane, frame, valid), item.ref, scratch.work.data(),
                      scratch.frames.data());
    });
  }

  Transform& transform(const StftSettings& stft) {
    if (!transform_ || transform_->tables.settings != stft) {
      closed_loop_.reset();  // it refers to the transform
      transform_.reset();
      transform_ = std::make_unique<Transform>(stft, kernels_, threads_);
    }
    return *transform_;
  }

  TileCode tile_code(const StftSettings& stft, const PixelSettings& pixels) {
    if (!code_ || code_settings_ != pixels) {
      code_.emplace(pixels);
      code_settings_ = pixels;
    }
    const BinGains& g = gains(stft, pixels);
    return {code_->bits,   code_->top,       code_->places,           code_->curve, code_->magnitude.data(),
            g.gain.data(), g.inverse.data(), n_rows(stft, pixels) - 1};
  }

  /// data() of both is null where the tilt is 0.
  const BinGains& gains(const StftSettings& stft, const PixelSettings& pixels) {
    if (gains_bins_ != stft.n_bins() || gains_tilt_ != pixels.tilt) {
      gains_ = bin_gains(stft, pixels);
      gains_bins_ = stft.n_bins();
      gains_tilt_ = pixels.tilt;
    }
    return gains_;
  }

  /// Calls use(scratch, first frame, valid lanes) for every tile of n_frames, on several threads where that pays.
  template <class Use>
  void for_each_tile(Transform& t, std::int64_t n_frames, Use&& use) {
    const int parts = count_parts(n_frames, kLeastFramesAThread, t.threads());
    run_parts(parts, [&](int part) {
      const Range range = part_of(n_frames, kernels_.lanes, part, parts);
      for (std::int64_t frame = range.first; frame < range.last; frame += kernels_.lanes) {
        use(*t.scratch[part], frame, static_cast<int>(std::min<std::int64_t>(kernels_.lanes, range.last - frame)));
      }
    });
  }

  /// Calls use(scratch, first column, valid lanes, segment) for every tile of n_frames frames of a signal, of which
  /// first_frame is column 0.
  template <class Use>
  void for_each_tile(Transform& t, const Signal& signal, std::int64_t first_frame, std::int64_t n_frames, Use&& use) {
    const StftSettings& s = t.tables.settings;
    for_each_tile(t, n_frames, [&](Scratch& scratch, std::int64_t column, int valid) {
      const std::int64_t start = (first_frame + column) * s.hop_length - s.padding();
      const std::span<float> segment = scratch.segment.span();
      if (valid == kernels_.lanes) {
        use(scratch, column, valid, padded_stretch(signal, start, s.pad_mode, segment));
        return;
      }
      // Lanes that do not exist would see samples of a signal that need not be there: theirs is what the memory holds.
      const std::int64_t seen = static_cast<std::int64_t>(valid - 1) * s.hop_length + s.n_fft;
      copy_padded(signal, start, s.pad_mode, segment.first(static_cast<std::size_t>(seen)));
      use(scratch, column, valid, segment.data());
    });
  }

  /// Calls make(scratch, first frame, valid lanes), which leaves windowed frames in the scratch memory, for every tile,
  /// and adds them up, in the order of the frames, into a signal whose first sample is at `position` (sample +
  /// padding). On several threads each makes the samples of its part from all frames that hold them, so that the sums
  /// are the same.
  template <class Make>
  void overlap_add(Transform& t, std::span<float> signal, std::int64_t position, std::int64_t n_frames, Make&& make) {
    const auto n = static_cast<std::int64_t>(signal.size());
    const int hop = t.tables.settings.hop_length;
    const int parts = count_parts(n_frames, kLeastFramesAThread, t.threads());
    run_parts(parts, [&](int part) {
      const Range samples = part_of(n, hop, part, parts);
      if (samples.first < samples.last) add_part(t, *t.scratch[part], signal, position, samples, n_frames, make);
    });
  }

  template <class Make>
  void add_part(const Transform& t, Scratch& scratch, std::span<float> signal, std::int64_t position, Range samples,
                std::int64_t n_frames, Make&& make) {
    const StftSettings& s = t.tables.settings;
    std::fill(signal.begin() + samples.first, signal.begin() + samples.last, 0.0F);
    const auto holding = [&](std::int64_t sample) {
      return math::frames_holding(sample + position, s.n_fft, s.hop_length, n_frames);
    };
    const std::int64_t end = holding(samples.last - 1).last + 1;
    for (std::int64_t frame = holding(samples.first).first; frame < end; frame += kernels_.lanes) {
      const auto valid = static_cast<int>(std::min<std::int64_t>(kernels_.lanes, end - frame));
      make(scratch, frame, valid);
      for (int lane = 0; lane < valid; ++lane) {
        const std::int64_t start = (frame + lane) * s.hop_length - position;
        const std::int64_t first = std::max(samples.first, start);
        const std::int64_t last = std::min(samples.last, start + s.n_fft);
        if (first >= last) continue;
        const float* from = scratch.frames.data() + static_cast<std::int64_t>(lane) * s.n_fft + (first - start);
        float* to = signal.data() + first;
        for (std::int64_t i = 0; i < last - first; ++i) to[i] += from[i];
      }
    }
    divide_by_window_sum(t.tables, signal, position, samples, n_frames);
  }

  static void divide_by_window_sum(const StftTables& tables, std::span<float> signal, std::int64_t position,
                                   Range samples, std::int64_t n_frames) {
    const auto divide = [&](std::int64_t first, std::int64_t count, const float* sums) {
      float* x = signal.data() + (first - position);
      for (std::int64_t i = 0; i < count; ++i) {
        x[i] = math::overlap_add_quotient(x[i], sums[i], tables.window_sum_floor);
      }
    };
    tables.for_each_window_sum(samples.first + position, samples.last + position, n_frames, divide);
  }

  bool blacken_if_silent(const TileCode& code, float ref, const Plane& plane) const {
    if (ref != 0.0F) return false;
    const auto bytes = static_cast<std::size_t>(plane.n_frames * 3 * (code.bits / 8));
    for (int row = 0; row <= code.top_bin; ++row)
      std::fill_n(plane.data + row * plane.row_bytes, bytes, std::uint8_t{0});
    return true;
  }

  TilePixels target(const TileCode& code, const Plane& plane, std::int64_t frame, int valid) const {
    const std::int64_t pixel_bytes = 3 * (code.bits / 8);
    const std::uint8_t* last_row = plane.data + code.top_bin * plane.row_bytes;
    return {plane.data + frame * pixel_bytes, plane.row_bytes, valid, last_row + plane.n_frames * pixel_bytes};
  }
  TilePixels source(const TileCode& code, const ConstPlane& plane, std::int64_t frame, int valid) const {
    // The decoders only read through this pointer.
    const Plane writable{const_cast<std::uint8_t*>(plane.data), plane.row_bytes, plane.n_frames};  // NOLINT
    return target(code, writable, frame, valid);
  }

  void store_spectrum(const StftSettings& stft, const Scratch& scratch, Complex* out, int valid) const {
    const int bins = stft.n_bins();
    const int w = kernels_.lanes;
    for (int lane = 0; lane < valid; ++lane) {
      for (int k = 0; k < bins; ++k) {
        const float* p = scratch.spectrum.data() + static_cast<std::int64_t>(k) * 2 * w + lane;
        out[static_cast<std::int64_t>(lane) * bins + k] = {p[0], p[w]};
      }
    }
  }
  void load_spectrum(const StftSettings& stft, Scratch& scratch, const Complex* in, int valid) const {
    const int bins = stft.n_bins();
    const int w = kernels_.lanes;
    std::fill(scratch.spectrum.begin(), scratch.spectrum.end(), 0.0F);
    for (int lane = 0; lane < valid; ++lane) {
      for (int k = 0; k < bins; ++k) {
        float* p = scratch.spectrum.data() + static_cast<std::int64_t>(k) * 2 * w + lane;
        p[0] = in[static_cast<std::int64_t>(lane) * bins + k].real();
        p[w] = in[static_cast<std::int64_t>(lane) * bins + k].imag();
      }
    }
  }

  const LaneKernels& kernels_;
  int threads_ = 1;
  std::unique_ptr<Transform> transform_;
  std::unique_ptr<ClosedLoop> closed_loop_;  // of transform_; made when first needed
  std::optional<PixelCode> code_;
  PixelSettings code_settings_;
  BinGains gains_;
  int gains_bins_ = 0;  // what gains_ are made for
  double gains_tilt_ = 0;
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
  std::string usable;
  for (const std::string& name : usable_instruction_sets()) usable += (usable.empty() ? "" : ", ") + name;
  throw Error(ErrorCode::Device,
              "the instruction set '" + isa + "' is not in this build or this processor; here: " + usable);
}

}  // namespace spectrohue::cpu
