#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Prints the ramps of host/core/foreign_colormaps.cpp: ffmpeg's colours, measured in its pictures' legends.

    python3 tools/fit_ffmpeg_colormaps.py      # needs numpy, soundfile, Pillow, ffmpeg

For each of its colour modes ffmpeg draws a picture of a tone with a legend 2048 pixels high. Places are added to the lines
between its ends, where they are furthest off, until all colours are less than 3.5 of 255 from them.
"""
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile
from PIL import Image

NAMES = "intensity rainbow moreland nebulae fire fiery fruit cool magma green viridis plasma cividis terrain".split()
HEIGHT, MARGIN, BAR = 2048, 64, 208  # of the picture's plot; rows above it; a column of the legend
TOLERANCE = 3.5


def legend(folder, name):
    picture = f"{folder}/picture.png"
    spectrum = f"showspectrumpic=s=64x{HEIGHT}:color={name}"
    command = ["ffmpeg", "-v", "error", "-y", "-i", f"{folder}/tone.wav", "-lavfi", spectrum, picture]
    subprocess.run(command, check=True)
    return np.array(Image.open(picture).convert("RGB")).astype(float)[MARGIN : MARGIN + HEIGHT, BAR][::-1]


def knots(bar):
    n = len(bar)
    smooth = np.array([bar[max(0, i - 3) : i + 4].mean(0) for i in range(n)])
    smooth[:3], smooth[-3:] = bar[:3], bar[-3:]
    chosen = [0, n - 1]
    while True:
        at = np.array(sorted(chosen))
        lines = np.stack([np.interp(np.arange(n), at, smooth[at, c]) for c in range(3)], axis=1)
        off = np.abs(lines - smooth).max(axis=1)
        if off.max() < TOLERANCE:
            return [(round(1000 * i / (n - 1)), np.rint(smooth[i]).astype(int)) for i in at]
        chosen.append(int(off.argmax()))


with tempfile.TemporaryDirectory() as folder:
    tone = 0.5 * np.sin(2 * np.pi * 1000 / 8000 * np.arange(32768))
    soundfile.write(pathlib.Path(folder) / "tone.wav", tone, 8000)
    for name in NAMES:
        places = ", ".join(f"{{{place}, {{{r}, {g}, {b}}}}}" for place, (r, g, b) in knots(legend(folder, name)))
        print(f'{{"ffmpeg-{name}", {{{places}}}}},')
