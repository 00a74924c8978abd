#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fonts.sh FOLDER: the fonts of the book, made once. TrueType with the
# characters the book may use, for print and gnuplot; the same as woff2 for
# the pages. Inter is cut from its variable font: Debian's static cut is
# CFF with 2816 units to the em, and LuaTeX then sets text that a reader
# cannot copy.
set -e
out=$1
mkdir -p "$out"
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1763769600}"

fonts=/usr/share/fonts/truetype
chars=U+20-7E,U+A0-17F,U+2C6,U+2DC,U+370-3FF,U+2010-2027,U+202F-203A
chars=$chars,U+2070-209F,U+20AC,U+2122,U+2190-21FF,U+2200-22FF
chars=$chars,U+2308-230B,U+2500-25FF,U+2713,U+2717,U+27E8,U+27E9

# subset FROM TO: keep the characters above.
subset() {
    [ -r "$1" ] || {
        echo "pagewise: fonts: no $1; run make install-packages" >&2
        exit 1
    }
    pyftsubset "$1" --unicodes="$chars" --drop-tables+=Silt,Silf,Sill,Feat \
        --layout-features='kern,liga,ccmp,locl,mark,mkmk,lnum,tnum' \
        --no-recalc-timestamp --output-file="$2" >"$out/log" 2>&1
}

# inter WEIGHT FILE: cut a weight and give it a family name of its own.
inter() {
    fonttools varLib.instancer -q --no-recalc-timestamp \
        --update-name-table -o "$out/cut.ttf" \
        "$fonts/inter-vf/$2" wght="$1"
}

inter 400 Inter-roman.var.ttf
subset "$out/cut.ttf" "$out/sans-400.ttf"
inter 600 Inter-roman.var.ttf
subset "$out/cut.ttf" "$out/sans-600.ttf"
inter 400 Inter-italic.var.ttf
subset "$out/cut.ttf" "$out/sans-400i.ttf"
rm -f "$out/cut.ttf"
subset "$fonts/charis/CharisSIL-Regular.ttf" "$out/text-400.ttf"
subset "$fonts/charis/CharisSIL-Italic.ttf" "$out/text-400i.ttf"
subset "$fonts/charis/CharisSIL-Bold.ttf" "$out/text-700.ttf"
subset "$fonts/charis/CharisSIL-BoldItalic.ttf" "$out/text-700i.ttf"
mono=$fonts/jetbrains-mono/JetBrainsMono
subset "$mono-Regular.ttf" "$out/mono-400.ttf"
subset "$mono-Italic.ttf" "$out/mono-400i.ttf"
subset "$mono-SemiBold.ttf" "$out/mono-600.ttf"

for font in "$out"/*.ttf; do
    woff2_compress "$font" >/dev/null 2>&1
done
