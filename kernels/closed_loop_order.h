// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of closed-loop quantisation, free of CUDA as slot_backend.h is. Twin of
// host/cpu/closed_loop.cpp.
//
// A feedback chain is a loop over its frames, so all chains of all items go in lockstep: step t transforms frame t of
// each. All data stay on the device; the host waits for what it uploads, and once for the energies that say whether
// feedback went wrong.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "core/closed_loop.h"
#include "kernels/closed_loop.h"
#include "spectrohue/backend.h"

namespace spectrohue::cuda {

/// What the loop borrows from its backend; pointers are device memory.
struct LoopTransform {
  const StftTables* tables = nullptr;
  const float* window = nullptr;            ///< [n_fft]
  const float* synthesis_window = nullptr;  ///< [n_fft]
  const float* window_sum = nullptr;        ///< [hop]
  std::int64_t capacity = 0;                ///< frames of the FFT plans to use
  float* frames = nullptr;                  ///< [capacity, n_fft]
  Bin* spectrum = nullptr;                  ///< [capacity, n_bins]
  PixelTables pixels;
  int bits = 8;     ///< of a code
  int top_bin = 0;  ///< see LoopPixelArgs
};

/// Keeps its memory from run to run. Queue: see SlotBackend.
template <class Queue>
class DeviceClosedLoop {
 public:
  /// The queue must live as long.
  explicit DeviceClosedLoop(Queue& queue) : queue_(queue) {}

  /// Device memory that an item takes.
  static std::int64_t item_bytes(const StftSettings& stft, int bits, const EncodeItem& item) {
    const std::int64_t pixel_bytes = 3 * (bits / 8);
    const std::int64_t samples_and_errors = 2 * columns_of(item).n_positions(stft);
    return item.plane.n_frames * (stft.n_bins() * pixel_bytes + std::int64_t{sizeof(LoopFrame)}) +
           samples_and_errors * std::int64_t{sizeof(float)};
  }

  /// Makes the pixels of all items, each of which has frames and a reference: the feedback pass, then `sweeps` descent
  /// sweeps. Where feedback does badly (it can run away when the reference clips), plain rounding is tried and the
  /// better of the two kept.
  void run(const LoopTransform& transform, std::span<const EncodeItem> items, int sweeps) {
    t_ = transform;
    lay_out(items);
    upload_correction();
    upload_samples(items);
    feed_back(all_items());
    keep_the_better(all_items());
    sweep(items, sweeps);
  }

  /// Of the last run, device memory. A pixel's place is [column, bin] behind its item's LoopItem::pixel_offset.
  const LoopItem* items() const { return device_items_.data(); }
  template <class Code>
  const Pixel<Code>* pixels() const {
    return reinterpret_cast<const Pixel<Code>*>(pixels_.data());
  }

 private:
  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;
  using Indices = std::vector<std::int64_t>;  // of items, ascending

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  static LoopColumns columns_of(const EncodeItem& item) {
    return {item.first_frame, item.plane.n_frames, item.signal.size()};
  }
  const StftSettings& stft() const { return t_.tables->settings; }

  // ------------------------------------------------------------------------------------------- preparation

  /// Gives all items their places, and memory for all but lists.
  void lay_out(std::span<const EncodeItem> items) {
    const StftSettings& s = stft();
    const FrameShape shape(s);
    std::int64_t n_floats = 0;
    std::int64_t n_shorts = 0;
    std::int64_t n_errors = 0;
    std::int64_t n_pixels = 0;
    items_.clear();
    for (const EncodeItem& given : items) {
      const LoopColumns columns = columns_of(given);
      Segment seen;
      seen.first_frame = given.first_frame;
      seen.n_frames = columns.n_frames;
      seen.item_samples = columns.n_samples;
      const SampleRange range = samples_seen(seen, shape);

      LoopItem item;
      item.first_frame = columns.first_frame;
      item.n_frames = columns.n_frames;
      item.sound_frames = s.n_frames(columns.n_samples);
      item.sound_samples = columns.n_samples;
      item.start = columns.start(s);
      item.n_positions = columns.n_positions(s);
      item.sound_first = columns.sound(s).first;
      item.sound_last = columns.sound(s).last;
      item.sample_first = range.first;
      item.sample_count = range.end - range.first;
      item.holds_shorts = !given.signal.has_floats();
      std::int64_t& n_samples = item.holds_shorts ? n_shorts : n_floats;
      item.sample_offset = n_samples;
      item.error_offset = n_errors;
      item.pixel_offset = n_pixels;
      item.chain_frames = chain_length(columns.n_frames, s);
      item.ref = given.ref;
      item.inverse_ref = 1.0F / given.ref;
      items_.push_back(item);
      n_samples += item.sample_count;
      n_errors += item.n_positions;
      n_pixels += item.n_frames * s.n_bins();
    }
    samples_.resize(size(n_floats));
    shorts_.resize(size(n_shorts));
    errors_.resize(size(n_errors));
    pixels_.resize(size(n_pixels * 3 * (t_.bits / 8)));
    output_.resize(size(t_.capacity * s.n_fft));
    upload_list(device_items_, items_staging_, items_);
  }

