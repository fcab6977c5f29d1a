#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# Installs what building, packing and testing need, on Debian or Ubuntu; of the repository it needs ./dev alone.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."
bash dev deps test package
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
