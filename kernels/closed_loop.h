// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the threads of closed-loop quantisation do (docs/closed-loop.md); closed_loop.cu launches them,
// closed_loop_order.h says in which order. Twin of host/cpu/closed_loop.cpp.
//
// Signals, errors and pixels of some items stay in device memory for the whole loop. A launch is about a list of
// frames, which an FFT plan of fixed size transforms: frames of the same step of many chains, or the frames that a
// sweep moves. Places of the plan that the list, or a chain, does not fill are transformed as zeros. Each position of
// an error is written by one thread of a launch; sums have the order of the frames.
#pragma once

#include "kernels/overlap_add.h"
#include "kernels/pixels.h"
#include "math/closed_loop.h"

namespace spectrohue::cuda {

/// One item of the loop; see LoopColumns (host/core/closed_loop.h) for positions.
struct LoopItem {
  std::int64_t first_frame = 0;    ///< of the whole sound: column 0
  std::int64_t n_frames = 0;       ///< columns
  std::int64_t sound_frames = 0;   ///< of the whole sound
  std::int64_t sound_samples = 0;  ///< of the whole sound
  std::int64_t start = 0;          ///< sample at position 0; may be negative
  std::int64_t n_positions = 0;    ///< that the columns hold
  std::int64_t sound_first = 0;    ///< the positions [sound_first, sound_last) are the sound's
  std::int64_t sound_last = 0;
  std::int64_t sample_first = 0;  ///< the samples [sample_first, sample_first + sample_count) are there ...
  std::int64_t sample_count = 0;
  std::int64_t sample_offset = 0;  ///< ... from here on, of the floats or the shorts
  std::int64_t error_offset = 0;   ///< of position 0
  std::int64_t pixel_offset = 0;   ///< of bin 0 of column 0
  std::int64_t chain_frames = 0;   ///< see chain_length()
  float ref = 0.0F;
  float inverse_ref = 0.0F;
  bool holds_shorts = false;  ///< its samples are 16-bit ones
};

/// A column of an item; in a list of chains, a chain's first.
struct LoopFrame {
  std::int64_t item = 0;
  std::int64_t column = 0;
};

/// Frames that are transformed together, sorted by item and column.
struct LoopList {
  const LoopItem* items = nullptr;
  const LoopFrame* frames = nullptr;  ///< [n_frames]
  std::int64_t n_frames = 0;
  std::int64_t step = 0;  ///< added to every column: how far the chains are

