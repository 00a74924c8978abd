#!/bin/sh
# SPDX-License-Identifier: MIT
#
# doctor.sh GROUP "PACKAGES" ...: what is missing on this machine and what
# that costs. Changes nothing, uses no network. Fails when the book itself
# could not be printed.

status=0

line() {
    printf '%-8s %s\n' "$1" "$2"
}

cost() {
    case $1 in
    build | press) echo "the book cannot be printed" ;;
    bench) echo "whole programs are not timed" ;;
    lab) echo "no kernel is booted; recorded results are printed" ;;
    test) echo "'make test' would install them" ;;
    esac
}

if ! command -v dpkg-query >/dev/null; then
    line packages "not a Debian machine: install what the Makefile lists"
fi

while [ $# -gt 1 ]; do
    group=$1
    missing=
    for p in $2; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$p" 2>&1) in
        installed) ;;
        *) missing="$missing $p" ;;
        esac
    done
    shift 2
    if [ -z "$missing" ]; then
        line "$group" "ok"
        continue
    fi
    line "$group" "missing:$missing ($(cost "$group"))"
    case $group in build | press) status=1 ;; esac
done

if [ -w /dev/kvm ]; then
    line kvm "/dev/kvm is there; the lab tries it, and falls back"
else
    line kvm "no usable /dev/kvm: the lab counts instructions, no time"
fi

paranoid=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null)
if [ -n "$paranoid" ] && [ "$paranoid" -gt 2 ] && [ "$(id -u)" != 0 ]; then
    line perf "kernel.perf_event_paranoid is $paranoid: no counters"
elif ! command -v perf >/dev/null; then
    line perf "not installed: no counters"
elif perf stat -x, -e cycles true 2>&1 | grep -q 'not supported'; then
    line perf "no hardware counters on this machine; page faults only"
else
    line perf "hardware counters work"
fi

free=$(df -Pk . | while read -r _ _ _ k _; do echo "$k"; done | tail -n 1)
if [ "$free" -lt 3000000 ]; then
    line disk "under 3 GB free here: too little for the lab's kernels"
else
    line disk "$((free / 1000000)) GB free"
fi

if [ -d build/cache ]; then
    line cache "$(du -sh build/cache | cut -f1) in build/cache"
else
    line cache "empty: the first lab run downloads a kernel"
fi
exit $status