  template <class T>
  void upload_list(Array<T>& to, Staging<T>& staging, const std::vector<T>& list) {
    queue_.finish();  // what is under way may use both
    to.resize(list.size());
    staging.resize(list.size());
    std::copy(list.begin(), list.end(), staging.data());
    queue_.upload(to, staging, std::ssize(list));
    queue_.finish();
  }

  void upload_correction() {
    const ClosedLoopTables tables(stft());
    step_ = tables.step;
    upload_list(correction_, samples_staging_, tables.correction);
  }

  void upload_samples(std::span<const EncodeItem> items) {
    SampleUpload<float> floats(queue_, samples_, samples_staging_);
    SampleUpload<std::int16_t> shorts(queue_, shorts_, shorts_staging_);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const LoopItem& item = items_[i];
      const Signal& signal = items[i].signal;
      if (item.holds_shorts) {
        shorts.add(signal.shorts_at(item.sample_first), item.sample_count);
      } else {
        floats.add(signal.floats_at(item.sample_first), item.sample_count);
      }
    }
    floats.flush();
    shorts.flush();
  }

  /// Samples one after another to the device, a staging memory at a time.
  template <class T>
  class SampleUpload {
   public:
    SampleUpload(Queue& queue, Array<T>& to, Staging<T>& staging) : queue_(queue), to_(to), staging_(staging) {
      staging.resize(std::min(kRoom, to.size()));
    }
    void add(const T* samples, std::int64_t n) {
      while (n > 0) {
        const std::int64_t count = std::min(n, static_cast<std::int64_t>(staging_.size()) - staged_);
        std::copy_n(samples, count, staging_.data() + staged_);
        samples += count;
        n -= count;
        staged_ += count;
        if (staged_ == static_cast<std::int64_t>(staging_.size())) flush();
      }
    }
    /// Waits.
    void flush() {
      queue_.upload(to_, staging_, staged_, uploaded_);
      queue_.finish();
      uploaded_ += std::exchange(staged_, 0);
    }

   private:
    static constexpr std::size_t kRoom = std::size_t{1} << 22;
    Queue& queue_;
    Array<T>& to_;
    Staging<T>& staging_;
    std::int64_t staged_ = 0;
    std::int64_t uploaded_ = 0;
  };

  // ------------------------------------------------------------------------------------------------- lists

  Indices all_items() const {
    Indices all;
    for (std::int64_t i = 0; i < std::ssize(items_); ++i) all.push_back(i);
    return all;
  }

  void set_list(std::vector<LoopFrame> list) {
    list_ = std::move(list);
    upload_list(device_list_, list_staging_, list_);
  }
  /// Every chain's first column; or every column, if each is a chain of its own.
  void list_chains(const Indices& which, bool single_columns = false) {
    std::vector<LoopFrame> list;
    for (const std::int64_t i : which) {
      const std::int64_t step = single_columns ? 1 : items_[i].chain_frames;
      for (std::int64_t column = 0; column < items_[i].n_frames; column += step) list.push_back({i, column});
    }
    set_list(std::move(list));
  }

  LoopList part_of_list(std::int64_t first, std::int64_t count) const {
    return {device_items_.data(), device_list_.data() + first, count};
  }
  /// Calls use(first, count) for the list's frames [begin, end), as many at a time as are transformed together.
  template <class Use>
  void for_each_slot(std::int64_t begin, std::int64_t end, Use&& use) const {
    for (std::int64_t first = begin; first < end; first += t_.capacity) use(first, std::min(t_.capacity, end - first));
  }

