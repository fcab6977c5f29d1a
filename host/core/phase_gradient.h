// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "math/phase_gradient.h"
#include "spectrohue/settings.h"

namespace spectrohue {

/// gamma / n_fft^2 of the Gaussian exp(-pi t^2 / gamma) that stands for the window in phase gradients: the one that is
/// as wide where both have fallen to 0.2785 of their peak. That is 0.2564 for Hann windows, the value of Prusa,
/// Balazs & Sondergaard 2017, and theirs within 1.2 % for Hamming and Blackman.
double gaussian_width(const StftSettings& stft);

/// What phases turn for a difference of logarithms.
math::PhaseScale phase_scale(const StftSettings& stft);

}  // namespace spectrohue
