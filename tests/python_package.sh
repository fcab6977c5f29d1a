#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# The tests of the Python package that ./dev python has installed. Skipped (77) where there is none, or only one of
# older code, which would say nothing.
# usage: python_package.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
python=build/python-venv/bin/python

skip() {
  printf 'python_package.sh: Skipped\n%s\n' "$1"
  exit 77
}

[[ -x $python ]] || skip 'the Python package is not installed; ./dev python does it'
module=$("$python" -c 'import spectrohue._native as m; print(m.__file__)' 2>/dev/null) ||
  skip 'the Python package is not installed; ./dev python does it'
sources=(include kernels host cmake python/native.cpp python/CMakeLists.txt python/spectrohue CMakeLists.txt)
newer=$(find "${sources[@]}" -type f -newer "$module" -not -name '*.pyc' | head -n 1)
[[ -z $newer ]] || skip "the Python package is older than $newer; ./dev python installs it again"
exec "$python" -B -m pytest -q -p no:cacheprovider python/tests
