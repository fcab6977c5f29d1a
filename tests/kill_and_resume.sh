#!/usr/bin/env bash
# Kills conversions of 568 files at random moments and resumes them: the tree must be what an undisturbed run makes, and
# nothing else. kill_and_resume.sh BIN_FOLDER [SEED]
set -euo pipefail
PATH=$(cd "$1" && pwd):$PATH
RANDOM=${2:-$$}
echo "seed ${2:-$$}"
n_kills=20
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

for ((i = 0; i < 568; i++)); do
  make_sound "in/$((i % 9))/sound$i.wav" $((300 + i * i % 7919)) 1 8000
done

# disturbed DIRECTION IN OUT OPTION...: 20 times, begins or resumes a run and kills it some files later; then lets it end.
disturbed() {
  local direction=$1 in=$2 out=$3 kill line code
  shift 3
  for ((kill = 1; kill <= n_kills; kill++)); do
    exec 3< <(exec spectrohue "$direction" "$in" -o "$out" --resume --device cpu -j 2 -v "$@" 2>&1)
    for ((line = RANDOM % 16; line >= 0; line--)); do
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
  done
  echo "$direction: killed $n_kills times, $(grep -c '"source"' "$out/spectrohue-manifest.jsonl") files done"
  spectrohue "$direction" "$in" -o "$out" --resume --device cpu "$@"
}

# same UNDISTURBED DISTURBED SOURCES: the same names and bytes but for the manifests; every source in it.
same() {
  diff -r -x spectrohue-manifest.jsonl "$1" "$2"
  [ -z "$(find "$2" -name '.*' -mindepth 1)" ] || { echo "left behind:"; find "$2" -name '.*' -mindepth 1; exit 1; }
  spectrohue merge "$2" --sources "$3"
}

# Sounds of up to 128 frames in tiles of 40.
options=(--n-fft 256 --tile-width 40 --quality standard)
spectrohue encode in -o pictures --device cpu -q "${options[@]}"
disturbed encode in killed-pictures "${options[@]}"
same pictures killed-pictures in
spectrohue decode pictures -o sounds --device cpu -q
disturbed decode pictures killed-sounds
same sounds killed-sounds pictures
