#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
# All steps of docs/tutorial.md in their order, in a new folder (140 MB):
#
#     docs/tutorial/run.sh FOLDER
#
# SPECTROHUE and PYTHON name other programs than those on PATH; python3 needs torch, numpy and pillow.
set -euo pipefail

scripts=$(cd "$(dirname "$0")" && pwd)
spectrohue() { command "${SPECTROHUE:-spectrohue}" "$@"; }
python() { command "${PYTHON:-python3}" "$@"; }
speech=/usr/share/asterisk/sounds/en_US_f_Allison
step() { printf '\n== %s\n' "$1"; }

mkdir "$1"
cd "$1"

step "1. Sounds: every tenth is for the test, and no two have the same noise"
mkdir -p {clean,noisy}/{train,test}
sox -R -n -r 8000 -b 16 noise.wav synth 1500 pinknoise
begin=0 count=0
while read -r sound; do
  name=${sound#"$speech"/}
  name=${name//\//-}
  samples=$(soxi -s "$sound")
  count=$((count + 1))
  part=train
  if ((count % 10 == 0)); then part="test"; fi
  cp "$sound" "clean/$part/$name"
  sox -D -m -v 1 "$sound" -v 0.25 "|sox noise.wav -p trim ${begin}s ${samples}s" "noisy/$part/$name"
  begin=$((begin + samples))
done < <(find "$speech" -name '*.wav' -not -path '*/silence/*' | LC_ALL=C sort)
spectrohue verify clean/test noisy/test | tail -n 1

step "2. Pairs of pictures"
transform=(--n-fft 256 --hop-length 64 --drop-top --ref full-scale)
spectrohue encode noisy/ --pair clean/ -o AB/ --encoding gray8 "${transform[@]}" --tile-width 128 --pad-last

step "3. Training"
python "$scripts/pix2pix.py" train AB/train model.pt --test AB/test --epochs 10

step "4. New pictures"
spectrohue encode noisy/test -o pictures/ --encoding gray8 "${transform[@]}"
python "$scripts/pix2pix.py" generate model.pt pictures/ generated/

step "5. Sound: phases are found"
spectrohue decode generated/ -o found/ --params-from pictures/call-fwd-no-ans.png

step "6. Sound: phases of the noisy sound"
spectrohue encode noisy/test -o with-phases/ --encoding magphase "${transform[@]}"
python "$scripts/pix2pix.py" generate model.pt with-phases/ kept/ --keep-notes
spectrohue decode kept/ -o noisy-phases/
spectrohue decode kept/ -o begun-with-noisy/ --phase-method hybrid --init stored

step "7. Tiles"
spectrohue encode noisy/test -o tiles/ --encoding gray8 "${transform[@]}" --tile-width 128 --pad-last
python "$scripts/pix2pix.py" generate model.pt tiles/ generated-tiles/ --keep-notes
spectrohue decode generated-tiles/ -o joined/

step "8. How near"
spectrohue encode clean/test -o clean-pictures/ --encoding gray8 "${transform[@]}" --quiet
spectrohue decode clean-pictures/ -o clean-found/ --quiet
python "$scripts/measure.py" clean/test noisy/test found noisy-phases begun-with-noisy joined clean-found
spectrohue verify clean/test noisy-phases | tail -n 1
