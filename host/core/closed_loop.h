// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What every backend's closed loop (docs/closed-loop.md) must agree on: tables, how frames are cut into chains, which
// of them sweeps move, when feedback is suspected to have gone wrong.
#pragma once

#include <cstdint>
#include <vector>

#include "core/stft_tables.h"

namespace spectrohue {

/// [first, last)
struct Stretch {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct ClosedLoopTables {
  explicit ClosedLoopTables(const StftSettings& settings);

  std::vector<float> correction;  ///< [n_fft] share of the error so far that a frame is asked to cancel
  float step = 0.0F;              ///< of a sweep, by which the gradient is multiplied
};

/// Columns of a picture: those of the frames first_frame .. first_frame + n_frames - 1 of a sound. Positions are
/// counted from where the first of these frames begins.
struct LoopColumns {
  std::int64_t first_frame = 0;
  std::int64_t n_frames = 0;   ///< at least 1
  std::int64_t n_samples = 0;  ///< of the whole sound

  /// Where position 0 lies in the sound; may be negative.
  std::int64_t start(const StftSettings& s) const { return first_frame * s.hop_length - s.padding(); }
  /// All positions that the frames hold.
  std::int64_t n_positions(const StftSettings& s) const { return (n_frames - 1) * s.hop_length + s.n_fft; }
  /// The positions that are the sound's, not its padding.
  Stretch sound(const StftSettings& s) const;
};

/// Frames that follow one another in a feedback chain. Chains are independent; each begin costs a little quality, so
/// long sounds use long ones. Depends on n_frames alone, so that the picture does. No more than two chains meet in a
/// sample: two addends have no order.
std::int64_t chain_length(std::int64_t n_frames, const StftSettings& s);

/// A sweep moves one frame in so many; no more than two of these hold a sample.
std::int64_t sweep_stride(const StftSettings& s);

/// The columns that sweeps may change: all, as a rule; not those at the ends of uncentred sounds, and none where hops
/// are so long that the windows hardly meet. Sweep i moves every sweep_stride()-th of them, from the (i / 2 mod
/// sweep_stride())-th on, in the bins of i's parity.
Stretch movable_columns(const StftTables& tables, const LoopColumns& columns);

/// Of the sound's energy, the error's share above which feedback is suspected to have gone wrong: plain rounding
/// reaches about that much. top: the largest code of a magnitude.
double suspicious_error(double top);

}  // namespace spectrohue
