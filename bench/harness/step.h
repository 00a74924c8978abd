/* SPDX-License-Identifier: MIT */
/*
 * Instructions, exactly, without a counter in the processor: a child
 * process does the work and its parent lets it execute one instruction
 * after another by ptrace(2). It takes 2 to 30 microseconds for each and
 * gives the same number on every run and every machine with the same
 * binary. Only what runs in user mode is seen; a system call counts one.
 */
#ifndef PW_STEP_H
#define PW_STEP_H

#include "bench.h"

/*
 * Instructions of one operation of a case, as the difference between a
 * run of `many` and one of `few` operations, so that what surrounds them
 * cancels out. Recorded as metric "step" beside the case's ns; where the
 * kernel does not permit it, as not measured. The case must not touch
 * memory that it shares with other processes.
 */
void step_record(struct bench_case *c, size_t few, size_t many);

#endif
