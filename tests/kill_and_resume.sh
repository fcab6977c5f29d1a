#!/usr/bin/env bash
# Kills conversions of 568 files at random moments and resumes them: the tree must be what an undisturbed run makes, and
# nothing else. kill_and_resume.sh BIN_FOLDER [SEED]
set -euo pipefail
. "$(dirname "$0")/killing.sh"
n_kills=20

make_sounds 568 9

# disturbed DIRECTION IN OUT OPTION...: 20 times, begins or resumes a run and kills it some files later; then lets it end.
disturbed() {
  local direction=$1 in=$2 out=$3
  shift 3
  kill_often $n_kills 16 true spectrohue "$direction" "$in" -o "$out" --resume --device cpu -j 2 -v "$@"
  echo "$direction: killed $n_kills times, $(n_done "$out") files done"
  spectrohue "$direction" "$in" -o "$out" --resume --device cpu "$@"
}

# same UNDISTURBED DISTURBED SOURCES: every source in it, too.
same() {
  same_files "$1" "$2"
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
