#!/bin/sh
# SPDX-License-Identifier: MIT
# The page allocator: unit, model, threads, fuzzing.
. tests/common/allocator.sh

each "unit" unit unit
check "the answers to the exercises are right" "$bin/page_answers"
check "1.5 million random operations agree with a model (seed 1)" \
    model model 1500000 1
check "1.5 million random operations agree with a model (seed 2)" \
    model model 1500000 2
check "threads: no race, no block with two owners, nothing lost" \
    threads 10000
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz 400
finish
