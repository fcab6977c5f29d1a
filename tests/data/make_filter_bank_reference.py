#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes tests/data/filter_bank_reference.txt: mel banks from librosa and torchaudio, the others by formula, in double.

    pip install numpy scipy librosa torchaudio &&
    python3 tests/data/make_filter_bank_reference.py > tests/data/filter_bank_reference.txt

Lines: 'bank SOURCE KIND n_fft sample_rate n_bands fmin fmax MEL_SCALE NORM' (fmin and fmax 0 where unset), 'empty N',
'sums' + the sum of each band's weights, then some bands: 'band INDEX CENTER_HZ FIRST_BIN COUNT' + their weights.
On stderr: how far torchaudio in single precision, its default, is from itself in double.
"""
import sys
import warnings

import librosa
import numpy as np
import scipy.optimize
import torch
import torchaudio

warnings.filterwarnings("ignore")

# source, kind, n_fft, sample_rate, n_bands, fmin, fmax, mel scale, norm
CASES = [
    ("librosa", "mel", 400, 8000, 20, 0, 0, "slaney", "slaney"),
    ("librosa", "mel", 400, 16000, 80, 0, 8000, "slaney", "none"),
    ("librosa", "mel", 512, 8000, 64, 125, 3800, "htk", "none"),
    ("librosa", "mel", 512, 22050, 80, 20, 7600, "slaney", "slaney"),
    ("librosa", "mel", 2048, 22050, 128, 0, 0, "slaney", "slaney"),
    ("librosa", "mel", 2048, 44100, 128, 0, 0, "htk", "slaney"),
    ("librosa", "mel", 2048, 44100, 512, 0, 0, "slaney", "slaney"),
    ("librosa", "mel", 400, 16000, 512, 30, 0, "htk", "none"),
    ("librosa", "mel", 225, 11025, 40, 0, 0, "slaney", "slaney"),
    ("torchaudio", "mel", 400, 16000, 128, 0, 0, "htk", "none"),
    ("torchaudio", "mel", 400, 16000, 80, 20, 0, "slaney", "slaney"),
    ("torchaudio", "mel", 512, 8000, 20, 0, 4000, "htk", "slaney"),
    ("torchaudio", "mel", 2048, 44100, 64, 0, 0, "slaney", "none"),
    ("torchaudio", "mel", 2048, 22050, 512, 0, 10000, "htk", "none"),
    ("formula", "log", 2048, 44100, 128, 0, 0, "slaney", "none"),
    ("formula", "log", 512, 16000, 80, 55, 7040, "slaney", "slaney"),
    ("formula", "log", 400, 100, 20, 0, 0, "slaney", "none"),
    ("formula", "bark", 400, 16000, 20, 0, 0, "slaney", "none"),
    ("formula", "bark", 2048, 44100, 128, 20, 20000, "slaney", "slaney"),
    ("formula", "erb", 512, 22050, 64, 0, 0, "slaney", "none"),
    ("formula", "erb", 2048, 8000, 512, 50, 3900, "slaney", "slaney"),
]


def bark(hz):
    """Traunmueller (1990), eq. 6, and his corrections at the ends."""
    z = 26.81 / (1 + 1960 / hz) - 0.53 if hz > 0 else -0.53
    return z + max(0, 0.15 * (2 - z)) + max(0, 0.22 * (z - 20.1))


SCALES = {
    "log": np.log2,
    "bark": bark,
    "erb": lambda hz: 21.4 * np.log10(4.37 * hz / 1000 + 1),  # Glasberg & Moore (1990), eq. 4
}


def evenly(kind, fmin, fmax, n):
    """n frequencies evenly spaced on the scale; the scale's formula is inverted numerically."""
    scale = SCALES[kind]
    inner = np.linspace(scale(fmin), scale(fmax), n)[1:-1]
    return [fmin] + [scipy.optimize.brentq(lambda hz: scale(hz) - v, fmin, fmax, xtol=1e-12) for v in inner] + [fmax]


def formula_bank(kind, n_fft, rate, n_bands, fmin, fmax, norm):
    if kind == "log" and fmin == 0:
        fmin = min(librosa.note_to_hz("C1"), (fmax or rate / 2) / 8)
    points = evenly(kind, fmin, fmax or rate / 2, n_bands + 2)
    bins = np.fft.rfftfreq(n_fft, 1 / rate)
    bank = []
    for below, center, above in zip(points, points[1:], points[2:]):
        below, above = min(below, center - bins[1]), max(above, center + bins[1])
        factor = 2 / (above - below) if norm == "slaney" else 1
        bank.append(np.interp(bins, [below, center, above], [0, 1, 0]) * factor)
    return np.array(bank), points[1:-1]


def librosa_bank(n_fft, rate, n_bands, fmin, fmax, mel_scale, norm):
    bank = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_bands, fmin=fmin, fmax=fmax or None,
                               htk=mel_scale == "htk", norm=None if norm == "none" else norm, dtype=np.float64)
    centers = librosa.mel_frequencies(n_bands + 2, fmin=fmin, fmax=fmax or rate / 2, htk=mel_scale == "htk")[1:-1]
    return bank, centers


def torchaudio_bank(dtype, n_fft, rate, n_bands, fmin, fmax, mel_scale, norm):
    torch.set_default_dtype(dtype)
    return torchaudio.functional.melscale_fbanks(n_fft // 2 + 1, float(fmin), float(fmax or rate // 2), n_bands, rate,
                                                 norm=None if norm == "none" else norm, mel_scale=mel_scale).numpy().T


def make(source, kind, *case):
    if source == "formula":
        return formula_bank(kind, *case[:5], case[6])
    centers = librosa_bank(*case)[1]
    if source == "librosa":
        return librosa_bank(*case)
    bank = torchaudio_bank(torch.float64, *case)
    single = torchaudio_bank(torch.float32, *case)
    print(*case, f"single precision: {np.abs(single - bank).max() / bank.max():.1e} of the largest", file=sys.stderr)
    return bank, centers


print(f"# numpy {np.__version__}, librosa {librosa.__version__}, torchaudio {torchaudio.__version__}")
for case in CASES:
    bank, centers = make(*case)
    print("bank", *case)
    print("empty", np.count_nonzero(bank.max(axis=1) == 0))
    print("sums", *(f"{v:.7e}" for v in bank.sum(axis=1)))
    for i in sorted({0, 1, *range(0, len(bank), len(bank) // 8), len(bank) - 1}):
        (used,) = np.nonzero(bank[i])
        first = used[0] if len(used) else 0
        print("band", i, f"{centers[i]:.10g}", first, len(used), *(f"{v:.7e}" for v in bank[i, used]))
