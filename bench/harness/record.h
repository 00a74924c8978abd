/* SPDX-License-Identifier: MIT */
/*
 * What the harness keeps and how it ends in files. For bench.c only;
 * benchmarks use bench.h.
 *
 * Everything is a series: the times of a case by block, the ratios of two
 * such series, a quantity that a benchmark recorded itself, or the reason
 * why there is none. Series are never removed, so that pointers to them
 * stay good.
 */
#ifndef PW_RECORD_H
#define PW_RECORD_H

#include "bench.h"

/* record.c. A series with room for `room` values. */
struct bench_series *record_series(const char *experiment,
                                   const char *variant, long x,
                                   const char *metric, const char *unit,
                                   size_t room);
void record_value(struct bench_series *s, double value);
void record_ratios(void); /* of what bench_ratio() asked for */
struct bench_series *record_at(size_t i); /* NULL after the last */

/* write.c. Where to write (/dev/null: nowhere), and what the head of the
 * files shall say. */
void write_begin(const char *chapter, const char *out, uint64_t slice);
void write_blocks(size_t blocks); /* so many were run */
void write_pinned(bool pinned);
void write_results(void);

#endif
