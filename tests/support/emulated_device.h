// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A device that walks through every block and thread of a kernel on the host, for the CUDA backend without CUDA. Only
// the FFT is another: the CPU's own, so that whatever comes out must equal the CPU backend to the bit. Nothing runs
// before it is waited for, and then in as bad an order as it may; memory is full of rubbish and may be exhausted.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "cpu/fft_plan.h"
#include "cpu/lane_kernels.h"
#include "kernels/png/coder.h"
#include "kernels/slot_backend.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"
#include "support/signals.h"

namespace spectrohue::test {

/// When a stream's work runs, once somebody waits for a stream.
enum class Order {
  OldestFirst,  ///< as it was queued
  NewestFirst,  ///< what was queued last, as far as its stream lets it
  Reluctant,    ///< only the stream that is waited for, and what its work waits for
  Random,
};

/// Work that was queued on streams and has not run.
class Schedule {
 public:
  Schedule(Order order, std::uint32_t seed) : order_(order), random_(seed) {}

  std::size_t add_stream() {
    streams_.emplace_back();
    return streams_.size() - 1;
  }
  void queue(std::size_t stream, std::function<void()> act) {
    streams_[stream].work.push_back({std::move(act), 0, 0, ++clock_});
    ++streams_[stream].queued;
  }
  /// What is queued on `stream` from now on waits until `other` has done so much.
  void wait(std::size_t stream, std::size_t other, std::int64_t count) {
    streams_[stream].work.push_back({[] {}, other, count, ++clock_});
    ++streams_[stream].queued;
  }
  std::int64_t queued(std::size_t stream) const { return streams_[stream].queued; }

  void finish(std::size_t stream) {
    while (!streams_[stream].work.empty()) {
      const std::size_t next = choose(stream);
      const std::function<void()> act = std::move(streams_[next].work.front().act);
      streams_[next].work.pop_front();
      act();
      ++streams_[next].done;
    }
  }

 private:
  struct Work {
    std::function<void()> act;
    std::size_t other;
    std::int64_t count;
    std::int64_t time;
  };
  struct Stream {
    std::deque<Work> work;
    std::int64_t queued = 0;
    std::int64_t done = 0;
  };

  bool may_run(const Stream& s) const {
    return !s.work.empty() && streams_[s.work.front().other].done >= s.work.front().count;
  }
  std::size_t choose(std::size_t wanted) {
    if (order_ == Order::Reluctant) {
      while (!may_run(streams_[wanted])) wanted = streams_[wanted].work.front().other;
      return wanted;
    }
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (may_run(streams_[i])) ready.push_back(i);
    }
    if (order_ == Order::Random) return ready.at(random_() % ready.size());
    const auto by_time = [&](std::size_t a, std::size_t b) {
      return streams_[a].work.front().time < streams_[b].work.front().time;
    };
    return order_ == Order::OldestFirst ? *std::min_element(ready.begin(), ready.end(), by_time)
                                        : *std::max_element(ready.begin(), ready.end(), by_time);
  }

  Order order_;
  std::mt19937 random_;
  std::vector<Stream> streams_;
  std::int64_t clock_ = 0;
};

/// After so many, memory is exhausted.
inline std::int64_t allocations_left = std::numeric_limits<std::int64_t>::max();
/// No more can be had at a time.
inline std::size_t largest_allocation = std::numeric_limits<std::size_t>::max();
/// Bytes that are held, and that may be.
inline std::size_t memory_used = 0;
inline std::size_t memory_limit = std::numeric_limits<std::size_t>::max();
/// How often memory had to grow, and plans were made.
inline std::int64_t growths = 0;
inline std::int64_t plans = 0;
/// Bytes that went to the device, and that came from it.
inline std::int64_t uploaded = 0;
inline std::int64_t downloaded = 0;

