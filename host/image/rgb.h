// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "spectrohue/types.h"

namespace spectrohue::image {

/// Makes gray and indices red, green, blue of the same depth; colours stay as they are. The palette is used up: an
/// index that it lacks is black. Throws Error(Unsupported) for pixels of two channels, which are no colours.
void expand_to_rgb(Picture& picture);

/// The same if `wanted` has three channels and the picture has one. Programs that store a picture again make gray or a
/// palette of colours that fit: silence in hues, for one, is black.
void expand_if_needed(Picture& picture, PixelLayout wanted);
/// The layout that a picture has after that.
PixelLayout expanded_if_needed(PixelLayout layout, PixelLayout wanted);

}  // namespace spectrohue::image
