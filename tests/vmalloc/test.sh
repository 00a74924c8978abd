#!/bin/sh
# SPDX-License-Identifier: MIT
# Vmalloc: unit, faults, model, threads, fuzzing.
. tests/common/allocator.sh

each "unit" unit unit
each "bad input" unit refuse
check "1.4 million random operations agree with models (seed 1)" \
    model model 1200000 200000 1
check "1.4 million random operations agree with models (seed 2)" \
    model model 1200000 200000 2
check "threads: no race, no page with two owners, nothing lost" \
    threads 3000
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz 300
finish