/// Exactly as large as asked for, so that a sanitizer sees the first step over its end, and full of rubbish, before and
/// after it is used.
template <class T>
class EmulatedArray {
 public:
  EmulatedArray() = default;
  EmulatedArray(EmulatedArray&& other) noexcept { swap(other); }
  EmulatedArray& operator=(EmulatedArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~EmulatedArray() {
    spoil();
    hold(0);
  }

  void resize(std::size_t n, std::size_t room = 0) {
    spoil();
    std::vector<T>().swap(values_);
    const std::size_t wanted = std::max(n, room);
    if (n > capacity_) hold(0);
    const bool fits = n <= capacity_ || wanted * sizeof(T) <= memory_limit - std::min(memory_limit, memory_used);
    if (allocations_left == 0 || wanted * sizeof(T) > largest_allocation || !fits) {
      hold(0);
      throw Error(ErrorCode::OutOfMemory, "emulated");
    }
    --allocations_left;
    if (n > capacity_) {
      ++growths;
      hold(wanted);
    }
    values_.resize(n);
    spoil();
  }
  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  std::size_t size() const { return values_.size(); }

 private:
  void hold(std::size_t capacity) noexcept {
    memory_used += (capacity - capacity_) * sizeof(T);  // modulo 2^64
    capacity_ = capacity;
  }
  void swap(EmulatedArray& other) noexcept {
    std::swap(values_, other.values_);
    std::swap(capacity_, other.capacity_);
  }
  void spoil() {
    if (!values_.empty()) std::memset(static_cast<void*>(values_.data()), 0x7f, values_.size() * sizeof(T));  // large
  }

  std::vector<T> values_;
  std::size_t capacity_ = 0;
};

/// Calls body(thread) for every thread of a launch, block by block.
template <class Body>
void for_each_thread(const cuda::LaunchShape& shape, Body&& body) {
  for (unsigned by = 0; by < shape.grid.y; ++by) {
    for (unsigned bx = 0; bx < shape.grid.x; ++bx) {
      for (unsigned ty = 0; ty < shape.block.y; ++ty) {
        for (unsigned tx = 0; tx < shape.block.x; ++tx) body(cuda::ThreadIndex{{bx, by}, {tx, ty}});
      }
    }
  }
}

inline void expect_legal(const cuda::LaunchShape& shape) {
  EXPECT_GE(shape.grid.x, 1U);
  EXPECT_LE(shape.grid.x, 2147483647U);
  EXPECT_GE(shape.grid.y, 1U);
  EXPECT_LE(shape.grid.y, 65535U);
  EXPECT_EQ(shape.block.x * shape.block.y % 32, 0U);
  EXPECT_LE(shape.block.x * shape.block.y, 1024U);
}

/// In which order a step's threads run, and the blocks of a grid: forwards, backwards, or neither.
enum class ThreadOrder { Rising, Falling, Mixed };

/// The Block of kernels/block.h.
struct EmulatedBlock {
  int threads;
  ThreadOrder order;

  template <class Step>
  void each(Step&& step) const {
    for (int i = 0; i < threads; ++i) {
      step(order == ThreadOrder::Rising    ? i
           : order == ThreadOrder::Falling ? threads - 1 - i
                                           : (i * 37 + 11) % threads);
    }
  }
};

/// Calls body(number of the block, shared memory, block) for every block.
template <class Shared, class Body>
void for_each_block(const cuda::LaunchShape& shape, ThreadOrder order, Body&& body) {
  static_assert(sizeof(Shared) <= 48 * 1024, "more needs to be asked for");
  expect_legal(shape);
  const auto shared = std::make_unique<Shared>();
  for (unsigned i = 0; i < shape.grid.x; ++i) {
    const unsigned number = order == ThreadOrder::Rising ? i : shape.grid.x - 1 - i;
    std::memset(static_cast<void*>(shared.get()), order == ThreadOrder::Rising ? 0x5a : 0xff, sizeof(Shared));
    body(std::int64_t{number}, *shared, EmulatedBlock{static_cast<int>(shape.block.x), order});
  }
}

/// What a device does, at once.
class Work {
 public:
  explicit Work(float fft_error) : fft_error_(fft_error) {}

