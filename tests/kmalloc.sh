#!/bin/sh
# SPDX-License-Identifier: MIT
# Kmalloc: unit, flags, refusals, model, threads, fuzzing; both lookups.
. tests/lib.sh

bin=build/tests/bin

unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP "$bin/$1"
}

# Reports of refused frees go to a file of their own: there are thousands.
model() {
    timeout 300 "$bin/$1" 1000000 "$2" 2>"$T/$1.err" ||
        { tail -n 20 "$T/$1.err"; exit 1; }
}

threads() {
    TSAN_OPTIONS=halt_on_error=1 timeout 300 "$bin/kmalloc_threads" 10000
}

fuzz() {
    rm -rf "$T/corpus"
    cp -r tests/corpus/kmalloc "$T/corpus"
    timeout 300 "$bin/kmalloc_fuzz" -max_total_time=20 -max_len=300 \
        -seed=1 -print_final_stats=1 -artifact_prefix="$T/" "$T/corpus"
}

seeds() {
    timeout 300 "$bin/kmalloc_fuzz" -runs=0 tests/corpus/kmalloc
}

each "unit" unit kmalloc
each "flags" unit kmalloc_flags
each "refusals" unit kmalloc_refused
check "a million random operations agree with a model (seed 1)" \
    model kmalloc_model 1
check "a million random operations agree with a model (seed 2)" \
    model kmalloc_model 2
check "and so they do with arithmetic for the table, and no magazines" \
    model kmalloc_bare_model 1
check "threads: no race, no block with two owners, nothing lost" threads
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz
finish
