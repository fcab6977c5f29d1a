# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The encodings in the order of docs/encodings.md, and what is said and measured of each."""

import dataclasses


@dataclasses.dataclass
class Encoding:
    name: str
    options: tuple
    pixel: str
    looks: str
    use: str
    keeps: str  # "sound", "exact" or "magnitudes"
    bits: int = 16  # of the source
    bands: int = 0  # of the mel scale; 0: bins
    pillow: bool = True  # Pillow opens its files with all their bits
    without_note: str = ""  # what to call it when its note is gone; empty: there is no such way
    edited: bool = True


ENCODINGS = [
    Encoding(
        "hsv, fast", ("--encoding", "hsv", "--quality", "fast"), "8-bit RGB", "hue and brightness",
        "large jobs where 48 dB do", "sound", without_note="hsv", edited=False,
    ),
    Encoding(
        "hsv, standard", ("--encoding", "hsv", "--quality", "standard"), "8-bit RGB", "the same",
        "between the two", "sound", without_note="hsv", edited=False,
    ),
    Encoding(
        "hsv (default)", ("--encoding", "hsv"), "8-bit RGB", "the same",
        "seeing and hearing; editing; one file that any program opens", "sound", without_note="hsv",
    ),
    Encoding(
        "hsv16", ("--encoding", "hsv16"), "16-bit RGB", "the same",
        "sound that is processed further as pictures", "sound", pillow=False, without_note="hsv16",
    ),
    Encoding(
        "hsvx", ("--encoding", "hsvx"), "8-bit RGB", "the same, a little paler in silence",
        "archives of 16-bit sounds", "exact", without_note="hsv",
    ),
    Encoding(
        "hsv16x", ("--encoding", "hsv16x"), "16-bit RGB", "the same",
        "archives of 24-bit sounds", "exact", bits=24, pillow=False, without_note="hsv16",
    ),
    Encoding(
        "magphase", ("--encoding", "magphase"), "2 files, 8-bit gray", "gray, and noise beside it",
        "models and programs that want gray planes; JPEG", "sound",
    ),
    Encoding(
        "magphase16", ("--encoding", "magphase16"), "2 files, 16-bit gray", "the same",
        "the same, finer", "sound",
    ),
    Encoding(
        "complex", ("--encoding", "complex"), "2 floats of 32 bits, TIFF", "nothing to look at",
        "numpy; intermediate results", "sound", pillow=False, without_note="complex",
    ),
    Encoding(
        "gray8", ("--encoding", "gray8"), "8-bit gray", "gray",
        "classifiers, generators; the smallest at full resolution", "magnitudes", without_note="gray8",
    ),
    Encoding(
        "gray16", ("--encoding", "gray16"), "16-bit gray", "the same",
        "the same, where quiet parts count", "magnitudes", without_note="gray16",
    ),
    Encoding(
        "gray32f", ("--encoding", "gray32f"), "a float of 32 bits, TIFF", "white where loud: viewers end at 1",
        "measuring", "magnitudes", pillow=False, without_note="gray32f",
    ),
    Encoding(
        "rgb24", ("--encoding", "rgb24"), "8-bit RGB, one number of 24 bits", "noise: low bytes hide the high one",
        "24 bits through programs that know 8-bit RGB only", "magnitudes", without_note="rgb24",
    ),
    Encoding(
        "colormap:viridis", ("--encoding", "colormap:viridis"), "8-bit index, palette", "as figures in papers",
        "people, and models trained on such figures", "magnitudes", without_note="colormap:viridis",
    ),
    Encoding(
        "stereo", ("--encoding", "stereo"), "8-bit RGB: green left, blue right", "green and blue; mono is gray",
        "where instruments stand; two channels in one picture", "magnitudes", without_note="stereo",
    ),
    Encoding(
        "gray16, 128 mel", ("--encoding", "gray16", "--freq-scale", "mel", "--n-mels", "128"), "16-bit gray, 128 rows",
        "gray, low", "speech recognition, classifiers", "magnitudes", bands=128,
    ),
    Encoding(
        "gray16, 512 mel", ("--encoding", "gray16", "--freq-scale", "mel", "--n-mels", "512"), "16-bit gray, 512 rows",
        "gray", "vocoders", "magnitudes", bands=512,
    ),
]
