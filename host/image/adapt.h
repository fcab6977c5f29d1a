// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Programs that store a picture again change what its pixels are made of: gray becomes red, green and blue alike, an
// index its colour.
#pragma once

#include <string>

#include "spectrohue/types.h"

namespace spectrohue::image {

/// True if adapt() can make pixels of such a layout what the note's encoding wants.
bool is_adaptable(PixelLayout layout, const PictureNote& note);

/// Makes the pixels what the note's encoding wants, at the same depth. Gray is taken from colours by their luma, codes
/// of a colormap by the nearest of its colours. Returns what was lost thereby, for the user; empty if nothing. Does
/// nothing where it cannot help.
std::string adapt(Picture& picture, const PictureNote& note);

}  // namespace spectrohue::image
