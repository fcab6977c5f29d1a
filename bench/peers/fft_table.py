#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Runs fft_peers_bench, its rows interleaved, and makes the table of the section `fft` of a page."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import report

NAMES = {
    "fftw": "FFTW, one frame at a time",
    "fftw_blocks": "FFTW, 16 frames at a time",
    "pocketfft": "pocketfft, one frame at a time",
    "pocketfft_blocks": "pocketfft, 16 frames at a time",
    "kissfft": "KissFFT",
}
OWN = "spectrohue_"
GOAL = 1.5  # at AVX2, which most machines have, or the fastest set that there is


def run(program, repetitions):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        subprocess.run(
            [
                program,
                f"--benchmark_repetitions={repetitions}",
                "--benchmark_enable_random_interleaving=true",
                "--benchmark_report_aggregates_only=true",
                "--benchmark_min_time=0.05",
                f"--benchmark_out={out}",
                "--benchmark_out_format=json",
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with open(out, encoding="utf-8") as file:
            return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="fft_peers_bench")
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--command", default="", help="what to print as the command that was run")
    parser.add_argument("--page", help="page whose section `fft` is replaced")
    arguments = parser.parse_args()
    result = run(arguments.program, arguments.repetitions)

    times = {}  # peer -> {n_fft: microseconds a frame}
    wrong = []
    for row in result["benchmarks"]:
        _, peer, n_fft, *_ = row["name"].split("/")
        n_fft = int(n_fft.removeprefix("n_fft:"))
        if row.get("error_occurred"):
            wrong.append(f"{peer} at {n_fft}: {row['error_message']}")
        elif row.get("aggregate_name") == "median":
            times.setdefault(peer, {})[n_fft] = row["s_per_frame"] * 1e6
    sizes = sorted({n for row in times.values() for n in row})
    # The rows come in any order: instruction sets first, fastest first, then the peers.
    ours = {peer: row for peer, row in times.items() if peer.startswith(OWN)}
    ours = dict(sorted(ours.items(), key=lambda item: sum(item[1].values())))
    times = ours | {peer: times[peer] for peer in NAMES if peer in times}

    rows = [["microseconds of CPU a frame", *map(str, sizes)]]
    for peer, row in times.items():
        name = f"**spectrohue, {peer.removeprefix(OWN).upper()}**" if peer in ours else NAMES[peer]
        rows.append([name, *(f"{row[n]:.3f}" if n in row else "" for n in sizes)])
    best_fftw = {n: min(times[p][n] for p in ("fftw", "fftw_blocks")) for n in sizes} if "fftw" in times else {}
    for peer, row in ours.items():
        if best_fftw:
            name = f"the better FFTW / spectrohue, {peer.removeprefix(OWN).upper()}"
            rows.append([name, *(f"{best_fftw[n] / row[n]:.2f} x" for n in sizes)])

    context = result["context"]
    said = [f"{name} {context[name]}" for name in ("FFTW", "pocketfft", "KissFFT") if name in context]
    head = [report.machine(), "; ".join(said) + "."]
    if arguments.command:
        head.append(f"Command: `{arguments.command}`.")
    head.append(f"Medians of {arguments.repetitions} runs a row, in random order.")
    parts = [" ".join(head), report.table(rows)]
    if best_fftw and ours:
        judged = "spectrohue_avx2" if "spectrohue_avx2" in ours else next(iter(ours))
        worst = min(best_fftw[n] / ours[judged][n] for n in sizes)
        parts.append(
            f"Goal: {judged.removeprefix(OWN).upper()} at least {GOAL} x FFTW at every size. "
            f"Measured: {worst:.2f} x at least, {'met' if worst >= GOAL else '**missed**'}."
        )
    parts += ["- " + line for line in wrong]
    text = "\n\n".join(parts)
    print(text)
    if arguments.page:
        report.replace_section(arguments.page, "fft", text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
