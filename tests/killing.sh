# Of the tests that kill runs at random moments; sourced with their arguments, BIN_FOLDER [SEED], in a shell with
# `set -euo pipefail`. Goes to an empty folder, which is removed in the end.
PATH=$(cd "$1" && pwd):$PATH
RANDOM=${2:-$$}
echo "seed ${2:-$$}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# make_sounds N N_FOLDERS: short sounds in in/0, in/1 ...
make_sounds() {
  local i
  for ((i = 0; i < $1; i++)); do
    make_sound "in/$((i % $2))/sound$i.wav" $((300 + i * i % 7919)) 1 8000
  done
}

# kill_often N_KILLS N_LINES CHECK COMMAND...: N_KILLS times, runs a command, kills it once it has said a random number
# of lines, N_LINES at most, and runs CHECK, a function.
kill_often() {
  local n_kills=$1 n_lines=$2 check=$3 kill line code message
  shift 3
  for ((kill = 1; kill <= n_kills; kill++)); do
    exec 3< <(exec "$@" 2>&1)
    for ((line = RANDOM % n_lines; line >= 0; line--)); do
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
    "$check"
  done
}

# same_files UNDISTURBED DISTURBED: the same names and bytes but for the manifests, and nothing left behind.
same_files() {
  diff -r -x spectrohue-manifest.jsonl "$1" "$2"
  [ -z "$(find "$2" -name '.*' -mindepth 1)" ] || { echo "left behind:"; find "$2" -name '.*' -mindepth 1; exit 1; }
}

# n_done FOLDER: files that its manifest says are done.
n_done() { grep -c '"source"' "$1/spectrohue-manifest.jsonl"; }