  static void frames(const cuda::FramesArgs& args) {
    const cuda::LaunchShape shape = cuda::frames_launch(args);
    expect_legal(shape);
    for_each_thread(shape, [&](const cuda::ThreadIndex& at) { cuda::frames_thread(args, at, shape.block.x); });
  }
  static void real_bins(const cuda::RealBinsArgs& args) {
    const cuda::LaunchShape shape = cuda::real_bins_launch(args);
    expect_legal(shape);
    for_each_thread(shape, [&](const cuda::ThreadIndex& at) { cuda::real_bins_thread(args, at, shape.block.x); });
  }
  template <class Code>
  static void encode_pixels(const cuda::EncodePixelsArgs<Code>& args) {
    with_tile<Code>(
        cuda::pixels_launch(args.slot.n_frames, args.n_bins),
        [&](auto& tile, const auto& at) { cuda::encode_pixels_load(args, tile, at); },
        [&](auto& tile, const auto& at) { cuda::store_pixels(args, tile, at); });
  }
  template <class Code>
  static void decode_pixels(const cuda::DecodePixelsArgs<Code>& args) {
    with_tile<Code>(
        cuda::pixels_launch(args.slot.n_frames, args.n_fft / 2 + 1),
        [&](auto& tile, const auto& at) { cuda::decode_pixels_load(args, tile, at); },
        [&](auto& tile, const auto& at) { cuda::decode_pixels_store(args, tile, at); });
  }
  static void overlap_add(const cuda::OverlapAddArgs& args) {
    const cuda::LaunchShape shape = cuda::overlap_add_launch(args);
    expect_legal(shape);
    for_each_thread(shape, [&](const cuda::ThreadIndex& at) { cuda::overlap_add_thread(args, at, shape.block.x); });
  }
  static void peak(const cuda::PeakArgs& args) {
    const cuda::LaunchShape shape = cuda::peak_launch(args);
    expect_legal(shape);
    for_each_thread(shape, [&](const cuda::ThreadIndex& at) {
      std::int32_t& power = args.power_bits[args.slot.segment(at.block.x).item];
      power = std::max(power, cuda::peak_thread(args, at, shape.block.x));
    });
  }

  template <class Kernel>
  static void closed_loop(const typename Kernel::Args& args) {
    const cuda::LaunchShape shape = Kernel::shape(args);
    expect_legal(shape);
    for_each_thread(shape, [&](const cuda::ThreadIndex& at) { Kernel::thread(args, at, shape.block.x); });
  }
  template <class Kernel>
  static void projection(const typename Kernel::Args& args) {
    closed_loop<Kernel>(args);  // the same shell
  }
  template <class Kernel>
  static void projection_blocks(const typename Kernel::Args& args, ThreadOrder order) {
    for_each_block<typename Kernel::Shared>(Kernel::shape(args), order, [&](auto i, auto& shared, const auto& block) {
      Kernel::block(args, i, shared, block);
    });
  }
  /// Forwards, backwards, or by four threads of the host at a time.
  template <class Kernel>
  static void forest(const cuda::ForestArgs& args, ThreadOrder order) {
    const cuda::LaunchShape shape = cuda::forest_launch(args);
    expect_legal(shape);
    const std::int64_t threads = shape.block.x;
    const std::int64_t n = shape.grid.x * std::int64_t{shape.grid.y} * threads;
    const auto run = [&](std::int64_t i) {
      const std::int64_t block = i / threads;
      const cuda::Extent of_grid{static_cast<unsigned>(block % shape.grid.x),
                                 static_cast<unsigned>(block / shape.grid.x)};
      Kernel::thread(args, {of_grid, {static_cast<unsigned>(i % threads), 0}}, shape.block.x);
    };
    if (order != ThreadOrder::Mixed) {
      for (std::int64_t i = 0; i < n; ++i) run(order == ThreadOrder::Rising ? i : n - 1 - i);
      return;
    }
    std::vector<std::jthread> at_once;
    for (std::int64_t first = 0; first < 4; ++first) {
      at_once.emplace_back([&run, first, n] {
        for (std::int64_t i = first; i < n; i += 4) run(i);
      });
    }
  }
  template <class Code>
  static void turn_pixels(const cuda::TurnPixelsArgs<Code>& args) {
    with_tile<Code>(
        cuda::pixels_launch(args.slot.n_frames, args.n_bins),
        [&](auto& tile, const auto& at) { cuda::turn_pixels_load(args, tile, at); },
        [&](auto& tile, const auto& at) { cuda::store_pixels(args, tile, at); });
  }

