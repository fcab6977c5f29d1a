// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "spectrohue/backend.h"

namespace spectrohue {

/// A signal whose spectrum has these magnitudes, as nearly as n_iter steps bring it: Griffin & Lim 1984 with the
/// momentum of Perraudin, Balazs & Søndergaard 2013 in librosa's form. magnitudes: [n_frames(signal.size()), n_bins].
/// The phases it begins with depend on the seed and their place alone.
void griffin_lim(Backend& backend, const StftSettings& stft, std::span<const float> magnitudes,
                 const RetrievalSettings& settings, std::span<float> signal);

}  // namespace spectrohue
