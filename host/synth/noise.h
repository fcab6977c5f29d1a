// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "spectrohue/backend.h"
#include "spectrohue/types.h"
#include "synth/score.h"

namespace spectrohue::synth {

/// Adds to every channel white noise whose transform is multiplied with the score's amplitudes: each row is a band of
/// noise with the power that its sine would have. The noise follows from the seed and is the same in all channels.
/// audio has the score's channels and samples. Memory beside it does not depend on its length.
void add_noise(Backend& backend, const StftSettings& stft, const Score& score, std::uint64_t seed, Audio& audio);

}  // namespace spectrohue::synth
