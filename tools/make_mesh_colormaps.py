#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes host/core/mesh_colormap_tables.cpp from matplotlib's colormaps.

    pip install matplotlib && python3 tools/make_mesh_colormaps.py > host/core/mesh_colormap_tables.cpp
"""
import matplotlib
import numpy as np
from matplotlib import colormaps

# Without twilight, whose plots have 510 colours.
NAMES = "viridis magma inferno plasma cividis turbo jet hot gray bone hsv coolwarm".split()

print(f"""// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-FileCopyrightText: 2012 Matplotlib Development Team; All Rights Reserved
// SPDX-FileCopyrightText: 2019 Google LLC
// SPDX-License-Identifier: MIT AND CC0-1.0 AND Apache-2.0 AND LicenseRef-matplotlib
//
// Made by tools/make_mesh_colormaps.py from matplotlib {matplotlib.__version__}, whose licences colormap_tables.cpp names.
#include "core/colormap_tables.h"

namespace spectrohue {{

// clang-format off
const std::array<ColormapTable, kMeshColormaps> kMeshColormapTables{{{{""")
for name in NAMES:
    exact = colormaps[name](np.arange(256))[:, :3]
    down = np.array([colormaps[name](code, bytes=True)[:3] for code in range(256)]).astype(int)
    more = np.floor(exact * 255 + 0.5).astype(int) - down
    assert set(np.unique(more)) <= {0, 1}
    digits = np.packbits(more.astype(bool).ravel()).tobytes().hex()
    print(f'    {{"{name}",\n     "{digits[:96]}"\n     "{digits[96:]}"}},')
print("""}};
// clang-format on

}  // namespace spectrohue""")
