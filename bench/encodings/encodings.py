#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The tables of docs/encodings.md: what each encoding costs, what it keeps, and what editing and lossy formats leave.

    bench/encodings/encodings.py --program build/bin/spectrohue Speech=FOLDER Music=FOLDER

Every figure comes from pictures that `encode` wrote and sounds that `decode` made of them. Needs numpy, Pillow and SoX.
"""

import argparse
import dataclasses
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

import pictures
import sounds
from catalogue import ENCODINGS

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
import report  # noqa: E402

# Of each sound this many seconds count.
EXCERPT_SECONDS = 20

# 24-bit sources are the same sounds made softer by this, which fills the lower bits.
GAIN_24 = "0.7"

# For edits: the beginnings of the so many longest sounds of each folder, and the rectangle that is painted black.
EDITED_SOUNDS = 4
EDITED_SECONDS = 6
PAINTED_SECONDS = (1.0, 2.0)
PAINTED_HZ = (1000, 3000)

PIXEL_SUFFIXES = (".png", ".tiff")


# --- running ---------------------------------------------------------------------------------------------------------


class Program:
    def __init__(self, path):
        self.path = str(path)

    def run(self, *arguments):
        """What it says. Files that it refuses are no failure here."""
        command = [self.path, *map(str, arguments), "--manifest", "none", "--overwrite"]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True)
        if run.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)}: exit code {run.returncode}\n{run.stdout}")
        return run.stdout


def excerpt(source, target, seconds, *effects, bits):
    subprocess.run(
        ["sox", "-V1", "-D", str(source), "-b", str(bits), str(target), "trim", "0", str(seconds), *effects],
        check=True, stdin=subprocess.DEVNULL,
    )


class Data:
    """A folder of sounds: excerpts of them at 16 and at 24 bits."""

    def __init__(self, name, folder, every, scratch, seconds=EXCERPT_SECONDS, only=None):
        self.name = name
        self.folder = {16: scratch / f"{name}-16", 24: scratch / f"{name}-24"}
        self.sounds = {16: {}, 24: {}}
        found = sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".ogg", ".flac"))
        self.n_silent = 0
        for bits in self.folder:
            self.folder[bits].mkdir()
        for source in found[::every]:
            stem = str(source.relative_to(folder).with_suffix("")).replace("/", "-")
            if only is None or stem in only:
                self.add(source, stem, seconds)
        if not self.sounds[16]:
            raise SystemExit(f"{folder}: no sounds here")

    def add(self, source, stem, seconds):
        paths = {bits: self.folder[bits] / f"{stem}.wav" for bits in self.folder}
        excerpt(source, paths[16], seconds, bits=16)
        sound = sounds.read_wav(paths[16])
        if not np.any(sound.samples):
            self.n_silent += 1
            paths[16].unlink()
            return
        excerpt(source, paths[24], seconds, "vol", GAIN_24, bits=24)
        self.sounds[16][stem] = sound
        self.sounds[24][stem] = sounds.read_wav(paths[24])

    def beginnings(self, scratch):
        """Of its longest sounds, as data of their own."""
        return Data(f"{self.name}-edited", self.folder[16], 1, scratch, EDITED_SECONDS, self.longest())

    def longest(self):
        seconds = {stem: sound.seconds for stem, sound in self.sounds[16].items()}
        enough = [stem for stem in seconds if seconds[stem] >= PAINTED_SECONDS[1] + 1]
        if not enough:
            raise SystemExit(f"{self.name}: no sound is long enough to be edited")
        return set(sorted(enough, key=lambda stem: (-seconds[stem], stem))[:EDITED_SOUNDS])

    def channel_seconds(self):
        return sum(sound.seconds * len(sound.samples) for sound in self.sounds[16].values())


def pixel_files(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in PIXEL_SUFFIXES)


def picture_of(folder, stem):
    """The picture of a sound, the one of its magnitudes if there are two."""
    for name in (f"{stem}.png", f"{stem}.mag.png", f"{stem}.tiff"):
        if (folder / name).exists():
            return folder / name
    raise SystemExit(f"{folder}: no picture of {stem}")


# --- what an encoding costs and keeps --------------------------------------------------------------------------------


@dataclasses.dataclass
class Result:
    rate: float  # bytes a second and channel
    times_pcm: float
    snr: list  # of the sounds, dB; infinite where they are the same
    wrong: int  # samples that differ once they are integers of the source's bits
    largest: float  # error of the magnitudes, relative to their peak
    magnitude_snr: list
    convergence: list


def measure_sound(result, original, copy):
    result.snr.append(sounds.snr_db(original.samples, copy.samples))
    copy.bits = original.bits
    result.wrong += int(np.count_nonzero(original.integers != copy.integers))


def measure_magnitudes(result, encoding, original, picture, copy):
    truth = sounds.magnitudes(original.samples)
    result.convergence.append(sounds.convergence_db(truth, sounds.magnitudes(copy.samples)))
    if encoding.bands:
        truth = sounds.mel_magnitudes(truth, original.rate, encoding.bands)
    stored = pictures.read_magnitudes(picture)
    peaks = truth.max(axis=(1, 2))
    worst = np.max(np.abs(stored - truth), axis=(1, 2)) / np.where(peaks > 0, peaks, 1)
    result.largest = max(result.largest, float(worst.max()))
    result.magnitude_snr.append(sounds.snr_db(truth, stored))


def measure(program, data, encoding, scratch):
    source, made, back = data.folder[encoding.bits], scratch / "pictures", scratch / "back"
    program.run("encode", source, "-o", made, *encoding.options)
    # An exact encoding gives back the source's format; of the others the rounding to it is not theirs.
    subtype = () if encoding.keeps == "exact" else ("--subtype", "double")
    said = program.run("decode", made, "-o", back, *subtype)
    n_bytes = sum(path.stat().st_size for path in pixel_files(made))
    seconds = data.channel_seconds()
    n_samples = sum(sound.samples.size for sound in data.sounds[16].values())
    result = Result(n_bytes / seconds, n_bytes / (n_samples * encoding.bits // 8), [], 0, 0, [], [])
    for stem, original in data.sounds[encoding.bits].items():
        if not (back / f"{stem}.wav").exists():
            raise SystemExit(f"{encoding.name}: {stem} did not come back\n{said}")
        copy = sounds.read_wav(back / f"{stem}.wav")
        if encoding.keeps == "magnitudes":
            measure_magnitudes(result, encoding, original, picture_of(made, stem), copy)
        else:
            measure_sound(result, original, copy)
    shutil.rmtree(made)
    shutil.rmtree(back)
    return result


# --- edits and lossy formats -----------------------------------------------------------------------------------------


def box_of(note, height):
    """Columns and rows, counted from the lowest, that are painted."""
    columns = [round(second * note["sample_rate"] / sounds.HOP) for second in PAINTED_SECONDS]
    hz = np.array(PAINTED_HZ, float)
    if "n_bands" in note:
        rows = sounds.mel_of_hz(hz) / sounds.mel_of_hz(note["sample_rate"] / 2) * height
    else:
        rows = hz * sounds.N_FFT / note["sample_rate"]
    return (*columns, *(int(round(row)) for row in rows))


# By name: what is done to the open image, and whether the note comes along in a file beside the picture.
EDITS = {
    "as it is": None,
    "JPEG 95, 4:4:4": (pictures.as_jpeg(0), True),
    "JPEG 95, 4:2:0": (pictures.as_jpeg(2), True),
    "WebP 95": (pictures.as_webp, True),
    "resized, 90 %": (pictures.resized, True),
    "saved as RGB": (pictures.as_rgb_png, True),
    "no note": (pictures.as_png, False),
    "painted": (pictures.painted(box_of), False),
}


def edit_pictures(edit, made, edited):
    """Copies of all pictures of a folder after the edit. Both pictures of magphase, but only magnitudes are painted."""
    save, keeps_note = EDITS[edit]
    edited.mkdir()
    for path in pixel_files(made):
        if edit == "painted" and path.name.endswith(".phase.png"):
            shutil.copy(path, edited)
            continue
        with Image.open(path) as image:
            copy = save(image, edited / path.stem)
        if keeps_note:
            shutil.copy(path.with_suffix(".json"), copy.with_suffix(".json"))


def paint_arrays(made):
    """The same rectangle in NPY files, for pixels that Pillow cannot hold."""
    for path in made.glob("*.npy"):
        note = json.loads(path.with_suffix(".json").read_text())
        pixels = np.load(path)
        first, last, low, high = box_of(note, pixels.shape[1])
        pixels[:, low:high, first:last] = 0
        np.save(path, pixels)


def outside(original, samples):
    """Of [channels, n_samples] those that no painted column reaches."""
    first = int(PAINTED_SECONDS[0] * original.rate) - sounds.N_FFT
    last = int(PAINTED_SECONDS[1] * original.rate) + sounds.N_FFT
    return np.concatenate([samples[:, : max(0, first)], samples[:, last:]], axis=1)


def outside_columns(original, bins):
    """The same of [channels, rows, frames]."""
    first = int(PAINTED_SECONDS[0] * original.rate / sounds.HOP) - 4
    last = int(PAINTED_SECONDS[1] * original.rate / sounds.HOP) + 4
    return np.concatenate([bins[..., : max(0, first)], bins[..., last:]], axis=2)


def quality(encoding, edit, original, copy):
    """dB: SNR of the sound or, of magnitudes alone, the spectral convergence of the sound that decode made of them."""
    if encoding.keeps != "magnitudes":
        if edit == "no note":
            return sounds.snr_db(original.samples, sounds.levelled(original.samples, copy.samples))
        if edit == "painted":
            return sounds.snr_db(outside(original, original.samples), outside(original, copy.samples))
        return sounds.snr_db(original.samples, copy.samples)
    truth, got = sounds.magnitudes(original.samples), sounds.magnitudes(copy.samples)
    if edit == "no note":
        got = sounds.levelled_magnitudes(truth, got)
    if edit == "painted":
        truth, got = outside_columns(original, truth), outside_columns(original, got)
    return sounds.convergence_db(truth, got)


def decode_options(encoding, edit, original):
    options = ["--subtype", "double"]
    if edit == "no note":
        options += ["--sample-rate", original.rate, "--encoding", encoding.without_note]
        options += ["--channels", len(original.samples)]
    return options


def decode_edited(program, data, encoding, edit, folder):
    """What is left of each sound, dB; nothing if all pictures are refused."""
    back = folder.with_name("edited-back")
    originals = data.sounds[encoding.bits]
    options = decode_options(encoding, edit, next(iter(originals.values())))
    said = program.run("decode", folder, "-o", back, *options)
    if encoding.keeps == "exact" and edit == "painted" and said.count("is not exact here") != len(originals):
        raise SystemExit(f"{encoding.name}, {edit}: did not say of each picture that it is not exact\n{said}")
    left = [
        quality(encoding, edit, original, sounds.read_wav(back / f"{stem}.wav"))
        for stem, original in originals.items()
        if (back / f"{stem}.wav").exists()
    ]
    if len(left) not in (0, len(originals)):
        raise SystemExit(f"{encoding.name}, {edit}: some came back, some did not\n{said}")
    shutil.rmtree(back, ignore_errors=True)
    return left


def measure_edits(program, data, encoding, scratch):
    """By the name of the edit: what is left of each sound."""
    made, edited = scratch / "made", scratch / "edited"
    program.run("encode", data.folder[encoding.bits], "-o", made, *encoding.options, "--sidecar")
    left = {"as it is": decode_edited(program, data, encoding, "as it is", made)}
    for edit in EDITS:
        if edit == "painted" and not encoding.pillow:
            program.run(
                "encode", data.folder[encoding.bits], "-o", edited, *encoding.options, "--sidecar", "--format", "npy"
            )
            paint_arrays(edited)
        elif edit != "as it is" and can_be(encoding, edit):
            edit_pictures(edit, made, edited)
        else:
            continue
        left[edit] = decode_edited(program, data, encoding, edit, edited)
        shutil.rmtree(edited)
    shutil.rmtree(made)
    return left


def can_be(encoding, edit):
    """Whether the edit is measured: not of TIFFs of floats, for which Pillow has none of these formats or does not open
    them, and the loss of the note not where only the note tells the two files of magphase, or the bands."""
    return "TIFF" not in encoding.pixel and (edit != "no note" or bool(encoding.without_note))


# --- tables ----------------------------------------------------------------------------------------------------------


def dB(value):
    return "exact" if value == np.inf else f"{value:.1f}"


def median_and_worst(values, worst=min):
    return f"{dB(statistics.median(values))} | {dB(worst(values))}"


def rate_cells(result):
    return f"{result.rate:,.0f} | {result.times_pcm:.2f}"


def sound_table(encodings, results, datasets):
    lines = [
        "| encoding | sounds | bytes a second | x PCM | SNR median | worst | wrong samples |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for encoding in encodings:
        for data in datasets:
            result = results[encoding.name, data.name]
            n_samples = sum(sound.samples.size for sound in data.sounds[16].values())
            share = "0" if result.wrong == 0 else f"{100 * result.wrong / n_samples:.3g} %"
            lines.append(
                f"| {encoding.name} | {data.name.lower()} | {rate_cells(result)} | "
                f"{median_and_worst(result.snr)} | {share} |"
            )
    return "\n".join(lines)


def magnitude_table(encodings, results, datasets):
    lines = [
        "| encoding | sounds | bytes a second | x PCM | SNR of magnitudes median | worst | largest error | "
        "convergence median | worst |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for encoding in encodings:
        for data in datasets:
            result = results[encoding.name, data.name]
            lines.append(
                f"| {encoding.name} | {data.name.lower()} | {rate_cells(result)} | "
                f"{median_and_worst(result.magnitude_snr)} | {result.largest:.1e} | "
                f"{median_and_worst(result.convergence, max)} |"
            )
    return "\n".join(lines)


def edit_table(encodings, edits, worst):
    lines = [
        "| encoding | " + " | ".join(EDITS) + " |",
        "| --- " + "| ---: " * len(EDITS) + "|",
    ]
    for encoding in (one for one in encodings if one.edited):
        cells = []
        for edit in EDITS:
            left = edits.get((encoding.name, edit))
            if left is None:
                cells.append("-")
            elif not left:
                cells.append("refused")
            else:
                median, extreme = dB(statistics.median(left)), dB(worst(left))
                cells.append(median if median == extreme else f"{median} ({extreme})")
        lines.append(f"| {encoding.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def after_jpeg(encoding, edits):
    """A few words."""
    left = edits.get((encoding.name, "JPEG 95, 4:4:4"))
    if left is None:
        return "-" if encoding.edited else "as hsv"
    if not left:
        return "refused"
    if encoding.keeps != "magnitudes":
        return f"{statistics.median(left):.0f} dB"
    before = statistics.median(edits[encoding.name, "as it is"])
    return f"convergence {before:.0f} to {statistics.median(left):.0f} dB"


def overview(encodings, results, edits, datasets):
    lines = [
        "| name | looks | pixel | bytes a second | what comes back | after JPEG 95 | use it for |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for encoding in encodings:
        here = [results[encoding.name, data.name] for data in datasets]
        rates = ", ".join(f"{result.rate / 1000:,.0f} k" for result in here)
        if encoding.keeps == "magnitudes":
            values = [value for result in here for value in result.magnitude_snr]
            kept = f"magnitudes, {statistics.median(values):.0f} dB"
        elif all(value == np.inf for result in here for value in result.snr):
            kept = "every sample"
        else:
            values = [value for result in here for value in result.snr]
            kept = f"{statistics.median(values):.0f} dB, worst {min(values):.0f}"
        after = after_jpeg(encoding, edits)
        lines.append(
            f"| {encoding.name} | {encoding.looks} | {encoding.pixel} | {rates} | {kept} | {after} | {encoding.use} |"
        )
    return "\n".join(lines)


def about(datasets, command):
    what = []
    for data in datasets:
        silent = f", {data.n_silent} silent ones left out" if data.n_silent else ""
        minutes = data.channel_seconds() / 60
        what.append(f"{data.name.lower()}: {len(data.sounds[16])} sounds, {minutes:.0f} minutes of a channel{silent}")
    return f"`{command}`: {'; '.join(what)}. {report.machine()}"


def measure_all(program, datasets, encodings, scratch):
    """Results by names of encoding and data, and what is left after edits by names of encoding and edit."""
    results, edits = {}, {}
    for data in datasets:
        for encoding in encodings:
            results[encoding.name, data.name] = measure(program, data, encoding, scratch)
            print(f"{data.name}, {encoding.name}: measured", flush=True)
        beginnings = data.beginnings(scratch)
        for encoding in (one for one in encodings if one.edited):
            for edit, left in measure_edits(program, beginnings, encoding, scratch).items():
                edits.setdefault((encoding.name, edit), []).extend(left)
            print(f"{data.name}, {encoding.name}: edited", flush=True)
    return results, edits


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="of the sounds only every n-th")
    parser.add_argument("--quick", action="store_const", dest="every", const=16, help="the same as --every 16")
    parser.add_argument("--only", default="", help="encodings whose names begin so; leaves the page alone")
    parser.add_argument("--page", type=pathlib.Path, help="Markdown whose sections are replaced")
    parser.add_argument("--command", default="bench/encodings/encodings.py", help="what the page says that made it")
    parser.add_argument("folder", nargs="+", help="NAME=FOLDER")
    return parser.parse_args()


def main():
    chosen = parse_arguments()
    encodings = [one for one in ENCODINGS if one.name.startswith(chosen.only)]
    if not encodings:
        raise SystemExit(f"--only {chosen.only}: there is no such encoding")
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        datasets = [
            Data(title, pathlib.Path(folder), chosen.every, scratch)
            for title, folder in (one.split("=", 1) for one in chosen.folder)
        ]
        results, edits = measure_all(Program(chosen.program), datasets, encodings, scratch)
    with_phases = [one for one in encodings if one.keeps != "magnitudes"]
    magnitudes = [one for one in encodings if one.keeps == "magnitudes"]
    sections = {
        "overview": overview(encodings, results, edits, datasets),
        "sounds": about(datasets, chosen.command) + "\n\n" + sound_table(with_phases, results, datasets),
        "magnitudes": magnitude_table(magnitudes, results, datasets),
        "edited sounds": edit_table(with_phases, edits, min),
        "edited magnitudes": edit_table(magnitudes, edits, max),
    }
    for section, text in sections.items():
        print(f"\n== {section}\n{text}")
        if chosen.page and not chosen.only:
            report.replace_section(chosen.page, section, text, "./dev encodings")


main()
