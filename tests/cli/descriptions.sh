#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
#
# descriptions.sh FOLDER-OF-PROGRAMS VERSION CHANGELOG: the manual page and the completions hold every command and long
# option that --help does, bash completes them, and the version is one everywhere.
set -euo pipefail

program=$1/spectrohue
version=$2
changelog=$3
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
failed=

complain() {
  printf 'descriptions: %s\n' "$*" >&2
  failed=1
}

for what in man bash zsh fish; do "$program" describe "$what" >"$work/$what"; done

# What --help lists at the start of a line: commands, and options in their spelling with dashes.
mapfile -t commands < <("$program" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
((${#commands[@]} >= 8)) || complain "--help lists only ${#commands[@]} commands"
options_of() {
  "$program" "$1" --help | grep -E '^  -' | sed -E 's/^  ([^ ]+).*/\1/' | tr ',' '\n' | grep -E '^--[a-z0-9-]+$'
}

# The part of a page about a command.
part() {
  case $1 in
    man) sed 's/\\-/-/g' "$work/man" | awk -v heading=".SH \"spectrohue $2\"" '/^\.SH/ { on = $0 == heading } on' ;;
    bash) grep -E "^    $2\) words=" "$work/bash" ;;
    zsh) awk -v start="    $2)" '/^    [a-z]+\)$/ { on = $0 == start } on' "$work/zsh" ;;
    fish) grep -F "__fish_seen_subcommand_from $2'" "$work/fish" | sed -E 's/ -l ([a-z0-9-]+)/ --\1 /g' ;;
  esac
}

n_options=0
for command in "${commands[@]}"; do
  mapfile -t options < <(options_of "$command")
  ((n_options += ${#options[@]}))
  for what in man bash zsh fish; do
    text=$(part "$what" "$command" || true)
    for option in "${options[@]}"; do
      grep -qE -- "(^|[^a-z0-9-])$option([^a-z0-9-]|$)" <<<"$text" || complain "$what: $command has no $option"
    done
  done
done
((n_options >= 150)) || complain "--help of all commands lists only $n_options options"

# completed WORD...: what bash offers for the last of them.
completed() {
  bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spectrohue; printf "%s\n" "${COMPREPLY[@]}"' \
    bash "$work/bash" "$@"
}
[[ $(completed spectrohue enc) == encode ]] || complain 'bash does not complete enc'
[[ $(completed spectrohue encode --hop) == --hop-length ]] || complain 'bash does not complete encode --hop'
[[ $(completed spectrohue encode --links '' | sort | tr '\n' ' ') == 'all files none ' ]] ||
  complain 'bash does not complete the values of --links'
[[ -z $(completed spectrohue encode song) ]] || complain 'bash offers something instead of files'
for shell in zsh fish; do
  if command -v "$shell" >/dev/null; then
    "$shell" -n "$work/$shell" || complain "$shell cannot read its completion"
  fi
done
# groff says what it does not understand.
if command -v groff >/dev/null; then
  warnings=$(groff -man -Tutf8 -ww "$work/man" 2>&1 >/dev/null || true)
  [[ -z $warnings ]] || complain "groff about the manual page: $warnings"
fi

[[ $("$program" --version) == "spectrohue $version" ]] || complain "--version is not $version"
grep -qF "\"spectrohue $version\"" "$work/man" || complain "the manual page is not of $version"
newest=$(grep -m 1 -oE '^## \[[^]]+\]' "$changelog" | tr -d '#[] ')
[[ $newest == "$version" || $newest == Unreleased ]] || complain "CHANGELOG.md begins with $newest, not $version"

[[ -z $failed ]] || exit 1
printf '%d commands, %d options, version %s\n' "${#commands[@]}" "$n_options" "$version"
