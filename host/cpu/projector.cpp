// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/projector.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "cpu/parts.h"
#include "cpu/transform.h"
#include "math/projection.h"

namespace spectrohue::cpu {

namespace {

constexpr std::int64_t kLeastFramesAThread = 256;

/// An item, in the layout of tiles. Signals are over positions (sample + padding), as far as any lane of the last tile
/// sees; they are 0, or the mirrored signal, where no sample is.
struct Item {
  std::int64_t n_samples = 0;
  std::int64_t n_frames = 0;
  Buffer<float> magnitudes;  // [n_tiles][n_bins][lanes]
  Buffer<float> bands;       // [n_tiles][n_bands][lanes]
  Buffer<float> state;       // [n_tiles][n_bins][re, im][lanes]
  Buffer<float> signals[Projector::kSignals];
  bool is_done = false;
};

class CpuProjector final : public Projector {
 public:
  CpuProjector(const LaneKernels& kernels, const StftSettings& stft, const BandSums* bands,
               std::span<const ProjectorItem> items, int threads)
      : kernels_(kernels), t_(stft, kernels, threads), items_(items.size()) {
    if (bands != nullptr) {
      bands_ = {static_cast<int>(bands->first_bin.size()),
                stft.n_bins(),
                bands->first_bin.data(),
                bands->offset.data(),
                bands->weights.data(),
                bands->inverse_columns.data(),
                bands->of_squares};
      bins_.resize(static_cast<std::size_t>(threads));
      for (Buffer<float>& bins : bins_) bins.resize(static_cast<std::size_t>(2) * stft.n_bins() * kernels.lanes);
    }
    for (std::size_t i = 0; i < items.size(); ++i) take(items[i], items_[i]);
  }

  void synthesise(int to) override {
    for_each_item([&](Item& item) {
      make_signal(item, to, [&](Scratch& scratch, std::int64_t tile, int) {
        kernels_.synthesise(t_.tile, state_of(item, tile), scratch.work.data(), scratch.frames.data());
      });
    });
  }

  void relax(int from, int to, float beta) override {
    for_each_item([&](Item& item) {
      make_signal(item, to, [&](Scratch& scratch, std::int64_t tile, int) {
        kernels_.relax(t_.tile, tile_of(item, from, tile), beta, scratch.work.data(), scratch.frames.data());
      });
    });
  }

  void settle(int to) override {
    for_each_item([&](Item& item) {
      make_signal(item, to, [&](Scratch& scratch, std::int64_t tile, int) {
        kernels_.settle(t_.tile, tile_of(item, 0, tile), scratch.work.data(), scratch.frames.data());
      });
      Buffer<float>().swap(item.state);
    });
  }

  void project(int from, int to) override {
    for_each_item([&](Item& item) {
      make_signal(item, to, [&](Scratch& scratch, std::int64_t tile, int part) {
        const ProjectionTile at = tile_of(item, from, tile);
        if (has_bands()) {
          kernels_.project_bands(t_.tile, bands_, at, scratch.work.data(), scratch.spectrum.data(), bins_[part].data(),
                                 scratch.frames.data());
        } else {
          kernels_.project(t_.tile, at, scratch.work.data(), scratch.frames.data());
        }
      });
    });
  }

  void accelerate(int p, int c, int t, int d, const Acceleration& by) override {
    for_each_item([&](Item& item) {
      Buffer<float>* const s = item.signals;
      for (std::size_t i = 0; i < s[p].size(); ++i) {
        math::accelerate(s[p][i], s[c][i], s[t][i], s[d][i], by.share, by.momentum, by.lag);
      }
    });
  }

  void copy(int from, int to) override {
    for_each_item([&](Item& item) {
      room_of(item, to);
      std::copy(item.signals[from].begin(), item.signals[from].end(), item.signals[to].begin());
    });
  }

  void couple(int signal) override {
    for (std::size_t i = 0; i + 2 < items_.size(); i += 3) {
      if (items_[i].is_done) continue;
      float* const l = items_[i].signals[signal].data();
      float* const r = items_[i + 1].signals[signal].data();
      float* const m = items_[i + 2].signals[signal].data();
      for (std::size_t k = 0; k < items_[i].signals[signal].size(); ++k) math::couple(l[k], r[k], m[k]);
    }
  }

