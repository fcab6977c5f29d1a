// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How a ragged batch becomes launches: the frames of all items, one item after another, are dealt into slots of a
// fixed number of frames. A slot holds segments, stretches of consecutive frames of one item; short items share a slot,
// a long item flows through many. Plain C++: tests/kernel_logic_test.cpp proves it without a device.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "math/hd.h"
#include "spectrohue/settings.h"

namespace spectrohue::cuda {

/// What a kernel must know of StftSettings.
struct FrameShape {
  int n_fft = 0;
  int hop = 0;
  int padding = 0;
  bool reflect = false;

  FrameShape() = default;
  explicit FrameShape(const StftSettings& s)
      : n_fft(s.n_fft), hop(s.hop_length), padding(s.padding()), reflect(s.pad_mode == PadMode::Reflect) {}
};

/// Consecutive frames of one item, as they lie in a slot. The slot's sample array holds the samples [sample_first,
/// sample_first + sample_count) of the item at sample_offset: those that its frames see, or those that they complete.
struct Segment {
  std::int64_t item = 0;          ///< index among the items of the call
  std::int64_t first_frame = 0;   ///< of the item
  std::int64_t n_frames = 0;      ///< of the segment
  std::int64_t slot_frame = 0;    ///< where the first frame lies in the slot
  std::int64_t column = 0;        ///< where it lies in the item's picture
  std::int64_t pixel_offset = 0;  ///< where it lies on the device, in the top row: in pixels
  std::int64_t pixel_stride = 0;  ///< from row to row
  std::int64_t item_frames = 0;   ///< of the whole item
  std::int64_t item_samples = 0;
  std::int64_t sample_first = 0;
  std::int64_t sample_count = 0;
  std::int64_t sample_offset = 0;
  float scale = 0.0F;         ///< encode: 1 / ref; decode: ref
  bool holds_shorts = false;  ///< its samples lie in the slot's array of 16-bit ones

  SPECTROHUE_HD std::int64_t end_frame() const { return first_frame + n_frames; }
  SPECTROHUE_HD bool ends_item() const { return end_frame() == item_frames; }
};

/// A slot's tables as a kernel sees them.
struct SlotView {
  const Segment* segments = nullptr;
  const std::int32_t* segment_of_frame = nullptr;  ///< [n_frames]
  std::int64_t n_frames = 0;                       ///< in use

  SPECTROHUE_HD const Segment& segment(std::int64_t slot_frame) const { return segments[segment_of_frame[slot_frame]]; }
};

struct Slot {
  std::vector<Segment> segments;
  std::int64_t n_frames = 0;   ///< in use
  std::int64_t n_samples = 0;  ///< of all segments that hold floats, once they are laid out
  std::int64_t n_shorts = 0;   ///< of all that hold shorts
};

/// Deals items, in order, into slots of at most `capacity` frames. Every frame lies in exactly one segment, so only a
/// slot's first segment can continue an item of the slot before it, and only its last be continued. The pixels of a
/// slot are one picture, all its segments side by side, unless somebody moves them.
class SlotCutter {
 public:
  /// item_frames must outlive the cutter; items of 0 frames are passed over.
  SlotCutter(std::span<const std::int64_t> item_frames, std::int64_t capacity)
      : item_frames_(item_frames), capacity_(capacity) {}

  /// Fills in all but samples and scale. False, with an empty slot, when all is dealt.
  bool next(Slot& slot) {
    slot.segments.clear();
    slot.n_frames = 0;
    slot.n_samples = 0;
    slot.n_shorts = 0;
    while (item_ < item_frames_.size() && slot.n_frames < capacity_) {
      const std::int64_t left = item_frames_[item_] - frame_;
      if (left > 0) {
        Segment segment;
        segment.item = static_cast<std::int64_t>(item_);
        segment.first_frame = frame_;
        segment.n_frames = std::min(left, capacity_ - slot.n_frames);
        segment.slot_frame = slot.n_frames;
        segment.pixel_offset = slot.n_frames;
        segment.column = frame_;
        segment.item_frames = item_frames_[item_];
        slot.segments.push_back(segment);
        slot.n_frames += segment.n_frames;
        frame_ += segment.n_frames;
      }
      if (frame_ >= item_frames_[item_]) {
        ++item_;
        frame_ = 0;
      }
    }
    for (Segment& segment : slot.segments) segment.pixel_stride = slot.n_frames;
    return slot.n_frames > 0;
  }

