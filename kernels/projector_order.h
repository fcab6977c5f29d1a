// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of phase retrieval, free of CUDA as slot_backend.h is. Twin of
// host/cpu/projector.cpp.
//
// All that a search works on is on the device from its beginning to its end. A step takes the frames of all items that
// are not done, one item after another, through a work area of a fixed number of frames: cut, transformed, changed,
// transformed back and added up into another signal than they were cut from. Between the work area's fillings the
// unfinished sums are carried on, as between slots, so no bit depends on its size, nor on what else is in the batch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "core/stft_tables.h"
#include "kernels/fft.h"
#include "kernels/frames.h"
#include "kernels/overlap_add.h"
#include "kernels/projector.h"
#include "kernels/slots.h"
#include "spectrohue/projector.h"

namespace spectrohue::cuda {

/// How many frames go through the FFT: at a time, and in the work area.
struct ProjectorFrames {
  std::int64_t batch = 0;
  std::int64_t capacity = 0;  ///< whole batches
};

/// Device memory that items take for a whole search.
inline std::int64_t projector_bytes(const StftSettings& stft, const BandSums* bands,
                                    std::span<const ProjectorItem> items) {
  std::int64_t bytes = 0;
  for (const ProjectorItem& item : items) {
    if (item.n_samples == 0) continue;
    const std::int64_t n_bands = bands != nullptr ? std::ssize(bands->first_bin) : 0;
    const std::int64_t a_frame = (stft.n_bins() + n_bands + 2) * std::int64_t{sizeof(float)};
    bytes += stft.n_frames(item.n_samples) * (a_frame + stft.n_bins() * std::int64_t{sizeof(Bin)});
    bytes += Projector::kSignals * item.n_samples * std::int64_t{sizeof(float)};
  }
  return bytes;
}

/// Queue: see SlotBackend. Calls but errors(), read(), and where they free what is not needed any more, may return
/// before the work is done. All device memory is taken by the constructor, which throws Error(OutOfMemory).
template <class Queue>
class DeviceProjector final : public Projector {
 public:
  /// The queue must live as long, and plan nothing while work is under way.
  DeviceProjector(Queue& queue, const StftSettings& stft, const BandSums* bands, std::span<const ProjectorItem> items,
                  const ProjectorFrames& frames)
      : queue_(queue), tables_(stft), shape_(stft), frames_of_fft_(frames), end_{queue} {
    lay_out(items);
    if (bands != nullptr && bands->first_bin.empty()) bands = nullptr;
    n_bands_ = bands != nullptr ? std::ssize(bands->first_bin) : 0;
    if (n_rows_ == 0) return;
    allocate();
    upload_tables(bands);
    begin(items);
  }

  void synthesise(int to) override {
    make_signal(kNone, to,
                [&](const Chunk& chunk) { queue_.template projection<LoadState<false>>(project_args(chunk)); });
  }

  void relax(int from, int to, float beta) override {
    make_signal(from, to, [&](const Chunk& chunk) {
      ProjectArgs args = project_args(chunk);
      args.beta = beta;
      queue_.template projection<Relax>(args);
    });
  }

  void settle(int to) override {
    make_signal(kNone, to,
                [&](const Chunk& chunk) { queue_.template projection<LoadState<true>>(project_args(chunk)); });
    queue_.finish();
    state_ = Array<Bin>();
    if (has_bands()) magnitudes_ = Array<float>();
  }

  void project(int from, int to) override {
    make_signal(from, to, [&](const Chunk& chunk) {
      if (has_bands()) {
        queue_.template projection_blocks<ProjectBands>(band_args(chunk));
      } else {
        queue_.template projection<Project>(project_args(chunk));
      }
    });
  }

  void accelerate(int p, int c, int t, int d, const Acceleration& by) override {
    for_each_stretch([&](std::int64_t first, std::int64_t n) {
      AccelerateArgs args;
      args.p = signal(p) + first;
      args.c = signal(c) + first;
      args.t = signal(t) + first;
      args.d = signal(d) + first;
      args.n = n;
      args.share = by.share;
      args.momentum = by.momentum;
      args.lag = by.lag;
      queue_.template projection<Accelerate>(args);
    });
  }

  void copy(int from, int to) override {
    for_each_stretch([&](std::int64_t first, std::int64_t n) {
      queue_.template projection<CopySamples>(CopySamplesArgs{signal(from) + first, signal(to) + first, n});
    });
  }