  std::vector<double> errors(int from) override {
    std::vector<double> sums(items_.size(), 0.0);
    std::vector<float> of_frames;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      if (item.is_done) continue;
      of_frames.resize(static_cast<std::size_t>(n_tiles(item)) * kernels_.lanes);
      const int parts = count_parts(item.n_frames, kLeastFramesAThread, t_.threads());
      run_parts(parts, [&](int part) {
        const Range tiles = part_of(n_tiles(item), 1, part, parts);
        Scratch& scratch = *t_.scratch[part];
        for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) {
          float* const out = of_frames.data() + tile * kernels_.lanes;
          const ProjectionTile at = tile_of(item, from, tile);
          if (has_bands()) {
            kernels_.band_errors(t_.tile, bands_, at, scratch.work.data(), scratch.spectrum.data(), bins_[part].data(),
                                 out);
          } else {
            kernels_.errors(t_.tile, at, scratch.work.data(), out);
          }
        }
      });
      for (std::int64_t frame = 0; frame < item.n_frames; ++frame) sums[i] += of_frames[frame];
    }
    return sums;
  }

  void read(int signal, std::size_t item, std::span<float> samples) override {
    if (samples.empty()) return;
    const float* const first = items_[item].signals[signal].data() + t_.tables.settings.padding();
    std::copy_n(first, samples.size(), samples.data());
  }

  void set_done(std::size_t item) override { items_[item].is_done = true; }

 private:
  bool has_bands() const { return bands_.n_bands > 0; }
  std::int64_t n_tiles(const Item& item) const { return (item.n_frames + kernels_.lanes - 1) / kernels_.lanes; }

  template <class Use>
  void for_each_item(Use&& use) {
    for (Item& item : items_) {
      if (!item.is_done) use(item);
    }
  }

  ProjectionTile tile_of(Item& item, int from, std::int64_t tile) const {
    const std::int64_t w = kernels_.lanes;
    const float* const segment = item.signals[from].data() + tile * w * t_.tables.settings.hop_length;
    return {segment, item.magnitudes.data() + tile * t_.tables.settings.n_bins() * w,
            item.bands.data() + tile * bands_.n_bands * w, state_of(item, tile)};
  }
  float* state_of(Item& item, std::int64_t tile) const {
    return item.state.data() + tile * t_.tables.settings.n_bins() * 2 * kernels_.lanes;
  }

