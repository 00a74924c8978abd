#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make bench: measures everything there is on the host, or what is asked
# for, says first how long it takes, and in the end what came out.
#
#     sh bench/all.sh PART...
#
#   CHAPTER="slab page"           only these of the parts
#   PEERS="name=/path/lib.so"     further mallocs, in malloc's part and
#                                 under the programs
#   BENCH_PRINT="make print"      what prints the book; empty: nothing does
#
# The summary comes in the end even if the book could not be printed; the
# status is then that of the printing.
#
# How long a part takes is found by measuring one block of it (--plan). That
# is remembered until the program changes.

set -eu
. bench/harness/progress.sh

runs=15 # of each program under each malloc, at most
export BENCH_COMMAND='make bench'
export BENCH_PEERS="${PEERS-}"
known=build/bench/plan

fail() {
    printf 'pagewise: bench: %s; %s\n' "$1" "$2" >&2
    exit 1
}

# What is asked for, of all there is; malloc has the programs with it.
choose() {
    all=" $* "
    [ -n "${CHAPTER-}" ] || { echo "$*"; return; }
    for x in $CHAPTER; do
        case $all in
        *" $x "*) ;;
        *) fail "no part is called '$x'" "CHAPTER is one of:${all% }" ;;
        esac
    done
    for x; do
        case " $CHAPTER " in
        *" $x "*) echo "$x" ;;
        *" malloc "*) [ "$x" != programs ] || echo "$x" ;;
        esac
    done
}

programs() {
    # shellcheck disable=SC2086 # words
    sh bench/malloc/programs/run.sh "$@" $mallocs
}

# What decides how long a part takes.
made_of() {
    if [ "$1" = programs ]; then
        cat bench/malloc/programs/*
        echo "$mallocs"
    else
        cat "build/bench/$1/host"
        [ "$1" != malloc ] || echo "$mallocs"
    fi | cksum | cut -d ' ' -f 1
}

# Seconds that a part will take; measured where it is not known.
foresee() {
    key="$1-$(made_of "$1")"
    if [ ! -s "$known/$key" ]; then
        mkdir -p "$known"
        rm -f "$known/$1"-*
        if [ "$1" = programs ]; then
            programs --plan $runs
        else
            "build/bench/$1/host" --plan
        fi >"$known/new" || exit 1
        mv "$known/new" "$known/$key"
    fi
    awk '{ print int($1 + 1) }' "$known/$key"
}

plan() {
    for x in $parts; do
        [ ! -t 2 ] || printf '\r\033[Khow long does it take? %s' "$x" >&2
        seconds=$(foresee "$x") || exit 1
        echo "$x $seconds"
    done
    [ -z "${BENCH_PRINT-}" ] || echo "print $(took print 160)"
}

# When it is now, and so many seconds later.
clock() {
    date -d "+$1 seconds" +%H:%M 2>/dev/null || echo 'then'
}

announce() {
    printf 'pagewise: bench: %s in all, until %s:' \
        "$(span "$WHOLE_TOTAL")" "$(clock "$WHOLE_TOTAL")"
    while read -r name seconds; do
        printf ' %s %s,' "$name" "$(span "$seconds")"
    done <"$whole_plan" | sed 's/,$//'
    echo
}

parts=$(choose "$@") || exit 1
mallocs=
case " $(echo $parts) " in
*' malloc '* | *' programs '*)
    mallocs=$(build/bench/malloc/host --peers | xargs) || exit 1
    [ -n "$mallocs" ] || exit 1 ;;
*)
    [ -z "$BENCH_PEERS" ] || fail "PEERS are raced in malloc's part" \
        "say CHAPTER=malloc, or leave CHAPTER out" ;;
esac
plan >build/bench/plan.txt || { show_end; exit 1; }
show_end
whole_begin <build/bench/plan.txt
announce >&2

for x in $parts; do
    if [ "$x" = programs ]; then
        stage programs programs $runs build/results/host/programs.tsv
    else
        stage "$x" "build/bench/$x/host"
    fi
done
printed=0
if [ -n "${BENCH_PRINT-}" ]; then
    # shellcheck disable=SC2086 # a command
    silent print $BENCH_PRINT || printed=$?
fi
printf 'pagewise: bench: it took %s; %s were planned\n' \
    "$(span $(($(date +%s) - WHOLE_SINCE)))" "$(span "$WHOLE_TOTAL")" >&2
lua5.4 bench/results/summary.lua build/results build/press/places.tsv
exit $printed
