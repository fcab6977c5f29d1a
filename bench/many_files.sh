#!/usr/bin/env bash
# Time and memory of a run over very many tiny files: planning, converting, resuming, merging.
#     bench/many_files.sh build/bin [FILES]
set -euo pipefail
PATH=$(cd "$1" && pwd):$PATH
n_files=${2:-200000}
scratch=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

make_sound one.wav 160 1 8000
for ((folder = 0; folder * 1000 < n_files; folder++)); do
  mkdir -p "in/folder$folder"
  last=$((n_files - folder * 1000 - 1))
  eval tee "in/folder$folder/utterance_{0..$((last < 999 ? last : 999))}.wav" <one.wav >/dev/null
done

measured() {
  local what=$1
  shift
  /usr/bin/time -f "$what: %e s, %U s user, %S s system, %M kB" "$@" 2>messages >/dev/null || true
  tail -1 messages
}
encode=(spectrohue encode in -o out --n-fft 256 --quality fast --device cpu)
# A shard of next to nothing: all is planned, and hardly a file is converted.
measured "plan of $n_files files" "${encode[@]}" --shard 0/1000000
measured "run" "${encode[@]}"
measured "resume of the finished run" "${encode[@]}" --resume
measured "merge" spectrohue merge out --sources in
