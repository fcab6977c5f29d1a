#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes tests/data/stft_reference.txt: windows from scipy, STFT and ISTFT from librosa, in double precision.

    pip install numpy scipy librosa && python3 tests/data/make_stft_reference.py > tests/data/stft_reference.txt

Lines: 'window NAME PARAMETER N' + N values; 'stft NAME PARAMETER n_fft hop win center pad n_samples frames bins' +
lines 'frame bin re im'; 'istft ...' the same head + the spectrum it was fed is the stft of the noise with every third
bin zeroed, + n_samples values. The noise is that of tests/support/signals.h, seed 7.
"""
import sys

import librosa
import numpy as np
import scipy
import scipy.signal


def noise(n, seed=7, amplitude=0.5):
    state, out = seed, []
    for _ in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append((np.float32(state >> 8) / np.float32(8388608.0) - np.float32(1.0)) * np.float32(amplitude))
    return np.array(out, dtype=np.float64)


def scipy_window(name, parameter, n):
    spec = {"gaussian": ("gaussian", parameter * n), "kaiser": ("kaiser", parameter), "rectangular": "boxcar"}
    return scipy.signal.get_window(spec.get(name, name), n, fftbins=True)


WINDOWS = [("hann", 0), ("hamming", 0), ("blackman", 0), ("blackmanharris", 0), ("gaussian", 0.125), ("kaiser", 8.6),
           ("rectangular", 0)]
CASES = [  # name, parameter, n_fft, hop, win, center, pad, n_samples, every k-th bin
    ("hann", 0, 64, 16, 64, 1, "constant", 320, 1),
    ("hann", 0, 64, 16, 64, 1, "reflect", 320, 1),
    ("hann", 0, 64, 16, 64, 0, "constant", 320, 1),
    ("hann", 0, 2048, 512, 2048, 1, "constant", 3072, 37),
    ("hamming", 0, 400, 160, 400, 1, "constant", 960, 7),
    ("blackman", 0, 1000, 125, 800, 1, "reflect", 2000, 29),
    ("kaiser", 8.6, 512, 128, 512, 1, "constant", 1024, 17),
    ("gaussian", 0.125, 480, 60, 480, 1, "constant", 960, 17),
    ("hann", 0, 225, 75, 225, 1, "constant", 900, 7),
    ("hann", 0, 105, 35, 105, 1, "constant", 420, 3),
    ("hann", 0, 1050, 210, 1050, 1, "constant", 2100, 31),
]

print(f"# scipy {scipy.__version__}, librosa {librosa.__version__}, numpy {np.__version__}")
for name, parameter in WINDOWS:
    for n in (16, 25):
        print("window", name, parameter, n)
        print(" ".join(f"{v:.12e}" for v in scipy_window(name, parameter, n)))

for name, parameter, n_fft, hop, win, center, pad, n, step in CASES:
    x = noise(n)
    window = scipy_window(name, parameter, win)
    kind = dict(n_fft=n_fft, hop_length=hop, win_length=win, window=window, center=bool(center))
    spectrum = librosa.stft(x, pad_mode=pad, dtype=np.complex128, **kind)
    bins = range(0, spectrum.shape[0], step)
    head = f"{name} {parameter} {n_fft} {hop} {win} {center} {pad} {n}"
    print("stft", head, spectrum.shape[1], len(bins))
    for t in range(spectrum.shape[1]):
        for k in bins:
            v = spectrum[k, t]
            print(t, k, f"{v.real:.9e} {v.imag:.9e}")
    # librosa leaves the ends of uncentred signals undivided, and has one frame less than spectrohue for odd sizes.
    if center and n_fft % 2 == 0:
        spectrum[::3] = 0
        y = librosa.istft(spectrum, length=n, dtype=np.float64, **kind)
        print("istft", head)
        print(" ".join(f"{v:.9e}" for v in y))
sys.stdout.flush()
