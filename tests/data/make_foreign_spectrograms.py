#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Writes the spectrograms of tests/data/foreign that librosa with matplotlib, SoX and ffmpeg draw of one sound.

    python3 tests/data/make_foreign_spectrograms.py      # needs librosa, matplotlib, soundfile, Pillow, sox, ffmpeg

The sound is made by sound(): a voice-like glide of harmonics with two moving resonances, and hiss between; 8 kHz, 0.5 s, the last
50 ms silent.
spectrogram.npy holds the magnitudes that librosa's pictures show, relative to the largest one, [129 bins, 63 frames];
mel.npy the roots of its 32 mel bands' power, [32, 63]. ffmpeg.npy holds what ffmpeg's pictures show, [32 bins, 63 columns]: 63 samples each, windows do not overlap.
boxes.txt says where matplotlib put the axes of each figure:
NAME LEFT TOP RIGHT BOTTOM, in pixels from the top left, not whole ones.
"""
import pathlib
import subprocess
import tempfile

import librosa
import librosa.display
import matplotlib
import numpy as np
import soundfile
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

FOLDER = pathlib.Path(__file__).parent / "foreign"
RATE, SECONDS, N_FFT, HOP, N_MELS = 8000, 0.5, 256, 64, 32


def sound():
    t = np.arange(int(RATE * SECONDS)) / RATE
    pitch = 140 + 50 * np.sin(2 * np.pi * 1.5 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    low = 600 + 250 * np.sin(2 * np.pi * 2.1 * t)
    high = 1900 + 700 * np.cos(2 * np.pi * 1.3 * t)
    voice = np.zeros(len(t))
    for harmonic in range(1, 24):
        hz = harmonic * pitch
        weight = np.exp(-(((hz - low) / 150) ** 2)) + 0.4 * np.exp(-(((hz - high) / 250) ** 2)) + 0.004
        voice += weight * np.sin(harmonic * phase)
    gate = np.clip(3 * np.sin(2 * np.pi * 3 * t), 0, 1)
    hiss = np.random.default_rng(5).standard_normal(len(t))
    x = (voice * gate + 0.1 * (1 - gate) * hiss + 1e-3 * hiss) * (t < 0.45)  # silence: the colours span all 80 dB
    return 0.5 * x / np.abs(x).max()


def figure(name, data, axis, boxes, *, bare=False, colorbar=False, cmap="magma", dpi=100, size=(4, 3)):
    fig = plt.figure(figsize=size, dpi=dpi)
    ax = fig.add_axes([0, 0, 1, 1]) if bare else fig.subplots()
    mesh = librosa.display.specshow(
        data, sr=RATE, hop_length=HOP, n_fft=None if axis == "mel" else N_FFT, x_axis="time", y_axis=axis, ax=ax, cmap=cmap
    )
    if bare:
        ax.axis("off")
    else:
        ax.set_title(name)
    if colorbar:
        fig.colorbar(mesh, ax=ax, format="%+2.f dB")
    save(fig, name)
    box = ax.bbox
    height = fig.bbox.height
    boxes.append(f"{name} {box.x0:.6g} {height - box.y1:.6g} {box.x1:.6g} {height - box.y0:.6g}")
    plt.close(fig)


def save(fig, name):
    fig.savefig(FOLDER / f"{name}.png", metadata={"Software": None}, pil_kwargs={"optimize": True})


def two_plots(data):
    fig, axes = plt.subplots(2, 1, figsize=(3, 3))
    for ax in axes:
        librosa.display.specshow(data, sr=RATE, hop_length=HOP, n_fft=N_FFT, y_axis="linear", ax=ax)
    save(fig, "specshow_two")


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    x = sound()
    magnitudes = np.abs(librosa.stft(x, n_fft=N_FFT, hop_length=HOP))
    relative = magnitudes / magnitudes.max()
    np.save(FOLDER / "spectrogram.npy", relative.astype(np.float32))
    db = librosa.amplitude_to_db(magnitudes, ref=np.max, top_db=80)
    power = librosa.feature.melspectrogram(y=x, sr=RATE, n_fft=N_FFT, hop_length=HOP, n_mels=N_MELS)
    np.save(FOLDER / "mel.npy", np.sqrt(power / power.max()).astype(np.float32))
    mel_db = librosa.power_to_db(power, ref=np.max, top_db=80)

    boxes = []
    figure("specshow_log", db, "log", boxes, colorbar=True)
    figure("specshow_linear", db, "linear", boxes, cmap="viridis")
    figure("specshow_bare", db, "log", boxes, bare=True)
    figure("specshow_mel", mel_db, "mel", boxes, colorbar=True, cmap="inferno")
    figure("specshow_thin", db, "linear", boxes, dpi=72)
    figure("specshow_150", db, "log", boxes, dpi=150, cmap="gray_r", size=(3, 2.5))
    two_plots(db)
    (FOLDER / "boxes.txt").write_text("\n".join(boxes) + "\n")
    Image.open(FOLDER / "specshow_log.png").convert("RGB").save(FOLDER / "specshow_log.jpg", quality=85)

    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/sound.wav"
        soundfile.write(wav, x, RATE, subtype="PCM_16")
        sox = ["sox", "-R", wav, "-n", "spectrogram", "-x", "200", "-y", "129"]
        run(*sox, "-o", str(FOLDER / "sox.png"))
        run(*sox, "-r", "-l", "-o", str(FOLDER / "sox_raw_light.png"))
        picture = "showspectrumpic=s=63x32:"  # 63 samples a column, windows of 64
        ffmpeg = ["ffmpeg", "-y", "-v", "error", "-i", wav, "-lavfi"]
        pieces = x[: 63 * 63].reshape(63, 63) * np.hanning(65)[:63]
        shown = np.abs(np.fft.rfft(pieces, 64))[:, :32].T
        np.save(FOLDER / "ffmpeg.npy", (shown / shown.max()).astype(np.float32))
        run(*ffmpeg, picture + "legend=1", "-bitexact", str(FOLDER / "ffmpeg.png"))
        run(*ffmpeg, picture + "legend=0:color=fire:fscale=log", "-bitexact", str(FOLDER / "ffmpeg_raw_log.png"))


if __name__ == "__main__":
    main()
