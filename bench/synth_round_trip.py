#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""How much of speech comes back when 'synth' plays its picture: synth_round_trip.py PROGRAM FOLDER [PATTERN ...]

Encodes the sounds (16-bit mono WAV) that match the patterns as 8-bit gray pictures of 128 log bands, plays these, and
compares the levels of 40 log bands over time, from 60 dB below the loudest up: the correlation of all of a file's
levels with those of the sound that was encoded. Needs numpy.
"""

import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

N_FFT = 512
HOP_LENGTH = 64
N_BANDS = 40
LOWEST_HZ = 100
RANGE_DB = 60
ENCODE = ["--encoding", "gray8", "--freq-scale", "log", "--fmin", "60", "--n-bands", "128",
          "--n-fft", str(N_FFT), "--hop-length", str(HOP_LENGTH)]
# What a user says of a picture without a note.
BY_FLAGS = ["--ignore-note", "--axis", "log", "--fmin", "60", "--fmax", "4000", "--sample-rate", "8000",
            "--columns-per-second", "125", "--gamma", "0.3"]
RUNS = {
    "sines": ["--method", "sines"],
    "sines, by flags instead of the note": ["--method", "sines", *BY_FLAGS],
    "noise": ["--method", "noise", "--n-fft", str(N_FFT)],
    "hybrid": ["--method", "hybrid", "--n-fft", str(N_FFT)],
    "griffinlim": ["--method", "griffinlim", "--n-fft", str(N_FFT)],
}


def read(path):
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2, f"{path} is not 16-bit mono"
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768, file.getframerate()


def levels(samples, rate):
    """Levels in dB, 0 the loudest, [bands, frames]."""
    samples = np.pad(samples, N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP_LENGTH]
    power = np.abs(np.fft.rfft(frames * np.hanning(N_FFT + 1)[:-1])) ** 2
    edges = np.geomspace(LOWEST_HZ, rate / 2 * 1.001, N_BANDS + 1)
    band_of_bin = np.searchsorted(edges, np.fft.rfftfreq(N_FFT, 1 / rate), side="right") - 1
    bands = [power[:, band_of_bin == band].sum(axis=1) for band in range(N_BANDS) if (band_of_bin == band).any()]
    db = 10 * np.log10(np.maximum(bands, 1e-20))
    return np.maximum(db - db.max(), -RANGE_DB)


def correlation(a, b):
    n = min(a.shape[1], b.shape[1])
    return np.corrcoef(a[:, :n].ravel(), b[:, :n].ravel())[0, 1]


def compare(sounds, made):
    """Correlations of all files, and those with the made sound half its length later: what chance gives."""
    results = []
    for path in sorted(made.rglob("*.wav")):
        first = levels(*read(sounds / path.relative_to(made)))
        second = levels(*read(path))
        results.append((correlation(first, second), correlation(first, np.roll(second, second.shape[1] // 2, axis=1))))
    return np.array(results)


def main():
    program, sounds = sys.argv[1], pathlib.Path(sys.argv[2])
    include = [argument for pattern in sys.argv[3:] for argument in ("--include", pattern)]
    with tempfile.TemporaryDirectory() as folder:
        pictures = pathlib.Path(folder) / "pictures"
        subprocess.run([program, "encode", sounds, "-o", pictures, "-q", *include, *ENCODE], check=True)
        print("| played as | files | median | worst | by chance |\n| --- | --- | --- | --- | --- |")
        for i, (name, arguments) in enumerate(RUNS.items()):
            made = pathlib.Path(folder) / str(i)
            subprocess.run([program, "synth", pictures, "-o", made, "-q", *arguments], check=True)
            results = compare(sounds, made)
            print(f"| {name} | {len(results)} | {np.median(results[:, 0]):.3f} | {results[:, 0].min():.3f} | "
                  f"{np.median(results[:, 1]):.3f} |")


if __name__ == "__main__":
    main()
