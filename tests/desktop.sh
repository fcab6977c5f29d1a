#!/usr/bin/env bash
# The desktop's files are valid, installed where desktops look, and name each other: desktop.sh FOLDER BUILD_FOLDER
set -euo pipefail
folder=$1
build=$2
command -v desktop-file-validate >/dev/null || { echo 'skipped: there is no desktop-file-validate here'; exit 77; }
desktop-file-validate "$folder"/*.desktop
python3 -c 'import sys, xml.etree.ElementTree as xml; assert xml.parse(sys.argv[1]).getroot().tag.endswith("}svg")' \
  "$folder/spectrohue.svg"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
DESTDIR=$scratch cmake -DCMAKE_INSTALL_LOCAL_ONLY=1 -DCMAKE_INSTALL_COMPONENT=program -P "$build/cmake_install.cmake" >/dev/null
for file in "$folder"/*.desktop; do
  find "$scratch" -path "*/share/applications/$(basename "$file")" | grep -q .
  icon=$(sed -n 's/^Icon=//p' "$file")
  find "$scratch" -path "*/share/icons/hicolor/scalable/apps/$icon.svg" | grep -q .
done
