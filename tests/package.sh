#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# package.sh BUILD-FOLDER VERSION: makes the Debian packages of this build and looks into them: names, what they conflict
# with and need, and that each holds what its name says and the licences. Exits with 77 where dpkg's tools are missing.
set -euo pipefail

build=$(realpath "$1")
version=$2
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

die() {
  printf 'package: %s\n' "$*" >&2
  exit 1
}
for tool in cpack dpkg-deb dpkg-shlibdeps; do
  if ! command -v "$tool" >/dev/null; then
    printf 'no %s here\n' "$tool"
    exit 77
  fi
done
(cd "$build" && cpack -G DEB -B "$work/made") >"$work/log" 2>&1 || { tail "$work/log" >&2; die 'cpack failed'; }

# look PACKAGE FILE...: unpacks it, and expects the files, by the end of their path.
look() {
  local package=$1 file deb
  deb=$(echo "$work/made/${package}_${version}"_*.deb)
  shift
  [[ -f $deb ]] || die "no package $package of version $version"
  dpkg-deb -x "$deb" "$work/$package"
  for file in "$@" "usr/share/doc/$package/copyright" "usr/share/doc/$package/licences/CLI11.txt"; do
    [[ -n $(find "$work/$package" -path "*/$file") ]] || die "$package has no $file"
  done
  [[ $(dpkg-deb -f "$deb" Depends) == *libc6* ]] || die "$package does not say what it needs"
}
field() { dpkg-deb -f "$work/made/$1_${version}"_*.deb "$2"; }

flavour='' other=-cuda
if [[ -f $work/made/spectrohue-cuda_${version}_amd64.deb ]]; then flavour=-cuda other=''; fi
program=spectrohue$flavour library=libspectrohue$flavour-dev
look "$program" usr/bin/spectrohue share/man/man1/spectrohue.1 usr/share/bash-completion/completions/spectrohue
look "$library" libspectrohue.so include/spectrohue/files.h include/spectrohue/version.h

[[ $(field "$program" Conflicts) == "spectrohue$other" ]] || die "$program conflicts with '$(field "$program" Conflicts)'"
[[ $(field "$program" Depends) == *libsndfile1* ]] || die "$program does not need libsndfile1"
for package in "$program" "$library"; do
  [[ $(field "$package" Depends) != *opencv* ]] || die "$package needs OpenCV"
done
if [[ -n $flavour ]]; then
  [[ $(field "$program" Depends) == *libcufft-* ]] || die "$program does not need cuFFT"
  [[ $(field "$program" Provides) == "spectrohue (= $version)" ]] || die "$program does not stand in for spectrohue"
else
  look spectrohue-opencv usr/lib/spectrohue/spectrohue_opencv.so
  [[ $(field spectrohue-opencv Depends) == *libopencv-imgcodecs* ]] || die 'spectrohue-opencv does not need OpenCV'
fi

# What was packed runs, without the build's folder.
[[ $("$work/$program/usr/bin/spectrohue" --version) == "spectrohue $version" ]] || die 'the packed program is another one'
if readelf -d "$work/$program/usr/bin/spectrohue" | grep -E 'R(UN)?PATH'; then die 'the packed program looks in the build'; fi
printf '%s and %s of %s\n' "$program" "$library" "$version"
