// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The CUDA backend without CUDA: its slots, and, by way of support/emulated_device.h, its kernels and the order in
// which they are launched. Whatever comes out must equal the CPU backend to the bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cpu/cpu_backend.h"
#include "kernels/slot_backend.h"
#include "spectrohue/error.h"
#include "spectrohue/settings.h"
#include "support/contract.h"
#include "support/emulated_device.h"
#include "support/ragged_batch.h"
#include "support/signals.h"

namespace spectrohue {
namespace {

using cuda::FrameShape;
using cuda::Segment;
using cuda::Slot;
using cuda::SlotCutter;
using test::allocations_left;
using test::Bytes;
using test::EmulatedBackend;
using test::EmulatedQueue;
using test::expect_legal;
using test::expect_same_bits;
using test::expect_same_results;
using test::growths;
using test::largest_allocation;
using test::Order;
using test::plans;
using test::Spectra;
using test::uploaded;
using Batch = test::RaggedBatch;

// ------------------------------------------------------------------------------------------------- slots

/// Deals the items and checks that every frame is dealt once, in order, and that no slot holds more than it can.
void expect_dealt(const std::vector<std::int64_t>& item_frames, std::int64_t capacity) {
  SCOPED_TRACE("items " + std::to_string(item_frames.size()) + ", capacity " + std::to_string(capacity));
  std::int64_t total = 0;
  for (const std::int64_t n : item_frames) total += n;

  SlotCutter cutter(item_frames, capacity);
  Slot slot;
  std::size_t item = 0;
  std::int64_t frame = 0;
  std::int64_t dealt = 0;
  while (cutter.next(slot)) {
    ASSERT_LE(slot.n_frames, capacity);
    std::int64_t slot_frame = 0;
    for (std::size_t i = 0; i < slot.segments.size(); ++i) {
      const Segment& s = slot.segments[i];
      while (frame == item_frames[item]) {
        ++item;
        frame = 0;
      }
      ASSERT_EQ(s.item, static_cast<std::int64_t>(item));
      ASSERT_EQ(s.first_frame, frame);
      ASSERT_EQ(s.slot_frame, slot_frame);
      ASSERT_EQ(s.item_frames, item_frames[item]);
      ASSERT_GT(s.n_frames, 0);
      ASSERT_LE(s.end_frame(), s.item_frames);
      if (s.first_frame > 0) {
        ASSERT_EQ(i, 0U);
      }
      if (!s.ends_item()) {
        ASSERT_EQ(i + 1, slot.segments.size());
      }
      frame += s.n_frames;
      slot_frame += s.n_frames;
    }
    ASSERT_EQ(slot.n_frames, slot_frame);
    dealt += slot_frame;
    // A slot is left with room only when there is nothing more to put in.
    if (slot.n_frames < capacity) {
      ASSERT_EQ(dealt, total);
    }
  }
  EXPECT_EQ(dealt, total);
  EXPECT_TRUE(slot.segments.empty());
  EXPECT_FALSE(cutter.next(slot));
}

TEST(SlotCutter, DealsEveryFrameOnce) {
  const std::vector<std::vector<std::int64_t>> batches{{},        {0},       {1},   {0, 0, 5},
                                                       {5, 0, 0}, {1, 1, 1}, {100}, {3, 8, 0, 1, 30, 2, 2, 0, 7}};
  for (const auto& batch : batches) {
    for (const std::int64_t capacity : {1, 2, 3, 5, 7, 8, 100, 65536}) expect_dealt(batch, capacity);
  }
}

TEST(SlotCutter, ThousandsOfTinyItems) {
  std::vector<std::int64_t> items;
  for (int i = 0; i < 20000; ++i) items.push_back(i % 5);
  for (const std::int64_t capacity : {1, 64, 6000, 65536}) expect_dealt(items, capacity);
}

TEST(SlotCutter, CountsBeyond32Bits) {
  const std::vector<std::int64_t> items{std::int64_t{1} << 40};
  SlotCutter cutter(items, std::int64_t{1} << 38);
  Slot slot;
  std::int64_t slots = 0;
  std::int64_t end = 0;
  while (cutter.next(slot)) {
    ++slots;
    end = slot.segments.back().end_frame();
  }
  EXPECT_EQ(slots, 4);
  EXPECT_EQ(end, items[0]);
}

TEST(SlotCapacity, IsBoundedAndNeverZero) {
  const cuda::SlotLimits limits;
  EXPECT_EQ(cuda::slot_capacity(1 << 20, {1, 100}), 4);
  EXPECT_EQ(cuda::slot_capacity(1 << 20, {1, 1}), 1);
  EXPECT_EQ(cuda::slot_capacity(16, limits), limits.frames);
  EXPECT_GT(cuda::slot_capacity(2048, limits), 2000);
  EXPECT_LE(cuda::slot_capacity(2048, limits) * 2048 * 16, limits.bytes);
  EXPECT_GE(cuda::slot_capacity(1 << 20, limits), 1);
}

TEST(SlotLimits, AMemoryShareBoundsSlotsButNotTheFft) {
  for (const int n_fft : {16, 400, 2048, 1 << 20}) {
    const std::int64_t batch = cuda::fft_batch(n_fft, {});
    for (const std::int64_t bytes : {std::int64_t{1}, std::int64_t{1} << 28, std::int64_t{1} << 40}) {
      cuda::SlotLimits limits = cuda::limits_within(bytes);
      EXPECT_EQ(cuda::fft_batch(n_fft, limits), batch);
      EXPECT_LE(limits.bytes, cuda::SlotLimits{}.bytes);
      EXPECT_LE(limits.loop_bytes, cuda::SlotLimits{}.loop_bytes);
      int halvings = 0;
      std::int64_t capacity = cuda::slot_capacity(n_fft, limits);
      for (; cuda::halve(limits, n_fft); ++halvings) {
        EXPECT_EQ(cuda::slot_capacity(n_fft, limits) % batch, 0);
        EXPECT_LE(cuda::slot_capacity(n_fft, limits), std::max(batch, capacity / 2));
        capacity = cuda::slot_capacity(n_fft, limits);
      }
      EXPECT_EQ(capacity, batch);
      EXPECT_LT(halvings, 20);
    }
  }
}

struct Case {
  const char* name;
  int n_fft;
  int hop;
  int win_length;
  Window window = Window::Hann;
  bool center = true;
  PadMode pad = PadMode::Constant;
  FrameCount frames = FrameCount::Cover;
};

/// For the names of the tests.
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }  // NOLINT: GoogleTest looks for this name

StftSettings settings_of(const Case& c) {
  StftSettings s;
  s.n_fft = c.n_fft;
  s.hop_length = c.hop;
  s.win_length = c.win_length;
  s.window = c.window;
  s.center = c.center;
  s.pad_mode = c.pad;
  s.frames = c.frames;
  validate(s);
  return s;
}

const Case kCases[] = {
    {"quarter", 64, 16, 64},
    {"reflect", 64, 16, 64, Window::Hann, true, PadMode::Reflect},
    {"uncentred", 64, 16, 64, Window::Hamming, false},
    {"uncentred_reflect", 64, 16, 64, Window::Hamming, false, PadMode::Reflect},
    {"odd", 45, 15, 45, Window::Hann, true, PadMode::Reflect},
    {"odd_hop", 50, 7, 50},
    {"hop_is_n_fft", 32, 32, 32, Window::Rectangular, true, PadMode::Reflect},
    {"hop_is_n_fft_uncentred", 32, 32, 32, Window::Rectangular, false},
    {"short_window", 64, 12, 40, Window::Hamming},
    {"half", 16, 8, 16, Window::Hann, true, PadMode::Reflect},
    {"hop_1", 16, 1, 16},
    {"floor", 64, 16, 64, Window::Hann, true, PadMode::Reflect, FrameCount::Floor},
    {"floor_half", 50, 25, 50, Window::Hann, true, PadMode::Constant, FrameCount::Floor},
    {"beyond_a_tile", 140, 35, 140, Window::Blackman},
};

std::vector<std::int64_t> lengths_of(const StftSettings& s) {
  const std::int64_t n = s.n_fft;
  return {0, 1, 2, n / 2, n / 2 + 1, n - 1, n, n + 1, n + s.hop_length, 3 * n - 1, 5 * n + 3, 11 * n};
}

/// check(shape, n_samples, cutter) for one item of every length, cut into slots of several capacities.
template <class Check>
void for_each_cut(const Check& check) {
  for (const Case& c : kCases) {
    const StftSettings settings = settings_of(c);
    for (const std::int64_t n : lengths_of(settings)) {
      for (const std::int64_t capacity : {1, 2, 3, 100}) {
        SCOPED_TRACE(std::string(c.name) + ", " + std::to_string(n) + " samples, capacity " + std::to_string(capacity));
        const std::vector<std::int64_t> items{settings.n_frames(n)};
        SlotCutter cutter(items, capacity);
        check(FrameShape(settings), n, cutter);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(Samples, SeenHoldsWhatTheFramesRead) {
  for_each_cut([](const FrameShape& shape, std::int64_t n, SlotCutter& cutter) {
    Slot slot;
    while (cutter.next(slot)) {
      for (Segment& s : slot.segments) s.item_samples = n;
      cuda::lay_out_samples(slot, shape, cuda::samples_seen);
      const Segment& s = slot.segments[0];
      ASSERT_GE(s.sample_first, 0);
      ASSERT_LE(s.sample_first + s.sample_count, n);
      for (std::int64_t frame = s.first_frame; frame < s.end_frame(); ++frame) {
        const std::int64_t start = frame * shape.hop - shape.padding;
        for (std::int64_t i = start; i < start + shape.n_fft; ++i) {
          if (n == 0 || ((i < 0 || i >= n) && !shape.reflect)) continue;
          const std::int64_t read = i >= 0 && i < n ? i : math::reflect_index(i, n);
          ASSERT_GE(read, s.sample_first);
          ASSERT_LT(read, s.sample_first + s.sample_count);
        }
      }
    }
  });
}

TEST(Samples, CompletedCoverTheSignalOnceWithAllTheirFrames) {
  for_each_cut([](const FrameShape& shape, std::int64_t n, SlotCutter& cutter) {
    Slot slot;
    std::int64_t next = 0;
    while (cutter.next(slot)) {
      slot.segments[0].item_samples = n;
      cuda::lay_out_samples(slot, shape, cuda::samples_completed);
      const Segment& s = slot.segments[0];
      if (s.sample_count == 0) continue;
      ASSERT_EQ(s.sample_first, next);
      next += s.sample_count;
      const std::int64_t last = s.sample_first + s.sample_count - 1;
      ASSERT_LT(math::frames_holding(last + shape.padding, shape.n_fft, shape.hop, s.item_frames).last, s.end_frame());
      // Were it completed by an earlier segment, that one would have had it.
      if (s.first_frame > 0) {
        const auto range = math::frames_holding(s.sample_first + shape.padding, shape.n_fft, shape.hop, s.item_frames);
        ASSERT_GE(range.last, s.first_frame);
      }
    }
    ASSERT_EQ(next, n);
  });
}

// ------------------------------------------------------------------------------------------ whole batches

/// Of several batches of the FFT at n_fft 1500.
constexpr cuda::SlotLimits kSmallSlots{std::int64_t{8} << 20, 65536, 512, std::int64_t{1} << 30, 96'000};

/// Noise of these lengths, every fifth item silent by its reference, in rows a little longer than their pixels.
Batch noise_batch(const StftSettings& stft, const PixelSettings& pixels, const std::vector<std::int64_t>& lengths) {
  Batch batch{stft, pixels, {}, {}};
  batch.row_gap = 8;
  const auto full_scale = static_cast<float>(full_scale_magnitude(stft));
  std::uint32_t seed = 1;
  for (const std::int64_t n : lengths) {
    batch.signals.push_back(test::noise(n, seed));
    batch.refs.push_back(seed % 5 == 0 ? 0.0F : full_scale / static_cast<float>(seed));
    ++seed;
  }
  return batch;
}

/// Of each item the frames of its middle third, analysed alone: those of the whole.
void expect_middles_as_in_the_whole(Backend& backend, const Batch& batch, const Spectra& whole) {
  Spectra wanted;
  Spectra middles;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::int64_t n_frames = batch.n_frames(i);
    const auto first = whole[i].begin() + n_frames / 3 * batch.stft.n_bins();
    wanted.emplace_back(first, first + (n_frames + 2) / 3 * batch.stft.n_bins());
    middles.emplace_back(wanted[i].size());
  }
  std::vector<AnalyseItem> items;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    items.push_back({batch.signal(i), middles[i], batch.n_frames(i) / 3});
  }
  backend.analyse(batch.stft, items);
  expect_same_bits(middles, wanted, "analyse, from the middle");
}

void expect_as_cpu(Backend& emulated, Backend& cpu, const Batch& batch) {
  expect_same_results(emulated, cpu, batch);
  expect_middles_as_in_the_whole(emulated, batch, batch.analyse(cpu));
}

/// The frames of 16-bit integers are those of the floats they stand for.
void expect_integers_as_floats(Backend& emulated, const StftSettings& stft) {
  std::vector<std::int16_t> codes;
  std::vector<float> floats;
  for (int i = 0; i < 3 * stft.n_fft; ++i) {
    codes.push_back(static_cast<std::int16_t>(i * 7919 % 65536 - 32768));
    floats.push_back(static_cast<float>(codes.back()) / 32768.0F);
  }
  const std::int64_t n_frames = stft.n_frames(std::ssize(codes));
  const std::vector<PeakItem> items{{std::span<const std::int16_t>(codes), 0, n_frames}, {floats, 0, n_frames}};
  std::vector<float> peaks(2);
  emulated.peak(stft, items, peaks);
  EXPECT_GT(peaks[0], 0);
  EXPECT_EQ(peaks[0], peaks[1]);
}

/// Columns of a signal of which no more is there than they see, in one batch with others: as the CPU makes them.
void expect_parts_as_cpu(Backend& emulated, Backend& cpu, const StftSettings& stft) {
  const std::vector<float> x = test::noise(40 * stft.hop_length + stft.n_fft, 3);
  const std::int64_t n_frames = stft.n_frames(std::ssize(x));
  const float ref = static_cast<float>(full_scale_magnitude(stft));
  const auto made = [&](Backend& backend) {
    std::vector<std::vector<std::uint8_t>> planes;
    std::vector<EncodeItem> items;
    std::vector<PeakItem> peak_items;
    for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{0, 3}, {5, 17}, {n_frames - 4, 4}}) {
      const std::int64_t reach = stft.n_fft + stft.hop_length;  // to both sides; mirroring needs no more
      const std::int64_t begin = std::max<std::int64_t>(0, first * stft.hop_length - stft.padding() - reach);
      const std::int64_t end = std::min(std::ssize(x), (first + count) * stft.hop_length + reach);
      const std::span<const float> samples(x.data() + begin, static_cast<std::size_t>(end - begin));
      const Signal part = Signal(samples).part_of(begin, std::ssize(x));
      std::vector<std::uint8_t>& plane = planes.emplace_back(static_cast<std::size_t>(3 * count * stft.n_bins()));
      items.push_back({part, ref, {plane.data(), 3 * count, count}, first});
      peak_items.push_back({part, first, count});
    }
    backend.encode(stft, PixelSettings{}, items);
    std::vector<float> peaks(items.size());
    backend.peak(stft, peak_items, peaks);
    return std::pair(planes, peaks);
  };
  EXPECT_EQ(made(emulated), made(cpu));
}

class EmulatedKernels : public testing::TestWithParam<Case> {};

TEST_P(EmulatedKernels, EqualTheCpuBackend) {
  const StftSettings stft = settings_of(GetParam());
  const auto cpu = cpu::make_cpu_backend();
  PixelSettings pixels;
  const Encoding encodings[] = {Encoding::Hsv, Encoding::Hsv16, Encoding::Hsvx, Encoding::Hsv16x};
  int n_done = 0;
  for (const std::int64_t capacity : {1, 2, 3, 5, 37, 1000}) {
    SCOPED_TRACE("capacity " + std::to_string(capacity));
    EmulatedBackend emulated({std::int64_t{1} << 40, capacity}, capacity % 2 == 0 ? Order::Random : Order::NewestFirst);
    pixels.encoding = encodings[n_done % 4];
    pixels.residual_bits = is_exact(pixels.encoding) ? 2 + n_done : 0;
    pixels.tilt = n_done % 3 == 2 ? 0.0 : 4.5 * (n_done % 2 == 0 ? 1 : -1);
    ++n_done;
    pixels.drop_top = stft.n_fft % 2 == 0 && capacity > 4;
    expect_as_cpu(emulated, *cpu, noise_batch(stft, pixels, lengths_of(stft)));
    expect_integers_as_floats(emulated, stft);
    expect_parts_as_cpu(emulated, *cpu, stft);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EmulatedKernels, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

// ------------------------------------------------------------------------------------------ closed loop

/// Items of a batch for the closed loop, and pictures whose rows are longer than their pixels.
class LoopBatch {
 public:
  LoopBatch(const StftSettings& stft, const PixelSettings& pixels) : stft_(stft), pixels_(pixels) {
    validate(stft_, pixels_);
  }
  LoopBatch(const StftSettings& stft, Encoding encoding, int refine) : LoopBatch(stft, {encoding, {}, refine}) {}

  /// A whole sound. ref as a share of what a full-scale sine needs; 0 = silence.
  void add(std::vector<float> x, double ref) {
    const std::int64_t n = std::ssize(x);
    add_columns(std::move(x), ref, 0, stft_.n_frames(n));
  }
  /// The same sound as 16-bit integers.
  void add_integers(const std::vector<float>& x, double ref) {
    add(x, ref);
    for (const float v : x) sounds_.back().integers.push_back(static_cast<std::int16_t>(v * 32768.0F));
  }
  /// Some columns of a sound, of which no more is there than they see.
  void add_columns(std::vector<float> x, double ref, std::int64_t first, std::int64_t n_frames) {
    sounds_.push_back({std::move(x), {}, static_cast<float>(ref * full_scale_magnitude(stft_)), first, n_frames});
  }

  const PixelSettings& pixels() const { return pixels_; }

  std::vector<std::vector<std::uint8_t>> encode(Backend& backend) const {
    std::vector<std::vector<std::uint8_t>> planes;
    std::vector<std::vector<float>> parts;
    std::vector<EncodeItem> items;
    const std::int64_t pixel_bytes = 3 * (pixel_layout(pixels_.encoding).bits / 8);
    for (const Sound& sound : sounds_) {
      const std::int64_t row_bytes = sound.n_frames * pixel_bytes + 8;
      auto& plane = planes.emplace_back(static_cast<std::size_t>(row_bytes * n_rows(stft_, pixels_)), test::kRubbish);
      items.push_back(
          {part(sound, parts.emplace_back()), sound.ref, {plane.data(), row_bytes, sound.n_frames}, sound.first});
    }
    backend.encode(stft_, pixels_, items);
    return planes;
  }

 private:
  struct Sound {
    std::vector<float> samples;
    std::vector<std::int16_t> integers;
    float ref;
    std::int64_t first;
    std::int64_t n_frames;
  };

  Signal part(const Sound& sound, std::vector<float>& memory) const {
    if (!sound.integers.empty()) return std::span<const std::int16_t>(sound.integers);
    Segment segment;
    segment.first_frame = sound.first;
    segment.n_frames = sound.n_frames;
    segment.item_samples = std::ssize(sound.samples);
    const cuda::SampleRange seen = cuda::samples_seen(segment, FrameShape(stft_));
    memory.assign(sound.samples.begin() + seen.first, sound.samples.begin() + seen.end);
    return Signal(memory).part_of(seen.first, segment.item_samples);
  }

  StftSettings stft_;
  PixelSettings pixels_;
  std::vector<Sound> sounds_;
};

/// Everything that items can be, next to each other.
LoopBatch all_kinds(const StftSettings& stft, const PixelSettings& pixels) {
  LoopBatch batch(stft, pixels);
  const std::int64_t n = stft.n_fft;
  const std::int64_t hop = stft.hop_length;
  std::uint32_t seed = 1;
  for (const std::int64_t length :
       {std::int64_t{0}, std::int64_t{1}, n / 2, n - 1, n, 3 * n + 1, 70 * hop, 150 * hop}) {
    batch.add(test::noise(length, seed), 1.0 / seed);
    ++seed;
  }
  batch.add(test::noise(5 * n, 9), 0.0);            // silence, by its reference
  batch.add(std::vector<float>(7 * n, 0.0F), 0.5);  // and by its samples
  batch.add(test::noise(140 * hop, 10), 0.02);      // clips
  batch.add(test::sine(140 * hop, 0.01), 1e-3);
  batch.add_integers(test::noise(66 * hop, 11), 0.7);
  batch.add(test::noise(1300 * hop, 13), 0.9);  // in longer chains than the others
  // Pages of a longer sound: its begin, its middle, its end.
  const std::vector<float> sound = test::noise(1500 * hop + n, 12);
  const std::int64_t n_frames = stft.n_frames(std::ssize(sound));
  batch.add_columns(sound, 0.8, 0, 100);
  batch.add_columns(sound, 0.8, 100, 131);
  batch.add_columns(sound, 0.8, 150, 3);
  batch.add_columns(sound, 0.01, 60, 90);  // clips
  batch.add_columns(sound, 0.8, n_frames - 70, 70);
  return batch;
}

TEST_P(EmulatedKernels, ClosedLoopEqualsTheCpuBackend) {
  const StftSettings stft = settings_of(GetParam());
  const auto cpu = cpu::make_cpu_backend();
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const int refine : {0, 1, 4}) {
      SCOPED_TRACE(to_string(encoding) + ", refine " + std::to_string(refine));
      PixelSettings pixels{encoding, {}, refine};
      pixels.drop_top = stft.n_fft % 2 == 0 && (refine == 1) == (encoding == Encoding::Hsv);
      if (refine == 1 && stft.center && stft.hop_length <= stft.n_fft / 2) {
        pixels.encoding = encoding == Encoding::Hsv ? Encoding::Hsvx : Encoding::Hsv16x;
        pixels.residual_bits = 4;
        pixels.code_step = stft.pad_mode == PadMode::Reflect ? 1 : 0;
      }
      pixels.tilt = refine == 0 ? 3.0 : refine == 1 ? -6.0 : 0.0;
      const LoopBatch batch = all_kinds(stft, pixels);
      const auto want = batch.encode(*cpu);
      // Slots and groups of a single frame or item; of a few; of all.
      for (const auto& [frames, bytes] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {3, 100'000}, {500, 1 << 30}}) {
        SCOPED_TRACE("slots of " + std::to_string(frames));
        if (frames == 1 && refine == 4) continue;  // takes long
        EmulatedBackend emulated({std::int64_t{1} << 40, 2 * frames, frames, bytes});
        expect_same_bits(batch.encode(emulated), want, "encode");
      }
      if (HasFailure()) return;
    }
  }
}

TEST(EmulatedClosedLoop, MoreOfEverythingThanABlockHasThreads) {
  const StftSettings stft = StftSettings::for_n_fft(1500);
  const auto cpu = cpu::make_cpu_backend();
  LoopBatch batch(stft, Encoding::Hsv, 4);
  batch.add(test::voice(90000), 1.0);
  batch.add(test::noise(100), 1.0);
  batch.add(test::noise(61234, 2), 0.003);
  EmulatedBackend emulated(kSmallSlots);
  expect_same_bits(batch.encode(emulated), batch.encode(*cpu), "encode");
}

TEST(EmulatedClosedLoop, ManySweepsVisitEveryPhase) {
  const auto cpu = cpu::make_cpu_backend();
  for (const Case& c : {Case{"", 64, 8, 64}, {"", 64, 64, 64, Window::Rectangular}, {"", 64, 5, 64}}) {
    LoopBatch batch(settings_of(c), Encoding::Hsv, 20);
    batch.add(test::noise(5000), 1.0);
    batch.add(test::noise(900), 1.0);
    EmulatedBackend emulated({std::int64_t{1} << 40, 100, 7});
    expect_same_bits(batch.encode(emulated), batch.encode(*cpu), "encode");
  }
}

TEST(EmulatedClosedLoop, ThousandsOfTinyItems) {
  const StftSettings stft = settings_of({"", 16, 4, 16, Window::Hann, true, PadMode::Reflect});
  const auto cpu = cpu::make_cpu_backend();
  LoopBatch batch(stft, Encoding::Hsv, 2);
  for (int i = 0; i < 3000; ++i) batch.add(test::noise(i % 11, i), i % 5 * 0.3);
  EmulatedBackend emulated;
  expect_same_bits(batch.encode(emulated), batch.encode(*cpu), "encode");
}

/// What makes this file's closed-loop tests say something about the check against plain rounding: there are sounds for
/// which feedback stays, and sounds for which it does not.
TEST(EmulatedClosedLoop, ClippingTriggersTheCheckBothWays) {
  const StftSettings stft = settings_of(kCases[0]);
  int plain_is_kept = 0;
  int feedback_is_kept = 0;
  for (const double ref : {1.0, 0.3, 0.1, 0.03, 0.01, 0.001}) {
    for (const auto& x : {test::noise(3000), test::sine(3000, 0.01), test::voice(3000)}) {
      LoopBatch open(stft, Encoding::Hsv, PixelSettings::kOpenLoop);
      LoopBatch closed(stft, Encoding::Hsv, 0);
      open.add(x, ref);
      closed.add(x, ref);
      EmulatedBackend emulated;
      const auto picture = closed.encode(emulated);
      expect_same_bits(picture, closed.encode(*cpu::make_cpu_backend()), "encode");
      ++(picture == open.encode(emulated) ? plain_is_kept : feedback_is_kept);
    }
  }
  EXPECT_GT(plain_is_kept, 1);
  EXPECT_GT(feedback_is_kept, 1);
}

/// What comes back from a picture of a sound, in dB above the error.
double decoded_snr_db(Backend& decoder, const StftSettings& stft, const PixelSettings& pixels,
                      const std::vector<float>& x, float ref, const std::vector<std::uint8_t>& picture) {
  const std::int64_t n_frames = stft.n_frames(std::ssize(x));
  std::vector<float> back(x.size());
  const DecodeItem item{{picture.data(), std::ssize(picture) / stft.n_bins(), n_frames}, ref, back};
  decoder.decode(stft, pixels, {&item, 1});
  double signal = 0;
  double error = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    signal += std::pow(x[i], 2.0);
    error += std::pow(static_cast<double>(back[i]) - x[i], 2.0);
  }
  return 10 * std::log10(signal / error);
}

/// A chain carries a rounding error of the FFT on, so another transform makes other pictures; as good ones but for
/// chance.
TEST(EmulatedClosedLoop, AnotherTransformMakesAsGoodAPicture) {
  const auto cpu = cpu::make_cpu_backend();
  for (const Case& c : {Case{"", 2048, 512, 2048},
                        {"", 225, 75, 225},
                        {"", 400, 100, 400, Window::Hamming, false},
                        {"", 16, 4, 16, Window::Hamming, false, PadMode::Reflect},
                        {"", 512, 64, 512}}) {
    const StftSettings stft = settings_of(c);
    for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
      for (const int refine : {0, 4}) {
        const std::pair<std::vector<float>, double> sounds[] = {
            {test::noise(30000, 3), contract::kClosedLoopDb},
            {test::voice(48000), contract::kClosedLoopToneDb},
            {test::sine(20000, 0.0317), contract::kClosedLoopToneDb}};
        for (const auto& [x, limit] : sounds) {
          const PeakItem whole{x, 0, stft.n_frames(std::ssize(x))};
          float peak = 0.0F;
          cpu->peak(stft, {&whole, 1}, {&peak, 1});
          const float ref = static_cast<float>(kPeakHeadroom) * peak;
          LoopBatch batch(stft, encoding, refine);
          batch.add(x, ref / full_scale_magnitude(stft));
          EmulatedBackend other({std::int64_t{1} << 40, 16, 16}, Order::Reluctant, 1, 3e-7F);
          // Clang 14 captures no structured bindings by themselves.
          const auto snr = [&, &x = x](Backend& encoder) {
            return decoded_snr_db(*cpu, stft, batch.pixels(), x, ref, batch.encode(encoder)[0]);
          };
          const double difference = snr(other) - snr(*cpu);
          EXPECT_LE(std::abs(difference), limit);
          std::printf("    n_fft %d, %s, refine %d: %+.2f dB\n", c.n_fft, to_string(encoding).c_str(), refine,
                      difference);
        }
      }
    }
  }
}

TEST(EmulatedClosedLoop, RecoversFromExhaustedMemory) {
  constexpr std::int64_t kEnough = std::numeric_limits<std::int64_t>::max();
  const auto cpu = cpu::make_cpu_backend();
  LoopBatch batch(settings_of(kCases[0]), Encoding::Hsv, 2);
  batch.add(test::noise(500), 1.0);
  batch.add(test::noise(3000, 2), 0.002);
  const auto pictures = batch.encode(*cpu);
  int failures = 0;
  for (bool done = false; !done; ++failures) {
    EmulatedBackend emulated({std::int64_t{1} << 40, 50, 9});
    allocations_left = failures;
    try {
      batch.encode(emulated);
      done = true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
    }
    allocations_left = kEnough;
    expect_same_bits(batch.encode(emulated), pictures, "encode after a failure");
    ASSERT_FALSE(HasFailure()) << "allocation " << failures;
  }
  EXPECT_GT(failures, 30);
}

/// The largest page that the program makes: where its last element lies, and the grids over it.
TEST(ClosedLoopKernels, TakeAWholePage) {
  const StftSettings stft;
  cuda::LoopArgs args;
  args.shape = FrameShape(stft);
  args.capacity = cuda::SlotLimits{}.loop_frames;
  args.list.n_frames = args.capacity;
  expect_legal(cuda::FeedBack::shape(args));
  expect_legal(cuda::AddChanges::shape(args));
  args.list.n_frames = 65500;
  expect_legal(cuda::JoinChains::shape(args));
  Plane plane;
  plane.n_frames = 65500;
  using Loop = cuda::DeviceClosedLoop<EmulatedQueue>;
  for (const int bits : {8, 16}) {
    EXPECT_LE(Loop::item_bytes(stft, bits, {{}, 1.0F, plane, 0}), cuda::SlotLimits{}.loop_bytes) << bits;
  }
}

TEST(EmulatedBackend, AllCurvesAndDepthsOnOneBackend) {
  const StftSettings stft = settings_of({"", 32, 8, 32});
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 10});
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const CurveKind kind :
         {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::AdaptiveLog, CurveKind::DoubleLog}) {
      SCOPED_TRACE(to_string(encoding) + " " + to_string(kind));
      PixelSettings pixels;
      pixels.encoding = encoding;
      pixels.curve.kind = kind;
      validate(pixels);
      expect_as_cpu(emulated, *cpu, noise_batch(stft, pixels, {100, 0, 333, 64}));
    }
  }
}

