#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""spectrohue against other software that turns the same sounds into pictures of the same size, and back.

All candidates take turns, round by round, on the same files in the same folder; what counts is the median of the CPU
time (user + system) of the whole process, start included, and of the wall time. Before that each has to show on a few
files that it does the same job. Needs only the standard library; the peers need what their scripts import.
"""

import argparse
import array
import dataclasses
import json
import math
import operator
import os
import pathlib
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import wave
from typing import Callable

import report

HERE = pathlib.Path(__file__).resolve().parent
N_FFT = 2048
HOP = 512
N_BINS = N_FFT // 2 + 1

# A candidate whose first run takes longer runs in three rounds only.
SLOW_SECONDS = 8
SLOW_ROUNDS = 3

# The peers compute in one thread; files are what runs in parallel.
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ENVIRONMENT = dict(os.environ, **dict.fromkeys(THREAD_LIMITS, "1"))


class CheckFailed(Exception):
    pass


class Data:
    """A folder of 16-bit mono WAV files."""

    def __init__(self, name, title, folder):
        self.name = name
        self.title = title
        self.folder = folder
        self.pictures = folder.with_name(folder.name + ".pictures")  # spectrohue's, for the way back
        self.files = sorted(path.relative_to(folder) for path in folder.rglob("*.wav"))
        self.rate = {}
        self.n_samples = {}
        for file in self.files:
            with wave.open(str(folder / file)) as sound:
                if sound.getnchannels() != 1 or sound.getsampwidth() != 2:
                    raise SystemExit(f"{folder / file}: 16-bit mono is needed here")
                self.rate[file] = sound.getframerate()
                self.n_samples[file] = sound.getnframes()

    def seconds(self, files):
        return sum(self.n_samples[file] / self.rate[file] for file in files)

    def n_frames(self, file):
        return 1 + math.ceil(self.n_samples[file] / HOP)


@dataclasses.dataclass
class Candidate:
    key: str
    name: str
    way: str  # "encode" or "decode"
    # (data, files, folder for the results, jobs) to processes, of which up to `jobs` run at a time.
    commands: Callable
    missing: str = ""  # why it cannot be measured
    by_file: bool = False  # one process a file
    check: str = "size"  # "size", "sound in the picture" or "sound"
    slack: int = 1  # columns that a picture may have more or less

    def result_of(self, folder, file):
        return folder / file.with_suffix(".png" if self.way == "encode" else ".wav")


@dataclasses.dataclass
class Run:
    cpu: float
    wall: float
    other: float  # cores that were busy with something else
    megabytes: float


# --- the candidates ----------------------------------------------------------------------------------------------------


def write_list(data, files, folder, way):
    """A task a line: source, tab, destination."""
    path = folder / "tasks"
    with open(path, "w", encoding="utf-8") as out:
        for file in files:
            if way == "encode":
                out.write(f"{data.folder / file}\t{folder / file.with_suffix('.png')}\n")
            else:
                out.write(f"{data.pictures / file.with_suffix('.png')}\t{folder / file}\n")
    return str(path)


def spectrohue(program, way, *options, device="cpu"):
    def commands(data, files, folder, jobs):
        source = data.folder if way == "encode" else data.pictures
        return [[program, way, str(source), "-o", str(folder), "-q", "-j", str(jobs), "--device", device, *options]]

    return commands


def python_peer(python, script, way, level=-1):
    def commands(data, files, folder, jobs):
        tasks = write_list(data, files, folder, way)
        return [[python, str(HERE / script), "--jobs", str(jobs), "--level", str(level), tasks]]

    return commands


def opencv(program):
    return lambda data, files, folder, jobs: [[program, str(jobs), write_list(data, files, folder, "encode")]]


def sox(data, files, folder, jobs):
    size = ["spectrogram", "-r", "-x", "200000", "-y", str(N_BINS)]
    return [
        ["sox", str(data.folder / file), "-n", *size]
        + ["-X", str(data.rate[file] / HOP), "-o", str(folder / file.with_suffix(".png"))]
        for file in files
    ]


def ffmpeg(data, files, folder, jobs):
    head = "ffmpeg -v error -nostdin -y -threads 1 -filter_threads 1 -filter_complex_threads 1 -i".split()
    return [
        head
        + [str(data.folder / file), "-lavfi"]
        + [f"showspectrumpic=s={max(16, data.n_frames(file))}x{N_BINS - 1}:legend=0"]
        + [str(folder / file.with_suffix(".png"))]
        for file in files
    ]


def missing_module(python, *modules):
    """Why a Python peer cannot run, or nothing."""
    if not python:
        return "no Python environment (--python)"
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    said = subprocess.run([python, "-c", code, *modules], env=ENVIRONMENT, capture_output=True, check=False, text=True)
    return "" if said.returncode == 0 else said.stderr.strip().splitlines()[-1]


def make_candidates(arguments):
    python = arguments.python
    no_sox = "" if shutil.which("sox") else "sox is not installed"
    no_ffmpeg = "" if shutil.which("ffmpeg") else "ffmpeg is not installed"
    no_opencv = "" if arguments.opencv else "the program encode_opencv was not given (--opencv)"
    no_librosa = missing_module(python, "librosa", "PIL")
    no_torchaudio = missing_module(python, "torchaudio", "soundfile", "PIL")
    no_scipy = missing_module(python, "scipy.signal", "matplotlib.colors", "soundfile", "PIL")
    no_avx2 = "" if "avx2" in report.output_of(arguments.program, "devices") else "this processor has no AVX2"
    hsv = "sound in the picture"

    def script(name, **options):
        return python_peer(python, name, "encode", **options)

    program = arguments.program
    return [
        # What the peers do: every pixel rounded on its own.
        Candidate(
            "encode",
            "**spectrohue encode --quality fast**",
            "encode",
            spectrohue(program, "encode", "--quality", "fast"),
            check=hsv,
        ),
        Candidate(
            "encode-avx2",
            "**spectrohue encode --quality fast**, AVX2",
            "encode",
            spectrohue(program, "encode", "--quality", "fast", device="cpu:avx2"),
            missing=no_avx2,
            check=hsv,
        ),
        Candidate(
            "encode-default",
            "**spectrohue encode**, default quality",
            "encode",
            spectrohue(program, "encode"),
            check=hsv,
        ),
        Candidate(
            "opencv", "spectrohue with cv::imwrite", "encode", opencv(arguments.opencv), missing=no_opencv, check=hsv
        ),
        # SoX draws no frames that reach past the ends.
        Candidate("sox", "SoX spectrogram", "encode", sox, missing=no_sox, by_file=True, slack=2),
        Candidate("ffmpeg", "ffmpeg showspectrumpic", "encode", ffmpeg, missing=no_ffmpeg, by_file=True),
        Candidate(
            "torchaudio",
            "torchaudio + Pillow, PNG level 1",
            "encode",
            script("encode_torchaudio.py", level=1),
            missing=no_torchaudio,
            check=hsv,
        ),
        Candidate(
            "librosa-1",
            "librosa + Pillow, PNG level 1",
            "encode",
            script("encode_librosa.py", level=1),
            missing=no_librosa,
            check=hsv,
        ),
        Candidate(
            "librosa",
            "librosa + Pillow, PNG default",
            "encode",
            script("encode_librosa.py"),
            missing=no_librosa,
            check=hsv,
        ),
        Candidate(
            "scipy-1",
            "SciPy + Pillow, PNG level 1",
            "encode",
            script("encode_scipy.py", level=1),
            missing=no_scipy,
            check=hsv,
        ),
        Candidate(
            "scipy",
            "SciPy + Pillow, PNG default",
            "encode",
            script("encode_scipy.py"),
            missing=no_scipy,
            check=hsv,
        ),
        Candidate("decode", "**spectrohue decode**", "decode", spectrohue(program, "decode"), check="sound"),
        Candidate(
            "decode-avx2",
            "**spectrohue decode**, AVX2",
            "decode",
            spectrohue(program, "decode", device="cpu:avx2"),
            missing=no_avx2,
            check="sound",
        ),
        Candidate(
            "decode-scipy",
            "Pillow + SciPy, the same pictures",
            "decode",
            python_peer(python, "decode_scipy.py", "decode"),
            missing=no_scipy,
            check="sound",
        ),
    ]


# Candidate, its peer, how many times faster it should be: CPU time, one thread, the first folder.
# At AVX2, which most machines have: against a peer, or, without one, times real time.
GOALS = [
    ("encode-avx2", "", 1300),
    ("decode-avx2", "", 1150),
    ("encode-default", "", 100),
    ("encode-avx2", "sox", 5),
    ("encode-avx2", "torchaudio", 25),
    ("encode-avx2", "ffmpeg", 30),
    ("encode-avx2", "scipy", 50),
    ("decode-avx2", "decode-scipy", 25),
]


# --- running -----------------------------------------------------------------------------------------------------------


def busy_seconds():
    """CPU time that all processes of the machine have used."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(x) for x in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def run_all(commands, jobs, log):
    """Runs processes, up to `jobs` at a time; CPU seconds of all of them with their children."""
    waiting = list(reversed(commands))
    running = {}
    cpu = 0.0
    failed = None
    output = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND, 0o644)
    actions = [(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)]
    while waiting or running:
        while waiting and len(running) < jobs:
            command = waiting.pop()
            running[os.posix_spawnp(command[0], command, ENVIRONMENT, file_actions=actions)] = command
        pid, status, usage = os.wait4(-1, 0)
        command = running.pop(pid)
        cpu += usage.ru_utime + usage.ru_stime
        if status and not failed:
            failed = command
            waiting.clear()
    os.close(output)
    if failed:
        said = pathlib.Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise CheckFailed(f"{pathlib.Path(failed[0]).name} failed: {said[-1] if said else 'without a word'}")
    return cpu