  // ---- the PNG coder

  static void sample_filters(const cuda::SampleFiltersArgs& args, ThreadOrder order) {
    for_each_block<cuda::SampleFiltersShared>(
        cuda::sample_filters_launch(args), order,
        [&](auto i, auto& shared, const auto& block) { cuda::sample_filters(args, i, shared, block); });
  }
  static void count_stripes(const cuda::CountStripesArgs& args, ThreadOrder order) {
    for_each_block<cuda::CountStripeShared>(
        cuda::count_stripes_launch(args), order,
        [&](auto i, auto& shared, const auto& block) { cuda::count_stripe(args, i, shared, block); });
  }
  static void code_stripes(const cuda::CodeStripesArgs& args, ThreadOrder order) {
    for_each_block<cuda::CodeStripeShared>(
        cuda::code_stripes_launch(args), order,
        [&](auto i, auto& shared, const auto& block) { cuda::code_stripe(args, i, shared, block); });
  }
  static void place_stripes(const cuda::PlaceStripesArgs& args, ThreadOrder order) {
    for_each_block<cuda::PlaceStripesShared>(
        cuda::place_stripes_launch(args), order,
        [&](auto, auto& shared, const auto& block) { cuda::place_stripes(args, shared, block); });
  }
  static void pack_stripes(const cuda::PackStripesArgs& args, ThreadOrder order) {
    for_each_block<cuda::PackStripeShared>(
        cuda::pack_stripes_launch(args), order,
        [&](auto i, auto& shared, const auto& block) { cuda::pack_stripe(args, i, shared, block); });
  }
  static void sum_pixels(const cuda::SumPixelsArgs& args, ThreadOrder order) {
    for_each_block<cuda::SumPixelsShared>(
        cuda::sum_pixels_launch(args), order,
        [&](auto i, auto& shared, const auto& block) { cuda::sum_pixels(args, i, shared, block); });
  }

  // ---- the CPU's transform, without its windows and its own rotation

