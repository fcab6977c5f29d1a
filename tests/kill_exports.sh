#!/usr/bin/env bash
# Kills exports at random moments and resumes them: the data set must be what an undisturbed run makes, and nothing
# else. kill_exports.sh BIN_FOLDER [SEED]
set -euo pipefail
PATH=$(cd "$1" && pwd):$PATH
RANDOM=${2:-$$}
echo "seed ${2:-$$}"
n_kills=15
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

for ((i = 0; i < 400; i++)); do
  make_sound "in/$((i % 7))/sound$i.wav" $((300 + i * i % 7919)) 1 8000
done
echo "some words" >in/3/sound3.txt

# disturbed OUT OPTION...: begins or resumes a run 15 times and kills it some files later; then lets it end.
disturbed() {
  local out=$1 kill line code
  shift
  for ((kill = 1; kill <= n_kills; kill++)); do
    exec 3< <(exec spectrohue encode in -o "$out" --resume --device cpu -j 2 -v "$@" 2>&1)
    for ((line = RANDOM % 24; line >= 0; line--)); do
      read -r message <&3 || break
    done
    kill -KILL $! 2>/dev/null || true
    code=0
    wait $! || code=$?
    exec 3<&-
    if [ $code != 137 ]; then
      echo "run $kill was not killed, but ended with exit code $code: $message"
      exit 1
    fi
    # What has its name is whole.
    for archive in "$out"/*.tar; do
      [ ! -e "$archive" ] || cmp "$archive" "undisturbed-$out/${archive##*/}"
    done
  done
  echo "$out: killed $n_kills times, $(grep -c '"source"' "$out/spectrohue-manifest.jsonl") files done"
  spectrohue encode in -o "$out" --resume --device cpu -q "$@"
  diff -r -x spectrohue-manifest.jsonl "undisturbed-$out" "$out"
  [ -z "$(find "$out" -name '.*' -mindepth 1)" ] || { echo "left behind:"; find "$out" -name '.*' -mindepth 1; exit 1; }
  spectrohue merge "$out" --sources in
}

options=(--n-fft 256 --tile-width 40 --quality fast)
for export in imagefolder webdataset; do
  limit=()
  [ $export = imagefolder ] || limit=(--shard-count 5)
  spectrohue encode in -o undisturbed-$export --device cpu -j 1 -q --export $export "${options[@]}" "${limit[@]}"
  disturbed $export --export $export "${options[@]}" "${limit[@]}"
done

# Killed between two lines about the sources of one archive.
sed -i '/sound7\.wav"/d' webdataset/spectrohue-manifest.jsonl
spectrohue encode in -o webdataset --resume --device cpu -q --export webdataset "${options[@]}" --shard-count 5
diff -r -x spectrohue-manifest.jsonl undisturbed-webdataset webdataset