  void take(const ProjectorItem& from, Item& item) {
    const StftSettings& s = t_.tables.settings;
    item.n_samples = from.n_samples;
    item.n_frames = s.n_frames(from.n_samples);
    item.is_done = from.n_samples == 0;
    if (item.is_done) return;
    const std::int64_t w = kernels_.lanes;
    to_lanes(item, from.magnitudes, s.n_bins(), item.magnitudes);
    if (has_bands()) to_lanes(item, from.bands, bands_.n_bands, item.bands);
    item.state.resize(static_cast<std::size_t>(n_tiles(item) * s.n_bins() * 2 * w));
    const int parts = count_parts(item.n_frames, kLeastFramesAThread, t_.threads());
    run_parts(parts, [&](int part) {
      const Range tiles = part_of(n_tiles(item), 1, part, parts);
      for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) begin_state(from, item, tile);
    });
  }

  /// [n_frames][rows] to [n_tiles][rows][lanes]; 0 in lanes without a frame.
  void to_lanes(const Item& item, std::span<const float> from, int n_rows, Buffer<float>& lanes) const {
    const std::int64_t w = kernels_.lanes;
    lanes.resize(static_cast<std::size_t>(n_tiles(item) * n_rows * w));
    float* to = lanes.data();
    for (std::int64_t tile = 0; tile < n_tiles(item); ++tile, to += n_rows * w) {
      for (std::int64_t lane = 0; lane < w; ++lane) {
        const std::int64_t frame = tile * w + lane;
        for (std::int64_t row = 0; row < n_rows; ++row) {
          to[row * w + lane] = frame < item.n_frames ? from[frame * n_rows + row] : 0.0F;
        }
      }
    }
  }

  void begin_state(const ProjectorItem& from, Item& item, std::int64_t tile) const {
    const StftSettings& s = t_.tables.settings;
    const std::int64_t w = kernels_.lanes;
    float* const state = state_of(item, tile);
    for (std::int64_t lane = 0; lane < w; ++lane) {
      const std::int64_t frame = tile * w + lane;
      const bool exists = frame < item.n_frames;
      const std::int64_t first = frame * s.n_bins();
      for (std::int64_t k = 0; k < s.n_bins(); ++k) {
        float re = 0.0F;
        float im = 0.0F;
        if (exists) math::bin_of_phase(std::abs(from.magnitudes[first + k]), from.phases[first + k], re, im);
        const bool is_real = k == 0 || 2 * k == s.n_fft;
        state[k * 2 * w + lane] = re;
        state[k * 2 * w + w + lane] = is_real ? 0.0F : im;
      }
    }
  }

  void room_of(Item& item, int signal) const {
    const StftSettings& s = t_.tables.settings;
    Buffer<float>& positions = item.signals[signal];
    if (!positions.empty()) return;
    const std::int64_t last_frame = n_tiles(item) * kernels_.lanes - 1;
    positions.resize(static_cast<std::size_t>(std::max(last_frame * s.hop_length + s.n_fft,  //
                                                       item.n_samples + s.padding())));
    std::fill(positions.begin(), positions.end(), 0.0F);
  }

  /// make(scratch, tile, part) leaves windowed frames in the scratch memory, which are added up in their order. On
  /// several threads each adds up the frames of its tiles; where those of the part before reach into it, its own are
  /// kept aside and added behind them, so that the sums are the same.
  template <class Make>
  void make_signal(Item& item, int to, Make&& make) {
    const StftSettings& s = t_.tables.settings;
    room_of(item, to);
    const int parts = count_parts(item.n_frames, kLeastFramesAThread, t_.threads());
    std::vector<std::vector<float>> aside(static_cast<std::size_t>(parts));
    const auto begin_of = [&](int part) {
      const std::int64_t frame = part_of(n_tiles(item), 1, part, parts).first * kernels_.lanes;
      return std::min(frame, item.n_frames) * s.hop_length;
    };
    // Where the frames of the parts before end.
    const auto overlap_end = [&](int part) { return part == 0 ? 0 : begin_of(part) - s.hop_length + s.n_fft; };
    float* const sums = item.signals[to].data();
    run_parts(parts, [&](int part) {
      const Range tiles = part_of(n_tiles(item), 1, part, parts);
      const bool is_last = part + 1 == parts;
      std::fill(sums + overlap_end(part), is_last ? item.signals[to].end() : sums + overlap_end(part + 1), 0.0F);
      for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) {
        Scratch& scratch = *t_.scratch[part];
        make(scratch, tile, part);
        for (std::int64_t lane = 0; lane < kernels_.lanes; ++lane) {
          const std::int64_t frame = tile * kernels_.lanes + lane;
          if (frame >= item.n_frames) break;
          const std::int64_t start = frame * s.hop_length;
          const float* const x = scratch.frames.data() + lane * s.n_fft;
          const std::int64_t kept = std::clamp<std::int64_t>(overlap_end(part) - start, 0, s.n_fft);
          aside[part].insert(aside[part].end(), x, x + kept);
          for (std::int64_t i = kept; i < s.n_fft; ++i) sums[start + i] += x[i];
        }
      }
    });
    for (int part = 1; part < parts; ++part) add_aside(aside[part], begin_of(part), overlap_end(part), sums);
    divide(item, item.signals[to].span());
  }

  /// What was kept of frames that begin at `start`, start + hop ...: as much of each as lies before `end`.
  void add_aside(const std::vector<float>& aside, std::int64_t start, std::int64_t end, float* sums) const {
    std::size_t at = 0;
    for (; start < end && at < aside.size(); start += t_.tables.settings.hop_length) {
      const std::int64_t count = end - start;
      for (std::int64_t i = 0; i < count; ++i) sums[start + i] += aside[at + i];
      at += static_cast<std::size_t>(count);
    }
  }

  /// Ends the overlap-add, and makes what is outside of the signal what frames see there.
  void divide(const Item& item, std::span<float> sums) const {
    const StftSettings& s = t_.tables.settings;
    const std::int64_t first = s.padding();
    const std::int64_t last = first + item.n_samples;
    const std::int64_t end = std::ssize(sums);
    const auto divide = [&](std::int64_t at, std::int64_t count, const float* window_sums) {
      for (std::int64_t i = 0; i < count; ++i) {
        sums[at + i] = math::overlap_add_quotient(sums[at + i], window_sums[i], t_.tables.window_sum_floor);
      }
    };
    t_.tables.for_each_window_sum(first, last, item.n_frames, divide);
    const auto pad = [&](std::int64_t i) {
      sums[i] = math::padded_sample(sums.data() + first, item.n_samples, i - first, s.pad_mode == PadMode::Reflect);
    };
    for (std::int64_t i = 0; i < first; ++i) pad(i);
    for (std::int64_t i = last; i < end; ++i) pad(i);
  }

  const LaneKernels& kernels_;
  Transform t_;
  BandTables bands_{};
  std::vector<Buffer<float>> bins_;  // [threads] scratch memory of bands
  std::vector<Item> items_;
};

}  // namespace

std::unique_ptr<Projector> make_projector(const LaneKernels& kernels, const StftSettings& stft, const BandSums* bands,
                                          std::span<const ProjectorItem> items, int threads) {
  return std::make_unique<CpuProjector>(kernels, stft, bands, items, threads);
}

}  // namespace spectrohue::cpu
