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

}  // namespace spectrohue
