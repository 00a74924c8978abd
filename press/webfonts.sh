#!/bin/sh
# SPDX-License-Identifier: MIT
#
# webfonts.sh FONTS LETTERS OUT: the fonts of the pages, cut down to the
# letters that the pages use, as woff2.
set -e
fonts=$1
letters=$2
out=$3
rm -rf "$out"
mkdir -p "$out"
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1763769600}"

for font in text-400 text-400i text-700 sans-400 sans-600 mono-400 \
    mono-400i mono-600; do
    pyftsubset "$fonts/$font.ttf" --text-file="$letters" \
        --unicodes=U+20-7E,U+A0,U+2026 --no-hinting \
        --layout-features=kern,liga,lnum,tnum --no-recalc-timestamp \
        --output-file="$out/$font.ttf" &&
        woff2_compress "$out/$font.ttf" >/dev/null 2>&1 || {
        echo "pagewise: fonts: $fonts/$font.ttf cannot be cut;" \
            "run make install-packages" >&2
        exit 1
    }
    rm "$out/$font.ttf"
done