TEST(EmulatedBackend, ChangesSettingsBetweenCalls) {
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 6});
  PixelSettings pixels;
  for (const Case& c : {kCases[0], kCases[4], kCases[0], kCases[6], kCases[2]}) {
    for (const double tilt : {3.0, 0.0, -3.0}) {
      SCOPED_TRACE(c.name);
      pixels.tilt = tilt;
      expect_as_cpu(emulated, *cpu, noise_batch(settings_of(c), pixels, {200, 3, 77}));
    }
  }
}

/// What a foreign pixel of an exact encoding holds is the same on both.
TEST(EmulatedBackend, AnyPayloadAndAnyColour) {
  const StftSettings stft = settings_of({"", 64, 16, 64});
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 7});
  for (const Encoding encoding : {Encoding::Hsvx, Encoding::Hsv16x}) {
    for (const auto& [bits, step] : {std::pair{1, 0}, {3, 1}, {7, 0}, {7, 1}}) {
      PixelSettings pixels;
      pixels.encoding = encoding;
      pixels.residual_bits = bits;
      pixels.code_step = step;
      const Batch batch = noise_batch(stft, pixels, {1000});
      Bytes pictures = batch.encode(*cpu);
      const std::vector<float> rubbish = test::noise(std::ssize(pictures[0]), 8);
      for (std::size_t i = 0; i < rubbish.size(); ++i) {
        pictures[0][i] = static_cast<std::uint8_t>(static_cast<int>((rubbish[i] + 0.5F) * (i % 2 == 0 ? 256 : 9)));
      }
      expect_same_bits(batch.decode_pixels(emulated, pictures), batch.decode_pixels(*cpu, pictures), "decode_pixels");
      expect_same_bits(batch.decode(emulated, pictures), batch.decode(*cpu, pictures), "decode");
    }
  }
}

