#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""How near sounds are to clean ones of the same names: means over a folder (docs/tutorial.md).

    measure.py clean/test noisy/test found/ ...

SC   spectral convergence, || |Y| - |X| || / || X ||, dB: judges loud bins. 0 where nothing is there.
LSD  log-spectral distance, the root of the mean squared difference in dB, frame by frame: judges quiet bins as well.
     What is more than 60 dB below the clean sound's largest bin counts as 60 dB below.
SNR  of the waveform, dB: judges phases too.

X and Y are magnitudes of Hann windows of 512 samples every 128, twice as long as those of the pictures, so that phases
which only fit the pictures' own windows do not look better than they are. Needs numpy.
"""

import pathlib
import sys
import wave

import numpy as np

N_FFT, HOP = 512, 128
FLOOR_DB = 60


def read(path):
    """16-bit mono, full scale 1."""
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768


def magnitudes(samples):
    """[frames, bins]"""
    window = np.hanning(N_FFT + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, N_FFT // 2), N_FFT)[::HOP]
    return np.abs(np.fft.rfft(frames * window))


def distances(clean, other):
    """SC, LSD and SNR, all in dB. The last frame of a picture may end behind the sound: the rest is cut off."""
    length = min(len(clean), len(other))
    clean, other = clean[:length], other[:length]
    x, y = magnitudes(clean), magnitudes(other)
    floor = x.max() * 10 ** (-FLOOR_DB / 20)
    decibels = 20 * np.log10(np.maximum(y, floor) / np.maximum(x, floor))
    return (20 * np.log10(np.linalg.norm(y - x) / np.linalg.norm(x)),
            np.sqrt(np.mean(decibels**2, axis=1)).mean(),
            10 * np.log10(np.sum(clean**2) / np.sum((other - clean) ** 2)))


def main():
    clean_folder, *folders = map(pathlib.Path, sys.argv[1:])
    width = max(len(str(folder)) for folder in folders)
    print(f"{'':{width}}     SC    LSD    SNR")
    for folder in folders:
        rows = [distances(read(clean), read(folder / clean.name)) for clean in sorted(clean_folder.glob("*.wav"))]
        sc, lsd, snr = np.mean(rows, axis=0)
        print(f"{str(folder):{width}} {sc:6.1f} {lsd:6.1f} {snr:6.1f}")


if __name__ == "__main__":
    main()