 private:
  std::span<const std::int64_t> item_frames_;
  std::int64_t capacity_;
  std::size_t item_ = 0;
  std::int64_t frame_ = 0;  // of item_, the next to be dealt
};

struct SampleRange {
  std::int64_t first = 0;
  std::int64_t end = 0;
};

/// The samples that math::padded_sample may read for the frames of a segment: those under the frames and, where they
/// reach over an end of a mirrored signal, those that stand in for the missing ones.
inline SampleRange samples_seen(const Segment& segment, const FrameShape& shape) {
  const std::int64_t n = segment.item_samples;
  const std::int64_t start = segment.first_frame * shape.hop - shape.padding;
  const std::int64_t end = (segment.end_frame() - 1) * shape.hop - shape.padding + shape.n_fft;
  SampleRange range{std::clamp<std::int64_t>(start, 0, n), std::clamp<std::int64_t>(end, 0, n)};
  if (shape.reflect && n > 0) {
    if (-start > n - 1 || end > 2 * n - 1) return {0, n};  // mirrored more than once
    if (start < 0) range.end = std::max(range.end, 1 - start);
    if (end > n) range.first = std::min(range.first, 2 * n - 1 - end);
  }
  if (range.first >= range.end) return {0, 0};
  return range;
}

/// The samples whose last frame is in the segment: their sums are complete after it.
inline SampleRange samples_completed(const Segment& segment, const FrameShape& shape) {
  const std::int64_t n = segment.item_samples;
  const auto first_without = [&](std::int64_t frame) {
    return std::clamp<std::int64_t>(frame * shape.hop - shape.padding, 0, n);
  };
  const std::int64_t first = segment.first_frame == 0 ? 0 : first_without(segment.first_frame);
  return {first, segment.ends_item() ? n : first_without(segment.end_frame())};
}

/// Gives every segment its place in the slot's sample array.
inline void lay_out_samples(Slot& slot, const FrameShape& shape,
                            SampleRange (*samples_of)(const Segment&, const FrameShape&)) {
  slot.n_samples = 0;
  slot.n_shorts = 0;
  for (Segment& segment : slot.segments) {
    std::int64_t& n = segment.holds_shorts ? slot.n_shorts : slot.n_samples;
    const SampleRange range = samples_of(segment, shape);
    segment.sample_first = range.first;
    segment.sample_count = range.end - range.first;
    segment.sample_offset = n;
    n += segment.sample_count;
  }
}

/// Slots that are staged, computed and handed out at the same time.
inline constexpr int kSlotsInFlight = 3;

/// What a slot may take. The frame limit keeps small transforms from making slots that short batches cannot fill.
struct SlotLimits {
  std::int64_t bytes = std::int64_t{128} << 20;
  std::int64_t frames = 65536;
  /// Frames that the closed loop transforms together: the chains of a whole page.
  std::int64_t loop_frames = 512;
  /// Items are put through the closed loop together while they take no more than this; one alone may take what it
  /// needs.
  std::int64_t loop_bytes = std::int64_t{1} << 30;
  /// Samples that the FFT takes at a time, in frames.
  std::int64_t fft_samples = std::int64_t{1} << 20;
  /// Pictures that are coded stay on the device until they are, together while they take no more than this. One that
  /// is larger is not coded there.
  std::int64_t page_bytes = std::int64_t{1} << 30;
  /// What the stripes of a batch take while they are coded.
  std::int64_t stripe_bytes = std::int64_t{64} << 20;
};

/// Frames that the FFT takes at a time. A library may choose another algorithm for another number of them, so this
/// depends on the size of the transform only: the bits depend neither on a slot's size nor on what is in it.
inline std::int64_t fft_batch(int n_fft, const SlotLimits& limits) {
  constexpr std::int64_t kAligned = 4;  // frames of any size: cuFFT wants every batch to begin at a multiple of 8 bytes
  return std::min(std::max(limits.fft_samples / n_fft / kAligned, std::int64_t{1}) * kAligned, limits.frames);
}

/// What a frame of a slot takes at most: samples and frames, spectrum, 16-bit pixels, the FFT's work area.
inline std::int64_t slot_frame_bytes(int n_fft) {
  const std::int64_t n = n_fft;
  const std::int64_t n_bins = n / 2 + 1;
  return 2 * 4 * n + 8 * n_bins + 6 * n_bins + 8 * n;
}

/// Frames of a slot: whole batches of the FFT, at least one.
inline std::int64_t slot_capacity(int n_fft, const SlotLimits& limits) {
  const std::int64_t batch = fft_batch(n_fft, limits);
  const std::int64_t frames = std::min(limits.bytes / slot_frame_bytes(n_fft), limits.frames);
  return std::max(frames / batch, std::int64_t{1}) * batch;
}

/// Limits for a backend that is to take no more device memory than this, as far as the smallest slots and a single item
/// of the closed loop let it: up to a quarter for the slots in flight, an eighth for the stripes, and half of what is
/// left each for the closed loop and for pictures. A projector takes what its items need. The results do not depend on
/// it.
inline SlotLimits limits_within(std::int64_t bytes) {
  SlotLimits limits;
  limits.bytes = std::min(limits.bytes, bytes / 4 / kSlotsInFlight);
  limits.stripe_bytes = std::min(limits.stripe_bytes, bytes / 8 / kSlotsInFlight);
  const std::int64_t left = bytes - kSlotsInFlight * (limits.bytes + limits.stripe_bytes);
  limits.loop_bytes = std::min(limits.loop_bytes, left / 2);
  limits.page_bytes = std::min(limits.page_bytes, left / 2);
  return limits;
}

/// Makes slots, groups of the closed loop, pictures and batches of stripes half as large; false if they are as small as
/// they may be.
inline bool halve(SlotLimits& limits, int n_fft) {
  constexpr std::int64_t kLeastLoopBytes = std::int64_t{64} << 20;
  constexpr std::int64_t kLeastPageBytes = std::int64_t{64} << 10;  // fewer are no help
  const std::int64_t capacity = slot_capacity(n_fft, limits);
  const bool slots = capacity > fft_batch(n_fft, limits);
  const bool groups = limits.loop_bytes > kLeastLoopBytes;
  const bool pages = limits.page_bytes > 0;
  if (slots) limits.bytes = capacity / 2 * slot_frame_bytes(n_fft);
  if (groups) limits.loop_bytes /= 2;
  limits.page_bytes = limits.page_bytes > kLeastPageBytes ? limits.page_bytes / 2 : 0;
  limits.stripe_bytes /= 2;
  return slots || groups || pages;
}

}  // namespace spectrohue::cuda
