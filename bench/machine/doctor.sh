#!/bin/sh
# SPDX-License-Identifier: MIT
#
# doctor.sh: what is missing on this machine and what that costs; by the
# packages' names where there is dpkg, and else by what they are for.
# Changes nothing, uses no network. Fails when the book could not be
# printed.

status=0
tab=$(printf '\t')

line() {
    printf '%-8s %s\n' "$1" "$2"
}

cost() {
    case $1 in
    build | press) echo "the book cannot be printed" ;;
    bench) echo "rows are left out; all else is measured" ;;
    lab) echo "no kernel is booted; recorded results are printed" ;;
    kernel) echo "no kernel is built from source: KERNELS=\"slab debug\"" ;;
    test) echo "'make test' would install them" ;;
    esac
}

# missing GROUP: a line for each purpose that nothing here serves.
missing() {
    RETRY=1 sh bench/machine/packages.sh lacking "$1" |
        while IFS=$tab read -r _ packages purpose _; do
            [ -n "$dpkg" ] && purpose="$purpose: $packages"
            line "" "- $purpose" | sed 's/,\([^ ]\)/ or \1/g'
        done
}

dpkg=$(command -v dpkg-query)
[ -n "$dpkg" ] || line packages "no dpkg here: looked for each by itself"

for group in build press bench lab kernel test; do
    found=$(missing "$group")
    if [ -z "$found" ]; then
        line "$group" "ok"
        continue
    fi
    line "$group" "missing ($(cost "$group")):"
    echo "$found"
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
