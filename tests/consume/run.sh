#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# run.sh BUILD-FOLDER [COMPILER]: installs, moves the installation, and builds and runs a stranger's program against
# it, by find_package and by pkg-config.
set -euo pipefail

build=$(realpath "$1")
export CXX=${2:-c++}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

die() {
  printf 'consume: %s\n' "$*" >&2
  exit 1
}

cmake --install "$build" --prefix "$work/first" >"$work/install.log" || die 'cmake --install failed'
mv "$work/first" "$work/prefix"
prefix=$work/prefix
pc=$(find "$prefix" -name spectrohue.pc)
library=$(dirname "$(dirname "$pc")")
export SPECTROHUE_PROGRAM=$prefix/bin/spectrohue

version=$("$prefix/bin/spectrohue" --version)
"$build/bin/make_sound" "$work/sound.wav" 44100 2 44100 || die 'no sound was made'

# use PROGRAM NAME: runs it and compares its outputs with the sound and with the program's.
use() {
  local program=$1 out=$work/$2 said
  mkdir "$out"
  said=$("$program" "$work/sound.wav" "$out") || die "$2: its program failed"
  [[ $said == "$version" ]] || die "$2: the library is '$said', the program '$version'"
  "$prefix/bin/spectrohue" encode "$work/sound.wav" -o "$out/own.png" --n-fft 1024 --manifest none -q
  cmp "$out/picture.png" "$out/own.png" || die "$2: the library and the program wrote different pictures"
  "$prefix/bin/spectrohue" decode "$out/own.png" -o "$out/own.wav" --manifest none -q
  cmp "$out/back.wav" "$out/own.wav" || die "$2: the library and the program wrote different sounds"
  "$prefix/bin/spectrohue" decode "$out/whole.png" -o "$out/whole.wav" --manifest none -q
  cmp "$out/from_tiles.wav" "$out/whole.wav" || die "$2: tiles did not become the sound that the whole picture does"
}

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.log" 2>&1 ||
  { cat "$work/cmake.log" >&2; die 'find_package did not work'; }
cmake --build "$work/build" >"$work/make.log" 2>&1 || { cat "$work/make.log" >&2; die 'building failed'; }
use "$work/build/convert" find_package

export PKG_CONFIG_PATH=$library/pkgconfig
[[ "spectrohue $(pkg-config --modversion spectrohue)" == "$version" ]] || die 'pkg-config has another version'
# shellcheck disable=SC2046
"$CXX" -std=c++20 "$here/convert.cpp" -o "$work/convert" $(pkg-config --cflags --libs spectrohue) \
  "-Wl,-rpath,$library" || die 'building by pkg-config failed'
use "$work/convert" pkg-config

# What the library shows: the namespace and the C functions, and nothing of the folders below the interface.
symbols=$(nm -DC --defined-only "$library/libspectrohue.so" | cut -d' ' -f3-)
grep -q '^spectrohue::make_backend(' <<<"$symbols" || die 'the library shows no make_backend()'
strange=$(grep -vE '^((typeinfo|typeinfo name|vtable) for )?spectrohue(::|_)' <<<"$symbols" || true)
[[ -z $strange ]] || die "the library shows: $strange"
inner=$(grep -E 'spectrohue::(audio|batch|cli|cpu|image|plot|report|synth)::' <<<"$symbols" || true)
[[ -z $inner ]] || die "the library shows inner functions: $inner"
# Nothing that only figures, reports or the command line need is linked to it.
needed=$(readelf -d "$library/libspectrohue.so" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
for library_name in cairo opencv; do
  if grep -q "lib$library_name" <<<"$needed"; then die "the library needs $library_name"; fi
done
printf 'installed, moved, found by CMake and pkg-config, used: %s\n' "$version"
