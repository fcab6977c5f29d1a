#!/usr/bin/env bash
# Runs one command-line case: run_case.sh [--update] CASE_FOLDER BIN_FOLDER
#
# A case is a folder with
#   cmd      a bash script, run in an empty scratch folder with the built programs on PATH
#   stdout   what it must print, line by line; each line is a bash pattern (* ? [a-z]); absent: not checked
#   stderr   the same for standard error
#   exit     the exit code it must have (absent: 0)
# --update writes stdout, stderr and exit anew from what happened (then put the patterns back in by hand).
set -u
update=''
if [ "$1" = --update ]; then update=1; shift; fi
case_folder=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT

mkdir "$scratch/work"
(cd "$scratch/work" && PATH=$bin:$PATH LC_ALL=C.UTF-8 bash "$case_folder/cmd" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null)
code=$?
if [ $code = 77 ]; then
  cat "$scratch/stdout"
  exit 77
fi

if [ -n "$update" ]; then
  cp "$scratch/stdout" "$case_folder/stdout"
  cp "$scratch/stderr" "$case_folder/stderr"
  printf '%s\n' $code >"$case_folder/exit"
  exit 0
fi

failed=0
expected_code=0
[ ! -f "$case_folder/exit" ] || expected_code=$(cat "$case_folder/exit")
if [ "$code" != "$expected_code" ]; then
  printf 'exit code %s, expected %s\n' "$code" "$expected_code"
  failed=1
fi
for stream in stdout stderr; do
  [ -f "$case_folder/$stream" ] || continue
  mapfile -t expected <"$case_folder/$stream"
  mapfile -t actual <"$scratch/$stream"
  if [ ${#expected[@]} != ${#actual[@]} ]; then
    printf '%s has %s lines, expected %s\n' $stream ${#actual[@]} ${#expected[@]}
    failed=1
  fi
  for i in "${!expected[@]}"; do
    # The right side is a pattern on purpose.
    # shellcheck disable=SC2053
    if [[ "${actual[i]-}" != ${expected[i]} ]]; then
      printf '%s line %s:\n  expected %s\n  got      %s\n' $stream $((i + 1)) "${expected[i]}" "${actual[i]-(nothing)}"
      failed=1
    fi
  done
done
if [ $failed = 1 ]; then
  printf -- '--- stdout\n'
  cat "$scratch/stdout"
  printf -- '--- stderr\n'
  cat "$scratch/stderr"
fi
exit $failed