  LoopArgs frame_args(std::int64_t first, std::int64_t count) {
    LoopArgs args;
    args.list = part_of_list(first, count);
    args.shape = FrameShape(stft());
    args.capacity = t_.capacity;
    args.samples = samples_.data();
    args.shorts = shorts_.data();
    args.synthesis_window = t_.synthesis_window;
    args.correction = correction_.data();
    args.window_sums = {t_.window, t_.window_sum, t_.tables->window_sum_floor};
    args.errors = errors_.data();
    args.input = t_.frames;
    args.output = output_.data();
    return args;
  }

  /// From the FFT's input to its output, with Bins<Code> (Quantise or Move) on the spectrum between.
  template <template <class> class Bins>
  void transform(const LoopList& list, int parity = 0) {
    to_spectrum();
    change<Bins>(list, parity);
    from_spectrum();
  }
  void to_spectrum() { queue_.fft_forward(stft().n_fft, t_.capacity, t_.frames, t_.spectrum); }
  void from_spectrum() { queue_.fft_inverse(stft().n_fft, t_.capacity, t_.spectrum, output_.data()); }
  template <template <class> class Bins>
  void change(const LoopList& list, int parity = 0) {
    t_.bits == 8 ? change_bins<Bins<std::uint8_t>, std::uint8_t>(list, parity)
                 : change_bins<Bins<std::uint16_t>, std::uint16_t>(list, parity);
  }
  template <class Kernel, class Code>
  void change_bins(const LoopList& list, int parity) {
    LoopPixelArgs<Code> args;
    args.list = list;
    args.n_fft = stft().n_fft;
    args.top_bin = t_.top_bin;
    args.capacity = t_.capacity;
    args.tables = t_.pixels;
    args.parity = parity;
    args.move = step_;
    args.spectrum = t_.spectrum;
    args.pixels = reinterpret_cast<Pixel<Code>*>(pixels_.data());
    queue_.template closed_loop<Kernel>(args);
  }

  // ---------------------------------------------------------------------------------------------- feedback

  void clear_errors(const Indices& which) {
    for (const std::int64_t i : which) queue_.clear(errors_, items_[i].error_offset, items_[i].n_positions);
  }

  void feed_back(const Indices& which) {
    feed_chains_back(which);
    // It does not know of what a dropped bin takes away.
    if (t_.top_bin < stft().n_bins() - 1) measure_errors(which);
  }

  void feed_chains_back(const Indices& which) {
    list_chains(which);
    const std::int64_t n_chains = std::ssize(list_);
    const std::int64_t shared = stft().n_fft - stft().hop_length;
    clear_errors(which);
    heads_.resize(size(n_chains * shared));
    queue_.clear(heads_, 0, n_chains * shared);
    for_each_slot(0, n_chains, [&](std::int64_t first, std::int64_t count) {
      LoopArgs args = frame_args(first, count);
      args.heads = heads_.data() + first * shared;
      const std::int64_t steps = longest_chain(first, count);
      for (args.list.step = 0; args.list.step < steps; ++args.list.step) {
        queue_.template closed_loop<FeedBack>(args);
        transform<Quantise>(args.list);
        queue_.template closed_loop<AddDecoded>(args);
      }
    });
    LoopArgs args = frame_args(0, n_chains);
    args.heads = heads_.data();
    queue_.template closed_loop<JoinChains>(args);
  }

  std::int64_t longest_chain(std::int64_t first, std::int64_t count) const {
    std::int64_t longest = 0;
    for (const LoopFrame& chain : std::span(list_).subspan(size(first), size(count))) {
      const LoopItem& item = items_[chain.item];
      longest = std::max(longest, std::min(item.chain_frames, item.n_frames - chain.column));
    }
    return longest;
  }

  // ------------------------------------------------------------------------------------------- never worse

  /// Of every item whose chains are the list, [all items]; waits.
  std::vector<LoopEnergy> energies() {
    const std::int64_t n = std::ssize(list_) * kEnergyThreads;
    energies_.resize(size(n));
    energies_staging_.resize(size(n));
    LoopArgs args = frame_args(0, std::ssize(list_));
    args.energies = energies_.data();
    queue_.template closed_loop<SumEnergies>(args);
    queue_.download(energies_staging_, energies_, n);
    queue_.finish();
    std::vector<LoopEnergy> sums(items_.size(), LoopEnergy{0, 0});
    for (std::int64_t i = 0; i < n; ++i) {
      LoopEnergy& sum = sums[list_[i / kEnergyThreads].item];
      sum.signal += energies_staging_.data()[i].signal;
      sum.error += energies_staging_.data()[i].error;
    }
    return sums;
  }

