#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Loads what encode --export and --pair make as training programs do: load_datasets.py BIN_FOLDER

The readers here follow the rules of the loaders and share nothing with spectrohue. Where Hugging Face datasets,
webdataset and Pillow can be imported, the real loaders are used as well; what is missing is said.
"""
import importlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import zlib

failures = []


def check(is_so, what):
    if not is_so:
        failures.append(what)
        print("FAILED:", what)


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"skipped: {name} cannot be imported")
        return None


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def png(data):
    """Size, note and pixel rows (8-bit RGB, any filter) of a PNG."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, note, packed = 8, None, b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + n]
        if kind == b"IHDR":
            width, height, bits, colour = struct.unpack(">IIBB", body[:10])
            assert (bits, colour) == (8, 2)
        elif kind == b"iTXt" and body.startswith(b"spectrohue\0"):
            note = json.loads(body[len(b"spectrohue\0") + 4 :])
        elif kind == b"IDAT":
            packed += body
        at += n + 12
    return width, height, note, rows_of(zlib.decompress(packed), width * 3)


def rows_of(raw, row_bytes):
    before, rows = bytes(row_bytes), []
    for at in range(0, len(raw), row_bytes + 1):
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + row_bytes])
        for i in range(row_bytes):
            a = row[i - 3] if i >= 3 else 0
            b, c = before[i], before[i - 3] if i >= 3 else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        rows.append(bytes(row))
        before = rows[-1]
    return rows


def make_sounds():
    for i in range(1, 8):
        run("make_sound", f"in/train/a/s{i}.v1.wav", 3000 * i, 1, 8000)
    run("make_sound", "in/train/b/s1.wav", 500, 2, 8000)
    run("make_sound", "in/test/été x.wav", 4000, 1, 8000)
    run("make_sound", "in/__m__/a%b.wav", 900, 1, 8000)
    pathlib.Path("in/test/été x.txt").write_text(" ein Hund bellt, „laut“ \n", encoding="utf-8")
    pathlib.Path("in/train/a/s3.v1.txt").write_text("line one\nline two", encoding="utf-8")


TEXTS = {"test/été x.wav": "ein Hund bellt, „laut“", "train/a/s3.v1.wav": "line one\nline two"}
OPTIONS = ["--n-fft", 256, "--quality", "fast", "--drop-top", "--pad-last", "--tile-width", 64, "--device", "cpu", "-q"]


def pictures_in(folder):
    return sorted(p.relative_to(folder).as_posix() for p in pathlib.Path(folder).rglob("*.png"))


def check_row(row, data, source):
    width, height, note, _ = png(data)
    tile = {"index": 0, "count": 1, "first_frame": 0, "padding": 0} | note.get("tile", {})
    expected = {
        "sample_rate": note["sample_rate"],
        "n_samples": note["n_samples"],
        "channels": note["channels"],
        "seconds": note["n_samples"] / note["sample_rate"],
        "encoding": note["encoding"],
        "n_fft": note["n_fft"],
        "hop_length": note["hop_length"],
        "ref": note["ref"],
        "width": width,
        "height": height,
        "tile": tile["index"],
        "tiles": tile["count"],
        "part": 0,
        "parts": 1,
        "first_frame": tile["first_frame"],
        "padding": tile["padding"],
        "source": source,
        "text": TEXTS.get(source, ""),
    }
    check({k: v for k, v in row.items() if k != "file_name"} == expected, f"row of {row['file_name']}: {row}")


def source_of(picture):
    name = re.sub(r"(\.\d{4})?\.png$", ".wav", picture)
    return name


