// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of the CUDA backend, free of CUDA: Device does them. cuda_backend.cu passes the
// real one; tests/kernel_logic_test.cpp one that walks through every thread on the host, so that all that is written
// here and in the stages' headers is compared with the CPU backend where there is no device.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "core/stft_tables.h"
#include "kernels/closed_loop_order.h"
#include "kernels/fft.h"
#include "kernels/frames.h"
#include "kernels/overlap_add.h"
#include "kernels/peak.h"
#include "kernels/pixels.h"
#include "kernels/slots.h"
#include "spectrohue/backend.h"
#include "spectrohue/error.h"

namespace spectrohue::cuda {

/// Device has
///   Array<T>, Staging<T>     device memory; host memory that copies use: resize(n) (contents are lost), data(), size()
///   name()
///   enter()                  makes ready for a call: current for this thread, nothing of an earlier call under way
///   leave()                  the same before memory is freed, and does not throw
///   upload(to, from, n, first = 0), download(to, from, n), clear(to, first, n), finish()
///   plan(n_fft, n_frames)    may make ready what the transforms need
///   frames, fft_forward, fft_inverse, real_bins, encode_pixels, decode_pixels, overlap_add, peak, turn_pixels
///   closed_loop<Kernel>(args)  a kernel of closed_loop.h
/// All but finish() may return before the work is done; it is done in order.
template <class Device>
class SlotBackend final : public Backend {
 public:
  explicit SlotBackend(Device device, const SlotLimits& limits = {}) : device_(std::move(device)), limits_(limits) {}
  ~SlotBackend() override { device_.leave(); }

  std::string name() const override { return device_.name(); }

  void analyse(const StftSettings& stft, std::span<const AnalyseItem> items) override {
    Transform& t = begin(stft);
    for_each_slot(
        t, [&](std::size_t i) { return stft.n_frames(length(items[i].signal)); }, items.size(),
        [&] {
          make_spectrum(t, [&](std::size_t i) { return items[i].signal; });
          download_spectrum(t, [&](std::size_t i) { return items[i].spectrum; });
        });
  }

  void synthesise(const StftSettings& stft, std::span<const SynthesiseItem> items) override {
    Transform& t = begin(stft);
    const auto n_frames = [&](std::size_t i) {
      return items[i].signal.empty() ? 0 : stft.n_frames(length(items[i].signal));
    };
    for_each_slot(t, n_frames, items.size(), [&] {
      upload_spectrum(t, [&](std::size_t i) { return items[i].spectrum; });
      make_signals(t, [&](std::size_t i) { return items[i].signal; });
    });
  }

  void encode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const EncodePixelsItem> items) override {
    Transform& t = begin(stft);
    prepare(pixels);
    const auto n_frames = [&](std::size_t i) {
      return blacken_if_silent(stft, items[i].ref, items[i].plane) ? 0 : items[i].plane.n_frames;
    };
    for_each_slot(t, n_frames, items.size(), [&] {
      for (Segment& s : slot_.segments) s.scale = 1.0F / items[s.item].ref;
      upload_spectrum(t, [&](std::size_t i) { return items[i].spectrum; });
      upload_slot();
      make_pixels(t, [&](std::size_t i) { return items[i].plane; });
    });
  }

  void decode_pixels(const StftSettings& stft, const PixelSettings& pixels,
                     std::span<const DecodePixelsItem> items) override {
    Transform& t = begin(stft);
    prepare(pixels);
    for_each_slot(
        t, [&](std::size_t i) { return items[i].plane.n_frames; }, items.size(),
        [&] {
          for (Segment& s : slot_.segments) s.scale = items[s.item].ref;
          upload_slot();
          read_pixels(t, [&](std::size_t i) { return items[i].plane; });
          download_spectrum(t, [&](std::size_t i) { return items[i].spectrum; });
        });
  }

  void peak(const StftSettings& stft, std::span<const PeakItem> items, std::span<float> peaks) override {
    if (items.empty()) return;
    Transform& t = begin(stft);
    power_bits_.resize(items.size());
    device_.clear(power_bits_, 0, length(items));
    for_each_slot(
        t, [&](std::size_t i) { return items[i].n_frames; }, items.size(),
        [&] {
          for (Segment& s : slot_.segments) s.first_frame += items[s.item].first_frame;
          make_spectrum(t, [&](std::size_t i) { return items[i].signal; });
          PeakArgs args;
          args.slot = slot_view();
          args.n_bins = stft.n_bins();
          args.spectrum = t.spectrum.data();
          args.power_bits = power_bits_.data();
          device_.peak(args);
          device_.finish();  // the staging memory is written again for the next slot
        });
    power_staging_.resize(items.size());
    device_.download(power_staging_, power_bits_, length(items));
    device_.finish();
    for (std::size_t i = 0; i < items.size(); ++i) peaks[i] = std::sqrt(math::from_bits(power_staging_.data()[i]));
  }

