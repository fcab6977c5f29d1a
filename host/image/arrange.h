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

/// Changes a picture as the arrangement says. Throws Error(Usage) if floats are to be inverted, and as resize() does.
void arrange(Picture& picture, const Arrangement& arrangement);

/// The reverse, up to what resizing has lost: a picture that has not the size that the arrangement gave it is not
/// resized, and floats are not inverted. Throws as resize() does.
void rearrange(Picture& picture, const Arrangement& arrangement);

/// The size that arrange() gives to a picture of this size.
Size arranged(Size size, const Arrangement& arrangement);
/// The size that rearrange() gives to it.
Size rearranged(Size size, const Arrangement& arrangement);

/// Pixels that resizing makes; sizes come from notes that anyone may have written.
inline constexpr std::int64_t kMaxResizedBytes = std::int64_t{1} << 30;

/// Another size: each pixel the mean of those it covers where the picture shrinks, and between its neighbours where it
/// grows, sides on their own. Indices are numbers like any other. Throws Error(BadFormat) if a side is not at least 1
/// or the pixels need more than kMaxResizedBytes.
void resize(Picture& picture, Size size);

}  // namespace spectrohue::image
