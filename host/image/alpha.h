// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

namespace spectrohue::image {

/// What becomes of the alpha of a picture that has one.
enum class Alpha {
  Drop,       ///< its colours are what they are, seen or not
  OverBlack,  ///< the picture lies on black: colours times alpha
};

}  // namespace spectrohue::image