TEST(EmulatedBackend, ThousandsOfTinyItems) {
  const StftSettings stft = settings_of({"", 16, 4, 16, Window::Hann, true, PadMode::Reflect});
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 4096});
  std::vector<std::int64_t> lengths;
  for (int i = 0; i < 3000; ++i) lengths.push_back(i % 11);
  expect_as_cpu(emulated, *cpu, noise_batch(stft, PixelSettings{}, lengths));
}

TEST(EmulatedBackend, MoreOfEverythingThanABlockHasThreads) {
  const StftSettings stft = StftSettings::for_n_fft(1500);
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated(kSmallSlots);
  expect_as_cpu(emulated, *cpu, noise_batch(stft, PixelSettings{}, {90000, 100, 61234}));
}

TEST(EmulatedBackend, ForeignPixelsAndBinsThatAreNotNumbers) {
  const StftSettings stft = settings_of({"", 64, 16, 64});
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 7});
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    PixelSettings pixels;
    pixels.encoding = encoding;
    const Batch batch = noise_batch(stft, pixels, {1000});
    // Any colour is legal on the way back.
    Bytes pictures = batch.encode(*cpu);
    const std::vector<float> rubbish = test::noise(static_cast<std::int64_t>(pictures[0].size()), 7);
    for (std::size_t i = 0; i < rubbish.size(); ++i) {
      pictures[0][i] = static_cast<std::uint8_t>(static_cast<int>((rubbish[i] + 0.5F) * 256));
    }
    expect_same_bits(batch.decode_pixels(emulated, pictures), batch.decode_pixels(*cpu, pictures), "decode_pixels");
    expect_same_bits(batch.decode(emulated, pictures), batch.decode(*cpu, pictures), "decode");

    auto spectra = batch.analyse(*cpu);
    const float odd[] = {NAN, INFINITY, -INFINITY, 0.0F, -0.0F, 1e-45F, 1e-38F, 3e38F, -1.0F};
    for (std::size_t i = 0; i < 81; ++i) spectra[0][i] = {odd[i % 9], odd[i / 9]};
    expect_same_bits(batch.encode_pixels(emulated, spectra), batch.encode_pixels(*cpu, spectra), "encode_pixels");
  }
}