  SPECTROHUE_HD const LoopItem& item(std::int64_t i) const { return items[frames[i].item]; }
  SPECTROHUE_HD std::int64_t column(std::int64_t i) const { return frames[i].column + step; }
  /// Of one item, both in the list.
  SPECTROHUE_HD bool are_neighbours(std::int64_t i, std::int64_t next) const {
    return next < n_frames && frames[i].item == frames[next].item;
  }
  /// A chain that has come to its end leaves its place empty.
  SPECTROHUE_HD bool holds(std::int64_t i) const {
    return i < n_frames && step < item(i).chain_frames && column(i) < item(i).n_frames;
  }
};

/// Partial sums of energies.
struct LoopEnergy {
  double signal;
  double error;  ///< of the decoded sound
};

struct LoopArgs {
  LoopList list;
  FrameShape shape;
  std::int64_t capacity = 0;                ///< frames of the FFT plan
  std::int64_t spacing = 0;                 ///< positions from one of the list's frames to an item's next
  const float* samples = nullptr;           ///< of all items that hold floats
  const std::int16_t* shorts = nullptr;     ///< of all items that hold 16-bit samples
  const float* synthesis_window = nullptr;  ///< [n_fft]
  const float* correction = nullptr;        ///< [n_fft] ClosedLoopTables::correction
  WindowSums window_sums;
  float* errors = nullptr;         ///< of all items, [n_positions] each
  float* heads = nullptr;          ///< [list.n_frames, n_fft - hop] see chain_error()
  float* input = nullptr;          ///< [capacity, n_fft] what the forward FFT takes
  const float* output = nullptr;   ///< [capacity, n_fft] what the inverse FFT returned
  LoopEnergy* energies = nullptr;  ///< [list.n_frames, kEnergyThreads]
};

/// Code is std::uint8_t or std::uint16_t.
template <class Code>
struct LoopPixelArgs {
  LoopList list;
  int n_fft = 0;
  int top_bin = 0;  ///< whose row is 0; a bin above it has none
  std::int64_t capacity = 0;
  PixelTables tables;
  int parity = 0;                 ///< sweeps: bins of this parity are moved
  float move = 0.0F;              ///< sweeps: ClosedLoopTables::step
  Bin* spectrum = nullptr;        ///< [capacity, n_bins]
  Pixel<Code>* pixels = nullptr;  ///< of all items, [column, bin]: along a spectrum
};

// Each of these is a kernel: its arguments, its shape and what a thread does.

inline constexpr int kEnergyThreads = 128;

SPECTROHUE_HD float loop_sample(const LoopArgs& a, const LoopItem& item, std::int64_t position) {
  const std::int64_t origin = item.sample_offset - item.sample_first;
  const auto sample = [&](const auto& signal) {
    return math::padded_sample(signal, item.sound_samples, item.start + position, a.shape.reflect);
  };
  return item.holds_shorts ? sample(math::ShortSamples{a.shorts + origin}) : sample(a.samples + origin);
}

/// The error of position i of chain's frame at hand. A chain and the one before it share the first n_fft - hop
/// positions of the chain: it has memory of its own for them, until JoinChains.
SPECTROHUE_HD float& chain_error(const LoopArgs& a, std::int64_t chain, std::int64_t i) {
  const std::int64_t in_chain = a.list.step * a.shape.hop + i;
  const std::int64_t shared = a.shape.n_fft - a.shape.hop;
  if (in_chain < shared) return a.heads[chain * shared + in_chain];
  return a.errors[a.list.item(chain).error_offset + a.list.frames[chain].column * a.shape.hop + in_chain];
}

/// Position i of a frame of the FFT's input: value(frame, i), or 0 where the list holds no such frame.
template <class Value>
SPECTROHUE_HD void fill_input(const LoopArgs& a, const ThreadIndex& at, unsigned threads, const Value& value) {
  const std::int64_t i = row_index(at, threads);
  if (i >= a.shape.n_fft) return;
  const std::int64_t frame = at.block.x;
  const float x = a.list.holds(frame) ? value(frame, i) : 0.0F;
  a.input[frame * a.shape.n_fft + math::rotated(static_cast<int>(i), a.shape.n_fft)] = x;
}

/// Windowed frames, less their share of the error so far, to the FFT's input; takes them off the error.
struct FeedBack {
  static constexpr const char* kName = "feed_back_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return rows_launch(a.capacity, a.shape.n_fft); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    fill_input(a, at, threads, [&](std::int64_t frame, std::int64_t i) {
      const float window = a.window_sums.window[i];
      const float x = loop_sample(a, a.list.item(frame), a.list.column(frame) * a.shape.hop + i) * window;
      float& error = chain_error(a, frame, i);
      const float corrected = math::corrected_sample(x, error, a.correction[i]);
      error = math::wanted_error(error, x, window);
      return corrected;
    });
  }
};

/// Adds frames as decoded to the errors of their chains.
struct AddDecoded {
  static constexpr const char* kName = "add_decoded_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return rows_launch(a.list.n_frames, a.shape.n_fft); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t i = row_index(at, threads);
    const std::int64_t frame = at.block.x;
    if (i >= a.shape.n_fft || !a.list.holds(frame)) return;
    float& error = chain_error(a, frame, i);
    const float x = a.output[frame * a.shape.n_fft + math::rotated(static_cast<int>(i), a.shape.n_fft)];
    error = math::decoded_error(error, x, a.synthesis_window[i]);
  }
};

/// Windowed errors (moves) or samples (plain rounding) of frames to the FFT's input.
template <bool Errors>
struct LoadFramesOf {
  static constexpr const char* kName = Errors ? "load_errors_kernel" : "load_samples_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return rows_launch(a.capacity, a.shape.n_fft); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    fill_input(a, at, threads, [&](std::int64_t frame, std::int64_t i) {
      const LoopItem& item = a.list.item(frame);
      const std::int64_t position = a.list.column(frame) * a.shape.hop + i;
      const float x = Errors ? a.errors[item.error_offset + position] : loop_sample(a, item, position);
      return x * a.window_sums.window[i];
    });
  }
};

using LoadErrors = LoadFramesOf<true>;
using LoadSamples = LoadFramesOf<false>;