def measure(candidate, data, files, jobs, scratch):
    """One run into an empty folder, which is left for a look."""
    folder = scratch / "results"
    shutil.rmtree(folder, ignore_errors=True)
    for parent in {folder / file.parent for file in data.files}:
        parent.mkdir(parents=True, exist_ok=True)
    commands = candidate.commands(data, files, folder, jobs)
    busy = busy_seconds()
    start = time.perf_counter()
    cpu = run_all(commands, jobs if candidate.by_file else 1, scratch / "log")
    wall = time.perf_counter() - start
    other = max(0.0, busy_seconds() - busy - cpu) / wall
    size = sum(candidate.result_of(folder, file).stat().st_size for file in files)
    return Run(cpu, wall, other, size / 1e6)


# --- the same job? -----------------------------------------------------------------------------------------------------


def png_size(path):
    with open(path, "rb") as file:
        head = file.read(24)
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        raise CheckFailed("not a PNG")
    return struct.unpack(">II", head[16:])


def samples_of(path):
    with wave.open(str(path)) as sound:
        return array.array("h", sound.readframes(sound.getnframes()))


def snr_db(source, other, fit_gain):
    """Of the samples that both hold; all but one frame's worth has to be there."""
    n = min(len(source), len(other))
    if n < len(source) - HOP:
        raise CheckFailed(f"{len(source)} samples became {len(other)}")
    source, other = source[:n], other[:n]
    power = sum(map(operator.mul, source, source))
    product = sum(map(operator.mul, source, other))
    other_power = sum(map(operator.mul, other, other))
    gain = product / other_power if fit_gain and other_power else 1.0
    error = power - 2 * gain * product + gain * gain * other_power
    return 10 * math.log10(power / max(error, 1e-9))