TEST(EmulatedBackend, ImaginaryPartsOfRealBinsDoNotCount) {
  const auto cpu = cpu::make_cpu_backend();
  for (const int n_fft : {64, 45}) {
    const StftSettings stft = settings_of({"", n_fft, 15, n_fft});
    EmulatedBackend emulated({std::int64_t{1} << 40, 4});
    const Batch batch = noise_batch(stft, PixelSettings{}, {500});
    auto spectra = batch.analyse(*cpu);
    const auto plain = batch.synthesise(*cpu, spectra);
    for (std::size_t i = 0; i < spectra[0].size(); i += stft.n_bins()) {
      spectra[0][i].imag(3.0F);
      if (n_fft % 2 == 0) spectra[0][i + n_fft / 2].imag(-7.0F);
    }
    expect_same_bits(batch.synthesise(emulated, spectra), plain, "emulated");
    expect_same_bits(batch.synthesise(*cpu, spectra), plain, "cpu");
  }
}

TEST(EmulatedBackend, RecoversFromExhaustedMemory) {
  constexpr std::int64_t kEnough = std::numeric_limits<std::int64_t>::max();
  const auto cpu = cpu::make_cpu_backend();
  const Batch batch = noise_batch(settings_of(kCases[0]), PixelSettings{}, {500, 20});
  const Bytes pictures = batch.encode(*cpu);
  const auto signals = batch.decode(*cpu, pictures);
  int failures = 0;
  for (bool done = false; !done; ++failures) {
    EmulatedBackend emulated({std::int64_t{1} << 40, 9});
    allocations_left = failures;
    try {
      batch.encode(emulated);
      batch.decode(emulated, pictures);
      done = true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
    }
    allocations_left = kEnough;
    expect_same_bits(batch.encode(emulated), pictures, "encode after a failure");
    expect_same_bits(batch.decode(emulated, pictures), signals, "decode after a failure");
    ASSERT_FALSE(HasFailure()) << "allocation " << failures;
  }
  EXPECT_GT(failures, 20);
}

