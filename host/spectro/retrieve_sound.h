// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "spectrohue/convert.h"

namespace spectrohue {

/// A sound whose magnitudes are those of the picture, as nearly as phases can be found: all of the picture in memory,
/// and about 30 bytes a bin of one channel (three planes of Stereo3) besides. The waveform is not the one that was
/// encoded.
Convergence retrieve_sound(Backend& backend, const Picture& picture, const PictureNote& note,
                           const RetrievalSettings& settings, Audio& audio, const MagnitudeTaker& taker);

}  // namespace spectrohue
