#!/bin/sh
# SPDX-License-Identifier: MIT
# Kmalloc: unit, flags, refusals, model, threads, fuzzing; both lookups.
. tests/common/allocator.sh

each "unit" unit unit
each "flags" unit flags
each "refusals" unit refused
check "a million random operations agree with a model (seed 1)" \
    model model 1000000 1
check "a million random operations agree with a model (seed 2)" \
    model model 1000000 2
check "and so they do with arithmetic for the table, and no magazines" \
    model bare_model 1000000 1
check "threads: no race, no block with two owners, nothing lost" \
    threads 10000
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz 300
finish
