#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The tables of docs/phase.md: how near phase retrieval comes, and how fast, beside librosa and torchaudio.

    bench/phase/phase.py --program build/bin/spectrohue Speech=FOLDER Music=FOLDER

All on the same excerpts in one run, one thread each. Needs numpy, librosa, torchaudio and SoX.
"""

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import dataclasses  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402

import librosa  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchaudio  # noqa: E402

sys.path += [str(pathlib.Path(__file__).resolve().parent.parent / folder) for folder in ("peers", "encodings")]
import report  # noqa: E402
import sounds  # noqa: E402
from judging import convergence_db, magnitudes, multi_resolution_error  # noqa: E402

SPEECH_SECONDS = (6.5, 9.0)
MUSIC_SECONDS = 5.5
MUSIC_BEGINS = 20
MEL_BANDS = 128


# --- judging ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Result:
    """Of one method on one set: a number a file."""

    convergence: list
    error: list
    cpu_seconds: float
    audio_seconds: float

    @property
    def row(self):
        return [
            f"{np.mean(self.convergence):.1f}",
            f"{np.max(self.convergence):.1f}",
            f"{np.mean(self.error):.2f}",
            f"{1000 * self.cpu_seconds / self.audio_seconds:.2f}",
        ]


class Set:
    """Excerpts: name, [(file, samples, rate)], n_fft."""

    def __init__(self, name, folder, n_fft):
        self.name = name
        self.folder = folder
        self.n_fft = n_fft
        self.hop = n_fft // 4
        self.sounds = []
        for path in sorted(folder.glob("*.wav")):
            sound = sounds.read_wav(path)
            self.sounds.append((path, sound.samples, sound.rate))

    @property
    def seconds(self):
        return sum(samples.shape[1] / rate for _, samples, rate in self.sounds)

    def judge(self, found, cpu_seconds):
        """found: [n_samples] of each sound."""
        convergence, error = [], []
        for (_, samples, _), y in zip(self.sounds, found, strict=True):
            wanted = magnitudes(samples[0], self.n_fft, self.hop)
            convergence.append(convergence_db(wanted, magnitudes(y, self.n_fft, self.hop)))
            error.append(multi_resolution_error(samples[0], y))
        return Result(convergence, error, cpu_seconds, self.seconds)


# --- candidates ------------------------------------------------------------------------------------------------------


class Program:
    def __init__(self, path):
        self.path = str(path)

    def run(self, *arguments):
        command = [self.path, *map(str, arguments), "--manifest", "none", "--overwrite", "-q", "-j", "1"]
        subprocess.run([*command, "--device", "cpu"], check=True)

    def encode(self, some, *arguments):
        folder = pathlib.Path(tempfile.mkdtemp(dir=some.folder))
        self.run("encode", *[path for path, _, _ in some.sounds], "-o", folder, "--n-fft", some.n_fft, *arguments)
        return folder

    def decode(self, some, pictures, *arguments):
        """Samples of each sound, [channels, n_samples], and the whole process's CPU time."""
        out = pathlib.Path(tempfile.mkdtemp(dir=some.folder))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run("decode", pictures, "-o", out, "--subtype", "float", *arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return [sounds.read_wav(out / path.name).samples for path, _, _ in some.sounds], cpu

    def judge(self, some, pictures, *arguments):
        found, cpu = self.decode(some, pictures, *arguments)
        return some.judge([samples[0] for samples in found], cpu)


def timed(some, find):
    """find(samples, rate) of each sound, its CPU time alone."""
    found, seconds = [], 0.0
    for _, samples, rate in some.sounds:
        x = samples[0].astype(np.float32)
        prepared = find(x, rate, None)
        begin = time.process_time()
        found.append(find(x, rate, prepared))
        seconds += time.process_time() - begin
    return some.judge(found, seconds)


def librosa_griffinlim(some, n_iter):
    def find(x, rate, prepared):
        del rate
        if prepared is None:
            return np.abs(librosa.stft(x, n_fft=some.n_fft, hop_length=some.hop))
        return librosa.griffinlim(prepared, n_iter=n_iter, hop_length=some.hop, length=len(x), random_state=0)

    return timed(some, find)


def torchaudio_griffinlim(some, n_iter):
    method = torchaudio.transforms.GriffinLim(some.n_fft, n_iter, hop_length=some.hop, power=1, momentum=0.99)

    def find(x, rate, prepared):
        del rate
        signal = torch.from_numpy(x)
        if prepared is None:
            window = torch.hann_window(some.n_fft)
            return torch.stft(signal, some.n_fft, some.hop, window=window, pad_mode="constant", return_complex=True).abs()
        with torch.no_grad():
            torch.manual_seed(0)
            y = method(prepared).numpy()
        return np.pad(y, (0, max(0, len(x) - len(y))))[: len(x)]

    return timed(some, find)


def librosa_mel(some, n_iter):
    def find(x, rate, prepared):
        if prepared is None:
            return librosa.feature.melspectrogram(
                y=x, sr=rate, n_fft=some.n_fft, hop_length=some.hop, n_mels=MEL_BANDS, power=2
            )
        return librosa.feature.inverse.mel_to_audio(
            prepared, sr=rate, n_fft=some.n_fft, hop_length=some.hop, power=2, n_iter=n_iter, length=len(x)
        )

    return timed(some, find)


# --- tables ----------------------------------------------------------------------------------------------------------

HEAD = ["SC", "worst", "MR", "ms/s"]


def methods_table(program, sets):
    """Also the comparison at the same number of steps."""
    rows = [["", *[f"{s.name}: {h}" if i == 0 else h for s in sets for i, h in enumerate(HEAD)]]]
    pictures = {s.name: program.encode(s, "--encoding", "gray32f", "--format", "npy") for s in sets}
    results = {}

    def add(label, judge):
        results[label] = [judge(s) for s in sets]
        rows.append([label, *[cell for result in results[label] for cell in result.row]])
        print(" ".join(rows[-1]), flush=True)

    for n_iter in (32, 100):
        add(f"librosa.griffinlim, {n_iter}", lambda s, n=n_iter: librosa_griffinlim(s, n))
        add(f"torchaudio GriffinLim, {n_iter}", lambda s, n=n_iter: torchaudio_griffinlim(s, n))
        add(
            f"`--phase-method griffinlim`, {n_iter}",
            lambda s, n=n_iter: program.judge(s, pictures[s.name], "--phase-method", "griffinlim", "--n-iter", n),
        )
    for start in ("zero", "random", "spsi", "rtpghi", "pghi", "forest"):
        add(f"start `{start}` alone", lambda s, m=start: program.judge(s, pictures[s.name], "--phase-method", m))
    for n_iter in (16, 32, 64, 100, 200, 400):
        preset = {16: " (`fast`)", 64: " (default)", 400: " (`high`)"}.get(n_iter, "")
        add(f"hybrid, {n_iter}{preset}", lambda s, n=n_iter: program.judge(s, pictures[s.name], "--n-iter", n))
    add("hybrid from `forest`, 64", lambda s: program.judge(s, pictures[s.name], "--init", "forest"))
    return report.table(rows), ratios_table(sets, results)


def ratios_table(sets, results):
    rows = [["hybrid beside librosa.griffinlim", *[s.name for s in sets]]]
    for n_iter in (32, 100):
        theirs, ours = results[f"librosa.griffinlim, {n_iter}"], results[f"hybrid, {n_iter}"]
        gains = [np.subtract(a.convergence, b.convergence) for a, b in zip(theirs, ours, strict=True)]
        rows.append([f"{n_iter} steps: SC lower by, mean", *[f"{np.mean(g):.1f} dB" for g in gains]])
        rows.append([f"{n_iter} steps: on the worst file", *[f"{np.min(g):.1f} dB" for g in gains]])
        ratios = [np.mean(b.error) / np.mean(a.error) for a, b in zip(theirs, ours, strict=True)]
        rows.append([f"{n_iter} steps: MR, ratio", *[f"{r:.2f}" for r in ratios]])

    def per_step(label):
        few, many = results[f"{label}, 32"], results[f"{label}, 100"]
        return [(b.cpu_seconds - a.cpu_seconds) / 68 for a, b in zip(few, many, strict=True)]

    speed = [a / b for a, b in zip(per_step("librosa.griffinlim"), per_step("hybrid"), strict=True)]
    rows.append(["a step is faster by", *[f"{s:.1f} x" for s in speed]])
    budget = [r.cpu_seconds for r in results["librosa.griffinlim, 32"]]
    cells = []
    for i, seconds in enumerate(budget):
        labels = [label for label in results if label.startswith("hybrid") and results[label][i].cpu_seconds <= seconds]
        best = min(labels, key=lambda label: np.mean(results[label][i].convergence))
        gain = np.mean(results["librosa.griffinlim, 32"][i].convergence) - np.mean(results[best][i].convergence)
        cells.append(f"{gain:.1f} dB ({best.split(',')[1].split()[0]} steps)")
    rows.append(["in the time of its 32 steps: SC lower by", *cells])
    return report.table(rows)


def pictures_table(program, sets):
    rows = [["32 steps", *[f"{s.name}: {h}" if i == 0 else h for s in sets for i, h in enumerate(HEAD)]]]
    for encoding in ("gray8", "gray16", "gray32f", "colormap:magma"):
        cells = []
        for s in sets:
            folder = program.encode(s, "--encoding", encoding)
            cells += program.judge(s, folder, "--n-iter", 32).row
        rows.append([f"`{encoding}`", *cells])
        print(" ".join(rows[-1]), flush=True)
    return report.table(rows)


def mel_table(program, sets):
    rows = [[f"mel, {MEL_BANDS} bands", *[f"{s.name}: {h}" if i == 0 else h for s in sets for i, h in enumerate(HEAD)]]]

    def add(label, judge):
        rows.append([label, *[cell for s in sets for cell in judge(s).row]])
        print(" ".join(rows[-1]), flush=True)

    flags = ("--encoding", "gray32f", "--format", "npy", "--freq-scale", "mel", "--n-mels", MEL_BANDS, "--power", 2)
    pictures = {s.name: program.encode(s, *flags) for s in sets}
    add("librosa mel_to_audio (NNLS), 32", lambda s: librosa_mel(s, 32))
    for inverse in ("pinv", "nnls", "kl"):
        two_stage = ("--mel-inverse", inverse, "--phase-method", "griffinlim")
        add(f"`{inverse}`, then griffinlim, 32", lambda s, f=two_stage: program.judge(s, pictures[s.name], *f))
    for n_iter in (32, 64, 100, 200):
        add(f"bands inside the loop, {n_iter}", lambda s, n=n_iter: program.judge(s, pictures[s.name], "--n-iter", n))
    return report.table(rows)


def stereo_table(program, some):
    views = {
        "left": lambda x: x[0],
        "right": lambda x: x[1],
        "left + right": lambda x: x[0] + x[1],
        "left - right": lambda x: x[0] - x[1],
    }
    rows = [["100 steps, SC", *views, "correlation of left and right, off by"]]
    for encoding, label in (("gray8", "`gray8`, a plane a channel"), ("stereo3", "`stereo3`")):
        found, _ = program.decode(some, program.encode(some, "--encoding", encoding), "--n-iter", 100)
        cells, off = {name: [] for name in views}, []
        for (_, x, _), y in zip(some.sounds, found, strict=True):
            for name, view in views.items():
                wanted = magnitudes(view(x), some.n_fft, some.hop)
                cells[name].append(convergence_db(wanted, magnitudes(view(y), some.n_fft, some.hop)))
            off.append(abs(np.corrcoef(x)[0, 1] - np.corrcoef(y)[0, 1]))
        rows.append([label, *[f"{np.mean(c):.1f}" for c in cells.values()], f"{np.mean(off):.3f}"])
        print(" ".join(rows[-1]), flush=True)
    return report.table(rows)


# --- sounds ----------------------------------------------------------------------------------------------------------


def sox(*arguments):
    subprocess.run(["sox", "-V1", "-R", *map(str, arguments)], check=True)


def seconds_of(path):
    run = subprocess.run(["soxi", "-D", str(path)], stdout=subprocess.PIPE, check=True, text=True)
    return float(run.stdout)


def make_speech(source, to, count):
    to.mkdir()
    first, last = SPEECH_SECONDS
    paths = [p for p in sorted(source.rglob("*.wav")) if "silence" not in p.parts and first <= seconds_of(p) <= last]
    for i, path in enumerate(paths[:: max(1, len(paths) // count)][:count]):
        sox(path, "-e", "float", "-b", 32, to / f"{i}.wav")


def make_music(source, to, count, *effects):
    to.mkdir()
    paths = [p for p in sorted(source.glob("*.ogg")) if seconds_of(p) > MUSIC_BEGINS + MUSIC_SECONDS]
    for i, path in enumerate(paths[:: max(1, len(paths) // count)][:count]):
        sox(path, "-e", "float", "-b", 32, to / f"{i}.wav", "trim", MUSIC_BEGINS, MUSIC_SECONDS, *effects)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--page", type=pathlib.Path, help="put the tables between its markers")
    parser.add_argument("--command", default="./dev phase")
    parser.add_argument("--quick", action="store_true", help="two sounds a set; for a look, not for the page")
    parser.add_argument("sounds", nargs="+", metavar="NAME=FOLDER", help="Speech and Music")
    chosen = parser.parse_args()
    folders = {name: pathlib.Path(folder) for name, folder in (pair.split("=", 1) for pair in chosen.sounds)}
    torch.set_num_threads(1)
    program = Program(chosen.program.resolve())
    n_speech, n_music = (2, 2) if chosen.quick else (8, 6)
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        make_speech(folders["Speech"], root / "speech", n_speech)
        make_music(folders["Music"], root / "music", n_music, "remix", "-")
        make_music(folders["Music"], root / "music22", n_music, "remix", "-", "rate", 22050)
        make_music(folders["Music"], root / "stereo", n_music)
        speech, music = Set("Speech", root / "speech", 512), Set("Music", root / "music", 2048)
        # The first call of a library makes its plans and caches.
        librosa_griffinlim(Set("Speech", root / "speech", 512), 1)
        methods, ratios = methods_table(program, [speech, music])
        tables = {
            "methods": methods,
            "librosa": ratios,
            "pictures": pictures_table(program, [speech, music]),
            "mel": mel_table(program, [Set("Speech", root / "speech", 1024), Set("Music", root / "music22", 2048)]),
            "stereo": stereo_table(program, Set("Music", root / "stereo", 2048)),
        }
    versions = f"librosa {librosa.__version__}, torchaudio {torchaudio.__version__}, numpy {np.__version__}."
    head = f"{report.machine()} {versions} {len(speech.sounds)} prompts of speech, {speech.seconds:.0f} s; "
    head += f"{len(music.sounds)} excerpts of music, {music.seconds:.0f} s."
    for name, text in tables.items():
        print(f"\n## {name}\n\n{text}")
        if chosen.page and not chosen.quick:
            report.replace_section(chosen.page, name, f"{head}\n\n{text}" if name == "methods" else text, chosen.command)


if __name__ == "__main__":
    main()