  void fft_forward(int n_fft, std::int64_t n_frames, float* frames, cuda::Bin* spectrum) {
    const cpu::TileTables tables = make_ready(n_fft);
    const int lanes = kernels_.lanes;
    const int n_bins = n_fft / 2 + 1;
    for (std::int64_t first = 0; first < n_frames; first += lanes) {
      const int valid = static_cast<int>(std::min<std::int64_t>(lanes, n_frames - first));
      std::fill(lane_frames_.begin(), lane_frames_.end(), 0.0F);
      for (int lane = 0; lane < valid; ++lane) {
        const float* frame = frames + (first + lane) * n_fft;
        for (int i = 0; i < n_fft; ++i) lane_frames_[lane * n_fft + i] = frame[math::rotated(i, n_fft)];
      }
      kernels_.analyse(tables, lane_frames_.data(), work_.data(), lane_spectrum_.data());
      for (int lane = 0; lane < valid; ++lane) {
        for (int k = 0; k < n_bins; ++k) {
          const float* bin = lane_spectrum_.data() + static_cast<std::ptrdiff_t>(k) * 2 * lanes + lane;
          spectrum[(first + lane) * n_bins + k] = {bin[0], bin[lanes]};
        }
        blur(&spectrum[(first + lane) * n_bins].re, 2 * static_cast<std::int64_t>(n_bins));
      }
    }
    // What a library may leave there.
    for (std::int64_t frame = 0; frame < n_frames; ++frame) {
      spectrum[frame * n_bins].im = 1e30F;
      if (n_fft % 2 == 0) spectrum[frame * n_bins + n_bins - 1].im = -1e30F;
    }
    std::fill_n(frames, n_frames * n_fft, std::numeric_limits<float>::quiet_NaN());
  }
  void fft_inverse(int n_fft, std::int64_t n_frames, cuda::Bin* spectrum, float* frames) {
    const cpu::TileTables tables = make_ready(n_fft);
    const int lanes = kernels_.lanes;
    const int n_bins = n_fft / 2 + 1;
    for (std::int64_t first = 0; first < n_frames; first += lanes) {
      const int valid = static_cast<int>(std::min<std::int64_t>(lanes, n_frames - first));
      std::fill(lane_spectrum_.begin(), lane_spectrum_.end(), 0.0F);
      for (int lane = 0; lane < valid; ++lane) {
        for (int k = 0; k < n_bins; ++k) {
          const cuda::Bin x = spectrum[(first + lane) * n_bins + k];
          float* bin = lane_spectrum_.data() + static_cast<std::ptrdiff_t>(k) * 2 * lanes + lane;
          bin[0] = x.re;
          bin[lanes] = x.im;
          if (k == 0 || 2 * k == n_fft) {
            EXPECT_EQ(x.im, 0.0F);
          }
        }
      }
      kernels_.synthesise(tables, lane_spectrum_.data(), work_.data(), lane_frames_.data());
      for (int lane = 0; lane < valid; ++lane) {
        float* frame = frames + (first + lane) * n_fft;
        for (int i = 0; i < n_fft; ++i) frame[math::rotated(i, n_fft)] = lane_frames_[lane * n_fft + i];
        blur(frame, n_fft);
      }
    }
    std::fill_n(spectrum, n_frames * n_bins, cuda::Bin{NAN, NAN});
  }

 private:
  cpu::TileTables make_ready(int n_fft) {
    if (n_fft != n_fft_) {
      n_fft_ = n_fft;
      plan_ = std::make_unique<cpu::FftPlan>(n_fft);
      ones_.assign(static_cast<std::size_t>(n_fft), 1.0F);
      const std::size_t lanes = kernels_.lanes;
      work_.resize(static_cast<std::size_t>(n_fft) * 2 * lanes);
      lane_frames_.resize(static_cast<std::size_t>(n_fft) * lanes);
      lane_spectrum_.resize((static_cast<std::size_t>(n_fft) / 2 + 1) * 2 * lanes);
    }
    return {plan_->tables(), n_fft, ones_.data(), ones_.data()};
  }

  template <class Code, class Load, class Store>
  static void with_tile(const cuda::LaunchShape& shape, Load&& load, Store&& store) {
    expect_legal(shape);
    for (unsigned by = 0; by < shape.grid.y; ++by) {
      for (unsigned bx = 0; bx < shape.grid.x; ++bx) {
        auto tile = std::make_unique<cuda::PixelTile<Code>>();
        const auto in_block = [&](auto&& phase) {
          for_each_thread({{}, shape.block}, [&](const cuda::ThreadIndex& at) {
            phase(*tile, cuda::ThreadIndex{{bx, by}, at.thread});
          });
        };
        in_block(load);
        in_block(store);
      }
    }
  }

