#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes host/core/colormap_tables.cpp from matplotlib's colormaps.

    pip install matplotlib && python3 tools/make_colormaps.py > host/core/colormap_tables.cpp
"""
import matplotlib
import numpy as np

# name, origin and licence
MAPS = [
    ("viridis", "Nathaniel Smith, Stefan van der Walt and Eric Firing; CC0-1.0"),
    ("magma", "Nathaniel Smith and Stefan van der Walt; CC0-1.0"),
    ("inferno", "Nathaniel Smith and Stefan van der Walt; CC0-1.0"),
    ("plasma", "Nathaniel Smith and Stefan van der Walt; CC0-1.0"),
    ("cividis", "Nunez, Anderton and Renslow, PLOS ONE 13(7), 2018; free of copyright, CC0-1.0"),
    ("turbo", "Anton Mikhailov; copyright 2019 Google LLC, Apache-2.0"),
    ("jet", "matplotlib"),
    ("hot", "matplotlib"),
    ("gray", "matplotlib"),
    ("bone", "matplotlib"),
    ("hsv", "matplotlib"),
    ("coolwarm", "matplotlib, after Moreland, Diverging Color Maps for Scientific Visualization, ISVC 2009"),
    ("twilight", "matplotlib, by Bastian Bechtold"),
]
COLOURS_A_LINE = 18

HEAD = """// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-FileCopyrightText: 2012 Matplotlib Development Team; All Rights Reserved
// SPDX-FileCopyrightText: 2019 Google LLC
// SPDX-License-Identifier: MIT AND CC0-1.0 AND Apache-2.0 AND LicenseRef-matplotlib
//
// Made by tools/make_colormaps.py from matplotlib {version}: the bytes of cmap(code * cmap.N // 255, bytes=True) for codes
// 0 to 255 (twilight has 510 colours, the others 256), changed in nothing but their notation. Maps "of matplotlib" are
// under its licence (https://matplotlib.org/stable/project/license.html; PSF-style, permissive).
#include "core/colormap_tables.h"

namespace spectrohue {{

// clang-format off
const std::array<ColormapTable, kColormaps> kColormapTables{{{{"""

print(HEAD.format(version=matplotlib.__version__))
for name, origin in MAPS:
    cmap = matplotlib.colormaps[name]
    table = cmap(np.minimum(np.arange(256) * cmap.N // 255, cmap.N - 1), bytes=True)[:, :3]
    text = table.astype(np.uint8).tobytes().hex()
    step = 6 * COLOURS_A_LINE
    print(f"    // {origin.replace('matplotlib', 'of matplotlib', 1) if origin.startswith('matplotlib') else origin}")
    print(f'    {{"{name}",')
    lines = [f'     "{text[i:i + step]}"' for i in range(0, len(text), step)]
    print("\n".join(lines) + "},")
print("""}};
// clang-format on

}  // namespace spectrohue""")