def check(candidate, data, program, scratch):
    """The lowest SNR of the sounds of `data`, or nothing; throws CheckFailed."""
    measure(candidate, data, data.files, 1, scratch)
    lowest = math.inf
    for file in data.files:
        result = candidate.result_of(scratch / "results", file)
        if candidate.way == "encode":
            width, height = png_size(result)
            if abs(width - data.n_frames(file)) > candidate.slack or abs(height - N_BINS) > 1:
                raise CheckFailed(f"a picture of {width} x {height} instead of {data.n_frames(file)} x {N_BINS}")
        if candidate.check == "size":
            continue
        sound, fit_gain, least = result, False, 40
        if candidate.way == "encode":
            # Read without a note, as a picture of this size; its level is not known then.
            sound, fit_gain, least = scratch / "check.wav", True, 30
            rate = ["--sample-rate", str(data.rate[file]), "--normalize", "peak"]
            command = [program, "decode", str(result), "-o", str(sound), "--overwrite", "-q", *rate]
            run_all([command], 1, scratch / "log")
        snr = snr_db(samples_of(data.folder / file), samples_of(sound), fit_gain)
        if snr < least:
            raise CheckFailed(f"the sound in it has an SNR of {snr:.1f} dB, and {least} is the least")
        lowest = min(lowest, snr)
    return lowest