  void blur(float* values, std::int64_t n) {
    if (fft_error_ == 0.0F) return;
    double power = 0;
    for (std::int64_t i = 0; i < n; ++i) power += std::pow(values[i], 2.0);
    const double rms = std::sqrt(power / static_cast<double>(n));
    // Evenly spread in [-a, a): its root mean square is a / sqrt(3).
    const auto errors = noise(n, ++seed_, static_cast<float>(fft_error_ * rms * std::sqrt(3.0)));
    for (std::int64_t i = 0; i < n; ++i) values[i] += errors[i];
  }

  float fft_error_ = 0.0F;
  std::uint32_t seed_ = 0;
  const cpu::LaneKernels& kernels_ = *cpu::usable_lane_kernels().front();
  int n_fft_ = 0;
  std::unique_ptr<cpu::FftPlan> plan_;
  std::vector<float> ones_;
  Buffer<float> work_;
  Buffer<float> lane_frames_;
  Buffer<float> lane_spectrum_;
};

/// Nothing runs before it is waited for.
class EmulatedQueue {
 public:
  /// fft_error: with a transform that is off by so much, relative to the norm of a frame, as another library's is.
  explicit EmulatedQueue(std::shared_ptr<Schedule> schedule, float fft_error = 0.0F,
                         ThreadOrder threads = ThreadOrder::Rising)
      : schedule_(std::move(schedule)),
        stream_(schedule_->add_stream()),
        work_(std::make_unique<Work>(fft_error)),
        threads_(threads) {}

  template <class T>
  using Array = EmulatedArray<T>;
  template <class T>
  using Staging = EmulatedArray<T>;
  struct Event {
    std::size_t stream = 0;
    std::int64_t count = 0;
  };
  struct Range {
    explicit Range(const char*) {}
    ~Range() {}  // NOLINT(modernize-use-equals-default): else it is an unused variable
  };

  void enter() {}
  void leave() noexcept {
    if (schedule_ != nullptr) schedule_->finish(stream_);
  }
  void finish() { schedule_->finish(stream_); }
  void record(Event& event) { event = {stream_, schedule_->queued(stream_)}; }
  void wait(const Event& event) { schedule_->wait(stream_, event.stream, event.count); }

  template <class T>
  void upload(Array<T>& to, const Array<T>& from, std::int64_t n, std::int64_t first = 0) {
    ASSERT_LE(first + n, static_cast<std::int64_t>(to.size()));
    ASSERT_LE(n, static_cast<std::int64_t>(from.size()));
    uploaded += n * static_cast<std::int64_t>(sizeof(T));
    queue([n, to = to.data() + first, from = from.data()] { std::copy_n(from, n, to); });
  }
  template <class T>
  void download(Array<T>& to, const Array<T>& from, std::int64_t n, std::int64_t first = 0) {
    ASSERT_LE(n, static_cast<std::int64_t>(to.size()));
    ASSERT_LE(first + n, static_cast<std::int64_t>(from.size()));
    downloaded += n * static_cast<std::int64_t>(sizeof(T));
    queue([n, to = to.data(), from = from.data() + first] { std::copy_n(from, n, to); });
  }
  template <class T>
  void clear(Array<T>& to, std::int64_t first, std::int64_t n) {
    ASSERT_LE(first + n, static_cast<std::int64_t>(to.size()));
    if (n == 0) return;
    queue([n, to = to.data() + first] {
      std::memset(static_cast<void*>(to), 0, static_cast<std::size_t>(n) * sizeof(T));
    });
  }
  void plan(int n_fft, std::int64_t n_frames) {
    if (planned_.emplace(n_fft, n_frames).second) ++plans;
  }
  void fft_forward(int n_fft, std::int64_t n_frames, float* frames, cuda::Bin* spectrum) {
    EXPECT_TRUE(planned_.contains({n_fft, n_frames}));
    queue([=, work = work_.get()] { work->fft_forward(n_fft, n_frames, frames, spectrum); });
  }
  void fft_inverse(int n_fft, std::int64_t n_frames, cuda::Bin* spectrum, float* frames) {
    EXPECT_TRUE(planned_.contains({n_fft, n_frames}));
    queue([=, work = work_.get()] { work->fft_inverse(n_fft, n_frames, spectrum, frames); });
  }
  void frames(const cuda::FramesArgs& args) {
    queue([args] { Work::frames(args); });
  }
  void real_bins(const cuda::RealBinsArgs& args) {
    queue([args] { Work::real_bins(args); });
  }
  template <class Code>
  void encode_pixels(const cuda::EncodePixelsArgs<Code>& args) {
    queue([args] { Work::encode_pixels(args); });
  }
  template <class Code>
  void decode_pixels(const cuda::DecodePixelsArgs<Code>& args) {
    queue([args] { Work::decode_pixels(args); });
  }
  void overlap_add(const cuda::OverlapAddArgs& args) {
    queue([args] { Work::overlap_add(args); });
  }
  void peak(const cuda::PeakArgs& args) {
    queue([args] { Work::peak(args); });
  }
  template <class Kernel>
  void closed_loop(const typename Kernel::Args& args) {
    queue([args] { Work::closed_loop<Kernel>(args); });
  }
  template <class Code>
  void turn_pixels(const cuda::TurnPixelsArgs<Code>& args) {
    queue([args] { Work::turn_pixels(args); });
  }
  template <class Kernel>
  void projection(const typename Kernel::Args& args) {
    queue([args] { Work::projection<Kernel>(args); });
  }
  template <class Kernel>
  void projection_blocks(const typename Kernel::Args& args) {
    queue([args, order = threads_] { Work::projection_blocks<Kernel>(args, order); });
  }
  template <class Kernel>
  void forest(const cuda::ForestArgs& args) {
    queue([args, order = threads_] { Work::forest<Kernel>(args, order); });
  }

