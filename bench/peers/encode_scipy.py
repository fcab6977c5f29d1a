# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Peer of `spectrohue encode`, as it is often written: SciPy's stft, matplotlib's hsv_to_rgb, Pillow."""

import numpy as np
import peer
import soundfile
from matplotlib.colors import hsv_to_rgb
from scipy.signal import stft


def convert(source, destination, level):
    x, rate = soundfile.read(source, dtype="float32")
    _, _, spectrum = stft(x, rate, window="hann", nperseg=peer.N_FFT, noverlap=peer.N_FFT - peer.HOP)
    spectrum[1::2] *= -1  # phase at the frame's centre
    magnitude = np.abs(spectrum)
    hsv = np.ones((*spectrum.shape, 3), np.float32)
    hsv[..., 0] = np.angle(spectrum) / (2 * np.pi) + 0.5
    hsv[..., 2] = (magnitude / max(magnitude.max(), 1e-25)) ** peer.GAMMA
    rgb = (hsv_to_rgb(hsv.clip(0, 1)) * 255 + 0.5).astype(np.uint8)
    peer.save_png(rgb[::-1], destination, level)


if __name__ == "__main__":
    peer.main(convert)