  void encode(const StftSettings& stft, const PixelSettings& pixels, std::span<const EncodeItem> items) override {
    Transform& t = begin(stft);
    prepare(pixels);
    if (pixels.refine != PixelSettings::kOpenLoop) {
      encode_closed_loop(t, items, pixels.refine);
      return;
    }
    const auto n_frames = [&](std::size_t i) {
      return blacken_if_silent(stft, items[i].ref, items[i].plane) ? 0 : items[i].plane.n_frames;
    };
    for_each_slot(t, n_frames, items.size(), [&] {
      for (Segment& s : slot_.segments) {
        s.scale = 1.0F / items[s.item].ref;
        s.first_frame += items[s.item].first_frame;
      }
      make_spectrum(t, [&](std::size_t i) { return items[i].signal; });
      make_pixels(t, [&](std::size_t i) { return items[i].plane; });
    });
  }

  void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) override {
    Transform& t = begin(stft);
    prepare(pixels);
    const auto n_frames = [&](std::size_t i) -> std::int64_t {
      if (items[i].ref == 0.0F) std::fill(items[i].signal.begin(), items[i].signal.end(), 0.0F);
      return items[i].ref == 0.0F || items[i].signal.empty() ? 0 : items[i].plane.n_frames;
    };
    for_each_slot(t, n_frames, items.size(), [&] {
      for (Segment& s : slot_.segments) s.scale = items[s.item].ref;
      lay_out_completed(t, [&](std::size_t i) { return items[i].signal; });
      upload_slot();
      read_pixels(t, [&](std::size_t i) { return items[i].plane; });
      add_up(t, [&](std::size_t i) { return items[i].signal; });
    });
  }

 private:
  template <class T>
  using Array = typename Device::template Array<T>;
  template <class T>
  using Staging = typename Device::template Staging<T>;

  /// Tables of one StftSettings and device memory for one slot of it.
  struct Transform {
    explicit Transform(const StftSettings& settings) : tables(settings), shape(settings) {}
    StftTables tables;
    FrameShape shape;
    std::int64_t capacity = 0;  // frames
    Array<float> window;
    Array<float> synthesis_window;
    Array<float> window_sum;
    Array<float> frames;     // [capacity, n_fft]
    Array<Bin> spectrum;     // [capacity, n_bins]
    Array<float> carry_in;   // [n_fft - hop]
    Array<float> carry_out;  // [n_fft - hop]
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  template <class T>
  static std::int64_t length(const T& list) {
    return static_cast<std::int64_t>(list.size());
  }

  Transform& begin(const StftSettings& stft) {
    device_.enter();
    if (!transform_ || transform_->tables.settings != stft) {
      transform_.reset();
      Transform t(stft);
      t.capacity = slot_capacity(stft.n_fft, limits_);
      device_.plan(stft.n_fft, t.capacity);  // first: cuFFT fails without a reason when memory is nearly full
      t.frames.resize(size(t.capacity * stft.n_fft));
      t.spectrum.resize(size(t.capacity * stft.n_bins()));
      t.carry_in.resize(size(stft.n_fft - stft.hop_length));
      t.carry_out.resize(size(stft.n_fft - stft.hop_length));
      upload_table(t.window, t.tables.window);
      upload_table(t.synthesis_window, t.tables.synthesis_window);
      upload_table(t.window_sum, t.tables.window_sum);
      transform_.emplace(std::move(t));
    }
    return *transform_;
  }

  void prepare(const PixelSettings& pixels) {
    if (code_ && code_settings_ == pixels) return;
    code_.reset();
    PixelCode code(pixels);
    upload_table(magnitude_, code.magnitude);
    code_.emplace(std::move(code));
    code_settings_ = pixels;
  }

  void upload_table(Array<float>& to, const std::vector<float>& table) {
    to.resize(table.size());
    samples_staging_.resize(table.size());
    std::copy(table.begin(), table.end(), samples_staging_.data());
    device_.upload(to, samples_staging_, length(table));
    device_.finish();  // the staging memory is used again at once
  }

  /// Calls run() for every slot of the call's items, with the slot in slot_.
  template <class FramesOf, class Run>
  void for_each_slot(const Transform& t, FramesOf&& frames_of, std::size_t n_items, Run&& run) {
    item_frames_.resize(n_items);
    for (std::size_t i = 0; i < n_items; ++i) item_frames_[i] = frames_of(i);
    SlotCutter cutter(item_frames_, t.capacity);
    while (cutter.next(slot_)) run();
  }

  SlotView slot_view() const { return {segments_.data(), segment_of_frame_.data(), slot_.n_frames}; }

  /// Once all fields of the segments are filled in.
  void upload_slot() {
    const std::int64_t n = length(slot_.segments);
    segments_staging_.resize(size(n));
    segment_of_frame_staging_.resize(size(slot_.n_frames));
    std::copy(slot_.segments.begin(), slot_.segments.end(), segments_staging_.data());
    for (std::int64_t i = 0; i < n; ++i) {
      const Segment& s = slot_.segments[size(i)];
      std::fill_n(segment_of_frame_staging_.data() + s.slot_frame, s.n_frames, static_cast<std::int32_t>(i));
    }
    segments_.resize(size(n));
    segment_of_frame_.resize(size(slot_.n_frames));
    device_.upload(segments_, segments_staging_, n);
    device_.upload(segment_of_frame_, segment_of_frame_staging_, slot_.n_frames);
  }

  /// Signals of the slot to t.spectrum; uploads the slot.
  template <class SignalOf>
  void make_spectrum(Transform& t, SignalOf&& signal_of) {
    for (Segment& s : slot_.segments) s.item_samples = length(signal_of(size(s.item)));
    lay_out_samples(slot_, t.shape, samples_seen);
    samples_staging_.resize(size(slot_.n_samples));
    for (const Segment& s : slot_.segments) {
      signal_of(size(s.item)).copy(s.sample_first, s.sample_count, samples_staging_.data() + s.sample_offset);
    }
    samples_.resize(size(slot_.n_samples));
    device_.upload(samples_, samples_staging_, slot_.n_samples);
    upload_slot();

    FramesArgs args;
    args.slot = slot_view();
    args.shape = t.shape;
    args.samples = samples_.data();
    args.window = t.window.data();
    args.frames = t.frames.data();
    device_.frames(args);
    // The plan transforms a whole slot, always: what is not in use must be numbers.
    const std::int64_t n_fft = t.shape.n_fft;
    device_.clear(t.frames, slot_.n_frames * n_fft, (t.capacity - slot_.n_frames) * n_fft);
    device_.fft_forward(t.shape.n_fft, t.capacity, t.frames.data(), t.spectrum.data());
    device_.real_bins(RealBinsArgs{t.spectrum.data(), slot_.n_frames, t.shape.n_fft});
  }

  template <class SpectrumOf>
  void upload_spectrum(Transform& t, SpectrumOf&& spectrum_of) {
    const std::int64_t n_bins = t.tables.settings.n_bins();
    spectrum_staging_.resize(size(slot_.n_frames * n_bins));
    for (const Segment& s : slot_.segments) {
      std::memcpy(static_cast<void*>(spectrum_staging_.data() + s.slot_frame * n_bins),
                  spectrum_of(size(s.item)).data() + s.first_frame * n_bins, size(s.n_frames * n_bins) * sizeof(Bin));
    }
    device_.upload(t.spectrum, spectrum_staging_, slot_.n_frames * n_bins);
  }

  template <class SpectrumOf>
  void download_spectrum(Transform& t, SpectrumOf&& spectrum_of) {
    const std::int64_t n_bins = t.tables.settings.n_bins();
    spectrum_staging_.resize(size(slot_.n_frames * n_bins));
    device_.download(spectrum_staging_, t.spectrum, slot_.n_frames * n_bins);
    device_.finish();
    for (const Segment& s : slot_.segments) {
      std::memcpy(static_cast<void*>(spectrum_of(size(s.item)).data() + s.first_frame * n_bins),
                  spectrum_staging_.data() + s.slot_frame * n_bins, size(s.n_frames * n_bins) * sizeof(Bin));
    }
  }

  template <class SignalOf>
  void lay_out_completed(const Transform& t, SignalOf&& signal_of) {
    for (Segment& s : slot_.segments) s.item_samples = length(signal_of(size(s.item)));
    lay_out_samples(slot_, t.shape, samples_completed);
  }

  /// t.spectrum to signals; uploads the slot.
  template <class SignalOf>
  void make_signals(Transform& t, SignalOf&& signal_of) {
    lay_out_completed(t, signal_of);
    upload_slot();
    device_.real_bins(RealBinsArgs{t.spectrum.data(), slot_.n_frames, t.shape.n_fft});
    add_up(t, signal_of);
  }

  /// t.spectrum to signals, once the slot is uploaded.
  template <class SignalOf>
  void add_up(Transform& t, SignalOf&& signal_of) {
    const std::int64_t n_bins = t.tables.settings.n_bins();
    device_.clear(t.spectrum, slot_.n_frames * n_bins, (t.capacity - slot_.n_frames) * n_bins);
    device_.fft_inverse(t.shape.n_fft, t.capacity, t.spectrum.data(), t.frames.data());
    samples_.resize(size(slot_.n_samples));
    OverlapAddArgs args;
    args.slot = slot_view();
    args.shape = t.shape;
    args.frames = t.frames.data();
    args.synthesis_window = t.synthesis_window.data();
    args.window_sums = {t.window.data(), t.window_sum.data(), t.tables.window_sum_floor};
    args.carry_in = t.carry_in.data();
    args.carry_out = t.carry_out.data();
    args.samples = samples_.data();
    device_.overlap_add(args);
    std::swap(t.carry_in, t.carry_out);
    samples_staging_.resize(size(slot_.n_samples));
    device_.download(samples_staging_, samples_, slot_.n_samples);
    device_.finish();
    for (const Segment& s : slot_.segments) {
      std::copy_n(samples_staging_.data() + s.sample_offset, s.sample_count,
                  signal_of(size(s.item)).data() + s.sample_first);
    }
  }

  std::int64_t pixel_bytes() const { return 3 * (code_->bits / 8); }

  /// Calls copy(place in the slot's picture, place in the item's plane, bytes) for every row of every segment.
  template <class PlaneOf, class Copy>
  void for_each_row(const Transform& t, PlaneOf&& plane_of, Copy&& copy) {
    for (int row = 0; row < t.tables.settings.n_bins(); ++row) {
      for (const Segment& s : slot_.segments) {
        const auto plane = plane_of(size(s.item));
        copy(pixels_staging_.data() + (row * slot_.n_frames + s.slot_frame) * pixel_bytes(),
             plane.data + row * plane.row_bytes + s.column * pixel_bytes(), size(s.n_frames * pixel_bytes()));
      }
    }
  }

  /// t.spectrum to pictures, once the slot is uploaded.
  template <class PlaneOf>
  void make_pixels(const Transform& t, PlaneOf&& plane_of) {
    download_pixels(t, plane_of,
                    [&] { code_->bits == 8 ? launch_encode<std::uint8_t>(t) : launch_encode<std::uint16_t>(t); });
  }

  /// What launch() makes in pixels_ to pictures.
  template <class PlaneOf, class Launch>
  void download_pixels(const Transform& t, PlaneOf&& plane_of, Launch&& launch) {
    const std::int64_t bytes = slot_.n_frames * t.tables.settings.n_bins() * pixel_bytes();
    pixels_.resize(size(bytes));
    launch();
    pixels_staging_.resize(size(bytes));
    device_.download(pixels_staging_, pixels_, bytes);
    device_.finish();
    for_each_row(t, plane_of, [](const std::uint8_t* in_slot, std::uint8_t* in_plane, std::size_t n) {
      std::memcpy(in_plane, in_slot, n);
    });
  }

  /// Pictures to t.spectrum, once the slot is uploaded.
  template <class PlaneOf>
  void read_pixels(Transform& t, PlaneOf&& plane_of) {
    const std::int64_t bytes = slot_.n_frames * t.tables.settings.n_bins() * pixel_bytes();
    pixels_staging_.resize(size(bytes));
    for_each_row(t, plane_of, [](std::uint8_t* in_slot, const std::uint8_t* in_plane, std::size_t n) {
      std::memcpy(in_slot, in_plane, n);
    });
    pixels_.resize(size(bytes));
    device_.upload(pixels_, pixels_staging_, bytes);
    code_->bits == 8 ? launch_decode<std::uint8_t>(t) : launch_decode<std::uint16_t>(t);
  }

  /// As many items at a time as may take device memory together.
  void encode_closed_loop(Transform& t, std::span<const EncodeItem> items, int sweeps) {
    const StftSettings& stft = t.tables.settings;
    std::vector<EncodeItem> group;
    std::int64_t group_bytes = 0;
    const auto run = [&] {
      if (!group.empty()) run_closed_loop(t, group, sweeps);
      group.clear();
      group_bytes = 0;
    };
    for (const EncodeItem& item : items) {
      if (blacken_if_silent(stft, item.ref, item.plane) || item.plane.n_frames == 0) continue;
      const std::int64_t bytes = DeviceClosedLoop<Device>::item_bytes(stft, code_->bits, item);
      if (group_bytes + bytes > limits_.loop_bytes) run();
      group.push_back(item);
      group_bytes += bytes;
    }
    run();
  }

  void run_closed_loop(Transform& t, std::span<const EncodeItem> items, int sweeps) {
    LoopTransform loop;
    loop.tables = &t.tables;
    loop.window = t.window.data();
    loop.synthesis_window = t.synthesis_window.data();
    loop.window_sum = t.window_sum.data();
    loop.capacity = std::min(t.capacity, limits_.loop_frames);
    loop.frames = t.frames.data();
    loop.spectrum = t.spectrum.data();
    loop.pixels = pixel_tables();
    loop.bits = code_->bits;
    device_.plan(t.shape.n_fft, loop.capacity);
    closed_loop_.run(loop, items, sweeps);
    for_each_slot(
        t, [&](std::size_t i) { return items[i].plane.n_frames; }, items.size(),
        [&] {
          upload_slot();
          const auto plane_of = [&](std::size_t i) { return items[i].plane; };
          code_->bits == 8 ? download_pixels(t, plane_of, [&] { launch_turn<std::uint8_t>(t); })
                           : download_pixels(t, plane_of, [&] { launch_turn<std::uint16_t>(t); });
        });
  }

  PixelTables pixel_tables() const { return {code_->top, code_->curve, magnitude_.data()}; }

  template <class Code>
  void launch_encode(const Transform& t) {
    EncodePixelsArgs<Code> args;
    args.slot = slot_view();
    args.n_bins = t.tables.settings.n_bins();
    args.spectrum = t.spectrum.data();
    args.picture = reinterpret_cast<Pixel<Code>*>(pixels_.data());
    args.tables = pixel_tables();
    device_.encode_pixels(args);
  }

  template <class Code>
  void launch_decode(Transform& t) {
    DecodePixelsArgs<Code> args;
    args.slot = slot_view();
    args.n_fft = t.shape.n_fft;
    args.picture = reinterpret_cast<const Pixel<Code>*>(pixels_.data());
    args.tables = pixel_tables();
    args.spectrum = t.spectrum.data();
    device_.decode_pixels(args);
  }

  template <class Code>
  void launch_turn(const Transform& t) {
    TurnPixelsArgs<Code> args;
    args.slot = slot_view();
    args.n_bins = t.tables.settings.n_bins();
    args.items = closed_loop_.items();
    args.pixels = closed_loop_.template pixels<Code>();
    args.picture = reinterpret_cast<Pixel<Code>*>(pixels_.data());
    device_.turn_pixels(args);
  }

  bool blacken_if_silent(const StftSettings& stft, float ref, const Plane& plane) const {
    if (ref != 0.0F) return false;
    for (int row = 0; row < stft.n_bins(); ++row) {
      std::fill_n(plane.data + row * plane.row_bytes, plane.n_frames * pixel_bytes(), std::uint8_t{0});
    }
    return true;
  }

  Device device_;
  SlotLimits limits_;
  DeviceClosedLoop<Device> closed_loop_{device_};
  std::optional<Transform> transform_;
  std::optional<PixelCode> code_;
  PixelSettings code_settings_;
  std::vector<std::int64_t> item_frames_;
  Slot slot_;

  Array<float> magnitude_;
  Array<Segment> segments_;
  Array<std::int32_t> segment_of_frame_;
  Array<float> samples_;
  Array<std::uint8_t> pixels_;
  Array<std::int32_t> power_bits_;
  Staging<Segment> segments_staging_;
  Staging<std::int32_t> segment_of_frame_staging_;
  Staging<float> samples_staging_;
  Staging<Bin> spectrum_staging_;
  Staging<std::uint8_t> pixels_staging_;
  Staging<std::int32_t> power_staging_;
};

}  // namespace spectrohue::cuda
