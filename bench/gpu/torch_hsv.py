#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Peer of `spectrohue encode --quality fast` on a GPU: torch.stft and HSV over batches of files, Pillow for the PNGs.

    bench/gpu/torch_hsv.py [--device cuda] [--jobs N] [--batch N] FOLDER_OF_WAV OUTPUT_FOLDER

Files of 16 bits, mono, are read and pictures written by N threads, while the device does the batch between.
"""

import argparse
import concurrent.futures
import math
import pathlib
import wave

import numpy as np
import torch
from PIL import Image

# As spectrohue's defaults.
N_FFT, HOP, GAMMA = 2048, 512, 0.3


def read(path):
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


@torch.inference_mode()
def pictures(sounds, device):
    """uint8 [files, bins, frames, 3], and how many frames each file has."""
    longest = max(len(x) for x in sounds)
    batch = np.zeros((len(sounds), longest), dtype=np.int16)
    for row, x in zip(batch, sounds, strict=True):
        row[: len(x)] = x
    signal = torch.from_numpy(batch).pin_memory() if device.type == "cuda" else torch.from_numpy(batch)
    signal = signal.to(device, non_blocking=True).float() / 32768
    window = torch.hann_window(N_FFT, device=device)
    spectrum = torch.stft(signal, N_FFT, HOP, window=window, pad_mode="constant", return_complex=True)
    spectrum[:, 1::2] *= -1  # phase at the frame's centre
    magnitude = spectrum.abs()
    value = (magnitude / magnitude.amax((1, 2), keepdim=True).clamp(min=1e-25)) ** GAMMA * 255
    hue = (spectrum.angle() + math.pi) * (3 / math.pi)  # in sextants
    rgb = torch.empty((*spectrum.shape, 3), dtype=torch.uint8, device=device)
    rgb[..., 0] = ((hue - 3).abs() - 1).clamp(0, 1) * value + 0.5
    rgb[..., 1] = (2 - (hue - 2).abs()).clamp(0, 1) * value + 0.5
    rgb[..., 2] = (2 - (hue - 4).abs()).clamp(0, 1) * value + 0.5
    return rgb.flip(1).cpu().numpy(), [1 + len(x) // HOP for x in sounds]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("destination", type=pathlib.Path)
    chosen = parser.parse_args()
    device = torch.device(chosen.device)
    chosen.destination.mkdir(parents=True, exist_ok=True)
    paths = sorted(chosen.source.glob("*.wav"))
    batches = [paths[i : i + chosen.batch] for i in range(0, len(paths), chosen.batch)]
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        # Of a batch ahead, so that it is there when the device is free; pictures are written meanwhile.
        ahead = [pool.submit(read, path) for path in batches[0]] if batches else []
        writing = []
        for number, batch in enumerate(batches):
            sounds = [one.result() for one in ahead]
            ahead = [pool.submit(read, path) for path in batches[number + 1]] if number + 1 < len(batches) else []
            rgb, n_frames = pictures(sounds, device)
            for one in writing:
                one.result()
            writing = [
                pool.submit(
                    Image.fromarray(picture[:, :n]).save, chosen.destination / f"{path.stem}.png", compress_level=1
                )
                for path, picture, n in zip(batch, rgb, n_frames, strict=True)
            ]
        for one in writing:
            one.result()


if __name__ == "__main__":
    main()
