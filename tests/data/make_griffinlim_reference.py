#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes tests/data/griffinlim_reference.txt: what librosa.griffinlim makes of magnitudes, in double precision, from
phases 0 (init=None).

    pip install numpy librosa && python3 tests/data/make_griffinlim_reference.py > tests/data/griffinlim_reference.txt

Lines: 'griffinlim n_fft hop n_samples n_iter momentum', then the samples. The magnitudes are those of the noise of
tests/support/signals.h, seed 5, multiplied with sin(pi i / n)^2 of sample i of n.
"""
import librosa
import numpy as np


def noise(n, seed, amplitude=0.5):
    state, out = seed, []
    for _ in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append((np.float32(state >> 8) / np.float32(8388608.0) - np.float32(1.0)) * np.float32(amplitude))
    return np.array(out, dtype=np.float64)


CASES = [(128, 32, 1024, 0, 0.99), (128, 32, 1024, 1, 0.99), (128, 32, 1024, 8, 0.99), (128, 32, 1024, 8, 0.0),
         (100, 25, 900, 5, 0.5)]


def main():
    print(f"# librosa {librosa.__version__}, numpy {np.__version__}")
    for n_fft, hop, n, n_iter, momentum in CASES:
        x = noise(n, seed=5) * np.sin(np.pi * np.arange(n) / n) ** 2
        s = np.abs(librosa.stft(x, n_fft=n_fft, hop_length=hop, dtype=np.complex128))
        y = librosa.griffinlim(s, n_iter=n_iter, hop_length=hop, n_fft=n_fft, momentum=momentum, init=None, length=n,
                               dtype=np.float64)
        print("griffinlim", n_fft, hop, n, n_iter, momentum)
        print(" ".join(f"{v:.9g}" for v in y))


if __name__ == "__main__":
    main()
