#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""All that is to be seen on a GPU: tests, sanitizers, what kernels take, whole runs, a peer. Results are files.

    bench/gpu/check.py --programs build/bin --out bench/results/NAME [STEP ...]

Steps, in this order: tests, sanitizers, kernels, files, peer. All of them unless named. The first failed test ends it,
as what follows rests on it; --keep-going goes on. What cannot run here is said. Needs Python 3.9 and nothing else; the
peer needs PyTorch, numpy and Pillow. Exit code: 0; 1 where something failed; 3 without a usable GPU.
"""

import argparse
import datetime
import math
import os
import pathlib
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import wave

# In the order in which one rests on the other.
TESTS = [
    ("parity_test", "Cuda.SaysItsName"),
    ("parity_test", "Cuda.ReturnsTheSamePixelsInAllCurves"),
    ("parity_test", "Cuda.ImpulseIsExact"),
    ("parity_test", "*CudaParity.Analyse*:*CudaParity.Synthesise*"),
    ("parity_test", "*Cuda*"),
    ("frames_test", "*/cuda"),
    ("fft_test", "*/cuda"),
    ("pixels_test", "*/cuda"),
    ("overlap_add_test", "*/cuda"),
    ("roundtrip_test", "*/cuda"),
    ("librosa_test", "*/cuda"),
    ("magnitude_pictures_test", "*/cuda"),
    ("closed_loop_test", "*/cuda"),
    ("exact_test", "*/cuda:*Cuda*"),
    ("phase_forest_test", "*/cuda"),
    ("projector_test", "*/cuda:CudaProjectors.*"),
    ("retrieval_test", "*/cuda"),
    ("png_kernels_test", "*CudaPngKernels*"),
    ("encode_png_test", "*CudaEncodePng*"),
]
SANITIZERS = [
    ("memcheck", "parity_test", "*CudaParity*n400*:*CudaParity*n225*"),
    ("racecheck", "parity_test", "*CudaParity*n16_*"),
    ("initcheck", "parity_test", "*CudaParity*n400_hop100"),
    ("synccheck", "parity_test", "*CudaParity*n16_*"),
    *[
        (tool, "png_kernels_test", "*CudaPngKernels*/quarters:*CudaPngKernels*/runs")
        for tool in ("memcheck", "racecheck", "initcheck", "synccheck")
    ],
    ("memcheck", "encode_png_test", "*CudaEncodePng*/hsv_open:*CudaEncodePng*/hsv16_refine2"),
    ("initcheck", "encode_png_test", "*CudaEncodePng*/hsv_open"),
    *[(tool, "projector_test", "*/cuda") for tool in ("memcheck", "racecheck", "initcheck", "synccheck")],
    ("memcheck", "phase_forest_test", "*/cuda"),
    ("initcheck", "phase_forest_test", "*/cuda"),
]
STEPS = ("tests", "sanitizers", "kernels", "files", "peer")
RATE = 44100
SECONDS_A_FILE = 20
THREADS = (1, 4, 16)
PEER_SCRIPT = pathlib.Path(__file__).resolve().parent / "torch_hsv.py"


def output_of(*command):
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
    except OSError:
        return ""
    return run.stdout.strip()


class Session:
    def __init__(self, chosen):
        self.programs = chosen.programs.resolve()
        self.out = chosen.out
        self.chosen = chosen
        self.n_failed = 0

    def program(self, name):
        return str(self.programs / name)

    def head(self):
        """What was measured where; the first lines of every result."""
        here = str(pathlib.Path(__file__).resolve().parent)
        revision = self.chosen.revision or output_of("git", "-C", here, "rev-parse", "--short", "HEAD") or "unknown"
        device = output_of("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
        command = "bench/gpu/check.py " + " ".join(self.chosen.steps)
        return "\n".join(
            [
                f"date: {datetime.date.today()}",
                f"revision: {revision}",
                f"device, driver, memory: {device or 'unknown'}",
                f"cores: {len(os.sched_getaffinity(0))}",
                f"command: {command.strip()}",
            ]
        )

    def write(self, name, text):
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / name).write_text(f"{self.head()}\n\n{text.rstrip()}\n", encoding="utf-8")
        print(f"{self.out / name}", flush=True)

    def say(self, text):
        print(text, flush=True)

    def run(self, command, seconds, **environment):
        """Whether it went well, and what it printed."""
        try:
            run = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                text=True,
                timeout=seconds,
                env={**os.environ, **environment},
            )
        except OSError as error:
            return False, str(error)
        except subprocess.TimeoutExpired as error:
            text = error.stdout or b""
            return False, f"{text if isinstance(text, str) else text.decode()}\nnot done after {seconds} s"
        return run.returncode == 0, run.stdout

    def failed(self, what):
        self.n_failed += 1
        self.say(f"FAILED: {what}")
        return not (self.chosen.keep_going or self.chosen.check_filters)


# --- correctness -----------------------------------------------------------------------------------------------------


def run_tests(session):
    report = []
    for name, tests in TESTS:
        command = [session.program(name), f"--gtest_filter={tests}", "--gtest_brief=1"]
        ok, text = session.run(command, 600, SPECTROHUE_REQUIRE_CUDA="1")
        ok = ok and "] 0 tests from" not in text  # a filter that names nothing shows nothing
        session.say(f"{'ok    ' if ok else 'FAILED'} {name} {tests}")
        report.append(f"$ {name} --gtest_filter='{tests}'\n{text}")
        if not ok and session.failed(f"{name} {tests}"):
            break
    session.write("tests.txt", "\n".join(report))


def run_sanitizers(session):
    tool = shutil.which("compute-sanitizer")
    if tool is None:
        session.say("not run: there is no compute-sanitizer here")
        return
    report = []
    for kind, name, tests in SANITIZERS:
        command = [tool, "--tool", kind, "--error-exitcode", "9", session.program(name), f"--gtest_filter={tests}"]
        ok, text = session.run(command, 300)
        session.say(f"{'ok    ' if ok else 'FAILED'} {kind} {name} {tests}")
        report.append(f"$ compute-sanitizer --tool {kind} {name} --gtest_filter='{tests}'\n{text[-6000:]}")
        if not ok and session.failed(f"{kind} of {name}"):
            break
    session.write("sanitizers.txt", "\n".join(report))


def check_filters(session):
    """That every filter names tests of its program; needs no GPU."""
    for name, tests in [*TESTS, *[entry[1:] for entry in SANITIZERS]]:
        ok, text = session.run([session.program(name), f"--gtest_filter={tests}", "--gtest_list_tests"], 60)
        if not ok or "\n  " not in text:
            session.failed(f"{name} has no tests {tests}")


# --- speed -----------------------------------------------------------------------------------------------------------


def run_kernels(session):
    ok, text = session.run([session.program("gpu_stages")], 300)
    session.say(text if ok else "")
    session.write("kernels.md", text)
    if not ok:
        session.failed("gpu_stages")


def make_sounds(folder, count):
    """Notes under noise, each file of its own, 16 bits mono."""
    folder.mkdir()
    n = SECONDS_A_FILE * RATE
    hiss = [random.Random(1).gauss(0, 600) for _ in range(RATE)]
    one = []
    for i in range(n):
        t = i / RATE
        beat = math.exp(-4 * (t % 0.5))
        notes = sum(math.sin(2 * math.pi * hz * t) for hz in (110, 164.8, 277.2, 440, 1318.5, 3520))
        one.append(int(3000 * beat * notes + hiss[i * 7919 % RATE]))
    for number in range(count):
        shift = number * 9973 % n
        values = one[shift:] + one[:shift]
        with wave.open(str(folder / f"{number:05}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{n}h", *values))


def timed(command):
    begin = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr[-2000:])
    return time.perf_counter() - begin


def hours_a_second(scratch, hours, rounds, command_to):
    """Median of rounds; command_to(folder): a command that fills it."""
    rates = []
    for _ in range(rounds + 1):  # the first warms up
        out = scratch / "out"
        rates.append(hours / timed(command_to(out)))
        shutil.rmtree(out)
    return statistics.median(rates[1:])


def in_a_scratch_folder(session, act):
    where = session.chosen.scratch
    with tempfile.TemporaryDirectory(dir=where) as name:
        scratch = pathlib.Path(name)
        count = max(1, round(session.chosen.hours * 3600 / SECONDS_A_FILE))
        make_sounds(scratch / "wav", count)
        return act(scratch, count * SECONDS_A_FILE / 3600)


def run_files(session):
    program = session.program("spectrohue")

    def measure(scratch, hours):
        always = ["-q", "--overwrite", "--manifest", "none"]
        fast, gray = scratch / "fast", scratch / "gray"
        timed([program, "encode", scratch / "wav", "-o", fast, "--quality", "fast", *always])
        timed([program, "encode", scratch / "wav", "-o", gray, "--encoding", "gray8", *always])
        timed([program, "decode", fast, "-o", scratch / "flac", "--format", "flac", *always])
        ways = [
            ("WAV to hsv, --quality fast", ["encode", scratch / "wav", "--quality", "fast"]),
            ("FLAC to hsv, --quality fast", ["encode", scratch / "flac", "--quality", "fast"]),
            ("WAV to hsv, default", ["encode", scratch / "wav"]),
            ("hsv to WAV", ["decode", fast]),
            ("gray8 to WAV, 64 steps, --init pghi", ["decode", gray]),
            ("gray8 to WAV, 64 steps, --init forest", ["decode", gray, "--init", "forest"]),
        ]
        rows = ["| hours of sound a second | device | " + " | ".join(f"-j {n}" for n in THREADS) + " |"]
        rows.append("| --- | --- |" + " ---: |" * len(THREADS))
        for label, arguments in ways:
            for device in session.chosen.devices:
                cells = []
                for threads in THREADS:
                    command = [program, *arguments, "--device", device, "-j", str(threads), *always]
                    rate = hours_a_second(
                        scratch, hours, session.chosen.rounds, lambda out, c=command: [*map(str, c), "-o", str(out)]
                    )
                    cells.append(f"{rate:.2f}")
                rows.append(f"| {label} | {device} | " + " | ".join(cells) + " |")
                session.say(rows[-1])
        what = f"{hours:.2f} hours of 44.1 kHz mono in files of {SECONDS_A_FILE} s, in {scratch.parent}."
        return "\n".join([what, "", *rows])

    session.write("files.md", in_a_scratch_folder(session, measure))


def run_peer(session):
    python = session.chosen.python
    if session.run([python, "-c", "import torch, numpy, PIL"], 120)[0] is False:
        session.say(f"not run: {python} has no PyTorch, numpy and Pillow")
        return
    program = session.program("spectrohue")

    def measure(scratch, hours):
        rows = ["| WAV to hsv, --quality fast | threads | hours a second |", "| --- | ---: | ---: |"]
        for device in session.chosen.devices:
            for threads in THREADS:
                ours = [program, "encode", scratch / "wav", "--quality", "fast", "--device", device, "-j", threads]
                ours += ["-q", "--manifest", "none", "-o"]
                theirs = [python, PEER_SCRIPT, "--device", device, "--jobs", threads, scratch / "wav"]
                for label, command in ((f"spectrohue, {device}", ours), (f"torch.stft, {device}, and Pillow", theirs)):
                    rate = hours_a_second(
                        scratch, hours, session.chosen.rounds, lambda out, c=command: [*map(str, c), str(out)]
                    )
                    rows.append(f"| {label} | {threads} | {rate:.3f} |")
                    session.say(rows[-1])
        return "\n".join(rows)

    session.write("peer.md", in_a_scratch_folder(session, measure))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=pathlib.Path("build/bin"))
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--check-filters", action="store_true", help="only whether they name tests; needs no GPU")
    parser.add_argument("--keep-going", action="store_true", help="also after a failed test")
    parser.add_argument("--hours", type=float, default=1.0, help="of sound, for files and peer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/dev/shm"), help="where files are")
    parser.add_argument("--python", default=sys.executable, help="that has PyTorch, for the peer")
    parser.add_argument("--devices", nargs="+", default=["cuda", "cpu"])
    parser.add_argument("--revision", help="of the programs, where git does not know it")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    chosen = parser.parse_args()
    unknown = [step for step in chosen.steps if step not in STEPS]
    if unknown:
        parser.error(f"unknown step {unknown[0]}; known: {', '.join(STEPS)}")
    session = Session(chosen)
    if chosen.check_filters:
        check_filters(session)
        return 1 if session.n_failed else 0
    devices = output_of(session.program("spectrohue"), "devices")
    usable = any(line.startswith("cuda") and " not usable" not in line for line in devices.splitlines())
    if "cuda" in chosen.devices and not usable:
        print(f"no usable GPU:\n{devices}", file=sys.stderr)
        return 3
    session.write("devices.txt", devices)
    actions = [run_tests, run_sanitizers, run_kernels, run_files, run_peer]
    for step, action in zip(STEPS, actions):
        if chosen.steps and step not in chosen.steps:
            continue
        session.say(f"== {step}")
        action(session)
        if session.n_failed and not chosen.keep_going:
            break
    return 1 if session.n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
