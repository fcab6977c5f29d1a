#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# build.sh FOLDER: builds the Debian packages into the folder, with the CUDA backend where there is nvcc.
set -euo pipefail
target=${1:?usage: build.sh FOLDER}
mkdir -p "$target"
target=$(realpath "$target")
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."
bash dev package
cp build-package/packages/*.deb "$target/"
