#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes tests/data/colormap_reference.txt from matplotlib's colormaps.

    pip install matplotlib && python3 tests/data/make_colormap_reference.py > tests/data/colormap_reference.txt

Lines: 'map NAME CRC32' of the 768 bytes R G B R G B ...; 'colour NAME CODE R G B'; 'twins NAME CODE CODE ...', codes of
one colour; 'nearest NAME R G B CODE DISTANCE', the code nearest to a colour in CIELAB, by the formulas of CIE 15 for
D65 with the white point of sRGB, over all 256 codes.
"""
import collections
import zlib

import matplotlib
import numpy as np
from matplotlib import colormaps

NAMES = "viridis magma inferno plasma cividis turbo jet hot gray bone hsv coolwarm twilight".split()
CODES = (0, 1, 2, 31, 63, 64, 100, 127, 128, 191, 200, 254, 255)


def lab(rgb):
    v = np.asarray(rgb) / 255
    light = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    share = light @ to_xyz.T / (to_xyz @ np.ones(3))
    f = np.where(share > 216 / 24389, share ** (1 / 3), (24389 / 27 * share + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


print(f"# matplotlib {matplotlib.__version__}")
random = np.random.default_rng(1)
for name in NAMES:
    cmap = colormaps[name]  # 256 colours, but twilight has 510
    table = np.array([cmap(min(code * cmap.N // 255, cmap.N - 1), bytes=True)[:3] for code in range(256)])
    print("map", name, f"{zlib.crc32(table.astype(np.uint8).tobytes()):08x}")
    for code in CODES:
        print("colour", name, code, *table[code])
    codes_of = collections.defaultdict(list)
    for code, colour in enumerate(table):
        codes_of[tuple(colour)].append(code)
    for twins in codes_of.values():
        if len(twins) > 1:
            print("twins", name, *twins)
    near = np.clip(table[random.integers(0, 256, 10)] + random.integers(-6, 7, (10, 3)), 0, 255)
    for colour in [*near, *random.integers(0, 256, (10, 3))]:
        distance = np.linalg.norm(lab(table) - lab(colour), axis=1)
        print("nearest", name, *colour, np.argmin(distance), f"{distance.min():.6f}")
