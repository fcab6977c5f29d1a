// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of the CUDA backend, free of CUDA: a Queue does them. cuda_backend.cu passes the
// real one; tests/kernel_logic_test.cpp one that walks through every thread on the host, as late and in as bad an order
// as it may, so that all that is written here and in the stages' headers is compared with the CPU backend where there
// is no device.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/phase_forest.h"
#include "core/stft_tables.h"
#include "kernels/closed_loop_order.h"
#include "kernels/fft.h"
#include "kernels/frames.h"
#include "kernels/overlap_add.h"
#include "kernels/peak.h"
#include "kernels/phase_forest_order.h"
#include "kernels/pixels.h"
#include "kernels/png/pages.h"
#include "kernels/projector_order.h"
#include "kernels/slots.h"
#include "spectrohue/backend.h"
#include "spectrohue/encode_png.h"
#include "spectrohue/error.h"

namespace spectrohue::cuda {

/// Queue is a stream of a device. It has
///   Array<T>, Staging<T>     device memory; host memory that copies use: resize(n, room = n) (where it must grow, to
///                            room; contents are lost, and work under way must not use it), data(), size()
///   Event                    what record(event) marks in one queue and wait(event) waits for in another, on the device
///   Range(name)              for profilers: what is queued while it lives
///   enter()                  makes the device current for this thread
///   leave()                  waits for all that is queued, whether or not it succeeds, and does not throw
///   upload(to, from, n, first = 0), download(to, from, n, first = 0), clear(to, first, n), finish(); first: of the
///                            device memory
///   plan(n_fft, n_frames)    makes ready what transforms of so many frames need; not while any are under way
///   frames, fft_forward, fft_inverse, real_bins, encode_pixels, decode_pixels, overlap_add, peak, turn_pixels
///   closed_loop<Kernel>(args)  a kernel of closed_loop.h
///   projection<Kernel>(args), projection_blocks<Kernel>(args)  a kernel of projector.h
///   forest<Kernel>(args)       a kernel of phase_forest.h
///   sample_filters, count_stripes, code_stripes, place_stripes, pack_stripes, sum_pixels
/// All but finish() and leave() may return before the work is done; it is done in the order of its queue.
///
/// Slots go round the lanes, each with a queue, buffers and staging memory of its own. While the host fills one slot's
/// staging memory, those before it are uploaded, computed and downloaded; a lane's results are copied out when its next
/// slot is due. Between lanes there are three dependencies: tables are there before a call begins to deal slots; sums
/// that go on from slot to slot (add_up); and what a call makes on the first lane before its slots (follow_first_).
template <class Queue>
class SlotBackend : public Backend, public PngEncoder {
 public:
  /// A lane a queue, kSlotsInFlight of them, all of one device. The first also runs the closed loop and projectors.
  SlotBackend(std::string name, std::vector<Queue> queues, const SlotLimits& limits = {})
      : name_(std::move(name)),
        limits_(limits),
        lanes_(std::make_move_iterator(queues.begin()), std::make_move_iterator(queues.end())) {
    make_parts();
  }
  ~SlotBackend() override { wait_for_all(); }

  std::string name() const override { return name_; }

