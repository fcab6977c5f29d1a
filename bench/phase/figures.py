#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The table of docs/foreign.md: what comes back from figures that librosa and matplotlib, or SoX, draw of speech.

    bench/phase/figures.py --program build/bin/spectrohue FOLDER

Of the longest prompts in FOLDER the first 8 seconds. Needs numpy, librosa, matplotlib and SoX.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

import librosa
import librosa.display
import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

sys.path += [str(pathlib.Path(__file__).resolve().parent.parent / folder) for folder in ("peers", "encodings")]
import report  # noqa: E402
import sounds  # noqa: E402
from judging import convergence_db, magnitudes, multi_resolution_error  # noqa: E402

N_FFT, HOP, TOP_DB = 512, 128, 80
SECONDS = 8
NO_SPEECH = "tt-"  # shrieks of monkeys, and the like
AXES = {"symlog": "log", "linear": "linear"}  # ours: librosa's
FRAMES = ("no axes", "axes", "axes and colour bar")


def prompts(folder, count):
    paths = [path for path in folder.glob("*.wav") if not path.name.startswith(NO_SPEECH)]
    return sorted(paths, key=lambda path: (-path.stat().st_size, path.name))[:count]


def draw(x, rate, axis, frame, path):
    """640 x 480 pixels, magma."""
    db = librosa.amplitude_to_db(np.abs(librosa.stft(x, n_fft=N_FFT, hop_length=HOP)), ref=np.max, top_db=TOP_DB)
    figure = plt.figure(figsize=(6.4, 4.8), dpi=100)
    ax = figure.add_axes([0, 0, 1, 1]) if frame == "no axes" else figure.subplots()
    mesh = librosa.display.specshow(
        db, sr=rate, hop_length=HOP, n_fft=N_FFT, x_axis="time", y_axis=AXES[axis], ax=ax, cmap="magma"
    )
    if frame == "no axes":
        ax.axis("off")
    if frame == "axes and colour bar":
        figure.colorbar(mesh, ax=ax)
    figure.savefig(path)
    plt.close(figure)


@dataclasses.dataclass
class Reading:
    samples: np.ndarray
    magnitudes: np.ndarray  # [frames, bins], below 0: a guess


def decode(program, picture, scratch, *flags):
    command = [program, "decode", picture, "-o", scratch / "found.wav", "--log", scratch / "log", "--subtype", "float"]
    subprocess.run([*map(str, [*command, *flags]), "--overwrite", "-q"], check=True, stderr=subprocess.DEVNULL)
    read = np.load(scratch / "log" / picture.name / "magnitudes.npy").squeeze().T
    return Reading(sounds.read_wav(scratch / "found.wav").samples[0], read)


def as_loud(wanted, found):
    """found, scaled to the least squared error; figures do not hold levels."""
    return found * np.vdot(found, wanted) / np.vdot(found, found)


def judge(x, reading):
    wanted, read = magnitudes(x, N_FFT, HOP), np.abs(reading.magnitudes)
    read_db = convergence_db(wanted, as_loud(wanted, read)) if read.shape == wanted.shape else np.nan
    found = magnitudes(reading.samples, N_FFT, HOP)
    gain = np.vdot(found, wanted) / np.vdot(found, found)
    return read_db, multi_resolution_error(x, reading.samples * gain)


def row(label, sounds_of_8s, read_one):
    """read_one(samples, rate): a Reading of a figure."""
    results, shares = [], []
    for x, rate in sounds_of_8s:
        reading = read_one(x, rate)
        results.append(judge(x, reading))
        shares.append(np.mean(reading.magnitudes >= 0))
    read_db, error = np.transpose(results)
    read_text = "" if np.isnan(read_db).any() else f"{read_db.mean():.1f}"
    cells = [label, f"{100 * np.mean(shares):.0f} %", read_text, f"{error.mean():.2f}", f"{error.max():.2f}"]
    print(" ".join(cells), flush=True)
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--page", type=pathlib.Path, help="put the table between its markers")
    parser.add_argument("--command", default="./dev figures")
    parser.add_argument("--count", type=int, default=12, help="how many prompts")
    parser.add_argument("folder", type=pathlib.Path)
    chosen = parser.parse_args()
    program = chosen.program.resolve()
    some = [sounds.read_wav(path) for path in prompts(chosen.folder, chosen.count)]
    some = [(sound.samples[0][: SECONDS * sound.rate], sound.rate) for sound in some]
    rows = [["figure", "bins shown", "magnitudes read, SC", "sound, MR", "worst"]]
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        picture = scratch / "figure.png"

        def specshow(x, rate, axis, frame):
            draw(x, rate, axis, frame, picture)
            flags = ("--from", "specshow", "--axis", axis, "--sample-rate", rate, "--n-fft", N_FFT)
            return decode(program, picture, scratch, *flags, "--n-samples", len(x))

        def sox(x, rate):
            sound = scratch / "sound.raw"
            x.astype(np.float32).tofile(sound)
            raw = ("-t", "raw", "-e", "float", "-b", 32, "-c", 1, "-r", rate)
            subprocess.run([*map(str, ["sox", "-V1", *raw, sound, "-n", "spectrogram", "-o", picture])], check=True)
            return decode(program, picture, scratch, "--from", "sox", "--sample-rate", rate, "--n-samples", len(x))

        for axis in AXES:
            for frame in FRAMES:
                rows.append(row(f"`{axis}`, {frame}", some, lambda x, rate, a=axis, f=frame: specshow(x, rate, a, f)))
        rows.append(row("SoX, default size", some, sox))
    text = f"{report.machine()} {len(some)} prompts.\n\n{report.table(rows)}"
    print(f"\n{text}")
    if chosen.page:
        report.replace_section(chosen.page, "figures", text, chosen.command)


if __name__ == "__main__":
    main()
