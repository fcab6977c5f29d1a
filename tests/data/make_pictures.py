# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Writes tests/data/pictures: small files of other programs (numpy, tifffile, Pillow). Needs those three.

All hold the same numbers, so that picture_formats_test.cpp can make them up: of plane p, row r from the lowest bin,
column t the code is (41 p + 7 r + 3 t) mod 251 (8 bits), 257 times that (16 bits), or a quarter of it less 20
(floats); an imaginary part is the real one's negative half; red, green, blue are the code, plus 1 and plus 2.
"""
import pathlib

import numpy as np
import tifffile
from PIL import Image

N_PLANES, N_ROWS, N_FRAMES = 2, 5, 7
FOLDER = pathlib.Path(__file__).parent / "pictures"


def codes(n_planes):
    p, r, t = np.meshgrid(np.arange(n_planes), np.arange(N_ROWS), np.arange(N_FRAMES), indexing="ij")
    return (41 * p + 7 * r + 3 * t) % 251


def as_type(values, name):
    if name == "u1":
        return values.astype(np.uint8)
    if name == "u2":
        return (257 * values).astype(np.uint16)
    real = values / 4 - 20
    return real if name == "f8" else real.astype(np.float32) if name == "f4" else (real - 0.5j * real).astype(name)


def stacked(values):
    """As a picture: the highest bin on top, planes one on another."""
    return np.concatenate([plane[::-1] for plane in values])


def rgb(values):
    return np.stack([values, values + 1, values + 2], axis=-1).astype(np.uint8)


def write_numpy():
    for name in ["u1", "u2", "f4", "f8", "c8", "c16"]:
        np.save(FOLDER / f"{name}.npy", as_type(codes(N_PLANES), name))
    np.save(FOLDER / "one_plane.npy", as_type(codes(1)[0], "f4"))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(as_type(codes(N_PLANES), "f4")))
    np.save(FOLDER / "big_endian.npy", as_type(codes(N_PLANES), "u2").astype(">u2"))
    np.save(FOLDER / "big_endian_complex.npy", as_type(codes(N_PLANES), "c8").astype(">c8"))
    np.save(FOLDER / "rgb.npy", rgb(codes(N_PLANES)))
    np.save(FOLDER / "rgb_fortran.npy", np.asfortranarray(rgb(codes(N_PLANES))))
    with open(FOLDER / "version2.npy", "wb") as file:
        np.lib.format.write_array(file, as_type(codes(N_PLANES), "f4"), version=(2, 0))
    planes = as_type(codes(N_PLANES), "f4")
    np.savez(FOLDER / "stored.npz", ch0=planes[0], ch1=planes[1])
    np.savez(FOLDER / "reversed_names.npz", ch1=planes[1], ch0=planes[0])
    np.savez_compressed(FOLDER / "deflated.npz", planes[0], planes[1])
    np.savez_compressed(FOLDER / "whole.npz", planes)
    np.savez(FOLDER / "rgb.npz", ch0=rgb(codes(N_PLANES))[0], ch1=rgb(codes(N_PLANES))[1])


def write_tifffile():
    for order, name in [("<", "little"), (">", "big")]:
        for kind in ["u1", "u2", "f4", "c8"]:
            tifffile.imwrite(
                FOLDER / f"{name}_{kind}.tiff", stacked(as_type(codes(N_PLANES), kind)), byteorder=order,
                photometric="minisblack", rowsperstrip=3)
        tifffile.imwrite(FOLDER / f"{name}_rgb.tiff", stacked(rgb(codes(N_PLANES))), byteorder=order, photometric="rgb")
    floats = stacked(as_type(codes(N_PLANES), "f4"))
    # What follows is not for the simple reader: tiles, and compression.
    tifffile.imwrite(FOLDER / "tiled_f4.tiff", floats, photometric="minisblack", tile=(16, 16))


def write_pillow():
    picture = Image.fromarray(stacked(as_type(codes(N_PLANES), "u1")))
    palette = picture.convert("L")
    palette = Image.frombytes("P", palette.size, palette.tobytes())
    palette.putpalette([x for i in range(256) for x in (i, 255 - i, 7 * i % 256)])
    palette.save(FOLDER / "pillow_palette.tiff")
    picture.save(FOLDER / "lzw_u1.tiff", compression="tiff_lzw")
    floats = Image.fromarray(stacked(as_type(codes(N_PLANES), "f4")))
    floats.save(FOLDER / "deflate_f4.tiff", compression="tiff_adobe_deflate")
    floats.save(FOLDER / "pillow_f4.tiff")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write_numpy()
    write_tifffile()
    write_pillow()
