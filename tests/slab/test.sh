#!/bin/sh
# SPDX-License-Identifier: MIT
# The slab allocator: unit, model, threads, fuzzing, and its switches.
. tests/common/allocator.sh

each "unit" unit unit
each "shape" unit shape
each "refusals" unit refused
check "1.5 million random operations agree with a model (seed 1)" \
    model model 1500000 1
check "1.5 million random operations agree with a model (seed 2)" \
    model model 1500000 2
check "and so they do with magazines and colours off" \
    model bare_model 1500000 1
check "threads: no race, no object with two owners, nothing lost" \
    threads 10000
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz 400
finish
