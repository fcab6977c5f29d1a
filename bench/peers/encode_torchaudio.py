# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Peer of `spectrohue encode`: torchaudio's Spectrogram, PyTorch on the CPU, Pillow.

Files are read by soundfile: torchaudio's own reading has moved to another package, and is libsndfile or slower.
"""

import math

import peer
import soundfile
import torch
import torchaudio

torch.set_num_threads(1)
spectrogram = torchaudio.transforms.Spectrogram(
    n_fft=peer.N_FFT, hop_length=peer.HOP, power=None, center=True, pad_mode="constant"
)


@torch.inference_mode()
def convert(source, destination, level):
    x, _ = soundfile.read(source, dtype="float32")
    spectrum = spectrogram(torch.from_numpy(x))
    spectrum[1::2] *= -1  # phase at the frame's centre
    magnitude = spectrum.abs()
    value = (magnitude / magnitude.max().clamp(min=1e-25)) ** peer.GAMMA * 255
    hue = (spectrum.angle() + math.pi) * (3 / math.pi)  # in sextants
    rgb = torch.empty((*spectrum.shape, 3), dtype=torch.uint8)
    rgb[..., 0] = ((hue - 3).abs() - 1).clamp(0, 1) * value + 0.5
    rgb[..., 1] = (2 - (hue - 2).abs()).clamp(0, 1) * value + 0.5
    rgb[..., 2] = (2 - (hue - 4).abs()).clamp(0, 1) * value + 0.5
    peer.save_png(rgb.flip(0).numpy(), destination, level)


if __name__ == "__main__":
    peer.main(convert)
