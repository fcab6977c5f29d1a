#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# clean_root_steps.sh [PACKAGE...]: the steps of docker/Dockerfile on Debian 12, in clean roots that debootstrap makes,
# for machines without a container engine. Builds the packages in one, installs PACKAGE... (default: spectrohue) in
# another, converts a folder there as a user that it does not know, and says what took how long and how large it is.
# Needs root. What is mounted and started ends with it.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."

die() {
  printf 'docker-steps: %s\n' "$*" >&2
  exit 1
}
# 77: this machine cannot make clean roots.
if [[ $(id -u) != 0 ]] || ! unshare --mount --pid --fork true; then
  printf 'docker-steps: clean roots need root and namespaces (debootstrap, unshare, chroot)\n' >&2
  exit 77
fi
(($#)) || set -- spectrohue

work=$(mktemp -d)
trap 'rm -rf --one-file-system -- "$work"' EXIT
user=12345

# timed NAME COMMAND...: its output goes to a log, which is shown if it fails.
timed() {
  local name=$1 started=$SECONDS
  shift
  if ! "$@" >"$work/log" 2>&1; then
    tail -n 40 "$work/log" >&2
    die "$name failed"
  fi
  printf '%-34s %4d s\n' "$name" "$((SECONDS - started))"
}

# enter ROOT [chroot option...] COMMAND...: in the root, with its own mounts and processes.
enter() {
  local root=$1 proxy=() line
  shift
  while IFS= read -r line; do proxy+=("$line"); done < <(env | grep -iE '^(https?|no)_proxy=' || true)
  # shellcheck disable=SC2016 # expanded inside
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$1/proc"
    root=$1
    shift
    exec chroot "$@"' enter "$root" --userspec="${as:-0:0}" "$root" \
    /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    XDG_CACHE_HOME=/tmp "${proxy[@]}" "$@" </dev/null
}

# How this machine reaches the archive: its mirror, keys, proxies, certificates and names.
settings_of_apt() {
  local root=$1 part
  for part in /etc/apt /usr/share/keyrings /usr/local/share/ca-certificates /etc/resolv.conf /etc/hosts; do
    [[ -e $part ]] || continue
    mkdir -p "$root${part%/*}"
    cp -aL "$part" "$root${part%/*}/"
  done
}

make_base() {
  local mirror
  # shellcheck disable=SC2016 # apt expands it
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk '$2 == "bookworm" { print $1; exit }')
  debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" "${mirror:-http://deb.debian.org/debian}"
  rm -rf "$work"/base/var/lib/apt/lists/* "$work"/base/var/cache/apt/archives/*.deb
  settings_of_apt "$work/base"
}

megabytes_of() { du -sxm "$1" | cut -f1; }

# A folder of pictures to sounds and back to pictures, as a user that the root does not know.
convert_folder() {
  local root=$1 i
  mkdir -p "$root/in/folder"
  for i in 1 2 3; do cp docs/images/speech.png "$root/in/folder/$i.png"; done
  install -d -o "$user" -g "$user" "$root/out"
  enter "$root" spectrohue decode /in -o /out/sounds
  enter "$root" spectrohue encode /out/sounds -o /out/pictures
  enter "$root" spectrohue verify /out/sounds /out/pictures
  # Figures need a font.
  enter "$root" spectrohue plot /out/sounds/folder/1.wav -o /out/figure.png
}

timed 'clean Debian 12' make_base
cp -a "$work/base" "$work/build"
mkdir -p "$work/build/src"
git ls-files -z | tar --null --files-from=- -c | tar -C "$work/build/src" -x
timed 'install-build.sh' enter "$work/build" /src/docker/install-build.sh
timed 'build.sh' enter "$work/build" /src/docker/build.sh /packages
for file in "$work"/build/packages/*.deb; do printf '  %s: %d kB\n' "${file##*/}" "$(($(stat -c %s "$file") / 1000))"; done

cp -a "$work/base" "$work/runtime"
mkdir -p "$work/runtime/packages" "$work/runtime/scripts"
cp "$work"/build/packages/*.deb "$work/runtime/packages/"
cp docker/install-runtime.sh "$work/runtime/scripts/"
before=$(megabytes_of "$work/runtime")
n_before=$(enter "$work/runtime" dpkg-query -W | wc -l)
timed "install-runtime.sh $*" enter "$work/runtime" /scripts/install-runtime.sh /packages "$@"
printf '  %d MB on top of %d MB, %d packages more\n' "$(($(megabytes_of "$work/runtime") - before))" "$before" \
  "$(($(enter "$work/runtime" dpkg-query -W | wc -l) - n_before))"
as=$user:$user timed 'a folder there and back, as a user' convert_folder "$work/runtime"
grep -E 'compared, 0 failed' "$work/log" || die 'verify did not compare all sounds'
strangers=$(find "$work/runtime/out" ! -uid "$user")
[[ -z $strangers ]] || die "not the caller's: $strangers"
(($(find "$work/runtime/out" -name '*.png' -o -name '*.wav' | wc -l) == 7)) || die 'not all outputs are there'
