// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Frequency axes of other programs' plots.
#pragma once

#include <string>
#include <string_view>

namespace spectrohue::image {

enum class AxisKind {
  Linear,
  Log,     ///< octaves
  Symlog,  ///< librosa.display.specshow's y_axis='log': linear below C2 (65.4 Hz), octaves above
  Mel,     ///< its y_axis='mel': linear below 1 kHz, octaves above; rows are mel bands
};

std::string to_string(AxisKind kind);  ///< "linear" "log" "symlog" "mel"
/// Throws Error(Usage) that lists the legal ones.
AxisKind axis_kind_from_string(std::string_view name);

/// Position of a frequency on an axis, in units of its own; rises with hz, which is > 0 for Log. Below the threshold T
/// of Symlog and Mel it is a hz, and above T (a + log2(hz / T)), where a = linscale / (1 - 1 / 2): matplotlib's
/// SymmetricalLogTransform of base 2, with linscale 0.5 for Symlog and 1 for Mel. It is odd.
double axis_position(AxisKind kind, double hz);
/// The inverse.
double axis_hz(AxisKind kind, double position);

}  // namespace spectrohue::image
