#!/bin/sh
# SPDX-License-Identifier: MIT
#
# killed.sh TREE GOAL FILE...: stop `make GOAL` in a copy of the project at
# ever later moments, by Ctrl-C (to all of it), by `kill` and by `kill -9`
# (of the first make alone); the next make must succeed, and its FILEs must
# be those of a make that nobody stopped.

set -u
tree=$1
goal=$2
shift 2
cd "$tree" || exit 1
rounds=${ROUNDS:-2}

again() {
    make -s -j4 "$goal" PACKAGES_DONE=1
}

# Everything that this run started has ended: all of a session has its id.
wait_for() {
    for _ in $(seq 600); do
        [ -z "$(ps -o pid= -s "$1" | tr -d ' ')" ] && return
        sleep 0.1
    done
    echo "processes of an ended make live on:"
    ps -o pid,args -s "$1"
    exit 1
}

rm -rf build
again || exit 1
begun=$(date +%s%N)
rm -rf build
again || exit 1
whole=$((($(date +%s%N) - begun) / 1000000))
sums=$(sha256sum "$@")
echo "$whole ms when nobody stops it"

for round in $(seq "$rounds"); do
    for signal in INT TERM KILL; do
        rm -rf build
        env --default-signal=INT setsid make -s -j4 "$goal" \
            PACKAGES_DONE=1 >/dev/null 2>&1 </dev/null &
        pid=$!
        part=$((whole * (2 * round - 1) / (2 * rounds)))
        sleep "$((part / 1000)).$(printf %03d $((part % 1000)))"
        case $signal in
        INT) kill -INT -- "-$pid" ;;
        *) kill "-$signal" "$pid" ;;
        esac 2>/dev/null
        wait "$pid" 2>/dev/null
        wait_for "$pid"
        again || exit 1
        if [ "$(sha256sum "$@")" != "$sums" ]; then
            echo "$signal after $part ms: the next make gives other files"
            exit 1
        fi
        echo "$signal after $part ms: the next make is right"
    done
done
