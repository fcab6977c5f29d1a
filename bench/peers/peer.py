# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""What the Python peers share: all files in one process, or dealt to one process a job.

Every peer: SCRIPT [--jobs N] [--level N] LIST, where LIST holds a task a line: source, tab, destination. A peer computes
in one thread (OMP_NUM_THREADS=1 and the like come from compare.py); with --jobs, files are what runs in parallel.
"""

import argparse
import functools
import multiprocessing

# The transform and the brightness, as spectrohue's defaults.
N_FFT = 2048
HOP = 512
GAMMA = 0.3


def main(convert):
    """convert(source, destination, level) does one file; level is the compression of the PNG, -1 for Pillow's default."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--level", type=int, default=-1)
    parser.add_argument("list")
    arguments = parser.parse_args()
    with open(arguments.list, encoding="utf-8") as file:
        tasks = [line.rstrip("\n").split("\t") for line in file]
    convert = functools.partial(convert, level=arguments.level)
    if arguments.jobs == 1:
        for source, destination in tasks:
            convert(source, destination)
    else:
        with multiprocessing.Pool(arguments.jobs) as pool:
            pool.starmap(convert, tasks, chunksize=1)
            pool.close()
            pool.join()


def save_png(rgb, path, level):
    """rgb: uint8 [rows, columns, 3]."""
    from PIL import Image

    options = {} if level < 0 else {"compress_level": level}
    Image.fromarray(rgb).save(path, **options)
