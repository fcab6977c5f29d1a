# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Peer of `spectrohue encode`: librosa's stft, NumPy, Pillow."""

import librosa
import numpy as np
import peer


def convert(source, destination, level):
    x, _ = librosa.load(source, sr=None, mono=True)
    spectrum = librosa.stft(x, n_fft=peer.N_FFT, hop_length=peer.HOP)
    spectrum[1::2] *= -1  # phase at the frame's centre
    magnitude = np.abs(spectrum)
    value = (magnitude / max(magnitude.max(), 1e-25)) ** np.float32(peer.GAMMA) * 255
    hue = (np.angle(spectrum) + np.float32(np.pi)) * np.float32(3 / np.pi)  # in sextants
    rgb = np.empty((*spectrum.shape, 3), np.uint8)
    rgb[..., 0] = np.clip(np.abs(hue - 3) - 1, 0, 1) * value + 0.5
    rgb[..., 1] = np.clip(2 - np.abs(hue - 2), 0, 1) * value + 0.5
    rgb[..., 2] = np.clip(2 - np.abs(hue - 4), 0, 1) * value + 0.5
    peer.save_png(rgb[::-1], destination, level)


if __name__ == "__main__":
    peer.main(convert)
