# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Tables for docs/performance.md and docs/encodings.md: the machine, and text between two markers of a page."""

import datetime
import os
import platform
import subprocess


def output_of(*command):
    """What a program prints; empty if it is not there."""
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
    except OSError:
        return ""
    return run.stdout


def field_of(text, name):
    for line in text.splitlines():
        if line.strip().startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"


def n_cores():
    return len(os.sched_getaffinity(0))


def machine():
    lscpu = output_of("lscpu")
    flags = field_of(lscpu, "Flags").split()
    widest = "AVX-512" if "avx512bw" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    here = os.path.dirname(os.path.abspath(__file__))
    revision = output_of("git", "-C", here, "rev-parse", "--short", "HEAD").strip() or "unknown"
    if output_of("git", "-C", here, "status", "--porcelain", "--untracked-files=no").strip():
        revision += " with changes"
    return (
        f"{datetime.date.today()}, {field_of(lscpu, 'Model name')}, {n_cores()} cores, {widest}, "
        f"{platform.system()} {platform.machine()}; spectrohue at revision {revision}."
    )


def table(rows):
    """Markdown; the first row is the head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "| --- " + "| ---: " * (len(rows[0]) - 1) + "|")
    return "\n".join(lines)


def replace_section(page, name, text, command="./dev bench --peers"):
    """Puts text between the markers of `name` in a page, which must hold them."""
    first = f"<!-- {name}: made by {command}, do not edit -->"
    last = f"<!-- end of {name} -->"
    with open(page, encoding="utf-8") as file:
        old = file.read()
    if first not in old or last not in old:
        raise SystemExit(f"{page} does not hold the markers\n{first}\n{last}")
    new = old[: old.index(first) + len(first)] + "\n\n" + text.strip() + "\n\n" + old[old.index(last) :]
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)
