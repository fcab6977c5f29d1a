// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phases to begin phase retrieval with that are found on the host, whatever the backend, so that they are the same.
#pragma once

#include <span>

#include "spectrohue/settings.h"

namespace spectrohue {

/// Of magnitudes, [n_frames, n_bins] (|value| counts), phases in turns, [-0.5, 0.5], measured at the frame's centre.
/// PhaseStart::Stored leaves them as they are, PhaseStart::Forest is Backend::integrate_phases(). Throws
/// Error(Unsupported) beyond 2^32 bins.
void start_phases(const StftSettings& stft, std::span<const float> magnitudes, const RetrievalSettings& settings,
                  std::span<float> phases);

}  // namespace spectrohue
