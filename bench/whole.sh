#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `make`: the code, the pages as recorded where there are none yet, what is
# to be measured, the book. One step after another: nothing else runs while
# the clock does, and what is printed is chosen after all is measured.
#
#     AGAIN="make -s" sh bench/whole.sh JOBS VARIABLES-FOR-THE-LAB...
#
# What is to be done is asked of make itself, how long it takes of the last
# time (progress.sh), or of the guesses below: two cores of a server.

set -eu
. bench/harness/progress.sh
jobs=$1
shift

# shellcheck disable=SC2086 # a command
again() {
    $AGAIN "$@"
}

say() {
    printf 'pagewise: %s\n' "$1"
}

# The commands that make would run, as stages: "host-page", "lab-6.1-page".
outstanding() {
    again -n bench-quick lab "$@" 2>/dev/null | sed -n \
        -e 's|.*harness/stage\.sh \([a-z-]*\) .*|\1|p' \
        -e 's|^bench/lab/run\.sh \([a-z]*\) \(.*\)$|lab-\2-\1|p'
}

guess() {
    case $1 in
    host-*) took "$1" 12 ;;
    programs) took "$1" 40 ;;
    lab-*) took "$1" 60 ;;
    *) took "$1" 20 ;;
    esac
}

# Labs are booted so many at a time.
plan() {
    outstanding "$@" | while read -r name; do
        echo "$name $(guess "$name")"
    done | awk -v jobs="$jobs" '
        $1 ~ /^lab-/ { lab += $2; if ($2 > most) most = $2; next }
        { print }
        END { lab = lab > jobs * most ? lab / jobs : most
            if (lab) printf "lab %d\n", lab + 10 }'
}

again -j"$jobs" lib
first=
[ -d build/results/host ] || first=first
[ -z "$first" ] || stages="first $(took first 75)"
stages="${stages-}
$(plan "$@")"
[ -z "$(echo $stages)" ] || {
    printf '%s\nprint %s\n' "$stages" "$(took print 170)" | sed '/^$/d' \
        >build/whole.new
    whole_begin <build/whole.new
    rm -f build/whole.new
    say "make: about $(span "$WHOLE_TOTAL")"
}

if [ -n "$first" ]; then
    silent first again -j"$jobs" html
    say "the book can be read, with the recorded results: \
build/html/index.html; now this machine is measured and the book \
printed again"
fi
again measure-host
WHOLE_NEWS=build/whole.news
export WHOLE_NEWS
rm -rf "$WHOLE_NEWS"
mkdir -p "$WHOLE_NEWS"
silent lab again measure-lab
rm -rf "$WHOLE_NEWS"
silent print again -j"$jobs" print