def test_imagefolder():
    run("spectrohue", "encode", "in", "-o", "folder", "--export", "imagefolder", *OPTIONS)
    seen = []
    for metadata in sorted(pathlib.Path("folder").rglob("metadata.jsonl")):
        place = metadata.parent.relative_to("folder")
        rows = [json.loads(line) for line in metadata.read_text(encoding="utf-8").splitlines()]
        names = [row["file_name"] for row in rows]
        check(names == sorted(names, key=os.fsencode) and len(set(names)) == len(names), f"{metadata} is sorted")
        check(len({tuple(row) for row in rows}) == 1, f"all rows of {metadata} have the same keys")
        for row in rows:
            picture = (place / row["file_name"]).as_posix()
            seen.append(picture)
            check_row(row, (metadata.parent / row["file_name"]).read_bytes(), source_of(picture))
    check(sorted(seen) == pictures_in("folder"), "every picture has one row")
    check(sorted(p.as_posix() for p in pathlib.Path("folder").rglob("metadata.jsonl"))
          == [f"folder/{p}metadata.jsonl" for p in ("", "test/", "train/")], "one metadata.jsonl a split")
    real_imagefolder()


def real_imagefolder():
    datasets = module("datasets")
    if datasets is None or module("PIL") is None:
        return
    loaded = datasets.load_dataset("imagefolder", data_dir="folder", cache_dir="cache-folder")
    for split in ("train", "test"):
        files = [p for p in pictures_in("folder") if p.startswith(split)]
        check(loaded[split].num_rows == len(files), f"datasets loads {len(files)} pictures of {split}")
    row = loaded["test"][0]
    width, height, _, pixels = png(pathlib.Path("folder/test/été x.png").read_bytes())
    check(row["image"].size == (width, height) and row["image"].tobytes() == b"".join(pixels), "datasets: the pixels")
    check(row["text"] == TEXTS["test/été x.wav"] and row["source"] == "test/été x.wav", "datasets: the columns")
    print("loaded with datasets", datasets.__version__)


def samples_of(archives):
    """WebDataset's rules: a sample is what follows one another with one key, which ends at the base name's first dot."""
    samples = []
    for archive in archives:
        for member in tarfile.open(archive):
            check((member.mtime, member.uid, member.gid, member.mode) == (0, 0, 0, 0o644), f"{member.name} has no owner")
            if not member.isfile() or re.match(r"__[^/]*__($|/)", member.name):
                continue
            match = re.fullmatch(r"((?:.*/)?[^./]+)\.([^/]*)", member.name)
            check(match is not None, f"{member.name} has a key")
            key, extension = match.groups()
            if not samples or samples[-1]["__key__"] != key:
                samples.append({"__key__": key})
            check(extension not in samples[-1], f"{member.name} is there once")
            samples[-1][extension] = tarfile.open(archive).extractfile(member.name).read()
    return samples


def test_webdataset():
    limit = 60000
    run("spectrohue", "encode", "in", "-o", "tars", "--export", "webdataset", "--shard-size", limit, *OPTIONS)
    archives = sorted(pathlib.Path("tars").glob("*.tar"))
    check(len(archives) > 3, "there are several archives")
    check([a.name for a in archives] == [f"shard-{i:06d}.tar" for i in range(len(archives))], "their names")
    samples = samples_of(archives)
    keys = [sample["__key__"] for sample in samples]
    check(len(set(keys)) == len(keys), "keys are unique")
    pictures = [urllib.parse.unquote(key) + ".png" for key in keys]
    check(sorted(pictures) == pictures_in("folder"), "keys are the names of pictures")
    for archive in archives:
        n_sources = len({source_of(urllib.parse.unquote(s["__key__"]) + ".png") for s in samples_of([archive])})
        check(archive.stat().st_size <= limit or n_sources == 1, f"{archive} is not too large")
    for sample, picture in zip(samples, pictures):
        check(list(sample) == ["__key__", "png", "json", "txt"], f"files of {picture}")
        check(sample["png"] == pathlib.Path("folder", picture).read_bytes(), f"pixels of {picture}")
        check(sample["txt"].decode() == TEXTS.get(source_of(picture), ""), f"text of {picture}")
        width, height, note, _ = png(sample["png"])
        tile = {"index": 0, "count": 1, "first_frame": 0, "overlap": 0, "padding": 0} | note.get("tile", {})
        expected = note | {"tile": tile, "source": source_of(picture), "width": width, "height": height}
        expected["seconds"] = note["n_samples"] / note["sample_rate"]
        check(json.loads(sample["json"]) == expected, f"JSON of {picture}")
    real_webdataset(archives, samples)