/// Adds frames that came out of the FFT to the errors, a gather: a block adds, to the positions from its frame's first
/// up to the next frame's (behind the last of an item, to all it holds), all frames of the list that hold them. Only
/// the sound's positions, if InSound.
template <bool InSound>
struct AddFramesTo {
  static constexpr const char* kName = InSound ? "add_changes_kernel" : "add_frames_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) {
    return {{static_cast<unsigned>(a.list.n_frames)}, {block_threads(a.shape.n_fft)}};
  }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t frame = at.block.x;
    const std::int64_t n_fft = a.shape.n_fft;
    const LoopItem& item = a.list.item(frame);
    const std::int64_t start = a.list.column(frame) * a.shape.hop;
    const std::int64_t end = a.list.are_neighbours(frame, frame + 1) && a.spacing < n_fft ? a.spacing : n_fft;
    for (std::int64_t i = at.thread.x; i < end; i += threads) {
      if (InSound && (start + i < item.sound_first || start + i >= item.sound_last)) continue;
      std::int64_t from = frame - (n_fft - 1 - i) / a.spacing;
      if (from < 0) from = 0;
      while (!a.list.are_neighbours(from, frame)) ++from;
      float& error = a.errors[item.error_offset + start + i];
      float sum = error;
      for (; from <= frame; ++from) {
        const auto k = static_cast<int>(i + (frame - from) * a.spacing);
        sum = math::decoded_error(sum, a.output[from * n_fft + math::rotated(k, a.shape.n_fft)], a.synthesis_window[k]);
      }
      error = sum;
    }
  }
};

using AddChanges = AddFramesTo<true>;
using AddFrames = AddFramesTo<false>;

/// Calls use(item, position) for a thread's share of the positions from the chain's first up to the next chain's.
template <class Use>
SPECTROHUE_HD void for_chain_positions(const LoopArgs& a, const ThreadIndex& at, unsigned threads, Use&& use) {
  const LoopItem& item = a.list.item(at.block.x);
  const std::int64_t first = a.list.frames[at.block.x].column;
  const bool last = first + item.chain_frames >= item.n_frames;
  const std::int64_t end = last ? item.n_positions : (first + item.chain_frames) * a.shape.hop;
  for (std::int64_t p = first * a.shape.hop + at.thread.x; p < end; p += threads) use(item, p);
}
inline LaunchShape chain_positions_launch(const LoopArgs& a, unsigned threads) {
  return {{static_cast<unsigned>(a.list.n_frames)}, {threads}};
}

/// Adds what chains left in memory of their own, and forgets what lies outside the sound: the decoder drops it.
struct JoinChains {
  static constexpr const char* kName = "join_chains_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return chain_positions_launch(a, 256); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t chain = at.block.x;
    const std::int64_t shared = a.shape.n_fft - a.shape.hop;
    for_chain_positions(a, at, threads, [&](const LoopItem& item, std::int64_t p) {
      float& error = a.errors[item.error_offset + p];
      const std::int64_t in_chain = p - a.list.frames[chain].column * a.shape.hop;
      if (p < item.sound_first || p >= item.sound_last) {
        error = 0.0F;
      } else if (in_chain < shared) {
        error += a.heads[chain * shared + in_chain];
      }
    });
  }
};

/// Sums of decoded frames, which are where errors should be, to errors.
struct ErrorsOfSums {
  static constexpr const char* kName = "errors_of_sums_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return chain_positions_launch(a, 256); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    for_chain_positions(a, at, threads, [&](const LoopItem& item, std::int64_t p) {
      float& error = a.errors[item.error_offset + p];
      if (p < item.sound_first || p >= item.sound_last) {
        error = 0.0F;
        return;
      }
      const float sum = a.window_sums.at(a.shape, p, item.n_frames);
      error = (math::overlap_add_quotient(error, sum, a.window_sums.floor) - loop_sample(a, item, p)) * sum;
    });
  }
};

/// Energies of the sound and of what the decoder will be off by, in double, one sum a thread, for the host to add in
/// their order. The CPU adds them in another: they may differ in the last bits.
struct SumEnergies {
  static constexpr const char* kName = "sum_energies_kernel";
  using Args = LoopArgs;
  static LaunchShape shape(const Args& a) { return chain_positions_launch(a, kEnergyThreads); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    LoopEnergy sum{0, 0};
    for_chain_positions(a, at, threads, [&](const LoopItem& item, std::int64_t p) {
      if (p < item.sound_first || p >= item.sound_last) return;
      const double x = loop_sample(a, item, p);
      const float window_sum = a.window_sums.at(a.shape, item.first_frame * a.shape.hop + p, item.sound_frames);
      const double error = math::overlap_add_quotient(a.errors[item.error_offset + p], window_sum, a.window_sums.floor);
      sum.signal += x * x;
      sum.error += error * error;
    });
    a.energies[static_cast<std::int64_t>(at.block.x) * kEnergyThreads + at.thread.x] = sum;
  }
};

