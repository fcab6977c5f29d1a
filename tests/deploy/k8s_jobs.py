#!/usr/bin/env python3
"""deploy/k8s without a cluster: k8s_jobs.py BIN_FOLDER

Checks names and types of the fields against those of the API (batch/v1, core/v1) that the files use, and runs the
containers' command lines as they stand there, for every index, with the folders in the places of the mounts.
"""

import copy
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed")
    sys.exit(77)

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "k8s"
GPU = 'nvidia.com/gpu: "1"'


class Required:
    def __init__(self, kind):
        self.kind = kind


class OneOf:
    def __init__(self, *values):
        self.values = values


class Map:
    """Keys that the user chooses."""

    def __init__(self, kind):
        self.kind = kind


# A quantity may be a number in YAML too, but only a string says what one means.
RESOURCES = {"requests": Map(str), "limits": Map(str)}
SECCOMP = {"type": Required(OneOf("RuntimeDefault", "Unconfined", "Localhost"))}
CONTAINER = {
    "name": Required(str),
    "image": Required(str),
    "command": [str],
    "args": [str],
    "env": [{"name": Required(str), "value": str, "valueFrom": {"resourceFieldRef": {"resource": Required(str)}}}],
    "resources": RESOURCES,
    "securityContext": {
        "allowPrivilegeEscalation": bool,
        "readOnlyRootFilesystem": bool,
        "capabilities": {"drop": [str]},
    },
    "volumeMounts": [{"name": Required(str), "mountPath": Required(str), "readOnly": bool}],
}
POD = {
    "restartPolicy": Required(OneOf("Never", "OnFailure")),
    "terminationGracePeriodSeconds": int,
    "securityContext": {
        "runAsNonRoot": bool,
        "runAsUser": int,
        "runAsGroup": int,
        "fsGroup": int,
        "fsGroupChangePolicy": OneOf("OnRootMismatch", "Always"),
        "seccompProfile": SECCOMP,
    },
    "containers": Required([CONTAINER]),
    "volumes": [{"name": Required(str), "persistentVolumeClaim": {"claimName": Required(str), "readOnly": bool}}],
}
FAILURE_RULE = {
    "action": Required(OneOf("Ignore", "FailIndex", "FailJob", "Count")),
    "onPodConditions": [{"type": Required(str), "status": Required(OneOf("True", "False", "Unknown"))}],
    "onExitCodes": {"containerName": str, "operator": Required(OneOf("In", "NotIn")), "values": Required([int])},
}
JOB = {
    "apiVersion": Required(OneOf("batch/v1")),
    "kind": Required(OneOf("Job")),
    "metadata": Required({"name": Required(str)}),
    "spec": Required(
        {
            "completionMode": OneOf("Indexed", "NonIndexed"),
            "completions": int,
            "parallelism": int,
            "backoffLimit": int,
            "backoffLimitPerIndex": int,
            "podFailurePolicy": {"rules": Required([FAILURE_RULE])},
            "template": Required({"spec": Required(POD)}),
        }
    ),
}


def mismatches(value, kind, path):
    """Yields what in value is not of this kind."""
    if isinstance(kind, Required):
        kind = kind.kind
    if isinstance(kind, OneOf):
        if value not in kind.values:
            yield f"{path}: {value!r} is none of {kind.values}"
    elif isinstance(kind, list):
        if not isinstance(value, list) or not value:
            yield f"{path}: not a list"
            return
        for i, item in enumerate(value):
            yield from mismatches(item, kind[0], f"{path}[{i}]")
    elif isinstance(kind, (dict, Map)):
        if not isinstance(value, dict):
            yield f"{path}: not a map"
            return
        for key, item in value.items():
            if isinstance(kind, Map):
                yield from mismatches(item, kind.kind, f"{path}.{key}")
            elif key not in kind:
                yield f"{path}.{key}: no such field"
            else:
                yield from mismatches(item, kind[key], f"{path}.{key}")
        if isinstance(kind, dict):
            for key in kind:
                if isinstance(kind[key], Required) and key not in value:
                    yield f"{path}.{key}: missing"
    elif type(value) is not kind:  # a bool is no int here
        yield f"{path}: {value!r} is not {kind.__name__}"


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def load(text):
    job = yaml.safe_load(text)
    found = list(mismatches(job, JOB, "job"))
    check(not found, "\n".join(found))
    pod = job["spec"]["template"]["spec"]
    mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
    check(mounted == {volume["name"] for volume in pod["volumes"]}, "mounts and volumes differ")
    return job


def container_of(job):
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container


