#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The picture of docs/encodings.md: the same second of sound in every encoding, as a viewer of pictures shows it.

    bench/encodings/sheet.py --program build/bin/spectrohue SOUND docs/images/encodings.webp
"""

import argparse
import pathlib
import subprocess
import tempfile

from PIL import Image, ImageDraw, ImageFont

# The piece of the sound; the transform, coarser than the defaults so that pixels are to be seen at 8 kHz.
START_SECONDS, SECONDS = "0.35", "1.12"
TRANSFORM = ("--n-fft", "256", "--hop-length", "64")

# A pixel is a square of SCALE; a picture's place on the sheet.
SCALE = 2
WIDTH, HEIGHT, CAPTION, GAP = 282, 258, 20, 14
COLUMNS = 4

# Caption, options, suffix of the file; of `complex` a generic viewer shows nothing, so it is not here.
TILES = [
    ("hsv", ("--encoding", "hsv"), ".png"),
    ("hsv16", ("--encoding", "hsv16"), ".png"),
    ("hsvx (16-bit source)", ("--encoding", "hsvx"), ".png"),
    ("hsv16x (24-bit source)", ("--encoding", "hsv16x"), ".png"),
    ("magphase, song.mag.png", ("--encoding", "magphase"), ".mag.png"),
    ("magphase, song.phase.png", ("--encoding", "magphase"), ".phase.png"),
    ("gray8, gray16", ("--encoding", "gray8"), ".png"),
    ("gray32f (a viewer's 0 to 1)", ("--encoding", "gray32f"), ".tiff"),
    ("rgb24", ("--encoding", "rgb24"), ".png"),
    ("colormap:viridis", ("--encoding", "colormap:viridis"), ".png"),
    ("stereo (voice moves left to right)", ("--encoding", "stereo"), ".png"),
    ("gray16, 64 mel bands", ("--encoding", "gray16", "--freq-scale", "mel", "--n-mels", "64"), ".png"),
]


def sox(source, target, *effects):
    subprocess.run(["sox", "-V1", "-D", source, *effects[:2], target, *effects[2:]], check=True)


def make_sounds(source, scratch):
    """The piece at 16 bits, softer at 24, and wandering from the left to the right."""
    import numpy as np

    import sounds

    cut = ("trim", START_SECONDS, SECONDS, "fade", "0.02", SECONDS, "0.02")
    sox(source, scratch / "song.wav", "-b", "16", *cut)
    sox(source, scratch / "soft.wav", "-b", "24", *cut, "vol", "0.7")
    mono = sounds.read_wav(scratch / "song.wav")
    angle = np.linspace(0, np.pi / 2, mono.samples.shape[1])
    wandering = np.stack([mono.samples[0] * np.cos(angle), mono.samples[0] * np.sin(angle)])
    raw = scratch / "pan.raw"
    raw.write_bytes(np.rint(wandering * 32767).astype("<i2").T.tobytes())
    subprocess.run(
        ["sox", "-t", "raw", "-r", str(mono.rate), "-e", "signed", "-b", "16", "-c", "2", raw, scratch / "pan.wav"],
        check=True,
    )


def shown(path):
    """As 8-bit RGB, as viewers show it: the high byte of 16 bits, floats from 0 to 1."""
    with Image.open(path) as image:
        if image.mode == "I;16":
            return image.point(lambda value: value / 257).convert("L").convert("RGB")
        if image.mode == "F":
            return image.point(lambda value: value * 255).convert("L").convert("RGB")
        return image.convert("RGB")


def tile(program, scratch, options, suffix):
    sound = {"hsv16x": "soft", "stereo": "pan"}.get(options[1], "song")
    picture = scratch / "pictures"
    command = [program, "encode", scratch / f"{sound}.wav", "-o", picture, "--overwrite", "-q", "--manifest", "none"]
    subprocess.run([*command, *TRANSFORM, *options], check=True)
    return shown(picture / f"{sound}{suffix}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("sound")
    parser.add_argument("sheet")
    chosen = parser.parse_args()
    rows = -(-len(TILES) // COLUMNS)
    size = (COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + CAPTION + GAP) + GAP)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        make_sounds(chosen.sound, scratch)
        for number, (caption, options, suffix) in enumerate(TILES):
            left = GAP + number % COLUMNS * (WIDTH + GAP)
            top = GAP + number // COLUMNS * (HEIGHT + CAPTION + GAP)
            picture = tile(chosen.program, scratch, options, suffix)
            picture = picture.resize((SCALE * picture.size[0], SCALE * picture.size[1]), Image.Resampling.NEAREST)
            draw.text((left, top), caption, fill="black", font=font)
            sheet.paste(picture, (left, top + CAPTION + HEIGHT - picture.size[1]))
    sheet.save(chosen.sheet, lossless=True, quality=100, method=6)


main()
