#!/usr/bin/env bash
# Converts the folder IN into OUT with a Slurm array of N tasks, and joins their manifests when all have ended:
#   submit.sh encode|decode IN OUT N [OPTION OF spectrohue...]
# From the environment:
#   SPECTROHUE     the program (default: spectrohue, on PATH of the nodes)
#   ARRAY_OPTIONS  options of sbatch for the array: '--partition=gpu --gres=gpu:1 --time=4:00:00'
#   MERGE_OPTIONS  the same for the job that joins
# Prints the numbers of the two jobs: "array 12" and "merge 13".
set -euo pipefail
if (($# < 4)) || [[ $1 != @(encode|decode) || ! $4 =~ ^[1-9][0-9]*$ ]]; then
  printf 'usage: submit.sh encode|decode IN OUT N [OPTION OF spectrohue...]\n' >&2
  exit 2
fi
in=$2 out=$3 n_shards=$4
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
read -ra array_options <<<"${ARRAY_OPTIONS:-}"
read -ra merge_options <<<"${MERGE_OPTIONS:-}"

array=$(sbatch --parsable --array="0-$((n_shards - 1))" "${array_options[@]}" "$here/convert.sbatch" "$@")
array=${array%%;*}
printf 'array %s\n' "$array"
merge=$(sbatch --parsable --dependency="afterany:$array" "${merge_options[@]}" "$here/merge.sbatch" "$in" "$out")
printf 'merge %s\n' "${merge%%;*}"
