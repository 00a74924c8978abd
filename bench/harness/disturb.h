/* SPDX-License-Identifier: MIT */
/*
 * Was a timed run disturbed by other work? Two witnesses: the kernel took
 * the processor from us in it (involuntary context switches, getrusage(2)),
 * or the hypervisor took it from the kernel (steal in /proc/stat, which
 * knows hundredths of a second).
 *
 * A run that was disturbed is repeated, twice at most; and no more than
 * one run in ten, or a busy machine would never end. What counts is what
 * happened to a run and never how long it took: this throws no outlier
 * away. The head of the results says how often it was done.
 */
#ifndef PW_DISTURB_H
#define PW_DISTURB_H

#include "bench.h"

enum { DISTURB_REPEATS = 2, DISTURB_SHARE = 10, DISTURB_RESTLESS = 3 };

void disturb_begin(void);

/*
 * Was the run since disturb_begin(), which took so many ns, disturbed?
 * Steal of less than a hundredth of it is none. With `switches`, context
 * switches count, too: they do not for a run of seconds, which has some in
 * any case.
 */
bool disturb_end(uint64_t took, bool switches);

/* May a disturbed run be repeated, that was `tries` times already? */
bool disturb_repeat(unsigned tries);

/* The line for the head, without its key. */
void disturb_write(FILE *out);

#endif
