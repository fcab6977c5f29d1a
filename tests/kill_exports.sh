#!/usr/bin/env bash
# Kills exports at random moments and resumes them: the data set must be what an undisturbed run makes, and nothing
# else. kill_exports.sh BIN_FOLDER [SEED]
set -euo pipefail
. "$(dirname "$0")/killing.sh"
n_kills=15

make_sounds 400 7
echo "some words" >in/3/sound3.txt

# disturbed OUT OPTION...: begins or resumes a run 15 times and kills it some files later; then lets it end.
disturbed() {
  local out=$1
  shift
  # What has its name is whole.
  check_archives() {
    local archive
    for archive in "$out"/*.tar; do
      [ ! -e "$archive" ] || cmp "$archive" "undisturbed-$out/${archive##*/}"
    done
  }
  kill_often $n_kills 24 check_archives spectrohue encode in -o "$out" --resume --device cpu -j 2 -v "$@"
  echo "$out: killed $n_kills times, $(n_done "$out") files done"
  spectrohue encode in -o "$out" --resume --device cpu -q "$@"
  same_files "undisturbed-$out" "$out"
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