class EmulatedOrders : public testing::TestWithParam<std::tuple<Order, std::uint32_t>> {};

/// A wait that is missing between slots shows as wrong bits.
TEST_P(EmulatedOrders, DoNotMatter) {
  const auto& [order, seed] = GetParam();
  const auto cpu = cpu::make_cpu_backend();
  for (const Case& c : {kCases[0], kCases[4], kCases[10]}) {
    SCOPED_TRACE(c.name);
    const StftSettings stft = settings_of(c);
    const std::int64_t hop = stft.hop_length;
    // Batches of 4 frames, slots of 1 and 3 batches.
    for (const std::int64_t capacity : {4, 12}) {
      EmulatedBackend emulated({std::int64_t{1} << 40, capacity, 5, 100'000, 4 * stft.n_fft}, order, seed);
      expect_as_cpu(emulated, *cpu,
                    noise_batch(stft, PixelSettings{}, {200 * hop, 3, 9 * hop, 0, 31 * hop, 150 * hop}));
      LoopBatch loops(stft, Encoding::Hsv, 2);
      loops.add(test::noise(70 * hop), 1.0);
      loops.add(test::noise(150 * hop, 2), 0.02);
      loops.add_integers(test::noise(66 * hop, 3), 0.7);
      expect_same_bits(loops.encode(emulated), loops.encode(*cpu), "encode");
      expect_parts_as_cpu(emulated, *cpu, stft);
      const LoopBatch open = all_kinds(stft, {Encoding::Hsv, {}, PixelSettings::kOpenLoop});
      expect_same_bits(open.encode(emulated), open.encode(*cpu), "open loop");
    }
  }
}

std::string name_of(const std::tuple<Order, std::uint32_t>& parameters) {
  const char* const names[] = {"OldestFirst", "NewestFirst", "Reluctant", "Random"};
  return names[static_cast<int>(std::get<0>(parameters))] + std::to_string(std::get<1>(parameters));
}

INSTANTIATE_TEST_SUITE_P(Queues, EmulatedOrders,
                         testing::Values(std::tuple(Order::OldestFirst, 1U), std::tuple(Order::NewestFirst, 1U),
                                         std::tuple(Order::Reluctant, 1U), std::tuple(Order::Random, 1U),
                                         std::tuple(Order::Random, 2U), std::tuple(Order::Random, 3U)),
                         [](const auto& info) { return name_of(info.param); });

TEST(EmulatedBackend, TakesSmallerSlotsWhereMemoryIsShort) {
  constexpr std::size_t kEnough = std::numeric_limits<std::size_t>::max();
  const StftSettings stft = settings_of(kCases[0]);
  const auto cpu = cpu::make_cpu_backend();
  const Batch batch = noise_batch(stft, PixelSettings{}, {40000, 20, 4000});
  LoopBatch loops(stft, Encoding::Hsv, 2);
  for (std::uint32_t seed = 1; seed < 9; ++seed) loops.add(test::noise(3000, seed), 1.0);
  for (const std::size_t frames : {8, 40, 300}) {
    EmulatedBackend emulated({std::int64_t{1} << 40, 2048, 8, std::int64_t{1} << 30, 4 * stft.n_fft});
    largest_allocation = frames * 64 * sizeof(float) * 2;
    expect_as_cpu(emulated, *cpu, batch);
    largest_allocation = kEnough;
    expect_same_bits(loops.encode(emulated), loops.encode(*cpu), "encode");
  }
  EmulatedBackend emulated({std::int64_t{1} << 40, 2048, 8, std::int64_t{1} << 30, 4 * stft.n_fft});
  largest_allocation = 900;  // less than the smallest slot
  try {
    batch.encode(emulated);
    ADD_FAILURE() << "it had too little memory";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
    EXPECT_NE(std::string(error.what()).find("slots of 4 frames of 64 samples"), std::string::npos) << error.what();
  }
  largest_allocation = kEnough;
  expect_as_cpu(emulated, *cpu, batch);
}

TEST(EmulatedBackend, IntegersTravelAsIntegers) {
  const StftSettings stft = settings_of(kCases[0]);
  for (const int refine : {PixelSettings::kOpenLoop, 0}) {
    EmulatedBackend emulated;
    const auto uploaded_for = [&](bool integers) {
      LoopBatch batch(stft, Encoding::Hsv, refine);
      const std::vector<float> x = test::noise(100'000);
      integers ? batch.add_integers(x, 1.0) : batch.add(x, 1.0);
      uploaded = 0;
      batch.encode(emulated);
      return uploaded;
    };
    uploaded_for(false);  // tables
    EXPECT_EQ(uploaded_for(false) - uploaded_for(true), 200'000);
  }
}

TEST(EmulatedBackend, AllocatesAndPlansNothingInTheSteadyState) {
  const StftSettings stft = settings_of(kCases[0]);
  const auto cpu = cpu::make_cpu_backend();
  EmulatedBackend emulated({std::int64_t{1} << 40, 12, 5, 100'000, 4 * stft.n_fft});
  const Batch batch = noise_batch(stft, PixelSettings{}, {900, 20, 4000});
  expect_as_cpu(emulated, *cpu, batch);
  const std::int64_t growths_before = growths;
  const std::int64_t plans_before = plans;
  for (int i = 0; i < 3; ++i) expect_as_cpu(emulated, *cpu, batch);
  // Longer sounds flow through the same memory.
  expect_as_cpu(emulated, *cpu, noise_batch(stft, PixelSettings{}, {20000, 50000, 7}));
  EXPECT_EQ(growths, growths_before);
  EXPECT_EQ(plans, plans_before);
}

TEST(EmulatedBackend, TakesEmptyBatches) {
  EmulatedBackend emulated;
  const StftSettings stft = StftSettings::for_n_fft(16);
  emulated.analyse(stft, {});
  emulated.synthesise(stft, {});
  emulated.encode_pixels(stft, {}, {});
  emulated.decode_pixels(stft, {}, {});
  emulated.peak(stft, {}, {});
  emulated.encode(stft, {}, {});
  emulated.decode(stft, {}, {});
}

}  // namespace
}  // namespace spectrohue
