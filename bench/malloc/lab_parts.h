/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of the malloc lab share: see lab.c. */
#ifndef PW_MALLOC_LAB_H
#define PW_MALLOC_LAB_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../code/malloc/malloc.h"

enum { PAGE = 4096, PAGES = 64, KIB = 1024, MIB = 1048576 };

/* The mallocs on trial: the C library's first, then ours. */
struct variant {
    const char *name;
    void *(*take)(size_t);
    void (*give)(void *);
};
extern const struct variant variants[2];

/* What /proc/self/pagemap says of the page at p. */
#define FRAME (((uint64_t)1 << 55) - 1)
void page_entries(const void *p, uint64_t *entries, size_t n);
int page_present(const void *p);
int page_swapped(const void *p);
uint64_t page_frame(const void *p);

/* The first whole page inside a block. */
char *first_page(void *block);

/* The page's word in /proc/kpageflags: bit 24 marks the zero page. */
uint64_t frame_flags(uint64_t frame);

/* Verdict "holds", "limit", "fails" or "unmeasured", and the evidence. */
void claim(const char *id, const char *verdict, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void row(const char *experiment, const char *variant, long x,
         const char *metric, const char *unit, long value);

/* lab_calls.c; prints a table as well. */
void lab_calls(FILE *table);

/* lab_touch.c */
void lab_touch(void);

/* lab_swap.c */
void lab_swap(void);

#endif