  void couple(int s) override {
    queue_.enter();
    for (std::size_t i = 0; i + 2 < items_.size(); i += 3) {
      if (items_[i].is_done) continue;
      CoupleArgs args;
      args.left = signal(s) + items_[i].first_sample;
      args.right = signal(s) + items_[i + 1].first_sample;
      args.middle = signal(s) + items_[i + 2].first_sample;
      args.n = items_[i].n_samples;
      queue_.template projection<Couple>(args);
    }
  }

  std::vector<double> errors(int from) override {
    std::vector<double> sums(items_.size(), 0.0);
    make_ready();
    if (chunks_.empty()) return sums;
    for (const Chunk& chunk : chunks_) {
      analyse(chunk, from);
      has_bands() ? queue_.template projection_blocks<SumBandErrors>({band_args(chunk), errors_.data()})
                  : queue_.template projection_blocks<SumErrors>(error_args(chunk));
    }
    for_each_item([&](std::size_t i, const Item& item) {
      for (std::int64_t first = 0; first < item.n_frames; first += length(staging_)) {
        const std::int64_t n = std::min(item.n_frames - first, length(staging_));
        download(errors_, item.first_row + first, n);
        sums[i] = std::accumulate(staging_.data(), staging_.data() + n, sums[i]);
      }
    });
    return sums;
  }

  void read(int s, std::size_t item, std::span<float> samples) override {
    queue_.enter();
    for (std::int64_t first = 0; first < std::ssize(samples); first += length(staging_)) {
      const std::int64_t n = std::min(std::ssize(samples) - first, length(staging_));
      download(signals_[s], items_[item].first_sample + first, n);
      std::copy_n(staging_.data(), n, samples.begin() + first);
    }
  }

  void set_done(std::size_t item) override {
    items_[item].is_done = true;
    is_cut_ = false;
  }

 private:
  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;
  using Range = typename Queue::Range;

  static constexpr int kNone = -1;  // no signal
  /// Floats that are uploaded or downloaded at a time, or a row.
  static constexpr std::int64_t kStagedFloats = std::int64_t{1} << 20;

  /// Where an item lies among all.
  struct Item {
    std::int64_t n_samples = 0;
    std::int64_t n_frames = 0;
    std::int64_t first_row = 0;
    std::int64_t first_sample = 0;
    bool is_done = false;
  };

  /// What the work area is filled with at a time: a part of the lists.
  struct Chunk {
    std::int64_t first_segment = 0;
    std::int64_t first_frame = 0;
    std::int64_t n_frames = 0;
  };

  /// Declared last: nothing may be under way when memory is freed, also where the constructor throws.
  struct WaitsAtTheEnd {
    Queue& queue;
    ~WaitsAtTheEnd() { queue.leave(); }
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  template <class T>
  static std::int64_t length(const T& list) {
    return static_cast<std::int64_t>(list.size());
  }
  std::int64_t n_bins() const { return tables_.settings.n_bins(); }
  bool has_bands() const { return n_bands_ > 0; }
  float* signal(int i) { return signals_[i].data(); }

