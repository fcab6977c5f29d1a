#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Two threads against one on a folder of sounds: the whole process, by the wall, taking turns.

    bench/threads.py build/bin/spectrohue FOLDER [FOLDER ...]

Prints a Markdown table: medians of the wall time, and the median of the ratios of each round.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

WAYS = {
    "encode --quality fast": ["encode", "--quality", "fast"],
    "encode": ["encode"],
    "decode": ["decode"],
}


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(program, folder, scratch, arguments, rounds):
    """Wall times of one and of two threads, a pair each round."""
    pairs = []
    for number in range(rounds + 1):
        pair = []
        for threads in (1, 2):
            out = scratch / f"{number}-{threads}"
            pair.append(seconds([program, *arguments, folder, "-o", out, "-q", "-j", str(threads)]))
            subprocess.run(["rm", "-r", out], check=True)
        if number > 0:  # the first round warms the caches
            pairs.append(pair)
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("folder", nargs="+", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    print("| folder | way | one thread | two | ratio |\n| --- | --- | --- | --- | --- |")
    for folder in chosen.folder:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
            scratch = pathlib.Path(name)
            pictures = scratch / "pictures"
            seconds([chosen.program, "encode", folder, "-o", pictures, "-q", "--quality", "fast"])
            for way, arguments in WAYS.items():
                source = pictures if way == "decode" else folder
                pairs = measure(chosen.program, source, scratch, arguments, chosen.rounds)
                one, two = (statistics.median(times) for times in zip(*pairs))
                ratio = statistics.median(first / second for first, second in pairs)
                print(f"| {folder.name} | {way} | {one:.3f} s | {two:.3f} s | {ratio:.2f} x |", flush=True)


main()
