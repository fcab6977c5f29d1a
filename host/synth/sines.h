// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "spectrohue/types.h"
#include "synth/score.h"

namespace spectrohue::synth {

/// Adds a sine for each row to every channel: amplitude [row], frequency axis.hz(row), phase running on from the first
/// sample to the last. Where it begins follows from seed and row alone, and is the same in all channels. Rows at 0 Hz,
/// and from half the sample rate on, are silent. audio has the score's channels and samples.
void add_sines(const Score& score, std::uint64_t seed, Audio& audio);

}  // namespace spectrohue::synth
