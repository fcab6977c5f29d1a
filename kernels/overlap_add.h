// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a thread of the stage `overlap_add` does; overlap_add.cu launches it.
#pragma once

#include "kernels/launch_shape.h"
#include "kernels/slots.h"
#include "math/frames.h"

namespace spectrohue::cuda {

/// StftTables::window_sum_at, from tables.
struct WindowSums {
  const float* window = nullptr;  ///< [n_fft]
  const float* sums = nullptr;    ///< [hop] see StftTables::window_sum
  float floor = 0.0F;             ///< StftTables::window_sum_floor

  SPECTROHUE_HD float at(const FrameShape& shape, std::int64_t position, std::int64_t n_frames) const {
    if (math::all_frames_exist(position, shape.n_fft, shape.hop, n_frames)) return sums[position % shape.hop];
    const math::FrameRange range = math::frames_holding(position, shape.n_fft, shape.hop, n_frames);
    float sum = 0.0F;
    for (std::int64_t frame = range.first; frame <= range.last; ++frame) {
      const float w = window[position - frame * shape.hop];
      sum += w * w;
    }
    return sum;
  }
};

/// An item that goes on in the next slot leaves there the unfinished sums of the n_fft - hop positions that follow its
/// segment. The next slot starts from them: the same additions in the same order as in one slot, so the same bits, with
/// any number of frames a slot.
struct OverlapAddArgs {
  SlotView slot;
  FrameShape shape;
  const float* frames = nullptr;            ///< [slot.n_frames, n_fft] from the inverse FFT: unscaled and rotated
  const float* synthesis_window = nullptr;  ///< [n_fft]
  WindowSums window_sums;
  const float* carry_in = nullptr;  ///< [n_fft - hop] of the slot's first segment; read if it continues an item
  float* carry_out = nullptr;       ///< [n_fft - hop] of the last; written if it is to be continued
  float* samples = nullptr;         ///< as samples_completed() lays them out
};

/// One block a frame, whose threads walk over the positions from this frame's first up to the next one's; behind the
/// last frame of a segment, over all that it holds. Reads and writes run along the samples.
inline LaunchShape overlap_add_launch(const OverlapAddArgs& a) {
  return {{static_cast<unsigned>(a.slot.n_frames)}, {block_threads(a.shape.hop)}};
}

/// position: sample + padding.
SPECTROHUE_HD void overlap_add_position(const OverlapAddArgs& a, const Segment& segment, std::int64_t position) {
  const int n_fft = a.shape.n_fft;
  const int hop = a.shape.hop;
  const math::FrameRange range = math::frames_holding(position, n_fft, hop, segment.end_frame());
  const std::int64_t carried = position - segment.first_frame * hop;
  float sum = segment.first_frame > 0 && carried < n_fft - hop ? a.carry_in[carried] : 0.0F;
  const std::int64_t first = range.first > segment.first_frame ? range.first : segment.first_frame;
  for (std::int64_t frame = first; frame <= range.last; ++frame) {
    const int i = static_cast<int>(position - frame * hop);
    const std::int64_t slot_frame = segment.slot_frame + (frame - segment.first_frame);
    sum += a.frames[slot_frame * n_fft + math::rotated(i, n_fft)] * a.synthesis_window[i];
  }
  const std::int64_t unfinished = position - segment.end_frame() * hop;
  if (unfinished >= 0 && !segment.ends_item()) {
    a.carry_out[unfinished] = sum;
    return;
  }
  const std::int64_t sample = position - a.shape.padding;
  if (sample < 0 || sample >= segment.item_samples) return;
  const float window_sum = a.window_sums.at(a.shape, position, segment.item_frames);
  a.samples[segment.sample_offset + (sample - segment.sample_first)] =
      math::overlap_add_quotient(sum, window_sum, a.window_sums.floor);
}

SPECTROHUE_HD void overlap_add_thread(const OverlapAddArgs& a, const ThreadIndex& at, unsigned threads) {
  const std::int64_t slot_frame = at.block.x;
  const Segment& segment = a.slot.segment(slot_frame);
  const std::int64_t frame = segment.first_frame + (slot_frame - segment.slot_frame);
  const int positions = frame + 1 == segment.end_frame() ? a.shape.n_fft : a.shape.hop;
  for (int i = static_cast<int>(at.thread.x); i < positions; i += static_cast<int>(threads)) {
    overlap_add_position(a, segment, frame * a.shape.hop + i);
  }
}

}  // namespace spectrohue::cuda
