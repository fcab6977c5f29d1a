// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "spectrohue/convert.h"

namespace spectrohue {

/// Finds sounds whose magnitudes are those of the pictures, which can_go_together(), as nearly as phases can be found:
/// all of the pictures in memory, and about 30 bytes a bin besides, of one channel where the backend does one sound at
/// a time (of three planes of Stereo3), else of all. Sets Convergence. The waveforms are not those that were encoded.
void retrieve_sounds(Backend& backend, std::span<PictureToAudio> items, const RetrievalSettings& settings,
                     const MagnitudeTaker& taker);

}  // namespace spectrohue