/// A thread's bin of the frames of a step: use(bin, is real, item, pixel, x). Where no frame is, x becomes 0.
template <class Code, class Use>
SPECTROHUE_HD void use_loop_bin(const LoopPixelArgs<Code>& a, const ThreadIndex& at, unsigned threads, Use&& use) {
  const auto bin = static_cast<int>(row_index(at, threads));
  const std::int64_t n_bins = a.n_fft / 2 + 1;
  if (bin >= n_bins) return;
  const std::int64_t frame = at.block.x;
  Bin& x = a.spectrum[frame * n_bins + bin];
  if (!a.list.holds(frame)) {
    x = {0.0F, 0.0F};
    return;
  }
  const LoopItem& item = a.list.item(frame);
  use(bin, is_real_bin(bin, a.n_fft), item, a.pixels[item.pixel_offset + a.list.column(frame) * n_bins + bin], x);
}

/// Quantises bins, writes their pixels and replaces them by what the decoder will make of them. One without a row stays
/// as it is: fed back, its loss would only grow (docs/closed-loop.md).
template <class Code>
struct Quantise {
  static constexpr const char* kName = "quantise_kernel";
  using Args = LoopPixelArgs<Code>;
  static LaunchShape shape(const Args& a) { return rows_launch(a.capacity, a.n_fft / 2 + 1); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_loop_bin(a, at, threads, [&](int bin, bool real, const LoopItem& item, Pixel<Code>& pixel, Bin& x) {
      pixel = encode_bin<Code>(a.tables, bin, {x.re, real ? 0.0F : x.im}, item.inverse_ref);
      x = bin <= a.top_bin ? decode_bin(a.tables, bin, pixel, item.ref, real) : Bin{x.re, 0.0F};
    });
  }
};

/// The bins that the decoder will make of the pixels.
template <class Code>
struct Reread {
  static constexpr const char* kName = "reread_kernel";
  using Args = LoopPixelArgs<Code>;
  static LaunchShape shape(const Args& a) { return rows_launch(a.capacity, a.n_fft / 2 + 1); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_loop_bin(a, at, threads, [&](int bin, bool real, const LoopItem& item, const Pixel<Code>& pixel, Bin& x) {
      x = bin <= a.top_bin ? decode_bin(a.tables, bin, pixel, item.ref, real) : Bin{0.0F, 0.0F};
    });
  }
};

/// Moves the pixels of one parity against the gradient of the error, which the spectrum holds, and replaces it by what
/// that changes.
template <class Code>
struct Move {
  static constexpr const char* kName = "move_kernel";
  using Args = LoopPixelArgs<Code>;
  static LaunchShape shape(const Args& a) { return rows_launch(a.capacity, a.n_fft / 2 + 1); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_loop_bin(a, at, threads, [&](int bin, bool real, const LoopItem& item, Pixel<Code>& pixel, Bin& x) {
      if (bin % 2 != a.parity || bin > a.top_bin) {
        x = {0.0F, 0.0F};
        return;
      }
      const Bin before = decode_bin(a.tables, bin, pixel, item.ref, real);
      const Bin moved{math::moved_bin(before.re, x.re, a.move), real ? 0.0F : math::moved_bin(before.im, x.im, a.move)};
      pixel = encode_bin<Code>(a.tables, bin, moved, item.inverse_ref);
      const Bin after = decode_bin(a.tables, bin, pixel, item.ref, real);
      x = {after.re - before.re, after.im - before.im};
    });
  }
};

/// Pixels of the loop to those of a slot's segments; a block turns a tile over, as encode_pixels_load and store_pixels
/// do.
template <class Code>
struct TurnPixelsArgs {
  SlotView slot;
  int n_bins = 0;
  int n_rows = 0;                       ///< bins from this one on have no pixels
  const LoopItem* items = nullptr;      ///< [Segment::item]
  const Pixel<Code>* pixels = nullptr;  ///< of all items, [column, bin]
  Pixel<Code>* pictures = nullptr;      ///< see pixel_place()
};

template <class Code>
SPECTROHUE_HD void turn_pixels_load(const TurnPixelsArgs<Code>& a, PixelTile<Code>& tile, const ThreadIndex& at) {
  for_tile_elements(
      at, false, a.slot.n_frames, a.n_bins, [&](int tile_frame, int tile_bin, std::int64_t frame, int bin) {
        const Segment& segment = a.slot.segment(frame);
        const std::int64_t column = segment.column + (frame - segment.slot_frame);
        tile.at[tile_frame][tile_bin] = a.pixels[a.items[segment.item].pixel_offset + column * a.n_bins + bin];
      });
}

}  // namespace spectrohue::cuda
