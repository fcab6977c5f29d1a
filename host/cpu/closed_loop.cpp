// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cpu/closed_loop.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "cpu/padded_stretch.h"
#include "cpu/parts.h"
#include "math/frames.h"

namespace spectrohue::cpu {

namespace {

/// Frames of a sweep that make it worth to start a thread for them.
constexpr std::int64_t kLeastMovesAThread = 256;

LoopColumns columns_of(const EncodeItem& item) { return {item.first_frame, item.plane.n_frames, item.signal.size()}; }

}  // namespace

ClosedLoop::ClosedLoop(const LaneKernels& kernels, const Transform& transform)
    : kernels_(kernels), transform_(transform), tables_(transform.tables.settings) {
  const StftSettings& s = transform.tables.settings;
  const std::size_t tile = static_cast<std::size_t>(s.n_fft) * kernels.lanes;
  threads_.resize(transform.scratch.size());
  for (Memory& memory : threads_) {
    memory.ring.resize(tile);
    memory.rows.resize(tile);
    memory.head.resize(static_cast<std::size_t>(s.n_fft));
  }
}

void ClosedLoop::run(const TileCode& code, const EncodeItem& item, int sweeps, const OpenLoop& open_loop) {
  const StftSettings& s = transform_.tables.settings;
  const LoopColumns columns = columns_of(item);
  error_.resize(static_cast<std::size_t>(columns.n_positions(s)));
  sound_ = columns.sound(s);

  const auto feed_back = [&] {
    feedback(code, item);
    // It does not know of what a dropped bin takes away.
    if (code.top_bin < s.n_bins() - 1) measure_error(item, open_loop.decode);
  };
  feed_back();
  const double limit = signal_energy(item) * suspicious_error(code.top);
  if (const double error = error_energy(item); error > limit && !replace_by_open_loop(item, error, open_loop)) {
    feed_back();
  }
  for (int i = 0; i < sweeps; ++i) sweep(code, item, i);
}

/// Rounds plainly, and keeps that if its error is no larger than `error`.
bool ClosedLoop::replace_by_open_loop(const EncodeItem& item, double error, const OpenLoop& open_loop) {
  open_loop.encode();
  measure_error(item, open_loop.decode);
  return error_energy(item) <= error;
}

/// Of the item's pixels as they are.
void ClosedLoop::measure_error(const EncodeItem& item, const std::function<void(std::span<float>)>& decode) {
  const std::int64_t start = columns_of(item).start(transform_.tables.settings);
  Buffer<float> decoded(error_.size());
  decode(decoded.span());
  transform_.tables.for_each_window_sum(sound_.first, sound_.last, item.plane.n_frames,
                                        [&](std::int64_t first, std::int64_t count, const float* sums) {
                                          for (std::int64_t i = 0; i < count; ++i) {
                                            const std::int64_t p = first + i;
                                            error_[p] = (decoded[p] - item.signal[start + p]) * sums[i];
                                          }
                                        });
}

void ClosedLoop::feedback(const TileCode& code, const EncodeItem& item) {
  const StftSettings& s = transform_.tables.settings;
  const std::int64_t n_frames = item.plane.n_frames;
  const std::int64_t chain = chain_length(n_frames, s);
  const std::int64_t block = chain * kernels_.lanes;
  const std::int64_t n_blocks = (n_frames + block - 1) / block;
  std::fill(error_.begin(), error_.end(), 0.0F);
  // Neighbouring blocks meet in some samples: first every other one, then those between.
  for (std::int64_t odd = 0; odd < 2; ++odd) {
    const std::int64_t count = (n_blocks + 1 - odd) / 2;
    const int parts = count_parts(count, 1, transform_.threads());
    run_parts(parts, [&](int part) {
      const Range range = part_of(count, 1, part, parts);
      for (std::int64_t i = range.first; i < range.last; ++i) {
        feedback_block(code, item, (2 * i + odd) * block, chain, part);
      }
    });
  }
  // What lies outside the sound is dropped by the decoder.
  std::fill_n(error_.begin(), sound_.first, 0.0F);
  std::fill(error_.begin() + sound_.last, error_.end(), 0.0F);
}

/// W chains side by side, the first beginning with frame `first`.
void ClosedLoop::feedback_block(const TileCode& code, const EncodeItem& item, std::int64_t first, std::int64_t chain,
                                int part) {
  const StftSettings& s = transform_.tables.settings;
  const int n_fft = s.n_fft;
  const int hop = s.hop_length;
  const int lanes = kernels_.lanes;
  const std::int64_t n_frames = item.plane.n_frames;
  const std::int64_t pixel_bytes = 3 * code.bits / 8;
  Buffer<float>& ring = threads_[part].ring;
  std::fill(ring.begin(), ring.end(), 0.0F);
  std::vector<const float*> rows(static_cast<std::size_t>(lanes));

  int base = 0;
  for (std::int64_t t = 0; t < chain && first + t < n_frames; ++t) {
    // Lane l is at frame first + l chain + t; those that exist come first.
    const auto valid = static_cast<int>(std::min<std::int64_t>(lanes, (n_frames - 1 - first - t) / chain + 1));
    for (int l = 0; l < lanes; ++l) {
      const std::span<float> own = threads_[part].rows.span().subspan(static_cast<std::size_t>(l) * n_fft, n_fft);
      const std::int64_t frame = item.first_frame + first + l * chain + t;
      rows[l] = l < valid ? padded_stretch(item.signal, frame * hop - s.padding(), s.pad_mode, own) : rows[0];
    }
    FeedbackTile tile{};
    tile.rows = rows.data();
    tile.correction = tables_.correction.data();
    tile.ring = ring.data();
    tile.base = base;
    tile.ref = item.ref;
    tile.inverse_ref = 1.0F / item.ref;
    tile.pixels = {item.plane.data + (first + t) * pixel_bytes, item.plane.row_bytes, chain * pixel_bytes, valid};
    kernels_.feedback(transform_.tile, code, tile, transform_.scratch[part]->work.data());
    for (int l = 0; l < valid; ++l) {
      const std::int64_t frame = first + l * chain + t;
      const bool ends = t + 1 == chain || frame + 1 == n_frames;
      drain(ring.data(), l, base, ends ? n_fft : hop, frame * hop);
    }
    base = (base + hop) % n_fft;
  }
}

/// Takes `count` samples from `slot` on out of a lane's ring: they are final as far as this chain goes.
void ClosedLoop::drain(float* ring, int lane, int slot, int count, std::int64_t position) {
  const int lanes = kernels_.lanes;
  float* error = error_.data() + position;
  for (int i = 0; i < count; ++i) {
    float& value = ring[static_cast<std::int64_t>(slot) * lanes + lane];
    error[i] += value;
    value = 0.0F;
    if (++slot == transform_.tables.settings.n_fft) slot = 0;
  }
}

void ClosedLoop::sweep(const TileCode& code, const EncodeItem& item, int index) {
  const StftSettings& s = transform_.tables.settings;
  const std::int64_t stride = sweep_stride(s);
  const Stretch movable = movable_columns(transform_.tables, columns_of(item));
  const std::int64_t phase = movable.first + index / 2 % stride;
  const std::int64_t count = phase < movable.last ? (movable.last - 1 - phase) / stride + 1 : 0;
  const int parts = count_parts(count, kLeastMovesAThread, transform_.threads());
  const auto moves_of = [&](int part) { return part_of(count, kernels_.lanes, part, parts); };
  const auto first_error = [&](std::int64_t move) { return (phase + move * stride) * s.hop_length; };

  // All moves answer to the errors as they are before the sweep. The first frame of a part shares samples with the part
  // before it: it sees a copy, and its change of those samples is added when that part is done, so that every sum has
  // the order of the frames.
  for (int part = 1; part < parts; ++part) {
    const Range moves = moves_of(part);
    if (moves.first < moves.last) {
      std::copy_n(error_.begin() + first_error(moves.first), s.n_fft, threads_[part].head.begin());
    }
  }
  run_parts(count > 0 ? parts : 0, [&](int part) {
    const Range moves = moves_of(part);
    const std::int64_t shared_end = moves.first > 0 ? first_error(moves.first - 1) + s.n_fft : 0;
    sweep_part(code, item, {phase, stride, index % 2}, moves, shared_end, part);
  });
  for (int part = 1; part < parts; ++part) {
    const Range moves = moves_of(part);
    if (moves.first >= moves.last) continue;
    const std::int64_t start = first_error(moves.first);
    const std::int64_t shared_end = first_error(moves.first - 1) + s.n_fft;
    add_change(threads_[part].head.data(), start, start, shared_end);
  }
}

/// The moves of one part; changes of the errors before `shared_end` are left in the part's head.
void ClosedLoop::sweep_part(const TileCode& code, const EncodeItem& item, const Sweep& sweep, Range moves,
                            std::int64_t shared_end, int part) {
  const StftSettings& s = transform_.tables.settings;
  const int lanes = kernels_.lanes;
  const std::int64_t pixel_bytes = 3 * code.bits / 8;
  Scratch& scratch = *transform_.scratch[part];
  Memory& memory = threads_[part];
  std::vector<const float*> rows(static_cast<std::size_t>(lanes));
  Buffer<float>* changes = &scratch.frames;
  Buffer<float>* changes_before = &memory.rows;
  const auto frame_of = [&](std::int64_t move) { return sweep.phase + move * sweep.stride; };
  // Tiles that are neighbours share samples too: a tile's changes are added when the next one has seen the errors.
  const auto add_tile = [&](std::int64_t first_move, const float* tile) {
    const std::int64_t last_move = std::min(first_move + lanes, moves.last);
    for (std::int64_t move = first_move; move < last_move; ++move) {
      const float* change = tile + (move - first_move) * s.n_fft;
      const std::int64_t start = frame_of(move) * s.hop_length;
      if (start < shared_end) std::copy_n(change, shared_end - start, memory.head.begin());
      add_change(change, start, std::max(start, shared_end), start + s.n_fft);
    }
  };
  for (std::int64_t move = moves.first; move < moves.last; move += lanes) {
    const auto valid = static_cast<int>(std::min<std::int64_t>(lanes, moves.last - move));
    for (int l = 0; l < lanes; ++l) {
      rows[l] = l < valid ? error_.data() + frame_of(move + l) * s.hop_length : rows[0];
    }
    if (shared_end > 0 && move == moves.first) {
      for (int l = 0; l < lanes; ++l) {
        if (l == 0 || l >= valid) rows[l] = memory.head.data();
      }
    }
    SweepTile tile{};
    tile.rows = rows.data();
    tile.parity = sweep.parity;
    tile.step = tables_.step;
    tile.ref = item.ref;
    tile.inverse_ref = 1.0F / item.ref;
    tile.pixels = {item.plane.data + frame_of(move) * pixel_bytes, item.plane.row_bytes, sweep.stride * pixel_bytes,
                   valid};
    kernels_.sweep(transform_.tile, code, tile, scratch.work.data(), changes->data());
    if (move > moves.first) add_tile(move - lanes, changes_before->data());
    std::swap(changes, changes_before);
  }
  if (moves.first < moves.last) {
    add_tile(moves.first + (moves.last - 1 - moves.first) / lanes * lanes, changes_before->data());
  }
}

/// Adds a frame's change, which begins at position `start`, to the errors from `begin` to `end`, as far as they are the
/// sound's.
void ClosedLoop::add_change(const float* change, std::int64_t start, std::int64_t begin, std::int64_t end) {
  const std::int64_t last = std::min(end, sound_.last);
  for (std::int64_t p = std::max(begin, sound_.first); p < last; ++p) error_[p] += change[p - start];
}

/// The sum of what sum(first, last) returns for the blocks of [0, n), which are made on all threads and added in order.
template <class Sum>
double ClosedLoop::sum_blocks(std::int64_t n, Sum&& sum) const {
  constexpr std::int64_t kBlock = 1 << 16;
  std::vector<double> sums(static_cast<std::size_t>((n + kBlock - 1) / kBlock));
  const auto n_blocks = static_cast<std::int64_t>(sums.size());
  const int parts = count_parts(n_blocks, 4, transform_.threads());
  run_parts(parts, [&](int part) {
    const Range blocks = part_of(n_blocks, 1, part, parts);
    for (std::int64_t i = blocks.first; i < blocks.last; ++i) {
      sums[i] = sum(i * kBlock, std::min(n, (i + 1) * kBlock));
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double ClosedLoop::signal_energy(const EncodeItem& item) const {
  const StftSettings& s = transform_.tables.settings;
  const std::int64_t start = columns_of(item).start(s) + sound_.first;
  return sum_blocks(sound_.last - sound_.first, [&](std::int64_t first, std::int64_t last) {
    double energy = 0;
    for (std::int64_t i = first; i < last; ++i) energy += std::pow(static_cast<double>(item.signal[start + i]), 2);
    return energy;
  });
}

/// Of the decoded sound.
double ClosedLoop::error_energy(const EncodeItem& item) const {
  const StftTables& tables = transform_.tables;
  const std::int64_t offset = item.first_frame * tables.settings.hop_length;
  const std::int64_t n_frames = tables.settings.n_frames(item.signal.size());
  return sum_blocks(sound_.last - sound_.first, [&](std::int64_t first, std::int64_t last) {
    double energy = 0;
    const auto add = [&](std::int64_t position, std::int64_t count, const float* sums) {
      for (std::int64_t i = 0; i < count; ++i) {
        const double error =
            math::overlap_add_quotient(error_[position - offset + i], sums[i], tables.window_sum_floor);
        energy += error * error;
      }
    };
    const std::int64_t begin = offset + sound_.first;
    tables.for_each_window_sum(begin + first, begin + last, n_frames, add);
    return energy;
  });
}

}  // namespace spectrohue::cpu