  void analyse(const StftSettings& stft, std::span<const AnalyseItem> items) override {
    call(stft, [&](Transform& t) {
      deal(
          t, items.size(), [&](std::size_t i) { return length(items[i].spectrum) / stft.n_bins(); },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.first_frame += items[s.item].first_frame;
            make_spectrum(t, lane, [&](std::size_t i) { return items[i].signal; });
            download_spectrum(t, lane);
          },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.first_frame -= items[s.item].first_frame;
            hand_out_spectrum(t, lane, [&](std::size_t i) { return items[i].spectrum; });
          });
    });
  }

  void synthesise(const StftSettings& stft, std::span<const SynthesiseItem> items) override {
    const auto signal_of = [&](std::size_t i) { return items[i].signal; };
    call(stft, [&](Transform& t) {
      deal(
          t, items.size(),
          [&](std::size_t i) { return items[i].signal.empty() ? 0 : stft.n_frames(length(items[i].signal)); },
          [&](Lane& lane) {
            upload_spectrum(t, lane, [&](std::size_t i) { return items[i].spectrum; });
            lay_out_completed(t, lane, signal_of);
            upload_slot(lane);
            lane.queue.real_bins(RealBinsArgs{lane.spectrum.data(), lane.slot.n_frames, t.shape.n_fft});
            add_up(t, lane);
          },
          [&](Lane& lane) { hand_out_signals(lane, signal_of); });
    });
  }

  void encode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const EncodePixelsItem> items) override {
    const auto plane_of = [&](std::size_t i) { return items[i].plane; };
    call(stft, [&](Transform& t) {
      prepare(t, pixels);
      deal(
          t, items.size(),
          [&](std::size_t i) {
            return blacken_if_silent(t, items[i].ref, items[i].plane) ? 0 : items[i].plane.n_frames;
          },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.scale = 1.0F / items[s.item].ref;
            upload_spectrum(t, lane, [&](std::size_t i) { return items[i].spectrum; });
            upload_slot(lane);
            make_pixels(t, lane);
          },
          [&](Lane& lane) { hand_out_pixels(t, lane, plane_of); });
    });
  }

  void decode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const DecodePixelsItem> items) override {
    call(stft, [&](Transform& t) {
      prepare(t, pixels);
      deal(
          t, items.size(), [&](std::size_t i) { return items[i].plane.n_frames; },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.scale = items[s.item].ref;
            upload_slot(lane);
            read_pixels(t, lane, [&](std::size_t i) { return items[i].plane; });
            download_spectrum(t, lane);
          },
          [&](Lane& lane) { hand_out_spectrum(t, lane, [&](std::size_t i) { return items[i].spectrum; }); });
    });
  }

  using Backend::peak;
  void peak(const StftSettings& stft, const PixelSettings& pixels, std::span<const PeakItem> items,
            std::span<float> peaks) override {
    if (items.empty()) return;
    call(stft, [&](Transform& t) {
      prepare_gains(t, pixels);
      Lane& first = lanes_.front();
      power_bits_.resize(items.size());
      power_staging_.resize(items.size());
      first.queue.clear(power_bits_, 0, length(items));
      follow_first();
      deal(
          t, items.size(), [&](std::size_t i) { return items[i].n_frames; },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.first_frame += items[s.item].first_frame;
            make_spectrum(t, lane, [&](std::size_t i) { return items[i].signal; });
            PeakArgs args;
            args.slot = view(lane);
            args.n_bins = stft.n_bins();
            args.spectrum = lane.spectrum.data();
            args.gains = gains_.data();
            args.power_bits = power_bits_.data();
            lane.queue.peak(args);
          },
          [](Lane&) {});
      first.queue.download(power_staging_, power_bits_, length(items));
      first.queue.finish();
      for (std::size_t i = 0; i < items.size(); ++i) peaks[i] = std::sqrt(math::from_bits(power_staging_.data()[i]));
    });
  }

  void encode(const StftSettings& stft, const PixelSettings& pixels, std::span<const EncodeItem> items) override {
    call(stft, [&](Transform& t) {
      prepare(t, pixels);
      encode_items(t, items, {});
    });
  }

  /// As many items together as make a large device busy; where memory does not suffice, fewer, and an item that does
  /// not fit alone on the host.
  void integrate_phases(const StftSettings& stft, std::uint64_t seed, std::span<const PhaseItem> items) override {
    for (std::size_t n = 0; !items.empty(); items = items.subspan(n)) {
      n = items_of_forest(items);
      while (!integrate_on_device(stft, seed, items.first(n))) {
        if (n == 1) {
          integrate_by_forest(stft, seed, items[0]);
          break;
        }
        n /= 2;
      }
    }
  }

  /// Its steps are queued on the first lane, whose FFT plans it uses; calls of the backend wait for them. Where memory
  /// does not suffice, what the backend keeps is freed and fewer frames go through the FFT together, which makes the
  /// same results.
  std::unique_ptr<Projector> make_projector(const StftSettings& stft, const BandSums* bands,
                                            std::span<const ProjectorItem> items) override {
    ProjectorFrames frames{fft_batch(stft.n_fft, limits_), slot_capacity(stft.n_fft, limits_)};
    Queue& queue = lanes_.front().queue;
    for (;;) {
      try {
        queue.enter();
        return std::make_unique<DeviceProjector<Queue>>(queue, stft, bands, items, frames);
      } catch (const Error& error) {
        wait_for_all();
        if (error.code() != ErrorCode::OutOfMemory) throw;
        release();
        if (frames.capacity == frames.batch) {
          throw Error(ErrorCode::OutOfMemory,
                      name_ + " has too little memory to seek the phases of " + std::to_string(items.size()) +
                          " signals, which take " + std::to_string(projector_bytes(stft, bands, items) >> 20) +
                          " MiB and the work on " + std::to_string(frames.capacity) + " frames of " +
                          std::to_string(stft.n_fft) + " samples: " + error.what() +
                          "; shorter sounds, fewer jobs at a time or the CPU need less");
        }
        frames.capacity = std::max(frames.capacity / 2 / frames.batch, std::int64_t{1}) * frames.batch;
      }
    }
  }

  std::int64_t batch_samples() const override { return kBatchSamples; }

  PngEncoder* png_encoder() override { return this; }

  void encode_png(const StftSettings& stft, const PixelSettings& pixels, std::span<const PngItem> items,
                  TileTaker& taker) override {
    for (std::size_t done = 0, n = 0; done < items.size(); done += n) {
      call(stft, [&](Transform& t) {
        prepare(t, pixels);
        n = make_tiles(t, items.subspan(done), taker);
      });
      for (EncodedTile tile : pages_->tiles()) {
        tile.item += done;
        taker.take(tile);
      }
    }
  }

  void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) override {
    const auto signal_of = [&](std::size_t i) { return items[i].signal; };
    call(stft, [&](Transform& t) {
      prepare(t, pixels);
      deal(
          t, items.size(),
          [&](std::size_t i) -> std::int64_t {
            if (items[i].ref == 0.0F) std::fill(items[i].signal.begin(), items[i].signal.end(), 0.0F);
            return items[i].ref == 0.0F || items[i].signal.empty() ? 0 : items[i].plane.n_frames;
          },
          [&](Lane& lane) {
            for (Segment& s : lane.slot.segments) s.scale = items[s.item].ref;
            lay_out_completed(t, lane, signal_of);
            upload_slot(lane);
            read_pixels(t, lane, [&](std::size_t i) { return items[i].plane; });
            add_up(t, lane);
          },
          [&](Lane& lane) { hand_out_signals(lane, signal_of); });
    });
  }

 private:
  /// 25 minutes of 11 kHz mono: chains of the closed loop enough to fill a large device. A guess.
  static constexpr std::int64_t kBatchSamples = std::int64_t{16} << 20;
  /// Bins whose phases are integrated together, but for a single item: 5 GiB. A guess.
  static constexpr std::int64_t kForestBins = std::int64_t{1} << 28;

  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;
  using Event = typename Queue::Event;
  using Range = typename Queue::Range;

  /// Tables of one StftSettings.
  struct Transform {
    explicit Transform(const StftSettings& settings) : tables(settings), shape(settings) {}
    StftTables tables;
    FrameShape shape;
    std::int64_t capacity = 0;  // frames of a slot
    std::int64_t batch = 0;     // frames that the FFT takes at a time
    Array<float> window;
    Array<float> synthesis_window;
    Array<float> window_sum;
    Array<float> carry_in;   // [n_fft - hop]
    Array<float> carry_out;  // [n_fft - hop]
  };

  struct LaneMemory {
    Array<float> frames;  // [slot.n_frames in whole batches, n_fft]
    Array<Bin> spectrum;  // [the same, n_bins]
    Array<Segment> segments;
    Array<std::int32_t> segment_of_frame;
    Array<float> samples;
    Array<std::int16_t> shorts;
    Array<std::uint8_t> pixels;
    Staging<Segment> segments_staging;
    Staging<std::int32_t> segment_of_frame_staging;
    Staging<float> samples_staging;
    Staging<std::int16_t> shorts_staging;
    Staging<Bin> spectrum_staging;
    Staging<std::uint8_t> pixels_staging;
  };

  /// One of the slots in flight.
  struct Lane : LaneMemory {
    explicit Lane(Queue&& q) : queue(std::move(q)) {}

    Queue queue;
    Event added_up;         // the slot's overlap-add is done
    Slot slot;              // until the results are handed out
    std::int64_t room = 0;  // frames that the buffers take where they must grow
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  template <class T>
  static std::int64_t length(const T& list) {
    return static_cast<std::int64_t>(list.size());
  }

  // ------------------------------------------------------------------------------------------------- calls

  /// run(transform); nothing of it is under way when this returns or throws. Where memory does not suffice it is begun
  /// again with smaller slots, which make the same results.
  template <class Run>
  void call(const StftSettings& stft, Run&& run) {
    for (;;) {
      try {
        lanes_.front().queue.enter();
        lanes_.front().queue.finish();  // steps of a projector, which use its plans
        run(begin(stft));
        return;
      } catch (const Error& error) {
        wait_for_all();
        if (error.code() != ErrorCode::OutOfMemory) throw;
        release();
        if (!halve(limits_, stft.n_fft)) {
          throw Error(ErrorCode::OutOfMemory, name_ + " has too little memory, even for slots of " +
                                                  std::to_string(slot_capacity(stft.n_fft, limits_)) + " frames of " +
                                                  std::to_string(stft.n_fft) + " samples: " + error.what() +
                                                  "; fewer jobs at a time or the CPU need less");
        }
      } catch (...) {
        wait_for_all();
        throw;
      }
    }
  }

  static std::size_t items_of_forest(std::span<const PhaseItem> items) {
    std::int64_t bins = 0;
    const auto end = std::find_if(items.begin(), items.end(), [&](const PhaseItem& item) {
      bins += length(item.magnitudes);
      return bins > kForestBins;
    });
    return std::max<std::size_t>(static_cast<std::size_t>(end - items.begin()), 1);
  }

  /// False if there is too little memory.
  bool integrate_on_device(const StftSettings& stft, std::uint64_t seed, std::span<const PhaseItem> items) {
    constexpr std::size_t kPlaces = std::numeric_limits<std::uint32_t>::max();
    if (items.front().magnitudes.size() >= kPlaces) return false;
    Queue& queue = lanes_.front().queue;
    for (int tries = 2; tries > 0; --tries) {
      try {
        queue.enter();
        DevicePhaseForest<Queue>(queue, stft, seed, items).run();
        return true;
      } catch (const Error& error) {
        wait_for_all();
        if (error.code() != ErrorCode::OutOfMemory) throw;
        release();
      }
    }
    return false;
  }

  /// All memory that grows with slots and items. Nothing may be under way.
  void release() {
    transform_.reset();
    for (Lane& lane : lanes_) static_cast<LaneMemory&>(lane) = {};
    make_parts();
  }

  void make_parts() {
    closed_loop_.emplace(lanes_.front().queue);
    pages_.emplace(std::array{&lanes_[0].queue, &lanes_[1].queue, &lanes_[2].queue});
  }

  void wait_for_all() noexcept {
    for (Lane& lane : lanes_) lane.queue.leave();
  }

  Transform& begin(const StftSettings& stft) {
    followed_ = nullptr;
    added_up_ = nullptr;
    if (!transform_ || transform_->tables.settings != stft) {
      transform_.reset();
      Transform t(stft);
      t.capacity = slot_capacity(stft.n_fft, limits_);
      t.batch = fft_batch(stft.n_fft, limits_);
      t.carry_in.resize(size(stft.n_fft - stft.hop_length));
      t.carry_out.resize(size(stft.n_fft - stft.hop_length));
      upload_table(t.window, t.tables.window);
      upload_table(t.synthesis_window, t.tables.synthesis_window);
      upload_table(t.window_sum, t.tables.window_sum);
      transform_.emplace(std::move(t));
    }
    return *transform_;
  }

  void prepare(const Transform& t, const PixelSettings& pixels) {
    prepare_gains(t, pixels);
    if (code_ && code_settings_ == pixels) return;
    code_.reset();
    PixelCode code(pixels);
    upload_table(magnitude_, code.magnitude);
    code_.emplace(std::move(code));
    code_settings_ = pixels;
  }

  /// data() of both is null where the tilt is 0.
  void prepare_gains(const Transform& t, const PixelSettings& pixels) {
    const StftSettings& stft = t.tables.settings;
    if (gains_bins_ == stft.n_bins() && gains_tilt_ == pixels.tilt) return;
    gains_bins_ = 0;
    gains_ = {};
    inverse_gains_ = {};
    if (pixels.tilt != 0) {
      const BinGains gains = bin_gains(stft, pixels);
      upload_table(gains_, gains.gain);
      upload_table(inverse_gains_, gains.inverse);
    }
    gains_bins_ = stft.n_bins();
    gains_tilt_ = pixels.tilt;
  }

  void upload_table(Array<float>& to, const std::vector<float>& table) {
    Lane& lane = lanes_.front();
    to.resize(table.size());
    lane.samples_staging.resize(table.size());
    std::copy(table.begin(), table.end(), lane.samples_staging.data());
    lane.queue.upload(to, lane.samples_staging, length(table));
    lane.queue.finish();  // every lane may read the table, and the staging memory is used again at once
  }

  /// What is queued on the first lane so far comes before every slot that is dealt from now on.
  void follow_first() {
    lanes_.front().queue.record(first_done_);
    followed_ = &first_done_;
  }

  /// Calls stage(lane) for every slot of the call's items, with the slot in the lane; it queues all that is to be done.
  /// Once that is done, hand_out(lane).
  template <class FramesOf, class Stage, class HandOut>
  void deal(const Transform& t, std::size_t n_items, FramesOf&& frames_of, Stage&& stage, HandOut&& hand_out) {
    item_frames_.resize(n_items);
    for (std::size_t i = 0; i < n_items; ++i) item_frames_[i] = frames_of(i);
    SlotCutter cutter(item_frames_, t.capacity);
    std::size_t begun = 0;
    std::size_t done = 0;
    const auto finish = [&](std::size_t slot) {
      Lane& lane = lanes_[slot % lanes_.size()];
      {
        const Range range("wait");
        lane.queue.finish();
      }
      const Range range("hand out");
      hand_out(lane);
    };
    for (;; ++begun) {
      if (begun - done == lanes_.size()) finish(done++);
      Lane& lane = lanes_[begun % lanes_.size()];
      if (!cutter.next(lane.slot)) break;
      make_room(t, lane);
      if (followed_ != nullptr) lane.queue.wait(*followed_);
      stage(lane);
    }
    for (; done < begun; ++done) finish(done);
  }

  /// Buffers grow by doubling, up to whole slots: a single short item takes little, and growing ends soon.
  void make_room(const Transform& t, Lane& lane) const {
    const std::int64_t batches = ceil_div(lane.slot.n_frames, t.batch);
    lane.room = t.batch;
    while (lane.room < batches * t.batch) lane.room = std::min(2 * lane.room, t.capacity);
    // First: cuFFT fails without a reason when memory is nearly full.
    lane.queue.plan(t.shape.n_fft, t.batch);
    lane.frames.resize(size(batches * t.batch * t.shape.n_fft), size(lane.room * t.shape.n_fft));
    const std::int64_t n_bins = t.tables.settings.n_bins();
    lane.spectrum.resize(size(batches * t.batch * n_bins), size(lane.room * n_bins));
  }

  // ------------------------------------------------------------------------------------------------- slots

  static SlotView view(const Lane& lane) {
    return {lane.segments.data(), lane.segment_of_frame.data(), lane.slot.n_frames};
  }

  /// Once all fields of the segments are filled in.
  void upload_slot(Lane& lane) {
    const Slot& slot = lane.slot;
    const std::int64_t n = length(slot.segments);
    lane.segments_staging.resize(size(n), size(2 * n));
    lane.segments.resize(size(n), size(2 * n));
    lane.segment_of_frame_staging.resize(size(slot.n_frames), size(lane.room));
    lane.segment_of_frame.resize(size(slot.n_frames), size(lane.room));
    std::copy(slot.segments.begin(), slot.segments.end(), lane.segments_staging.data());
    for (std::int64_t i = 0; i < n; ++i) {
      const Segment& s = slot.segments[size(i)];
      std::fill_n(lane.segment_of_frame_staging.data() + s.slot_frame, s.n_frames, static_cast<std::int32_t>(i));
    }
    lane.queue.upload(lane.segments, lane.segments_staging, n);
    lane.queue.upload(lane.segment_of_frame, lane.segment_of_frame_staging, slot.n_frames);
  }

  /// Samples of a slot in memory that must grow.
  static std::size_t sample_room(const Transform& t, const Lane& lane) {
    return size(lane.room * t.shape.hop + 2 * std::int64_t{t.shape.n_fft});
  }

  /// Signals of the slot to its spectrum; uploads the slot.
  template <class SignalOf>
  void make_spectrum(const Transform& t, Lane& lane, SignalOf&& signal_of) {
    Slot& slot = lane.slot;
    for (Segment& s : slot.segments) {
      const Signal signal = signal_of(size(s.item));
      s.item_samples = signal.size();
      s.holds_shorts = !signal.has_floats();
    }
    lay_out_samples(slot, t.shape, samples_seen);
    lane.shorts_staging.resize(size(slot.n_shorts), sample_room(t, lane));
    lane.shorts.resize(size(slot.n_shorts), sample_room(t, lane));
    lane.samples_staging.resize(size(slot.n_samples), sample_room(t, lane));
    lane.samples.resize(size(slot.n_samples), sample_room(t, lane));
    {
      const Range range("stage samples");
      for (const Segment& s : slot.segments) {
        const Signal signal = signal_of(size(s.item));
        if (s.holds_shorts) {
          std::copy_n(signal.shorts_at(s.sample_first), s.sample_count, lane.shorts_staging.data() + s.sample_offset);
        } else {
          std::copy_n(signal.floats_at(s.sample_first), s.sample_count, lane.samples_staging.data() + s.sample_offset);
        }
      }
    }
    {
      const Range range("upload samples");
      lane.queue.upload(lane.samples, lane.samples_staging, slot.n_samples);
      lane.queue.upload(lane.shorts, lane.shorts_staging, slot.n_shorts);
      upload_slot(lane);
    }
    const Range range("analyse");
    FramesArgs args;
    args.slot = view(lane);
    args.shape = t.shape;
    args.samples = lane.samples.data();
    args.shorts = lane.shorts.data();
    args.window = t.window.data();
    args.frames = lane.frames.data();
    lane.queue.frames(args);
    clear_rest_of_batch(t, lane, lane.frames, t.shape.n_fft);
    for_each_batch(t, lane, [&](float* frames, Bin* spectrum) {
      lane.queue.fft_forward(t.shape.n_fft, t.batch, frames, spectrum);
    });
    lane.queue.real_bins(RealBinsArgs{lane.spectrum.data(), slot.n_frames, t.shape.n_fft});
  }

  /// The FFT takes whole batches: what of the last is not in use must be numbers.
  template <class T>
  static void clear_rest_of_batch(const Transform& t, Lane& lane, Array<T>& rows, std::int64_t row) {
    const std::int64_t n = lane.slot.n_frames;
    lane.queue.clear(rows, n * row, (ceil_div(n, t.batch) * t.batch - n) * row);
  }

  template <class Use>
  static void for_each_batch(const Transform& t, Lane& lane, Use&& use) {
    for (std::int64_t first = 0; first < lane.slot.n_frames; first += t.batch) {
      use(lane.frames.data() + first * t.shape.n_fft, lane.spectrum.data() + first * t.tables.settings.n_bins());
    }
  }

  /// Calls copy(place in the slot's staging memory, place in the item's spectrum, bytes) for every segment.
  template <class SpectrumOf, class Copy>
  static void for_each_spectrum(const Transform& t, Lane& lane, SpectrumOf&& spectrum_of, Copy&& copy) {
    const std::int64_t n_bins = t.tables.settings.n_bins();
    for (const Segment& s : lane.slot.segments) {
      copy(lane.spectrum_staging.data() + s.slot_frame * n_bins,
           spectrum_of(size(s.item)).data() + s.first_frame * n_bins, size(s.n_frames * n_bins) * sizeof(Bin));
    }
  }

  void stage_spectrum(const Transform& t, Lane& lane) const {
    const std::int64_t n_bins = t.tables.settings.n_bins();
    lane.spectrum_staging.resize(size(lane.slot.n_frames * n_bins), size(lane.room * n_bins));
  }

  template <class SpectrumOf>
  void upload_spectrum(const Transform& t, Lane& lane, SpectrumOf&& spectrum_of) {
    stage_spectrum(t, lane);
    for_each_spectrum(t, lane, spectrum_of, [](Bin* in_slot, const Complex* in_item, std::size_t bytes) {
      std::memcpy(static_cast<void*>(in_slot), in_item, bytes);
    });
    lane.queue.upload(lane.spectrum, lane.spectrum_staging, lane.slot.n_frames * t.tables.settings.n_bins());
  }

  void download_spectrum(const Transform& t, Lane& lane) {
    stage_spectrum(t, lane);
    lane.queue.download(lane.spectrum_staging, lane.spectrum, lane.slot.n_frames * t.tables.settings.n_bins());
  }

  template <class SpectrumOf>
  void hand_out_spectrum(const Transform& t, Lane& lane, SpectrumOf&& spectrum_of) {
    for_each_spectrum(t, lane, spectrum_of, [](const Bin* in_slot, Complex* in_item, std::size_t bytes) {
      std::memcpy(static_cast<void*>(in_item), in_slot, bytes);
    });
  }

  template <class SignalOf>
  void lay_out_completed(const Transform& t, Lane& lane, SignalOf&& signal_of) {
    for (Segment& s : lane.slot.segments) s.item_samples = length(signal_of(size(s.item)));
    lay_out_samples(lane.slot, t.shape, samples_completed);
  }

  /// The slot's spectrum to signals, laid out and once the slot is uploaded.
  void add_up(Transform& t, Lane& lane) {
    const std::int64_t n_samples = lane.slot.n_samples;
    lane.samples.resize(size(n_samples), sample_room(t, lane));
    lane.samples_staging.resize(size(n_samples), sample_room(t, lane));
    {
      const Range range("synthesise");
      clear_rest_of_batch(t, lane, lane.spectrum, t.tables.settings.n_bins());
      for_each_batch(t, lane, [&](float* frames, Bin* spectrum) {
        lane.queue.fft_inverse(t.shape.n_fft, t.batch, spectrum, frames);
      });
      OverlapAddArgs args;
      args.slot = view(lane);
      args.shape = t.shape;
      args.frames = lane.frames.data();
      args.synthesis_window = t.synthesis_window.data();
      args.window_sums = {t.window.data(), t.window_sum.data(), t.tables.window_sum_floor};
      args.carry_in = t.carry_in.data();
      args.carry_out = t.carry_out.data();
      args.samples = lane.samples.data();
      // The slot before has written what this one goes on from, and has read what this one writes.
      if (added_up_ != nullptr) lane.queue.wait(*added_up_);
      lane.queue.overlap_add(args);
      lane.queue.record(lane.added_up);
      added_up_ = &lane.added_up;
      std::swap(t.carry_in, t.carry_out);
    }
    const Range range("download samples");
    lane.queue.download(lane.samples_staging, lane.samples, n_samples);
  }

  template <class SignalOf>
  static void hand_out_signals(const Lane& lane, SignalOf&& signal_of) {
    for (const Segment& s : lane.slot.segments) {
      std::copy_n(lane.samples_staging.data() + s.sample_offset, s.sample_count,
                  signal_of(size(s.item)).data() + s.sample_first);
    }
  }

  // ------------------------------------------------------------------------------------------------ pixels

  std::int64_t pixel_bytes() const { return 3 * (code_->bits / 8); }
  /// Of a plane. A slot's picture has a row for every bin; its first is left out where planes have none for it.
  int plane_rows(const Transform& t) const { return n_rows(t.tables.settings, code_settings_); }
  int rows_left_out(const Transform& t) const { return t.tables.settings.n_bins() - plane_rows(t); }

  std::int64_t make_room_for_pixels(const Transform& t, Lane& lane) const {
    const std::int64_t column_bytes = t.tables.settings.n_bins() * pixel_bytes();
    const std::int64_t bytes = lane.slot.n_frames * column_bytes;
    lane.pixels.resize(size(bytes), size(lane.room * column_bytes));
    lane.pixels_staging.resize(size(bytes), size(lane.room * column_bytes));
    return bytes;
  }

  /// Calls copy(place in the slot's picture, place in the item's plane, bytes) for every row of every segment.
  template <class PlaneOf, class Copy>
  void for_each_row(const Transform& t, Lane& lane, PlaneOf&& plane_of, Copy&& copy) {
    for (int row = 0; row < plane_rows(t); ++row) {
      const std::int64_t slot_row = row + rows_left_out(t);
      for (const Segment& s : lane.slot.segments) {
        const auto plane = plane_of(size(s.item));
        copy(lane.pixels_staging.data() + (slot_row * lane.slot.n_frames + s.slot_frame) * pixel_bytes(),
             plane.data + row * plane.row_bytes + s.column * pixel_bytes(), size(s.n_frames * pixel_bytes()));
      }
    }
  }

  /// The slot's spectrum to pixels, once the slot is uploaded; `stay`: in the pages, else they are downloaded.
  void make_pixels(const Transform& t, Lane& lane, bool stay = false) {
    put_pixels(t, lane, stay, [&](std::uint8_t* to) {
      const int rows = stay ? plane_rows(t) : t.tables.settings.n_bins();
      code_->bits == 8 ? launch_encode<std::uint8_t>(t, lane, to, rows)
                       : launch_encode<std::uint16_t>(t, lane, to, rows);
    });
  }

  /// launch(to) makes them.
  template <class Launch>
  void put_pixels(const Transform& t, Lane& lane, bool stay, Launch&& launch) {
    const std::int64_t bytes = stay ? 0 : make_room_for_pixels(t, lane);
    {
      const Range range("encode pixels");
      launch(stay ? pages_->device() : lane.pixels.data());
    }
    if (stay) return;
    const Range range("download pixels");
    lane.queue.download(lane.pixels_staging, lane.pixels, bytes);
  }

  template <class PlaneOf>
  void hand_out_pixels(const Transform& t, Lane& lane, PlaneOf&& plane_of) {
    for_each_row(t, lane, plane_of, [](const std::uint8_t* in_slot, std::uint8_t* in_plane, std::size_t n) {
      std::memcpy(in_plane, in_slot, n);
    });
  }

  /// Pictures to the slot's spectrum, once the slot is uploaded.
  template <class PlaneOf>
  void read_pixels(const Transform& t, Lane& lane, PlaneOf&& plane_of) {
    const std::int64_t bytes = make_room_for_pixels(t, lane);
    {
      const Range range("stage pixels");
      std::memset(lane.pixels_staging.data(), 0, size(rows_left_out(t) * lane.slot.n_frames * pixel_bytes()));
      for_each_row(t, lane, plane_of, [](std::uint8_t* in_slot, const std::uint8_t* in_plane, std::size_t n) {
        std::memcpy(in_slot, in_plane, n);
      });
    }
    {
      const Range range("upload pixels");
      lane.queue.upload(lane.pixels, lane.pixels_staging, bytes);
    }
    const Range range("decode pixels");
    code_->bits == 8 ? launch_decode<std::uint8_t>(t, lane) : launch_decode<std::uint16_t>(t, lane);
  }

  // Where items have places, their pixels stay in the pages; else they go to the items' planes.

  void encode_items(Transform& t, std::span<const EncodeItem> items, std::span<const PixelPlace> places) {
    if (code_settings_.refine != PixelSettings::kOpenLoop) {
      encode_closed_loop(t, items, places, code_settings_.refine);
    } else {
      encode_open_loop(t, items, places);
    }
  }

  static void set_places(Lane& lane, std::span<const PixelPlace> places) {
    if (places.empty()) return;
    for (Segment& s : lane.slot.segments) {
      const PixelPlace& place = places[size(s.item)];
      s.pixel_offset = place.offset + s.column;
      s.pixel_stride = place.stride;
    }
  }

  bool blacken_if_silent(const Transform& t, const EncodeItem& item, const PixelPlace* place) {
    if (place == nullptr) return blacken_if_silent(t, item.ref, item.plane);
    if (item.ref == 0.0F) pages_->blacken(*place);
    return item.ref == 0.0F;
  }
  static const PixelPlace* place_of(std::span<const PixelPlace> places, std::size_t i) {
    return places.empty() ? nullptr : &places[i];
  }

  void encode_open_loop(const Transform& t, std::span<const EncodeItem> items, std::span<const PixelPlace> places) {
    const bool stay = !places.empty();
    deal(
        t, items.size(),
        [&](std::size_t i) {
          return blacken_if_silent(t, items[i], place_of(places, i)) ? 0 : items[i].plane.n_frames;
        },
        [&](Lane& lane) {
          for (Segment& s : lane.slot.segments) {
            s.scale = 1.0F / items[s.item].ref;
            s.first_frame += items[s.item].first_frame;
          }
          set_places(lane, places);
          make_spectrum(t, lane, [&](std::size_t i) { return items[i].signal; });
          make_pixels(t, lane, stay);
        },
        [&](Lane& lane) {
          if (!stay) hand_out_pixels(t, lane, [&](std::size_t i) { return items[i].plane; });
        });
  }

  /// As many items at a time as may take device memory together.
  void encode_closed_loop(Transform& t, std::span<const EncodeItem> items, std::span<const PixelPlace> places,
                          int sweeps) {
    const StftSettings& stft = t.tables.settings;
    std::vector<EncodeItem> group;
    std::vector<PixelPlace> group_places;
    std::int64_t group_bytes = 0;
    const auto run = [&] {
      if (!group.empty()) run_closed_loop(t, group, group_places, sweeps);
      group.clear();
      group_places.clear();
      group_bytes = 0;
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
      const EncodeItem& item = items[i];
      const PixelPlace* place = place_of(places, i);
      if (blacken_if_silent(t, item, place) || item.plane.n_frames == 0) continue;
      const std::int64_t bytes = DeviceClosedLoop<Queue>::item_bytes(stft, code_->bits, item);
      if (group_bytes + bytes > limits_.loop_bytes) run();
      group.push_back(item);
      if (place != nullptr) group_places.push_back(*place);
      group_bytes += bytes;
    }
    run();
  }

  void run_closed_loop(const Transform& t, std::span<const EncodeItem> items, std::span<const PixelPlace> places,
                       int sweeps) {
    Lane& first = lanes_.front();
    LoopTransform loop;
    loop.tables = &t.tables;
    loop.window = t.window.data();
    loop.synthesis_window = t.synthesis_window.data();
    loop.window_sum = t.window_sum.data();
    loop.capacity = std::min(limits_.loop_frames, 4 * t.batch);
    first.queue.plan(t.shape.n_fft, loop.capacity);
    first.frames.resize(size(loop.capacity * t.shape.n_fft));
    first.spectrum.resize(size(loop.capacity * t.tables.settings.n_bins()));
    loop.frames = first.frames.data();
    loop.spectrum = first.spectrum.data();
    loop.pixels = pixel_tables();
    loop.bits = code_->bits;
    loop.top_bin = plane_rows(t) - 1;
    closed_loop_->run(loop, items, sweeps);
    const bool stay = !places.empty();
    first.queue.finish();  // its frames and spectrum may grow now
    deal(
        t, items.size(), [&](std::size_t i) { return items[i].plane.n_frames; },
        [&](Lane& lane) {
          set_places(lane, places);
          upload_slot(lane);
          put_pixels(t, lane, stay, [&](std::uint8_t* to) {
            const int rows = stay ? plane_rows(t) : t.tables.settings.n_bins();
            code_->bits == 8 ? launch_turn<std::uint8_t>(t, lane, to, rows)
                             : launch_turn<std::uint16_t>(t, lane, to, rows);
          });
        },
        [&](Lane& lane) {
          if (!stay) hand_out_pixels(t, lane, [&](std::size_t i) { return items[i].plane; });
        });
  }

  /// Those of the first items, as many as are coded together. Returns of how many.
  std::size_t make_tiles(Transform& t, std::span<const PngItem> items, TileTaker& taker) {
    std::size_t n = 0;
    for (std::int64_t bytes = 0; n < items.size(); ++n) {
      bytes += page_bytes(items[n], plane_rows(t), code_->bits);
      if (bytes > limits_.page_bytes) break;
    }
    const PageMemory memory = n > 0 ? PageMemory::Device : PageMemory::Host;
    n = std::max<std::size_t>(n, 1);
    pages_->lay_out(items.first(n), plane_rows(t), code_->bits, memory, limits_.page_bytes);
    encode_items(t, pages_->channels(), pages_->places());
    if (memory == PageMemory::Device) pages_->code(taker, limits_.stripe_bytes);
    return n;
  }

  PixelTables pixel_tables() const {
    return {code_->top, code_->places, code_->curve, magnitude_.data(), gains_.data(), inverse_gains_.data()};
  }

  template <class Code>
  void launch_encode(const Transform& t, Lane& lane, std::uint8_t* to, int rows) {
    EncodePixelsArgs<Code> args;
    args.slot = view(lane);
    args.n_bins = t.tables.settings.n_bins();
    args.n_rows = rows;
    args.spectrum = lane.spectrum.data();
    args.pictures = reinterpret_cast<Pixel<Code>*>(to);
    args.tables = pixel_tables();
    lane.queue.encode_pixels(args);
  }

  template <class Code>
  void launch_decode(const Transform& t, Lane& lane) {
    DecodePixelsArgs<Code> args;
    args.slot = view(lane);
    args.n_fft = t.shape.n_fft;
    args.pictures = reinterpret_cast<const Pixel<Code>*>(lane.pixels.data());
    args.tables = pixel_tables();
    args.spectrum = lane.spectrum.data();
    lane.queue.decode_pixels(args);
  }

  template <class Code>
  void launch_turn(const Transform& t, Lane& lane, std::uint8_t* to, int rows) {
    TurnPixelsArgs<Code> args;
    args.slot = view(lane);
    args.n_bins = t.tables.settings.n_bins();
    args.n_rows = rows;
    args.items = closed_loop_->items();
    args.pixels = closed_loop_->template pixels<Code>();
    args.pictures = reinterpret_cast<Pixel<Code>*>(to);
    lane.queue.turn_pixels(args);
  }

  bool blacken_if_silent(const Transform& t, float ref, const Plane& plane) const {
    if (ref != 0.0F) return false;
    for (int row = 0; row < plane_rows(t); ++row) {
      std::fill_n(plane.data + row * plane.row_bytes, plane.n_frames * pixel_bytes(), std::uint8_t{0});
    }
    return true;
  }

  std::string name_;
  SlotLimits limits_;
  std::vector<Lane> lanes_;
  std::optional<DeviceClosedLoop<Queue>> closed_loop_;
  std::optional<PngPages<Queue>> pages_;
  std::optional<Transform> transform_;
  std::optional<PixelCode> code_;
  PixelSettings code_settings_;
  std::vector<std::int64_t> item_frames_;
  Event first_done_;
  const Event* followed_ = nullptr;  // what every slot of the call waits for
  const Event* added_up_ = nullptr;  // of the call's slot before

  int gains_bins_ = 0;  // what gains_ are made for
  double gains_tilt_ = 0;

  Array<float> magnitude_;
  Array<float> gains_;
  Array<float> inverse_gains_;
  Array<std::int32_t> power_bits_;
  Staging<std::int32_t> power_staging_;
};

}  // namespace spectrohue::cuda
