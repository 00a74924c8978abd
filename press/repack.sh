#!/bin/sh
# SPDX-License-Identifier: MIT
#
# repack.sh FROM TO EPOCH: the same EPUB with its files in order and all of
# one time, so that two printings are equal to the byte.
set -e
from=$(realpath "$1")
mkdir -p "$(dirname "$2")"
to=$(realpath "$(dirname "$2")")/$(basename "$2")
export TZ=UTC

rm -rf "$from.d" "$to"
mkdir "$from.d"
cd "$from.d"
unzip -q "$from"
# Code is never wrapped, whatever pandoc's own rules say.
find . -name '*.xhtml' -exec sed -i \
    '/^ *code{white-space: pre-wrap;}$/d' {} +
find . -exec touch -d "@$3" {} +
zip -qX0 "$to" mimetype
find . -type f ! -name mimetype | LC_ALL=C sort | zip -qX9 "$to" -@
rm -rf "$from.d" "$from"
