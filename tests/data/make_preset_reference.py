# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Writes preset_reference.txt and foreign/, what tests/presets_test.cpp and tests/foreign_notes_test.cpp compare with:
arrays of librosa and torchaudio with their defaults, a picture with riffusion's parameters, and files with the tags and
texts of other programs. Needs librosa, torchaudio and Pillow:

    python3 make_preset_reference.py
"""

import pathlib

import librosa
import numpy as np
import torch
import torchaudio
from PIL import Image, PngImagePlugin

FOLDER = pathlib.Path(__file__).parent
RATE = 22050


def noise(n, seed, amplitude=0.5):
    """As tests/support/signals.h."""
    x, state = np.empty(n, np.float32), seed
    for i in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        x[i] = (np.float32(state >> 8) / np.float32(8388608) - np.float32(1)) * np.float32(amplitude)
    return x


def write(out, name, array, row_step):
    """Some rows of an array, all columns."""
    out.write(f"case {name} {array.shape[0]} {array.shape[1]} {len(range(0, array.shape[0], row_step))}\n")
    for row in range(0, array.shape[0], row_step):
        values = [f"{v.real:.7e} {v.imag:.7e}" if np.iscomplexobj(array) else f"{v:.7e}" for v in array[row]]
        out.write(f"{row} " + " ".join(values) + "\n")


def write_arrays():
    with open(FOLDER / "preset_reference.txt", "w") as out:
        y = noise(4000, 7)
        write(out, "librosa.stft", librosa.stft(y), 41)
        write(out, "librosa.abs", np.abs(librosa.stft(y)), 41)
        write(out, "librosa.melspectrogram", librosa.feature.melspectrogram(y=y, sr=RATE), 5)
        decibels = librosa.amplitude_to_db(np.abs(librosa.stft(y)), ref=np.max, top_db=80)
        write(out, "librosa.amplitude_to_db", decibels, 41)
        x = torch.from_numpy(noise(1700, 8))
        write(out, "torchaudio.spectrogram", torchaudio.transforms.Spectrogram()(x).numpy(), 7)
        write(out, "torchaudio.melspectrogram", torchaudio.transforms.MelSpectrogram(sample_rate=16000)(x).numpy(), 5)


RIFFUSION = {11000: 44100, 11005: True, 11010: 10, 11020: 100, 11030: 400, 11040: 512, 11050: 0, 11060: 10000,
             11070: 0.25}


def exif_of(tags):
    exif = Image.Exif()
    exif.update(tags.items())
    return exif.tobytes()


def riffusion_picture():
    """Two channels of 16-bit noise, the right one softer: mel magnitudes to the power 0.25, dark is loud."""
    samples = np.rint(np.stack([noise(9000, 9), noise(9000, 10, 0.125)]) * 32768).astype(np.float32)
    spectrum = torchaudio.transforms.Spectrogram(n_fft=17640, win_length=4410, hop_length=441, power=None)
    bands = torchaudio.transforms.MelScale(n_mels=512, sample_rate=44100, f_min=0, f_max=10000, n_stft=8821)
    magnitudes = bands(spectrum(torch.from_numpy(samples)).abs()).numpy()
    codes = (255 - 255 * (magnitudes / magnitudes.max()) ** 0.25).astype(np.uint8)[:, ::-1]
    rgb = np.stack([np.zeros_like(codes[0]), codes[0], codes[1]], axis=-1)
    return Image.fromarray(rgb), float(magnitudes.max())


def write_foreign():
    picture, largest = riffusion_picture()
    picture.save(FOLDER / "foreign" / "riffusion_stereo.png", exif=exif_of({**RIFFUSION, 11080: largest}), optimize=True)
    small = Image.new("RGB", (12, 16), (200, 200, 200))
    tags = {**RIFFUSION, 11005: False, 11040: 16, 11000: 96000}
    small.save(FOLDER / "foreign" / "riffusion.jpg", exif=exif_of(tags))
    small.save(FOLDER / "foreign" / "riffusion.webp", exif=exif_of(tags), lossless=True)
    text = PngImagePlugin.PngInfo()
    text.add_text("Spectrogram", "Spectrogram:;100.0000;55.0000;22050.0000;80.0000;100.0000;0;1;1;")
    Image.new("L", (12, 16), 200).save(FOLDER / "foreign" / "krajj7.png", pnginfo=text)


write_arrays()
write_foreign()