def real_webdataset(archives, samples):
    names = [str(a) for a in archives]
    webdataset = module("webdataset")
    if webdataset is not None:
        loaded = list(webdataset.WebDataset(names, shardshuffle=False))
        same = [{k: s[k] for k in ("__key__", "png", "json", "txt")} for s in loaded]
        check(same == samples, "webdataset loads the same samples")
        print("loaded with webdataset", getattr(webdataset, "__version__", ""))
    datasets = module("datasets")
    if datasets is not None and module("PIL") is not None:
        loaded = datasets.load_dataset("webdataset", data_files={"train": names}, cache_dir="cache-tars")["train"]
        check(loaded["__key__"][:] == [s["__key__"] for s in samples], "datasets loads the same keys")
        check(loaded["txt"][:] == [s["txt"].decode() for s in samples], "datasets loads the same texts")
        check([j["source"] for j in loaded["json"]] == [json.loads(s["json"])["source"] for s in samples],
              "datasets loads the same JSON")


def aligned(path):
    """AlignedDataset of pytorch-CycleGAN-and-pix2pix: A is columns [0, w / 2), B the others."""
    width, height, note, rows = png(path.read_bytes())
    half = int(width / 2)
    return (half, height, note, [r[: 3 * half] for r in rows], [r[3 * half :] for r in rows])


def crc_of(rows):
    return f"{zlib.crc32(b''.join(rows)):08x}"


def test_pairs():
    run("make_sound", "A/train/x.wav", 9000, 1, 8000)
    run("make_sound", "B/train/x.wav", 5000, 1, 8000)
    run("make_sound", "A/train/y.wav", 3000, 2, 8000)
    run("make_sound", "B/train/y.wav", 3500, 2, 8000)
    run("spectrohue", "encode", "A", "--pair", "B", "-o", "AB", *OPTIONS)
    run("spectrohue", "encode", "A", "-o", "only-A", *OPTIONS)
    run("spectrohue", "encode", "B", "-o", "only-B", *OPTIONS)
    check(pictures_in("AB") == [f"train/x.000{i}.png" for i in range(3)] + ["train/y.png"], "tiles of the longer sound")
    for name in pictures_in("AB"):
        half, height, note, a, b = aligned(pathlib.Path("AB", name))
        check((half, height) == (64, 128 * note["channels"]), f"halves of {name} are 64 x 128 a channel")
        check(note["pixels_crc32"] == crc_of(a) and note["right"]["pixels_crc32"] == crc_of(b), f"checksums of {name}")
        for folder, rows, own in (("only-A", a, note), ("only-B", b, note["right"])):
            alone = pathlib.Path(folder, name)
            if alone.exists():
                check(png(alone.read_bytes())[3] == rows, f"a half of {name} is {alone}")
            else:
                check(not any(map(any, rows)) and own["tile"]["padding"] == 64, f"a half of {name} is black")
    pillow = module("PIL.Image")
    if pillow is not None:
        picture = pillow.open("AB/train/y.png").convert("RGB")
        width, height = picture.size
        left = picture.crop((0, 0, int(width / 2), height)).tobytes()
        check(left == pillow.open("only-A/train/y.png").tobytes(), "Pillow: the left half is A")


def main():
    os.environ["PATH"] = os.path.abspath(sys.argv[1]) + os.pathsep + os.environ["PATH"]
    os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1", LC_ALL="C.UTF-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["HF_HOME"] = os.path.join(folder, "hf")
        make_sounds()
        test_imagefolder()
        test_webdataset()
        test_pairs()
        os.chdir("/")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
