// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a thread of the stage `frames` does; frames.cu launches it.
#pragma once

#include "kernels/launch_shape.h"
#include "kernels/slots.h"
#include "math/frames.h"

namespace spectrohue::cuda {

struct FramesArgs {
  SlotView slot;
  FrameShape shape;
  const float* samples = nullptr;        ///< as samples_seen() lays them out
  const std::int16_t* shorts = nullptr;  ///< the same for segments that hold 16-bit samples
  const float* window = nullptr;         ///< [n_fft]
  float* frames = nullptr;               ///< [slot.n_frames, n_fft], windowed and rotated: the FFT's input
};

/// One thread a sample of a frame; grid x = frame, y = stretches of it. Reads and writes run along the frame.
inline LaunchShape frames_launch(const FramesArgs& a) {
  const unsigned threads = block_threads(a.shape.n_fft);
  return {{static_cast<unsigned>(a.slot.n_frames), static_cast<unsigned>(ceil_div(a.shape.n_fft, threads))}, {threads}};
}

SPECTROHUE_HD void frames_element(const FramesArgs& a, std::int64_t slot_frame, int i) {
  const Segment& segment = a.slot.segment(slot_frame);
  const std::int64_t frame = segment.first_frame + (slot_frame - segment.slot_frame);
  const std::int64_t start = frame * a.shape.hop - a.shape.padding;
  const std::int64_t origin = segment.sample_offset - segment.sample_first;
  const auto sample = [&](const auto& signal) {
    return math::padded_sample(signal, segment.item_samples, start + i, a.shape.reflect);
  };
  const float x = segment.holds_shorts ? sample(math::ShortSamples{a.shorts + origin}) : sample(a.samples + origin);
  a.frames[slot_frame * a.shape.n_fft + math::rotated(i, a.shape.n_fft)] = x * a.window[i];
}

SPECTROHUE_HD void frames_thread(const FramesArgs& a, const ThreadIndex& at, unsigned threads) {
  const std::int64_t i = static_cast<std::int64_t>(at.block.y) * threads + at.thread.x;
  if (i < a.shape.n_fft) frames_element(a, at.block.x, static_cast<int>(i));
}

}  // namespace spectrohue::cuda
