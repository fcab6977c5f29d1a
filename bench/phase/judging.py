# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""How far a sound that was found is from the one that was meant."""

import numpy as np


def magnitudes(x, n_fft, hop):
    """[frames, bins], Hann, centred, frames until the last sample is covered."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    n_frames = 1 + -(-len(x) // hop)
    padded = np.zeros(max(n_fft // 2 + len(x), (n_frames - 1) * hop + n_fft))
    padded[n_fft // 2 : n_fft // 2 + len(x)] = x
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop][:n_frames]
    return np.abs(np.fft.rfft(frames * window))


def convergence_db(wanted, found):
    return 20 * np.log10(np.linalg.norm(found - wanted) / np.linalg.norm(wanted) + 1e-12)


def multi_resolution_error(x, y):
    """Mean |dB| between spectra of four sizes, floored 60 dB below the largest of x."""
    errors = []
    for n_fft in (256, 512, 1024, 2048):
        a, b = magnitudes(x, n_fft, n_fft // 4), magnitudes(y, n_fft, n_fft // 4)
        floor = a.max() * 1e-3
        errors.append(np.mean(np.abs(20 * np.log10(np.maximum(a, floor) / np.maximum(b, floor)))))
    return float(np.mean(errors))
