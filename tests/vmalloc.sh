#!/bin/sh
# SPDX-License-Identifier: MIT
# Vmalloc: unit, faults, model, threads, fuzzing.
. tests/lib.sh

bin=build/tests/bin

unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP "$bin/$1"
}

# Reports of refused frees go to a file of their own: there are thousands.
model() {
    timeout 300 "$bin/vmalloc_model" 1200000 200000 "$1" \
        2>"$T/model.err" || { tail -n 20 "$T/model.err"; exit 1; }
}

threads() {
    TSAN_OPTIONS=halt_on_error=1 timeout 300 "$bin/vmalloc_threads" 3000
}

fuzz() {
    rm -rf "$T/corpus"
    cp -r tests/corpus/vmalloc "$T/corpus"
    timeout 300 "$bin/vmalloc_fuzz" -max_total_time=20 -max_len=300 \
        -seed=1 -print_final_stats=1 -artifact_prefix="$T/" "$T/corpus"
}

seeds() {
    timeout 300 "$bin/vmalloc_fuzz" -runs=0 tests/corpus/vmalloc
}

each "unit" unit vmalloc
each "bad input" unit vmalloc_refuse
check "1.4 million random operations agree with models (seed 1)" model 1
check "1.4 million random operations agree with models (seed 2)" model 2
check "threads: no race, no page with two owners, nothing lost" threads
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz
finish
