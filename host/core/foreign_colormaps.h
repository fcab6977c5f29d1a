// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What other programs paint spectrograms with: colours, and the values that they stand for.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/colormap.h"

namespace spectrohue {

/// Whose rule says which colour a value gets.
enum class ColourRule {
  Matplotlib,  ///< 256 colours; value v has number floor(256 v)
  Sox,         ///< 251 colours; v has 1 + floor(249 v), what is below the range 0
  Ffmpeg,      ///< a continuous ramp, of which 256 colours are kept
};

/// A colormap, and which value from 0 to 1 each of its colours is.
struct ForeignColormap {
  Colormap colours;  ///< those beyond the rule's number of colours repeat the last one
  ColourRule rule = ColourRule::Matplotlib;

  /// The middle of the values that have this code, 0 to 1; of code 0 it is 0, the bottom of the range.
  double value_of(int code) const;
  /// How many colours the rule has.
  int n_colours() const;
  /// The same colours the other way round, under the name with "_r" behind it.
  ForeignColormap reversed() const;
};

/// All that colormap_by_name() knows but twilight, of which plots have 510 colours: each as matplotlib's pcolormesh
/// paints it, and then, by the same name, with the bytes that imshow paints; channels differ by 1 at most.
std::vector<ForeignColormap> matplotlib_colormaps();

/// sox, sox-gray (its -m), sox-light (-l) and sox-gray-light (-l -m), to the byte what SoX 14.4.2 writes into its
/// pictures' palettes.
std::vector<ForeignColormap> sox_colormaps();

/// ffmpeg-intensity (the default), ffmpeg-rainbow ... ffmpeg-terrain: the colours of showspectrumpic, except channel,
/// which mixes those of several channels. Lines between colours that were read from the legends of its pictures
/// (tools/fit_ffmpeg_colormaps.py), 4 of 255 from them at most.
std::vector<ForeignColormap> ffmpeg_colormaps();

/// One of those two kinds by name; null for all other names.
const ForeignColormap* foreign_colormap_by_name(std::string_view name);

}  // namespace spectrohue
