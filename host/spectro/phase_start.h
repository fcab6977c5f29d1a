// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phases to begin phase retrieval with. On the host, whatever the backend, so that they are the same.
#pragma once

#include <span>

#include "spectrohue/settings.h"

namespace spectrohue {

/// Of magnitudes, [n_frames, n_bins] (|value| counts), phases in turns, [-0.5, 0.5], measured at the frame's centre.
/// PhaseStart::Stored leaves them as they are. Throws Error(Unsupported) beyond 2^32 bins.
void start_phases(const StftSettings& stft, std::span<const float> magnitudes, const RetrievalSettings& settings,
                  std::span<float> phases);

/// gamma / n_fft^2 of the Gaussian exp(-pi t^2 / gamma) that stands for the window in phase gradients: the one that is
/// as wide where both have fallen to 0.2785 of their peak. That is 0.2564 for Hann windows, the value of Prusa,
/// Balazs & Sondergaard 2017, and theirs within 1.2 % for Hamming and Blackman.
double gaussian_width(const StftSettings& stft);

}  // namespace spectrohue
