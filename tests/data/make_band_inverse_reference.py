#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Makes tests/data/band_inverse_reference.txt: bins found from mel bands by numpy and scipy, in double.

    pip install numpy scipy librosa &&
    python3 tests/data/make_band_inverse_reference.py > tests/data/band_inverse_reference.txt

Lines: 'bank n_fft sample_rate n_bands MEL_SCALE NORM', then of each frame 'bands' + values, 'pinv' + bins by
numpy.linalg.pinv, clipped at 0, 'kl' + bins after 30 of Lee and Seung's updates, and 'nnls' + the norm of the residual
of scipy.optimize.nnls, which is exact.
"""
import warnings

import librosa
import numpy as np
import scipy.optimize

warnings.filterwarnings("ignore")

# n_fft, sample_rate, n_bands, mel scale, norm; the last has empty bands, and more bands than bins.
CASES = [
    (64, 8000, 8, "slaney", "slaney"),
    (128, 16000, 20, "htk", "none"),
    (256, 22050, 24, "slaney", "slaney"),
    (32, 8000, 24, "slaney", "slaney"),
]


def bank_of(n_fft, rate, n_bands, mel_scale, norm):
    bank = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_bands, htk=mel_scale == "htk",
                               norm=None if norm == "none" else norm, dtype=np.float64)
    return np.where(bank > 1e-12 * bank.max(), bank, 0)  # what rounding leaves at the edges is no weight


def updated(bank, bands, n=30):
    """x <- x * B'(y / Bx) / B'1, from B'(y / B1) / B'1."""
    columns, rows = bank.sum(axis=0), bank.sum(axis=1)
    used, filled = columns > 0, rows > 0
    bins = np.zeros(len(columns))
    bins[used] = (bank[filled].T @ (bands[filled] / rows[filled]))[used] / columns[used]
    for _ in range(n):
        sums = bank @ bins
        ratio = np.divide(bands, sums, out=np.zeros_like(bands), where=sums > 0)
        bins[used] *= (bank.T @ ratio)[used] / columns[used]
    return bins


def line(name, values):
    print(name, *(f"{v:.9e}" for v in np.atleast_1d(values)))


print(f"# numpy {np.__version__}, scipy {scipy.__version__}, librosa {librosa.__version__}")
random = np.random.default_rng(7)
for case in CASES:
    bank = bank_of(*case)
    print("bank", *case)
    spectra = random.exponential(size=(2, bank.shape[1])) ** 3
    # What sounds have, and what none has: neighbours that contradict each other.
    for bands in [*(spectra @ bank.T), random.exponential(size=bank.shape[0]) ** 4 * (bank.max(axis=1) > 0)]:
        line("bands", bands)
        line("pinv", np.maximum(np.linalg.pinv(bank, rcond=1e-6) @ bands, 0))
        line("kl", updated(bank, bands))
        line("nnls", scipy.optimize.nnls(bank, bands)[1])
