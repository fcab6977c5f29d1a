#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# install-runtime.sh FOLDER [PACKAGE...]: installs packages that build.sh made (default: spectrohue, or spectrohue-cuda
# where that is what was built) with what they need, and makes the user that a container runs as.
set -euo pipefail
folder=$(realpath "${1:?usage: install-runtime.sh FOLDER [PACKAGE...]}")
shift
(($#)) || set -- spectrohue

# The file of a package; spectrohue-cuda stands in for spectrohue.
file_of() {
  local file
  for file in "$folder/$1"_*.deb "$folder/$1-cuda"_*.deb; do
    if [[ -f $file ]]; then
      printf '%s\n' "$file"
      return
    fi
  done
  printf 'install-runtime: no package %s in %s\n' "$1" "$folder" >&2
  return 1
}

files=()
for package in "$@"; do
  file=$(file_of "$package")
  files+=("$file")
done
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update
apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${files[@]}"
apt-get clean
rm -rf /var/lib/apt/lists/*

# A number, so that Kubernetes can see that it is not root.
getent passwd spectrohue >/dev/null || useradd --system --uid 65532 --no-create-home --shell /usr/sbin/nologin spectrohue
install -d -o spectrohue -m 1777 /in /out
spectrohue --version
