/* SPDX-License-Identifier: MIT */
/*
 * The processor's own counters, through perf_event_open(2): cycles,
 * instructions and misses of the data TLB of this thread in user mode.
 * Virtual machines often have none. Then counters_reason() says so and
 * the results hold NA: a zero would be a lie.
 */
#ifndef PW_COUNTERS_H
#define PW_COUNTERS_H

#include <stdint.h>

#define COUNTERS 3

/* For the n-th counter: its metric and its unit. */
extern const char *const counters_metric[COUNTERS];
extern const char *const counters_unit[COUNTERS];

void counters_open(void);
const char *counters_reason(int n); /* NULL when the counter works */

void counters_start(void);
void counters_stop(uint64_t value[COUNTERS]);

#endif