def check_data(data):
    """The three shortest files of at least three seconds that are not next to silence."""
    folder = data.folder.with_name(data.folder.name + ".check")
    taken = []
    for file in sorted(data.files, key=lambda file: data.n_samples[file]):
        if data.n_samples[file] >= 3 * data.rate[file] and max(samples_of(data.folder / file)) > 3000:
            taken.append(file)
        if len(taken) == 3:
            break
    for file in taken:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data.folder / file, folder / file)
    return Data(data.name, data.title, folder)


# --- the report --------------------------------------------------------------------------------------------------------


def subset(data, candidate, limit):
    """All files; for slow peers of one process a file `limit` of them, evenly spread."""
    if candidate.key != "ffmpeg" or len(data.files) <= limit:
        return data.files
    return [data.files[i * len(data.files) // limit] for i in range(limit)]


def versions(arguments):
    found = [report.output_of(arguments.program, "--version").strip()]
    if arguments.opencv:
        found.append(report.output_of(arguments.opencv, "--version").strip())
    if shutil.which("sox"):
        found.append("SoX " + report.output_of("sox", "--version").split()[-1].lstrip("v"))
    if shutil.which("ffmpeg"):
        found.append("ffmpeg " + report.output_of("ffmpeg", "-version").split()[2])
    if arguments.python:
        code = (
            "import importlib.metadata as m, json, platform\nfound = ['Python ' + platform.python_version()]\n"
            "for p in 'numpy scipy matplotlib pillow soundfile librosa torch torchaudio'.split():\n"
            "    try: found.append(p + ' ' + m.version(p))\n"
            "    except m.PackageNotFoundError: pass\nprint(json.dumps(found))"
        )
        found += json.loads(report.output_of(arguments.python, "-c", code) or "[]")
    return ", ".join(found)


def number(x):
    return f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def results_table(candidates, results, data, limit):
    rows = [["", "x real time by CPU", "by wall", "spectrohue is, by CPU", "by wall", "MB a minute", "rounds"]]
    speed = {}
    for candidate in candidates:
        runs = results.get(candidate.key)
        if not runs:
            rows.append([candidate.name, *["not measured"] * 2, *[""] * 4])
            continue
        seconds = data.seconds(subset(data, candidate, limit))
        by_cpu = seconds / statistics.median(run.cpu for run in runs)
        by_wall = seconds / statistics.median(run.wall for run in runs)
        speed[candidate.key] = (by_cpu, by_wall)
        ours = speed[candidate.way]
        own = candidate.key == candidate.way
        rows.append(
            [
                candidate.name,
                number(by_cpu),
                number(by_wall),
                "" if own else number(ours[0] / by_cpu) + " x",
                "" if own else number(ours[1] / by_wall) + " x",
                number(runs[0].megabytes / seconds * 60),
                str(len(runs)),
            ]
        )
    return report.table(rows), speed


def goals_table(candidates, speed, title):
    names = {candidate.key: candidate.name.replace("*", "") for candidate in candidates}
    speed = {"": (1.0, 1.0), **speed}
    names[""] = "real time"
    rows = [[f"goal: whole process, CPU time, one thread, {title.lower()}", "asked", "measured", ""]]
    for ours, peer, factor in GOALS:
        if ours not in names or peer not in names:  # --only
            continue
        verdict = ["not measured", ""]
        if ours in speed and peer in speed:
            times = speed[ours][0] / speed[peer][0]
            verdict = [number(times) + " x", "met" if times >= factor else "**missed**"]
        rows.append([f"{names[ours]} against {names[peer]}", f"{factor} x", *verdict])
    return report.table(rows)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="spectrohue")
    parser.add_argument("--opencv", default="", help="the program encode_opencv of the same build")
    parser.add_argument("--python", default="", help="a Python that has the peers' packages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=60, help="files for ffmpeg, which is slow (default 60)")
    parser.add_argument("--threads", choices=("1", "all", "both"), default="both")
    parser.add_argument("--only", default="", help="regular expression of candidates, such as 'encode|sox'")
    parser.add_argument("--command", default="", help="what to print as the command that was run")
    parser.add_argument("--page", help="page whose section `files` is replaced")
    parser.add_argument("data", nargs="+", metavar="NAME=FOLDER", help="folders of 16-bit mono WAV files")
    return parser.parse_args()


def scratch_folder():
    memory = "/dev/shm"
    return tempfile.TemporaryDirectory(prefix="spectrohue-peers-", dir=memory if os.access(memory, os.W_OK) else None)


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    arguments = parse_arguments()
    # Whatever Python has to compile should not be part of a run, nor lie beside the sources.
    ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(pathlib.Path(tempfile.gettempdir()) / "spectrohue-peers-pycache")
    candidates = [c for c in make_candidates(arguments) if not arguments.only or re.fullmatch(arguments.only, c.key)]
    threads = sorted({"1": {1}, "all": {report.n_cores()}, "both": {1, report.n_cores()}}[arguments.threads])
    notes = []
    sections = []
    disturbed = []
    goals = ""
    failed = False
    with scratch_folder() as scratch:
        scratch = pathlib.Path(scratch)
        for argument in arguments.data:
            title, source = argument.split("=", 1)
            name = re.sub(r"\W+", "-", title)
            shutil.copytree(source, scratch / name, ignore=lambda at, names: [n for n in names if is_other(at, n)])
            data = Data(name, title, scratch / name)
            small = check_data(data)
            for d in (data, small):
                command = [arguments.program, "encode", str(d.folder), "-o", str(d.pictures), "-q", "--device", "cpu"]
                run_all([command], 1, scratch / "log")

            able = []
            for candidate in candidates:
                if candidate.missing:
                    notes.append(f"{candidate.name} was not measured: {candidate.missing}.")
                    continue
                try:
                    snr = check(candidate, small, arguments.program, scratch)
                    say(f"{title}: {candidate.key}: the same job" + ("" if math.isinf(snr) else f", {snr:.1f} dB"))
                    able.append(candidate)
                except CheckFailed as problem:
                    failed = True
                    notes.append(f"{candidate.name} was not measured on {title}: {problem}.")
                    say(notes[-1])

            if any(len(subset(data, candidate, arguments.limit)) < len(data.files) for candidate in able):
                notes.append(
                    f"{title}: ffmpeg took {arguments.limit} of the files, evenly spread; its speed is theirs."
                )
            for jobs in threads:
                results = {candidate.key: [] for candidate in able}
                for at in range(arguments.rounds):
                    for candidate in able:
                        runs = results[candidate.key]
                        if at >= SLOW_ROUNDS and runs[0].wall > SLOW_SECONDS:
                            continue
                        files = subset(data, candidate, arguments.limit)
                        runs.append(measure(candidate, data, files, jobs, scratch))
                        disturbed.append(runs[-1].other)
                        say(
                            f"{title}, {jobs} at a time, round {at + 1}: {candidate.key}: "
                            f"CPU {runs[-1].cpu:.3f} s, wall {runs[-1].wall:.3f} s, others {runs[-1].other:.2f}"
                        )
                text, speed = results_table(candidates, results, data, arguments.limit)
                one = jobs == 1
                head = f"**{title}**: {len(data.files)} files, {data.seconds(data.files):.0f} s, "
                sections.append(f"{head}{'one thread' if one else f'all threads ({jobs})'}.\n\n{text}")
                if one and argument == arguments.data[0]:
                    goals = goals_table(candidates, speed, title)
            shutil.rmtree(data.folder)
            shutil.rmtree(data.pictures)

    head = [report.machine(), versions(arguments) + "."]
    if arguments.command:
        head.append(f"Command: `{arguments.command}`.")
    head.append(
        f"Medians; the rounds are in the tables. While a candidate ran, other processes kept "
        f"{statistics.median(disturbed):.1f} cores busy (median), so the columns by wall say less than those by CPU."
    )
    parts = [" ".join(head)] + ([goals] if goals else []) + sections
    if notes:
        parts.append("\n".join("- " + note for note in dict.fromkeys(notes)))
    text = "\n\n".join(parts)
    print(text)
    if arguments.page:
        report.replace_section(arguments.page, "files", text)
    return 1 if failed else 0


def is_other(folder, name):
    return not name.lower().endswith(".wav") and not os.path.isdir(os.path.join(folder, name))


if __name__ == "__main__":
    sys.exit(main())
