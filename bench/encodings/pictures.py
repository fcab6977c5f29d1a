# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Pixels of pictures as numpy arrays, the magnitudes that they hold, and what other programs do to pictures."""

import json

import numpy as np
from PIL import Image, PngImagePlugin


def note_of(path):
    """The note of a PNG or TIFF, None if there is none."""
    with Image.open(path) as image:
        text = getattr(image, "text", {}).get("spectrohue")
        if image.format == "TIFF":
            text = image.tag_v2.get(270)
    return json.loads(text) if text else None


def codes(path):
    """Whole numbers or floats, one a pixel and plane: [planes, height, width], and the code of full brightness."""
    with Image.open(path) as image:
        pixels = np.asarray(image)
        encoding = note_of(path)["encoding"]
    if encoding == "gray32f":
        return pixels[None].astype(float), 1.0
    if encoding == "rgb24":
        red, green, blue = np.moveaxis(pixels.astype(np.int64), 2, 0)
        return ((red * 256 + green) * 256 + blue)[None], 2**24 - 1
    if encoding == "stereo":
        return np.moveaxis(pixels[:, :, 1:], 2, 0), 255  # left is green, right is blue
    return pixels[None], 65535 if pixels.dtype == np.uint16 else 255


def read_magnitudes(path):
    """[channels, rows, frames] of a picture of magnitudes, the lowest row first."""
    note = note_of(path)
    values, top = codes(path)
    if note["layout"] == "stacked":
        values = values.reshape(note["channels"], -1, values.shape[2])
    values = values[: note["channels"], ::-1] / top
    if note["curve"]["kind"] == "gamma":
        values = values ** (1 / note["curve"]["gamma"])
    return values * np.array(note["ref"])[:, None, None]


# --- what may happen to a picture. Each gets the open image and the path of the copy without an extension, and returns
# the path of the copy, whose note is beside it -----------------------------------------------------------------------


def to_colours(image):
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def as_jpeg(subsampling):
    def save(image, stem):
        path = stem.with_name(stem.name + ".jpg")
        to_colours(image).save(path, quality=95, subsampling=subsampling)
        return path

    return save


def as_webp(image, stem):
    path = stem.with_name(stem.name + ".webp")
    to_colours(image).save(path, quality=95)
    return path


def as_png(image, stem):
    path = stem.with_name(stem.name + ".png")
    image.save(path)
    return path


def as_rgb_png(image, stem):
    return as_png(image.convert("RGB"), stem)


def resized(image, stem):
    """To 90 % of its size and back. A palette has no colours in between: it becomes colours."""
    if image.mode == "P":
        image = image.convert("RGB")
    size = image.size
    small = image.resize((max(1, size[0] * 9 // 10), max(1, size[1] * 9 // 10)), Image.Resampling.LANCZOS)
    return as_png(small.resize(size, Image.Resampling.LANCZOS), stem)


def painted(box_of):
    """Black in the box of box_of(note, rows a channel), see there. The note stays in the file."""

    def save(image, stem):
        note = json.loads(image.text["spectrohue"])
        copy = image.copy()
        planes = note["channels"] if note["layout"] == "stacked" else 1
        height = image.size[1] // planes
        first, last, low, high = box_of(note, height)
        for plane in range(planes):
            bottom = (plane + 1) * height
            copy.paste(0, (first, bottom - high, last, bottom - low))
        text = PngImagePlugin.PngInfo()
        text.add_itxt("spectrohue", image.text["spectrohue"])
        path = stem.with_name(stem.name + ".png")
        copy.save(path, pnginfo=text)
        return path

    return save
