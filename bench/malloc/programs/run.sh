#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Whole programs under a malloc: how long they run (hyperfine), their page
# faults, peak memory and processor time (launch, one malloc after the other
# in each round), what the processor counted and how often they asked the
# kernel for memory (perf, else strace).
#
#     sh bench/malloc/programs/run.sh RUNS OUT.tsv VARIANT=LIBRARY...
#     sh bench/malloc/programs/run.sh --quick RUNS OUT.tsv VARIANT=...
#     sh bench/malloc/programs/run.sh --plan RUNS VARIANT=...
#
# VARIANT names the malloc, LIBRARY is preloaded; `glibc=` preloads nothing.
# Processor time is compared with the first variant's of the same round.
# A quick run has fewer programs, and leaves out what takes runs of their
# own (time, calls, counters): every row that it writes, it writes for all
# variants. --plan prints how many seconds it would take. BENCH_SECONDS is
# how long it ought to take: beyond that two thirds of the runs are enough.
# What this machine cannot measure becomes a row NA with the reason, never
# a failure: perf, for one, ends with status 0 when it counted nothing, and
# says so only in its output, as "<not supported>".
#
# The findings are left in build/bench/programs as the tools wrote them;
# bench/malloc/programs/collect.lua turns them into a results file.
#
# shellcheck disable=SC2086 # commands without quotes, split on purpose

set -eu
. bench/harness/progress.sh
mode=full
case $1 in --quick | --plan) mode=${1#--} && shift ;; esac
runs=$1
shift
[ $mode = plan ] || { out=$1 && shift; }
[ $# -gt 0 ] || set -- glibc=

launch=build/bench/launch
dir=build/bench/programs
[ $mode != plan ] || dir=$dir-plan
rm -rf "$dir"
mkdir -p "$dir"

# What a compiler may chew on: a chapter's code, without the lab's.
sources=$(printf '%s ' code/slab/*.c )

# The programs: a name and a command without quotes in it.
programs() {
    cat <<EOF
gcc gcc -O2 -c -o $dir/page.o code/page/page_check.c
lua lua5.4 bench/malloc/programs/words.lua
sqlite sqlite3 -init bench/malloc/programs/table.sql :memory: .quit
EOF
    [ $mode = quick ] || cat <<EOF
build gcc -O2 -r -nostdlib -o $dir/build.o $sources
perl perl bench/malloc/programs/lists.pl
redis sh bench/malloc/programs/redis.sh
EOF
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# missing METRIC REASON: for the program and variant in hand
missing() {
    printf '%s\t%s\t%s\t%s\n' "$name" "$variant" "$1" "$2" \
        >>"$dir/missing.txt"
}

# run_timed COMMAND...
run_timed() {
    if ! have hyperfine; then
        missing time 'hyperfine is not installed'
    elif ! hyperfine -N --style none --warmup 2 --runs "$runs" \
        --export-json "$dir/$name.$variant.json" "$under $*" \
        >/dev/null 2>"$dir/error.txt"; then
        missing time "hyperfine failed: $(head -n 1 "$dir/error.txt")"
    fi
}

# run_watched COMMAND...: once
run_watched() {
    $under -o "$dir/$name.$variant.rusage" "$@" >/dev/null 2>&1 || :
}

# run_counted COMMAND...: a line "count,,event,..." each; perf writes none
# at all when it may not open an event, then every metric is missing.
run_counted() {
    if ! have perf; then
        for metric in hw-cycles hw-instructions hw-dtlb-misses; do
            missing $metric 'perf is not installed'
        done
        return
    fi
    perf stat -x , -o "$dir/$name.$variant.perf" \
        -e cycles:u,instructions:u,dTLB-load-misses:u \
        -- $under "$@" >/dev/null 2>&1 || :
    perf stat -x , -o "$dir/$name.$variant.calls" \
        -e syscalls:sys_enter_brk,syscalls:sys_enter_mmap \
        -- $under "$@" >/dev/null 2>&1 || :
}

# Without permission to trace the kernel's calls by perf, by strace.
run_traced() {
    grep -q 'sys_enter_mmap' "$dir/$name.$variant.calls" 2>/dev/null &&
        return 0
    if ! have strace; then
        missing brk 'neither perf nor strace may count it'
        missing mmap 'neither perf nor strace may count it'
        return
    fi
    strace -f -qq -e trace=brk,mmap -o "$dir/strace.txt" \
        $under "$@" >/dev/null 2>&1 || return 0
    for call in brk mmap; do
        echo "$(grep -c " $call(" "$dir/strace.txt" || :),,sys_enter_$call"
    done >"$dir/$name.$variant.calls"
    rm -f "$dir/strace.txt"
}

# lacking NAME COMMAND...: is what it needs not here? Then `why` says so.
lacking() {
    needs=$2
    [ "$1" != redis ] || needs=redis-benchmark
    why="$needs is not installed"
    have "$needs" || return 0
    why="this Redis frees blocks of jemalloc's own mallocx"
    [ "$1" = redis ] && sh bench/malloc/programs/redis.sh --mixes
}

all_missing() {
    name=$1
    for metric in time rss faults cpu brk mmap hw-cycles hw-instructions \
        hw-dtlb-misses; do
        missing $metric "$why"
    done
}

measure() {
    name=$1
    shift
    run_timed "$@"
    run_counted "$@"
    run_traced "$@"
}

# each FUNCTION NAME COMMAND...: under each malloc
each() {
    for pair in $pairs; do
        variant=${pair%%=*}
        library=${pair#*=}
        under="$launch${library:+ -p $library}"
        "$@" </dev/null
    done
}

watch() {
    name=$1
    shift
    run_watched "$@"
}

# Milliseconds since 1970.
now() {
    echo $(($(date +%s%N) / 1000000))
}

began=$(now)
steps=0

# step WHAT: one of so many has been done; how long is left?
step() {
    steps=$((steps + 1))
    [ $mode = plan ] || show "bench programs: $1" \
        $((($(now) - began) * (of - steps) / steps / 1000))
}

# Is there to be a round after so many? Two thirds in any case.
goes_on() {
    [ $1 -lt $runs ] && { [ $(($1 * 3)) -lt $((runs * 2)) ] ||
        [ -z "${BENCH_SECONDS-}" ] ||
        [ $(($(now) - began)) -lt $((BENCH_SECONDS * 1000)) ]; }
}

run_all() {
    while read -r line; do
        echo "${line%% *}" >>"$dir/names.txt"
        lacking $line && each all_missing $line && continue
        [ $mode = quick ] || each measure $line
        rounds=0
        while goes_on $rounds; do
            each watch $line
            rounds=$((rounds + 1))
            step "${line%% *}, round $rounds of $runs"
        done
        steps=$((steps + runs - rounds))
    done
    show_end
}

# One run of each program as it comes, so often as they would all be run:
# twice RUNS, and those to warm up, to count and to trace.
foresee() {
    while read -r line; do
        lacking $line || each watch $line
    done
    awk -v ms=$(($(now) - began)) -v mallocs=$# -v runs=$runs \
        'BEGIN { print ms / 1000 * mallocs * (2 * runs + 8) }'
}

programs >"$dir/programs.txt"
of=$(($(grep -c . "$dir/programs.txt") * runs))
pairs=$*
if [ $mode = plan ]; then
    pairs=glibc=
    foresee "$@" <"$dir/programs.txt"
    exit
fi
run_all <"$dir/programs.txt"
sh bench/machine/machine.sh >"$dir/machine.txt"
exec lua5.4 bench/malloc/programs/collect.lua $mode "$dir" "$out" "$@"
