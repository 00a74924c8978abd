/* SPDX-License-Identifier: MIT */
/* The parts of the benchmark of code/page; page.c is the whole. */
#ifndef PW_PAGE_PARTS_H
#define PW_PAGE_PARTS_H

#include "../harness/bench.h"
#include "../../code/page/page.h"

typedef uint64_t run_fn(struct bench_case *c, size_t ops);

/* threads.c: cases that do hot's work in 1, 2 and 4 threads, each
 * with `work` as the case's data. */
void page_add_threads(const char *variant, run_fn *hot, void *work);

/* bulk.c */
void page_add_bulk_calls(struct pw_zone *zone);

/* state.c: records page.pinned and page.steps, and writes
 * page-buddyinfo.txt. */
void page_state(void);

#endif