def check_convert(job):
    """What the API server demands of an Indexed Job, and the shard count in all its places."""
    spec = job["spec"]
    env = {variable["name"]: variable.get("value") for variable in container_of(job)["env"]}
    check(spec["completionMode"] == "Indexed", "not Indexed")
    check(spec["template"]["spec"]["restartPolicy"] == "Never", "backoffLimitPerIndex and podFailurePolicy want Never")
    check("backoffLimit" not in spec, "backoffLimit would end the other shards")
    check(spec["parallelism"] <= spec["completions"], "more pods than shards")
    check(env["SHARDS"] == str(spec["completions"]), "SHARDS is not completions")
    names = {container["name"] for container in spec["template"]["spec"]["containers"]}
    for rule in spec["podFailurePolicy"]["rules"]:
        check(("onExitCodes" in rule) != ("onPodConditions" in rule), "a rule has one requirement")
        check(rule.get("onExitCodes", {}).get("containerName") in names | {None}, "a rule of no container")
        check(0 not in rule.get("onExitCodes", {}).get("values", []), "exit code 0 is no failure")


def check_refuses(job):
    """The check itself: each of these must be found."""
    for change in (
        lambda spec: spec.update(completion=3),
        lambda spec: spec.update(completions="3"),
        lambda spec: spec.pop("template"),
        lambda spec: spec["template"]["spec"].update(restartPolicy="Always"),
    ):
        broken = copy.deepcopy(job)
        change(broken["spec"])
        check(list(mismatches(broken, JOB, "job")), "the check passes a broken job")


def run(job, folders, bin_folder, index=None, direction=None):
    """Runs a container's command line; mounts become folders."""
    container = container_of(job)
    variables = dict(os.environ)
    # What has no value here, the number of processors, is 1.
    variables.update({variable["name"]: variable.get("value", "1") for variable in container.get("env", [])})
    if index is not None:
        variables["JOB_COMPLETION_INDEX"] = str(index)
    if direction:
        variables["DIRECTION"] = direction
    words = container["command"] + container["args"]
    for mount in container["volumeMounts"]:
        words = [word.replace(mount["mountPath"], str(folders[mount["name"]])) for word in words]
    variables["PATH"] = f"{bin_folder}:{os.environ['PATH']}"
    return subprocess.run(words, env=variables, text=True, capture_output=True, check=False)


def tree(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("spectrohue-manifest")
    }


def test_direction(direction, convert, merge, source, scratch, bin_folder):
    whole, out = scratch / f"{direction}-whole", scratch / f"{direction}-shards"
    subprocess.run([f"{bin_folder}/spectrohue", direction, source, "-o", whole, "-q"], check=True)
    n_shards = convert["spec"]["completions"]
    for index in range(n_shards):
        result = run(convert, {"in": source, "out": out}, bin_folder, index, direction)
        check(result.returncode == 0, f"{direction}, index {index}: {result.stderr}")
    check(tree(whole) == tree(out), f"{direction}: the shards' files are not those of one run")
    result = run(merge, {"in": source, "out": out}, bin_folder)
    check(result.returncode == 0 and " 0 failed, 0 missing;" in result.stdout, f"merge: {result.stdout}{result.stderr}")
    print(f"{direction}: {n_shards} indexes give {len(tree(out))} files as one run; merge: {result.stdout.strip()}")
    (out / f"spectrohue-manifest.2-of-{n_shards}.jsonl").unlink()
    result = run(merge, {"in": source, "out": out}, bin_folder)
    missing = f"no manifest of shard 2/{n_shards}"
    check(result.returncode == 1 and missing in result.stdout, f"merge: {result.stdout}")
    return out


def main():
    bin_folder = pathlib.Path(sys.argv[1]).resolve()
    text = (FOLDER / "convert.yaml").read_text(encoding="utf-8")
    convert = load(text)
    check_convert(convert)
    check_refuses(convert)
    with_gpu = load(text.replace("# " + GPU, GPU))
    check(container_of(with_gpu)["resources"]["limits"]["nvidia.com/gpu"] == "1", "the line for a GPU")
    merge = load((FOLDER / "merge.yaml").read_text(encoding="utf-8"))

    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        sounds = scratch / "sounds"
        for i in range(40):
            subprocess.run([bin_folder / "make_sound", sounds / f"{i % 3}" / f"{i}.wav", str(500 + 61 * i)], check=True)
        pictures = test_direction("encode", convert, merge, sounds, scratch, bin_folder)
        test_direction("decode", convert, merge, pictures, scratch, bin_folder)


main()