  void sample_filters(const cuda::SampleFiltersArgs& args) {
    queue([args, order = threads_] { Work::sample_filters(args, order); });
  }
  void count_stripes(const cuda::CountStripesArgs& args) {
    queue([args, order = threads_] { Work::count_stripes(args, order); });
  }
  void code_stripes(const cuda::CodeStripesArgs& args) {
    queue([args, order = threads_] { Work::code_stripes(args, order); });
  }
  void place_stripes(const cuda::PlaceStripesArgs& args) {
    queue([args, order = threads_] { Work::place_stripes(args, order); });
  }
  void pack_stripes(const cuda::PackStripesArgs& args) {
    queue([args, order = threads_] { Work::pack_stripes(args, order); });
  }
  void sum_pixels(const cuda::SumPixelsArgs& args) {
    queue([args, order = threads_] { Work::sum_pixels(args, order); });
  }

 private:
  void queue(std::function<void()> act) { schedule_->queue(stream_, std::move(act)); }

  std::shared_ptr<Schedule> schedule_;
  std::size_t stream_;
  std::unique_ptr<Work> work_;
  ThreadOrder threads_;
  std::set<std::pair<int, std::int64_t>> planned_;
};

/// With a transform that is off by fft_error.
class EmulatedBackend : public cuda::SlotBackend<EmulatedQueue> {
 public:
  explicit EmulatedBackend(const cuda::SlotLimits& limits = {}, Order order = Order::Reluctant, std::uint32_t seed = 1,
                           float fft_error = 0.0F, ThreadOrder threads = ThreadOrder::Rising)
      : SlotBackend("emulated", queues(order, seed, fft_error, threads), limits) {}

 private:
  static std::vector<EmulatedQueue> queues(Order order, std::uint32_t seed, float fft_error, ThreadOrder threads) {
    const auto schedule = std::make_shared<Schedule>(order, seed);
    std::vector<EmulatedQueue> all;
    for (int i = 0; i < cuda::kSlotsInFlight; ++i) all.emplace_back(schedule, fft_error, threads);
    return all;
  }
};

}  // namespace spectrohue::test
