// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Other arrangements of a picture than the one it is made in: see Arrangement in spectrohue/settings.h.
#pragma once

#include "spectrohue/types.h"

namespace spectrohue::image {

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// Throws Error(Usage) if floats are to be inverted.
void arrange(Picture& picture, const Arrangement& arrangement);

/// The reverse, up to what resizing has lost. Does nothing to pictures that arrangement.from was not the size of.
void rearrange(Picture& picture, const Arrangement& arrangement);

/// The size of a picture, or the one it had before it was arranged.
Size arranged(Size size, const Arrangement& arrangement);
Size rearranged(Size size, const Arrangement& arrangement);

/// Another size: each pixel the mean of those it covers where the picture shrinks, and between its neighbours where it
/// grows, sides on their own. Indices are numbers like any other.
void resize(Picture& picture, Size size);

}  // namespace spectrohue::image
