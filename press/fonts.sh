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

chars=U+20-7E,U+A0-17F,U+2C6,U+2DC,U+370-3FF,U+2010-2027,U+202F-203A
chars=$chars,U+2070-209F,U+20AC,U+2122,U+2190-21FF,U+2200-22FF
chars=$chars,U+2308-230B,U+2500-25FF,U+2713,U+2717,U+27E8,U+27E9

# where FILE[,FILE]: where the first of these is installed; from version to
# version and from system to system both name and folder differ.
where() {
    sh bench/machine/packages.sh sign "font:$1" || {
        echo "pagewise: fonts: there is no $1; make install-packages" >&2
        exit 1
    }
}

# subset FROM TO: keep the characters above.
subset() {
    pyftsubset "$1" --unicodes="$chars" --drop-tables+=Silt,Silf,Sill,Feat \
        --layout-features='kern,liga,ccmp,locl,mark,mkmk,lnum,tnum' \
        --no-recalc-timestamp --output-file="$2" >"$out/log" 2>&1
}

# cut FROM WEIGHT TO: a weight of the variable Inter, with a family name of
# its own. From 4.0 on the font has an axis for the optical size too.
cut() {
    at="wght=$2"
    if fonttools ttx -q -t fvar -o - "$1" | grep -q '>opsz<'; then
        at="$at opsz=14"
    fi
    # shellcheck disable=SC2086 # words
    fonttools varLib.instancer -q --no-recalc-timestamp \
        --update-name-table -o "$out/cut.ttf" "$1" $at
    subset "$out/cut.ttf" "$3"
    rm -f "$out/cut.ttf"
}

inter=$(where InterVariable.ttf,Inter-roman.var.ttf)
slanted=$(where InterVariable-Italic.ttf,Inter-italic.var.ttf)
cut "$inter" 400 "$out/sans-400.ttf"
cut "$inter" 600 "$out/sans-600.ttf"
cut "$slanted" 400 "$out/sans-400i.ttf"

# face NAME WEIGHT FILE[,FILE]: a font that is cut already.
face() {
    from=$(where "$3")
    subset "$from" "$out/$1-$2.ttf"
}

face text 400 CharisSIL-Regular.ttf,Charis-Regular.ttf
face text 400i CharisSIL-Italic.ttf,Charis-Italic.ttf
face text 700 CharisSIL-Bold.ttf,Charis-Bold.ttf
face text 700i CharisSIL-BoldItalic.ttf,Charis-BoldItalic.ttf
face mono 400 JetBrainsMono-Regular.ttf
face mono 400i JetBrainsMono-Italic.ttf
face mono 600 JetBrainsMono-SemiBold.ttf

for font in "$out"/*.ttf; do
    woff2_compress "$font" >/dev/null 2>&1
done

# Chinese is only for print: a reader of the pages has a font for it.
mkdir -p "$out/print"
cp "$(where gbsn00lp.ttf)" "$out/print/han.ttf"