  void keep_the_better(const Indices& which) {
    const std::vector<LoopEnergy> fed_back = energies();
    Indices suspicious;
    for (const std::int64_t i : which) {
      if (fed_back[i].error > fed_back[i].signal * suspicious_error(t_.pixels.top)) suspicious.push_back(i);
    }
    if (suspicious.empty()) return;
    round_plainly(suspicious);
    const std::vector<LoopEnergy> plain = energies();
    Indices worse;
    for (const std::int64_t i : suspicious) {
      if (!(plain[i].error <= fed_back[i].error)) worse.push_back(i);
    }
    if (!worse.empty()) feed_back(worse);
  }

  void round_plainly(const Indices& which) {
    list_chains(which, true);
    for_each_slot(0, std::ssize(list_), [&](std::int64_t first, std::int64_t count) {
      const LoopArgs args = frame_args(first, count);
      queue_.template closed_loop<LoadSamples>(args);
      to_spectrum();
      change<Quantise>(args.list);
    });
    measure_errors(which);
  }

  /// Of the pixels as they are; leaves the list of chains.
  void measure_errors(const Indices& which) {
    list_chains(which, true);
    clear_errors(which);
    for_each_slot(0, std::ssize(list_), [&](std::int64_t first, std::int64_t count) {
      LoopArgs args = frame_args(first, count);
      args.spacing = stft().hop_length;
      change<Reread>(args.list);
      from_spectrum();
      queue_.template closed_loop<AddFrames>(args);
    });
    list_chains(which);
    queue_.template closed_loop<ErrorsOfSums>(frame_args(0, std::ssize(list_)));
  }

  // ------------------------------------------------------------------------------------------------ sweeps

  void sweep(std::span<const EncodeItem> items, int sweeps) {
    const std::int64_t stride = sweep_stride(stft());
    const std::int64_t phases = std::min<std::int64_t>(stride, (sweeps + 1) / 2);
    std::vector<Stretch> movable;
    for (const EncodeItem& item : items) movable.push_back(movable_columns(*t_.tables, columns_of(item)));
    std::vector<LoopFrame> list;
    std::vector<std::int64_t> begin{0};  // of each phase
    for (std::int64_t phase = 0; phase < phases; ++phase) {
      for (std::int64_t i = 0; i < std::ssize(movable); ++i) {
        for (std::int64_t column = movable[i].first + phase; column < movable[i].last; column += stride) {
          list.push_back({i, column});
        }
      }
      begin.push_back(std::ssize(list));
    }
    if (list.empty()) return;
    set_list(std::move(list));
    for (int i = 0; i < sweeps; ++i) {
      const std::int64_t phase = i / 2 % stride;
      sweep_once(begin[phase], begin[phase + 1], stride, i % 2);
    }
  }

  /// Every frame answers to the errors as they are before the sweep. Only frames that follow each other in the list
  /// share samples, so what one slot changes may be added once the next has seen the errors.
  void sweep_once(std::int64_t begin, std::int64_t end, std::int64_t stride, int parity) {
    LoopArgs before;
    for_each_slot(begin, end, [&](std::int64_t first, std::int64_t count) {
      LoopArgs args = frame_args(first, count);
      args.spacing = stride * stft().hop_length;
      queue_.template closed_loop<LoadErrors>(args);
      if (first > begin) queue_.template closed_loop<AddChanges>(before);
      transform<Move>(args.list, parity);
      before = args;
    });
    if (end > begin) queue_.template closed_loop<AddChanges>(before);
  }

  Queue& queue_;
  LoopTransform t_;
  std::vector<LoopItem> items_;
  std::vector<LoopFrame> list_;  // at hand; on the device too
  float step_ = 0.0F;            // ClosedLoopTables::step

  Array<LoopItem> device_items_;
  Array<LoopFrame> device_list_;
  Array<float> correction_;  // [n_fft]
  Array<float> samples_;
  Array<std::int16_t> shorts_;
  Array<float> errors_;
  Array<float> heads_;   // [chains, n_fft - hop]
  Array<float> output_;  // [capacity, n_fft] of the inverse FFT
  Array<std::uint8_t> pixels_;
  Array<LoopEnergy> energies_;
  Staging<LoopItem> items_staging_;
  Staging<LoopFrame> list_staging_;
  Staging<float> samples_staging_;
  Staging<std::int16_t> shorts_staging_;
  Staging<LoopEnergy> energies_staging_;
};

}  // namespace spectrohue::cuda
