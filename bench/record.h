/* SPDX-License-Identifier: MIT */
/*
 * What the harness keeps: series of values, the ratios between them, and
 * the two files they end in. For bench.c only; benchmarks use bench.h.
 */
#ifndef PW_RECORD_H
#define PW_RECORD_H

#include "bench.h"

void record_begin(const char *chapter, const char *out, size_t blocks,
                  uint64_t slice);

/* A series with room for `room` values. */
struct bench_series *record_series(const char *experiment,
                                   const char *variant, long x,
                                   const char *metric, const char *unit,
                                   size_t room);
void record_value(struct bench_series *s, double value);
void record_ratios(void);
void record_pinned(bool pinned);

#endif
