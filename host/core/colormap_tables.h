// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <array>

namespace spectrohue {

/// A colormap as text: 256 colours of six hexadecimal digits, RRGGBB, without separators.
struct ColormapTable {
  const char* name;
  const char* colours;
};

inline constexpr int kColormaps = 13;

extern const std::array<ColormapTable, kColormaps> kColormapTables;

inline constexpr int kMeshColormaps = 12;

/// The same maps, but for twilight, of which plots have 510 colours, as matplotlib's pcolormesh paints them. It rounds
/// where the table of bytes is cut off, so some channels are one more: those whose bit is set, 768 of them as
/// hexadecimal digits, red, green and blue of code 0 first.
extern const std::array<ColormapTable, kMeshColormaps> kMeshColormapTables;

}  // namespace spectrohue
