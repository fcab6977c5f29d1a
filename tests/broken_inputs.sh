#!/usr/bin/env bash
# 50 kinds of broken sounds in one folder with 100 good ones: 100 pictures, as each makes alone, 50 failures by name, exit
# code 1; then broken pictures likewise. broken_inputs.sh BIN_FOLDER
set -euo pipefail
PATH=$(cd "$1" && pwd):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# patch GOOD NAME OFFSET BYTES: a copy with other bytes at an offset. cut GOOD NAME BYTES: the start of it.
patch() {
  cp "$1" "in/$2"
  printf '%b' "$4" | dd of="in/$2" bs=1 seek="$3" conv=notrunc status=none
}
cut() { head -c "$3" "$1" >"in/$2"; }

fail() { echo "$*"; exit 1; }

# convert DIRECTION OPTION...: in/ to out/; exit code 1, as many outputs as good inputs, every broken one named once, in
# the manifest too.
convert() {
  local direction=$1 n_good=$2 n_broken=$3 extension=$4 code=0 name
  shift 4
  spectrohue "$direction" in -o out --device cpu "$@" 2>messages || code=$?
  [ $code = 1 ] || fail "exit code $code"
  [ "$(find out -name "*.$extension" | wc -l)" = "$n_good" ] || fail "$(find out | wc -l) outputs"
  [ -z "$(find out -name '*.part' -o -name '.*' -mindepth 1)" ] || fail "left behind: $(find out)"
  for name in in/*; do
    name=${name#in/}
    [ "${name#good}" = "$name" ] || continue
    [ "$(grep -c "^spectrohue: in/$name: " messages)" = 1 ] || fail "not named once: $name: $(cat messages)"
  done
  [ "$(grep -c '"failed"' out/spectrohue-manifest.jsonl)" -ge $((n_broken - n_links)) ] || fail "too few in the manifest"
  tail -1 messages | grep -q "^$n_good files converted, $n_broken failed" || fail "$(tail -1 messages)"
  echo "$direction: $(tail -1 messages)"
}

make_sound good.wav 4000 2 8000
make_sound good.flac 4000 1 8000
make_sound good.ogg 20000 1 8000
make_sound f.wav 4000 1 8000 noise float
make_sound d.wav 4000 1 8000 noise double
mkdir in
n_links=2
: >in/empty.wav
echo "I am not a sound" >in/text.wav
head -c 4096 /dev/zero >in/zeros.wav
head -c 4096 /dev/zero | tr '\0' '\377' >in/ones.wav
printf '%b' 'RIFF' >in/only-riff.wav
printf '%b' 'RIFF\0\0\0\0WAVE' >in/no-chunks.wav
cut good.wav cut-in-format.wav 24
cut good.wav cut-before-data.wav 36
patch good.wav riff-of-nothing.wav 8 'JUNK'
patch good.wav no-format.wav 12 'junk'
patch good.wav no-data.wav 36 'junk'
patch good.wav channels-0.wav 22 '\0\0'
patch good.wav channels-65535.wav 22 '\377\377'
patch good.wav channels-2000.wav 22 '\320\007'
patch good.wav rate-0.wav 24 '\0\0\0\0'
patch good.wav rate-negative.wav 24 '\0\0\0\377'
patch good.wav bits-0.wav 34 '\0\0'
patch good.wav bits-65535.wav 34 '\377\377'
patch good.wav codec-unknown.wav 20 '\357\276'
patch good.wav format-huge.wav 16 '\377\377\377\177'
patch f.wav nan.wav 200 '\0\0\300\177'
patch f.wav inf.wav 200 '\0\0\200\177'
patch f.wav minus-inf.wav 400 '\0\0\200\377'
patch d.wav nan-double.wav 208 '\0\0\0\0\0\0\370\177'
patch d.wav huge-double.wav 208 '\0\0\0\0\0\0\360\176'
cut good.flac flac-magic-only.flac 4
cut good.flac flac-cut-in-info.flac 30
cut good.flac flac-cut-in-frames.flac 1500
patch good.flac flac-magic.flac 0 'fLaX'
patch good.flac flac-bad-frame.flac 900 '\377\377\377\377\377\377\377\377'
patch good.flac flac-rate-0.flac 18 '\0\0\0'
cut good.ogg ogg-magic-only.ogg 4
cut good.ogg ogg-cut-in-header.ogg 60
patch good.ogg ogg-magic.ogg 0 'OggX'
patch good.ogg ogg-codec.ogg 29 'vorbiX'
patch good.ogg ogg-version.ogg 4 '\377'
printf '%b' 'FORM\0\0\0\4AIFF' >in/empty.aiff
printf '%b' 'FORM\0\0\0\4XXXX' >in/other.aiff
printf '%b' '.snd\0\0\0\30' >in/cut.au
printf '%b' '.snd\0\0\0\30\0\0\1\0\0\0\0\377\0\0\0\0\0\0\0\0' >in/strange.au
printf '%b' 'ID3\4\0\0\0\0\0\0' >in/tag-only.mp3
printf '%b' '<html><body>404 Not Found</body></html>' >in/web-page.mp3
printf '%b' '\211PNG\r\n\032\n' >in/picture.wav
printf '%b' 'PK\3\4' >in/archive.wav
printf '%b' 'caff\0\1\0\0' >in/cut.caf
printf '%b' 'OggS\0\2' >in/cut.opus
printf '%b' 'RF64\377\377\377\377WAVE' >in/cut-rf64.wav
printf '%b' 'RIFX\0\0\0\0WAVE' >in/cut-rifx.wav
ln -s nowhere.wav in/link-to-nowhere.wav
ln -s loop.wav in/loop.wav
n_broken=$(find in -mindepth 1 | wc -l)
[ "$n_broken" = 50 ] || fail "$n_broken kinds of broken sounds"
mkdir in/good-folder.wav # no sound, and no failure
mkfifo in/good-pipe.wav
for ((i = 0; i < 100; i++)); do make_sound "in/good$i.wav" $((1000 + 37 * i)); done
convert encode 100 50 png --n-fft 256
spectrohue encode in/good42.wav -o alone.png --n-fft 256 --device cpu -q
cmp alone.png out/good42.png

mkdir sounds pictures
mv in sounds/
mv out pictures/
mkdir in
n_links=0
good=pictures/out/good42.png
for size in 0 4 8 20 33 60 500 3000; do cut $good cut-$size.png $size; done
patch $good signature.png 0 'XXXX'
patch $good header-length.png 8 '\0377\0377\0377\0377'
patch $good header-type.png 12 'JHDR'
patch $good width-0.png 16 '\0\0\0\0'
patch $good width-huge.png 16 '\0177\0377\0377\0377'
patch $good height-huge.png 20 '\0177\0377\0377\0377'
patch $good bits-3.png 24 '\03'
patch $good colour-5.png 25 '\05'
patch $good header-crc.png 29 '\0\0\0\0'
patch $good pixels.png 3000 '\0377\0\0377\0\0377\0\0377\0'
echo "I am not a picture" >in/text.png
cp sounds/in/good1.wav in/sound.png
n_broken=$(find in -mindepth 1 | wc -l)
for i in 1 2 3 4 5; do cp pictures/out/good$i.png in/; done
convert decode 5 "$n_broken" wav
spectrohue verify sounds/in/good3.wav out/good3.wav --min-snr 45 -q
