// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include "spectrohue/types.h"

namespace spectrohue::image {

/// Makes gray and indices red, green, blue of the same depth; colours stay as they are. The palette is used up: an
/// index that it lacks is black. Throws Error(Unsupported) for pixels of two channels, which are no colours.
void expand_to_rgb(Picture& picture);

}  // namespace spectrohue::image
