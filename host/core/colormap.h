// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Colours for magnitudes, and magnitudes for colours.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "spectrohue/settings.h"

namespace spectrohue {

/// An 8-bit sRGB colour for each 8-bit code, from the smallest value to the largest.
struct Colormap {
  std::string name;
  std::array<Colour, 256> colours;
};

/// viridis, magma, inferno, plasma, cividis, turbo, jet, hot, gray, bone, hsv, coolwarm or twilight, with the bytes of
/// matplotlib's cmap(code * cmap.N // 255, bytes=True): twilight has 510 colours there. Throws Error(Usage) that lists
/// the known names.
const Colormap& colormap_by_name(std::string_view name);

/// All that colormap_by_name() knows.
std::vector<std::string> colormap_names();

/// A colormap of 2 to 256 colours, spread evenly from code 0 to 255, linearly interpolated in between (each channel on
/// its own, rounded to nearest). Throws Error(Usage) for another number.
Colormap colormap_of_colours(std::string name, std::span<const Colour> colours);

/// Reads a colormap from a text file of at most 64 KiB; its name is the file's, without folder and extension. A line is
/// a colour: R G B, separated by spaces, tabs or commas; # begins a comment, lines without a colour do not count. The
/// numbers are 0 to 1 if none in the file is above 1, otherwise whole numbers 0 to 255. 2 to 256 colours are spread as
/// by colormap_of_colours(). Throws Error(Read) when the file cannot be read, and Error(BadFormat) with the number of
/// the first line that is not like this.
Colormap load_colormap(const std::filesystem::path& path);

/// From colours back to codes. Several threads may call find() at once.
class ColormapInverse {
 public:
  explicit ColormapInverse(const Colormap& colormap);

  struct Match {
    int index;        ///< code, 0 .. 255
    double distance;  ///< CIE76 colour difference in CIELAB (D65), where about 2.3 is just noticeable; 0 if exact
  };

  /// The code whose colour is nearest, the lowest of several. So codes that share a colour do not all come back:
  /// viridis 104-105 and 137-138; cividis 20-21, 22-23 and 75-76; jet 29-32; twilight 254-255; gray,
  /// where matplotlib rounds down, 24 pairs from 32-33 to 243-244. All other maps of colormap_names() invert exactly.
  Match find(std::uint8_t r, std::uint8_t g, std::uint8_t b) const;

 private:
  struct Lab {
    double lightness;
    double a;
    double b;
  };
  struct Entry {
    Lab lab;
    int index;
  };

  Lab lab_of(const Colour& colour) const;
  Match nearest(const Lab& lab) const;

  std::array<double, 256> linear_;                ///< sRGB code to light, 0 to 1
  std::unordered_map<std::uint32_t, int> exact_;  ///< 0xRRGGBB to the lowest code
  std::vector<Entry> by_lightness_;               ///< different colours only
};

}  // namespace spectrohue
