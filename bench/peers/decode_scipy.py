# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Peer of `spectrohue decode`, for its own pictures (one channel): Pillow, matplotlib's rgb_to_hsv, SciPy's istft."""

import json

import numpy as np
import peer
import soundfile
from matplotlib.colors import rgb_to_hsv
from PIL import Image
from scipy.signal import get_window, istft

Image.MAX_IMAGE_PIXELS = None


def convert(source, destination, level):
    with Image.open(source) as image:
        rgb = np.asarray(image)[::-1].astype(np.float32) / 255
        note = json.loads(image.text["spectrohue"])
    hsv = rgb_to_hsv(rgb)
    spectrum = hsv[..., 2] ** (1 / peer.GAMMA) * np.exp((2j * np.pi) * (hsv[..., 0] - np.float32(0.5)))
    spectrum *= note["ref"][0] / get_window("hann", peer.N_FFT).sum()  # SciPy's scale
    spectrum[1::2] *= -1  # phase at the frame's start
    _, x = istft(spectrum, note["sample_rate"], window="hann", nperseg=peer.N_FFT, noverlap=peer.N_FFT - peer.HOP)
    soundfile.write(destination, x[: note["n_samples"]].astype(np.float32), note["sample_rate"], subtype="PCM_16")


if __name__ == "__main__":
    peer.main(convert)
