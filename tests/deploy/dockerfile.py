#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""dockerfile.py REPOSITORY: docker/Dockerfile, .dockerignore and compose.yaml agree with each other and with the files.

What a container engine would find out late, and some of what it never says: stages, arguments, scripts that are not
there, cannot be run or are ignored, a base without a tag, a container that runs as root. Exits with 77 without PyYAML.
"""

import fnmatch
import json
import os
import re
import shlex
import sys

try:
    import yaml
except ImportError:
    print("no PyYAML here")
    sys.exit(77)

KNOWN = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "ENTRYPOINT", "CMD"}
problems = []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


def instructions(text):
    """(name, arguments) of each, with lines that go on joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name, rest.strip()


def stages(all_instructions):
    """Arguments before the first FROM, and [(name, base, instructions)]."""
    arguments, found = {}, []
    for name, rest in all_instructions:
        expect(name in KNOWN, f"unknown instruction {name}")
        if name == "FROM":
            match = re.fullmatch(r"(\S+) AS (\w+)", rest)
            expect(match, f"FROM {rest}: a stage has a base and a name")
            if match:
                found.append((match[2], match[1], []))
        elif not found:
            expect(name == "ARG", f"{name} before the first FROM")
            key, _, value = rest.partition("=")
            arguments[key] = value
        else:
            found[-1][2].append((name, rest))
    return arguments, found


def is_tagged(image):
    return re.fullmatch(r"[\w./-]+:[\w.-]+", image) and not image.endswith(":latest")


def is_ignored(path, patterns):
    """Patterns without a slash mean what lies at the top."""
    top = path.split("/")[0]
    return any(fnmatch.fnmatch(path if "/" in pattern else top, pattern) for pattern in patterns)


def check_script(repository, path, ignored):
    script = os.path.join(repository, path)
    expect(os.path.isfile(script), f"{path} is not there")
    expect(os.access(script, os.X_OK), f"{path} cannot be run")
    expect(not is_ignored(path, ignored), f"{path} is ignored by .dockerignore")


def listed(text):
    """The words of a JSON list; none of anything else."""
    try:
        words = json.loads(text)
    except ValueError:
        return []
    return words if isinstance(words, list) else []


def check_stage(repository, stage, ignored, names):
    for name, rest in stage[2]:
        if name == "COPY" and "--from" not in rest:
            for source in shlex.split(rest)[:-1]:
                expect(os.path.exists(os.path.join(repository, source)), f"COPY {source}: not there")
                expect(source == "." or not is_ignored(source, ignored), f"COPY {source}: ignored")
        for source in re.findall(r"from=(\w+)", rest):
            expect(source in names, f"from={source}: no such stage")
        if name == "RUN":
            scripts = re.findall(r"[\w/-]+\.sh", rest)
            expect(scripts, f"RUN {rest}: steps are scripts, so that they can be run without Docker")
            for script in scripts:
                check_script(repository, "docker/" + os.path.basename(script), ignored)
        if name in ("ENTRYPOINT", "CMD", "VOLUME"):
            expect(listed(rest), f"{name} {rest}: not a JSON list, so a shell comes between")


def check_dockerfile(repository, ignored):
    with open(os.path.join(repository, "docker/Dockerfile"), encoding="utf-8") as file:
        arguments, found = stages(instructions(file.read()))
    names = [stage[0] for stage in found]
    expect(names == ["build", "test", "runtime"], f"stages are {names}")
    for stage in found:
        base = re.sub(r"\$\{(\w+)\}", lambda match: arguments.get(match[1], ""), stage[1])
        expect(base in names or is_tagged(base), f"base '{base}' of {stage[0]} has no tag")
        check_stage(repository, stage, ignored, names)
    last = dict(found[-1][2])
    expect(re.fullmatch(r"[1-9]\d*", last.get("USER", "")), "the container runs as root, or as a name")
    expect(listed(last.get("ENTRYPOINT", "")) == ["spectrohue"], "the entry point is not spectrohue")
    expect(set(listed(last.get("VOLUME", ""))) == {"/in", "/out"}, "volumes are not /in and /out")
    return arguments


def check_compose(repository, arguments):
    with open(os.path.join(repository, "compose.yaml"), encoding="utf-8") as file:
        services = yaml.safe_load(file)["services"]
    expect(services, "compose.yaml has no service")
    for name, service in services.items():
        build = service.get("build", {})
        if "dockerfile" in build:
            expect(os.path.isfile(os.path.join(repository, build["dockerfile"])), f"{name}: no such Dockerfile")
        for argument, image in build.get("args", {}).items():
            expect(argument in arguments, f"{name}: the Dockerfile has no ARG {argument}")
            expect(is_tagged(image), f"{name}: base '{image}' has no tag")
        whole = {**services.get(service.get("extends", ""), {}), **service}
        expect(":" in whole.get("user", ""), f"{name}: outputs are not the caller's")
        targets = {volume.rsplit("}", 1)[1].split(":")[1] for volume in whole.get("volumes", [])}
        expect(targets == {"/in", "/out"}, f"{name}: mounts {sorted(targets)}")


def main():
    repository = sys.argv[1]
    with open(os.path.join(repository, ".dockerignore"), encoding="utf-8") as file:
        ignored = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    check_compose(repository, check_dockerfile(repository, ignored))
    for problem in problems:
        print(f"dockerfile: {problem}", file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
