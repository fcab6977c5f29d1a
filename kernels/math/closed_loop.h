// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The elements of closed-loop quantisation (docs/closed-loop.md), apart from a pixel's, which are in pixels.h. An error
// is what the decoder's sum of window * frame is off by at a sample. Used by host/cpu (lanes) and closed_loop.cu.
#pragma once

#include "math/hd.h"

namespace spectrohue::math {
inline namespace SPECTROHUE_MATH_ABI {

/// A sample of a windowed frame as the feedback pass transforms it: less this frame's share of the error so far.
template <class F>
SPECTROHUE_HD F corrected_sample(F windowed, F error, F correction) {
  return windowed - error * correction;
}

/// The error of a sample once the decoder wants this frame too; decoded_error() of the frame as decoded makes up for
/// it.
template <class F>
SPECTROHUE_HD F wanted_error(F error, F windowed, F window) {
  return error - windowed * window;
}

/// The error of a sample once a frame as decoded (unscaled inverse FFT) has been added.
template <class F>
SPECTROHUE_HD F decoded_error(F error, F sample, F synthesis_window) {
  return error + sample * synthesis_window;
}

/// One part of a bin, moved against the gradient of the error.
template <class F>
SPECTROHUE_HD F moved_bin(F bin, F gradient, F step) {
  return bin - gradient * step;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
