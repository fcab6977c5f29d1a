#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""How bright pictures are and how well sounds come back, with settings of encode: the table in docs/presets.md.

    python3 tools/measure_presets.py build/bin/spectrohue FOLDER [FOLDER ...] -- [SETTINGS ...]

Each of SETTINGS is a string of options, for example "--gamma 0.2 --tilt 3"; the defaults come first, unasked. Brightness
is the mean of the largest channel over all pixels of a folder's pictures, 1 for white; SNR is what encode --verify
measured, its mean over the files, and the most that a single file lost. Needs numpy and Pillow.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


def measure(program, folder, options):
    """Mean brightness, and SNR in dB by file name."""
    with tempfile.TemporaryDirectory() as out:
        command = [program, "encode", folder, "-o", out, "--verify", "-q", *options.split()]
        subprocess.run(command, check=True)
        total, count = 0.0, 0
        for path in sorted(pathlib.Path(out).glob("**/*.png")):
            values = np.asarray(Image.open(path)).max(axis=-1)
            total, count = total + values.sum() / 255.0, count + values.size
        snr = {}
        for line in next(pathlib.Path(out).glob("*.jsonl")).read_text().splitlines():
            entry = json.loads(line)
            if "snr_db" in entry:
                snr[entry["source"]] = entry["snr_db"]
        return total / count, snr


def main():
    cut = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    program, *folders = sys.argv[1:cut]
    print("| sounds | settings | brightness | times the default's | SNR | less than the default's | most for a file |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for folder in folders:
        default = None
        for options in ["", *sys.argv[cut + 1:]]:
            brightness, snr = measure(program, folder, options)
            default = default or (brightness, snr)
            losses = [default[1][name] - value for name, value in snr.items()]
            print(f"| {pathlib.Path(folder).name}, {len(snr)} | {options or 'default'} | {brightness:.3f} "
                  f"| {brightness / default[0]:.2f} | {np.mean(list(snr.values())):.2f} dB "
                  f"| {np.mean(losses):.2f} dB | {max(losses):.2f} dB |", flush=True)


main()
