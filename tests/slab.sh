#!/bin/sh
# SPDX-License-Identifier: MIT
# The slab allocator: unit, model, threads, fuzzing, and its switches.
. tests/lib.sh

bin=build/tests/bin

unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP "$bin/$1"
}

# Reports of refused frees go to a file of their own: there are thousands.
model() {
    "$bin/$1" 1500000 "$2" 2>"$T/$1.err" ||
        { tail -n 20 "$T/$1.err"; exit 1; }
}

threads() {
    TSAN_OPTIONS=halt_on_error=1 timeout 300 "$bin/slab_threads" 10000
}

fuzz() {
    rm -rf "$T/corpus"
    cp -r tests/corpus/slab "$T/corpus"
    timeout 300 "$bin/slab_fuzz" -max_total_time=20 -max_len=400 -seed=1 \
        -print_final_stats=1 -artifact_prefix="$T/" "$T/corpus"
}

seeds() {
    timeout 300 "$bin/slab_fuzz" -runs=0 tests/corpus/slab
}

each "unit" unit slab
each "shape" unit slab_shape
each "refusals" unit slab_refused
check "1.5 million random operations agree with a model (seed 1)" \
    model slab_model 1
check "1.5 million random operations agree with a model (seed 2)" \
    model slab_model 2
check "and so they do with magazines and colours off" \
    model slab_bare_model 1
check "threads: no race, no object with two owners, nothing lost" threads
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz
finish
