// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/colormap.h"
#include "spectrohue/backend.h"
#include "spectrohue/types.h"
#include "synth/score.h"

namespace spectrohue::batch {

/// The spectrogram of a sound that was made from a score, pixel for pixel the score's rows and columns where these are
/// kLeastSide to kMostSide, on its axis: what is to be compared with the picture. Channels are stacked, the first on
/// top. range_db: from black up to the loudest. 8-bit RGB.
Picture draw_preview(Backend& backend, const StftSettings& stft, const Audio& audio, const synth::Score& score,
                     const Colormap& colours, double range_db);
inline constexpr int kLeastPreviewSide = 128;
inline constexpr int kMostPreviewSide = 2048;

}  // namespace spectrohue::batch
