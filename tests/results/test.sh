#!/bin/sh
# SPDX-License-Identifier: MIT
# The results' reader: what is whole is read, what is not is refused whole,
# with the file, the line and what to do.
. tests/common/lib.sh

columns='experiment variant x metric unit instrument kernel median lo hi n'
good=$T/host/page.tsv

# Tabs are written as blanks here and fields hold none.
write_good() {
    mkdir -p "$T/host"
    {
        for key in machine cpu kernel compiler flags versions commit date \
            command; do
            echo "# $key: some"
        done
        {
            echo "$columns"
            echo "page.hot pw 0 ns ns host host 5.02 4.99 5.1 31"
            echo "page.hot pw 1 ns ns host host 30 29 31 31"
        } | tr ' ' '\t'
        echo "# end: 2"
    } >"$good"
}

reader() {
    lua5.4 bench/results/results.lua check "$@"
}

# broken LINE SED: after that edit the reader refuses, naming the line.
broken() {
    mkdir -p "$T/broken/host"
    bad=$T/broken/host/page.tsv
    sed "$2" "$good" >"$bad"
    ! cmp -s "$good" "$bad" || { echo "the edit changed nothing"; exit 1; }
    refuses "$bad:$1: " reader "$bad"
    status=$?
    grep -q '; .' "$T/refuses.out" || { echo "no remedy"; exit 1; }
    [ "$(grep -c . "$T/refuses.out")" = 1 ] ||
        { echo "more than one line"; exit 1; }
    exit $status
}

half() {
    mkdir -p "$T/broken/host"
    bad=$T/broken/host/page.tsv
    head -c $(($(wc -c <"$good") / 2)) "$good" >"$bad"
    refuses "$bad" reader "$bad"
}

write_good
check "a whole file is read" reader "$good"
check "a file cut in half is refused" half
check "a file without its last line is refused" broken 12 '$d'
check "a row lost in the middle is refused" broken 12 '11d'
check "a missing provenance key is refused" broken 9 '/^# machine/d'
check "other columns are refused" broken 10 's/median/mean/'
check "a row with a field too few is refused" broken 11 '11s/\t31$//'
check "a value that is no number is refused" broken 11 's/5\.02/fast/'
check "an interval that does not hold its median is refused" \
    broken 11 's/4\.99/5.05/'
check "an unknown instrument is refused" broken 12 '12s/host/phone/'
check "the same row twice is refused" broken 12 '12s/\t1\t/\t0\t/'
check "a missing value without a reason is refused" \
    broken 11 '11s/5.02\t4.99\t5.1\t31/NA\t\t\t0/'
check "a file that is not there is refused" \
    refuses "$T/none.tsv" reader "$T/none.tsv"
check "an empty file is refused" sh -c ": >'$T/page.tsv'; ! lua5.4 \
    bench/results/results.lua check '$T/page.tsv'"
if [ -d bench/reference ]; then
    check "the recorded results are whole" reader bench/reference
fi
finish