  template <class Use>
  void for_each_item(Use&& use) const {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].is_done) use(i, items_[i]);
    }
  }
  /// Calls use(first, n) for the samples of items that are not done, neighbours together.
  template <class Use>
  void for_each_stretch(Use&& use) {
    queue_.enter();
    std::int64_t first = 0;
    std::int64_t end = 0;
    for_each_item([&](std::size_t, const Item& item) {
      if (item.first_sample != end) {
        if (end > first) use(first, end - first);
        first = item.first_sample;
      }
      end = item.first_sample + item.n_samples;
    });
    if (end > first) use(first, end - first);
  }

  // ------------------------------------------------------------------------------------------- preparation

  void lay_out(std::span<const ProjectorItem> items) {
    for (const ProjectorItem& given : items) {
      Item item;
      item.n_samples = given.n_samples;
      item.n_frames = given.n_samples == 0 ? 0 : tables_.settings.n_frames(given.n_samples);
      item.first_row = n_rows_;
      item.first_sample = n_samples_;
      item.is_done = given.n_samples == 0;
      items_.push_back(item);
      n_rows_ += item.n_frames;
      n_samples_ += item.n_samples;
    }
    const std::int64_t batch = frames_of_fft_.batch;
    capacity_ = std::min(frames_of_fft_.capacity, ceil_div(n_rows_, batch) * batch);
  }

  /// Rows that are uploaded at a time.
  std::int64_t piece_rows() const {
    return std::clamp<std::int64_t>(kStagedFloats / std::max(n_bands_, n_bins()), 1, n_rows_);
  }

  void allocate() {
    // First: cuFFT fails without a reason when memory is nearly full.
    queue_.plan(shape_.n_fft, frames_of_fft_.batch);
    frames_.resize(size(capacity_ * shape_.n_fft));
    spectrum_.resize(size(capacity_ * n_bins()));
    carry_in_.resize(size(shape_.n_fft - shape_.hop));
    carry_out_.resize(size(shape_.n_fft - shape_.hop));
    magnitudes_.resize(size(n_rows_ * n_bins()));
    band_values_.resize(size(n_rows_ * n_bands_));
    state_.resize(size(n_rows_ * n_bins()));
    errors_.resize(size(n_rows_));
    for (Array<float>& samples : signals_) samples.resize(size(n_samples_));
    ratios_.resize(size(capacity_ * n_bands_));
    // Items that are done leave the lists, but where the others are cut then may make another segment of each chunk.
    const std::size_t n_segments = items_.size() + size(ceil_div(n_rows_, capacity_));
    segments_.resize(n_segments);
    segments_staging_.resize(n_segments);
    segment_of_frame_.resize(size(n_rows_));
    segment_of_frame_staging_.resize(size(n_rows_));
    const std::int64_t piece = piece_rows() * std::max(n_bands_, n_bins());
    staging_.resize(size(std::max(piece, std::min(kStagedFloats, n_samples_))));
  }

  /// Waits.
  template <class T>
  void upload_table(Array<T>& to, std::span<const T> table) {
    Staging<T> staging;
    to.resize(table.size());
    staging.resize(table.size());
    std::copy(table.begin(), table.end(), staging.data());
    queue_.upload(to, staging, length(table));
    queue_.finish();
  }

  void upload_tables(const BandSums* bands) {
    upload_table<float>(window_, tables_.window);
    upload_table<float>(synthesis_window_, tables_.synthesis_window);
    upload_table<float>(window_sum_, tables_.window_sum);
    std::vector<std::int64_t> rows;
    for (const Item& item : items_) rows.push_back(item.first_row);
    upload_table<std::int64_t>(first_row_, rows);
    if (bands != nullptr) upload_bands(*bands);
  }

  void upload_bands(const BandSums& bands) {
    const auto n_bands = static_cast<std::int32_t>(bands.first_bin.size());
    // By bins, ascending in the bands: the order in which bands add to their bins.
    std::vector<std::int32_t> bin_offset(size(n_bins() + 1), 0);
    std::vector<std::int32_t> bin_bands(bands.weights.size());
    std::vector<float> bin_weights(bands.weights.size());
    const auto for_each_weight = [&](auto&& use) {
      for (std::int32_t band = 0; band < n_bands; ++band) {
        for (std::int32_t e = bands.offset[band]; e < bands.offset[band + 1]; ++e) {
          use(band, bands.first_bin[band] + e - bands.offset[band], bands.weights[e]);
        }
      }
    };
    for_each_weight([&](std::int32_t, std::int32_t bin, float) { ++bin_offset[bin + 1]; });
    std::partial_sum(bin_offset.begin(), bin_offset.end(), bin_offset.begin());
    std::vector<std::int32_t> next = bin_offset;
    for_each_weight([&](std::int32_t band, std::int32_t bin, float weight) {
      bin_bands[next[bin]] = band;
      bin_weights[next[bin]++] = weight;
    });
    upload_table<std::int32_t>(first_bin_, bands.first_bin);
    upload_table<std::int32_t>(offset_, bands.offset);
    upload_table<float>(weights_, bands.weights);
    upload_table<float>(inverse_columns_, bands.inverse_columns);
    upload_table<std::int32_t>(bin_offset_, bin_offset);
    upload_table<std::int32_t>(bin_bands_, bin_bands);
    upload_table<float>(bin_weights_, bin_weights);
    bands_ = {n_bands,           first_bin_.data(),       offset_.data(),
              weights_.data(),   inverse_columns_.data(), bin_offset_.data(),
              bin_bands_.data(), bin_weights_.data(),     bands.of_squares};
  }

  std::vector<std::int64_t> frames_of_items() const {
    std::vector<std::int64_t> frames;
    for (const Item& item : items_) frames.push_back(item.is_done ? 0 : item.n_frames);
    return frames;
  }

  /// What is wanted, and the state that the search begins with, to the device, some rows at a time.
  void begin(std::span<const ProjectorItem> items) {
    const Range range("begin a search");
    Array<float> phases;
    phases.resize(size(piece_rows() * n_bins()));
    const std::vector<std::int64_t> frames = frames_of_items();
    SlotCutter cutter(frames, piece_rows());
    Slot piece;
    for (std::int64_t row = 0; cutter.next(piece); row += piece.n_frames) {
      const auto upload = [&](Array<float>& to, std::int64_t first_row, std::int64_t width, auto&& values_of) {
        for (const Segment& s : piece.segments) {
          const std::span<const float> values = values_of(items[size(s.item)]);
          std::copy_n(values.begin() + s.first_frame * width, s.n_frames * width,
                      staging_.data() + s.slot_frame * width);
        }
        queue_.upload(to, staging_, piece.n_frames * width, first_row * width);
        queue_.finish();
      };
      upload(magnitudes_, row, n_bins(), [](const ProjectorItem& item) { return item.magnitudes; });
      upload(phases, 0, n_bins(), [](const ProjectorItem& item) { return item.phases; });
      if (has_bands()) upload(band_values_, row, n_bands_, [](const ProjectorItem& item) { return item.bands; });
      BeginStateArgs args;
      args.magnitudes = magnitudes_.data() + row * n_bins();
      args.phases = phases.data();
      args.state = state_.data() + row * n_bins();
      args.n_rows = piece.n_frames;
      args.n_fft = shape_.n_fft;
      queue_.template projection<BeginState>(args);
      queue_.finish();
    }
  }

  // ------------------------------------------------------------------------------------------------- lists

  void make_ready() {
    queue_.enter();
    if (!is_cut_) cut();
  }

  /// Lists the frames of all items that are not done.
  void cut() {
    queue_.finish();  // what is under way uses the lists
    chunks_.clear();
    const std::vector<std::int64_t> frames = frames_of_items();
    SlotCutter cutter(frames, capacity_);
    Slot slot;
    std::int64_t n_segments = 0;
    std::int64_t n_frames = 0;
    while (capacity_ > 0 && cutter.next(slot)) {
      chunks_.push_back({n_segments, n_frames, slot.n_frames});
      for (std::int64_t i = 0; i < length(slot.segments); ++i) {
        Segment& s = slot.segments[size(i)];
        s.item_samples = items_[size(s.item)].n_samples;
        s.sample_count = s.item_samples;  // all of them are there
        s.sample_offset = items_[size(s.item)].first_sample;
        segments_staging_.data()[n_segments + i] = s;
        std::fill_n(segment_of_frame_staging_.data() + n_frames + s.slot_frame, s.n_frames,
                    static_cast<std::int32_t>(i));
      }
      n_segments += length(slot.segments);
      n_frames += slot.n_frames;
    }
    queue_.upload(segments_, segments_staging_, n_segments);
    queue_.upload(segment_of_frame_, segment_of_frame_staging_, n_frames);
    queue_.finish();
    is_cut_ = true;
  }

  SlotView view(const Chunk& chunk) const {
    return {segments_.data() + chunk.first_segment, segment_of_frame_.data() + chunk.first_frame, chunk.n_frames};
  }
  /// Frames of whole batches.
  std::int64_t transformed(const Chunk& chunk) const {
    return ceil_div(chunk.n_frames, frames_of_fft_.batch) * frames_of_fft_.batch;
  }
  ProjectionSlot slot_of(const Chunk& chunk) const { return {view(chunk), first_row_.data(), transformed(chunk)}; }

  ProjectArgs project_args(const Chunk& chunk) {
    ProjectArgs args;
    args.frames = slot_of(chunk);
    args.n_fft = shape_.n_fft;
    args.wanted = magnitudes_.data();
    args.state = state_.data();
    args.spectrum = spectrum_.data();
    return args;
  }
  ProjectBandsArgs band_args(const Chunk& chunk) {
    ProjectBandsArgs args;
    args.frames = slot_of(chunk);
    args.n_fft = shape_.n_fft;
    args.bands = bands_;
    args.wanted = band_values_.data();
    args.spectrum = spectrum_.data();
    args.parts = frames_.data();  // between the transform and its inverse
    args.ratios = ratios_.data();
    return args;
  }
  SumErrorsArgs error_args(const Chunk& chunk) {
    return {slot_of(chunk), shape_.n_fft, magnitudes_.data(), spectrum_.data(), errors_.data()};
  }

  // ------------------------------------------------------------------------------------------------- steps

  /// `to` = G+ of what change(chunk) leaves in the spectrum, which is G from where there is one.
  template <class Change>
  void make_signal(int from, int to, Change&& change) {
    make_ready();
    for (const Chunk& chunk : chunks_) {
      if (from != kNone) analyse(chunk, from);
      change(chunk);
      synthesise(chunk, to);
    }
  }

  template <class Use>
  void for_each_batch(const Chunk& chunk, Use&& use) {
    for (std::int64_t first = 0; first < chunk.n_frames; first += frames_of_fft_.batch) {
      use(frames_.data() + first * shape_.n_fft, spectrum_.data() + first * n_bins());
    }
  }

  void analyse(const Chunk& chunk, int from) {
    FramesArgs args;
    args.slot = view(chunk);
    args.shape = shape_;
    args.samples = signal(from);
    args.window = window_.data();
    args.frames = frames_.data();
    queue_.frames(args);
    // What is transformed must be numbers.
    queue_.clear(frames_, chunk.n_frames * shape_.n_fft, (transformed(chunk) - chunk.n_frames) * shape_.n_fft);
    for_each_batch(chunk, [&](float* frames, Bin* spectrum) {
      queue_.fft_forward(shape_.n_fft, frames_of_fft_.batch, frames, spectrum);
    });
  }

  void synthesise(const Chunk& chunk, int to) {
    for_each_batch(chunk, [&](float* frames, Bin* spectrum) {
      queue_.fft_inverse(shape_.n_fft, frames_of_fft_.batch, spectrum, frames);
    });
    OverlapAddArgs args;
    args.slot = view(chunk);
    args.shape = shape_;
    args.frames = frames_.data();
    args.synthesis_window = synthesis_window_.data();
    args.window_sums = {window_.data(), window_sum_.data(), tables_.window_sum_floor};
    args.carry_in = carry_in_.data();
    args.carry_out = carry_out_.data();
    args.samples = signal(to);
    queue_.overlap_add(args);
    std::swap(carry_in_, carry_out_);
  }

  /// To the staging memory; waits.
  void download(const Array<float>& from, std::int64_t first, std::int64_t n) {
    queue_.download(staging_, from, n, first);
    queue_.finish();
  }

  Queue& queue_;
  StftTables tables_;
  FrameShape shape_;
  ProjectorFrames frames_of_fft_;
  std::int64_t capacity_ = 0;  // of the work area, in frames
  std::int64_t n_bands_ = 0;
  std::int64_t n_rows_ = 0;     // of all items
  std::int64_t n_samples_ = 0;  // of all items
  std::vector<Item> items_;
  std::vector<Chunk> chunks_;
  bool is_cut_ = false;

  Array<float> window_;
  Array<float> synthesis_window_;
  Array<float> window_sum_;
  Array<std::int64_t> first_row_;
  BandTable bands_;
  Array<std::int32_t> first_bin_;
  Array<std::int32_t> offset_;
  Array<float> weights_;
  Array<float> inverse_columns_;
  Array<std::int32_t> bin_offset_;
  Array<std::int32_t> bin_bands_;
  Array<float> bin_weights_;

  Array<float> frames_;    // [capacity, n_fft]
  Array<Bin> spectrum_;    // [capacity, n_bins]
  Array<float> ratios_;    // [capacity, n_bands]
  Array<float> carry_in_;  // [n_fft - hop]
  Array<float> carry_out_;
  Array<Segment> segments_;
  Array<std::int32_t> segment_of_frame_;
  Staging<Segment> segments_staging_;
  Staging<std::int32_t> segment_of_frame_staging_;

  // [n_rows, ...] of all items; freed when nothing needs them any more: magnitudes only where there are bands.
  Array<float> magnitudes_;         // [n_bins]
  Array<float> band_values_;        // [n_bands]
  Array<Bin> state_;                // [n_bins]
  Array<float> errors_;             // [n_rows]
  Array<float> signals_[kSignals];  // [n_samples] each
  Staging<float> staging_;

  WaitsAtTheEnd end_;
};

}  // namespace spectrohue::cuda
