/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder tell each other. Not installed.
 */
#ifndef PW_PAGE_CORE_H
#define PW_PAGE_CORE_H

#include "page.h"
//< theory

//> buddy-calls
/* The core, page_buddy.c. The caller is pinned and holds zone->lock. */
void pw_buddy_init(struct pw_zone *zone);
struct pw_page *pw_buddy_take(struct pw_zone *zone, unsigned order);
void pw_buddy_give(struct pw_zone *zone, struct pw_page *page,
                   unsigned order);

/* Say what is wrong with freeing this block, page_check.c. */
int pw_page_misuse(const struct pw_zone *zone, const struct pw_page *page,
                   unsigned order);
int pw_address_misuse(const struct pw_zone *zone, const void *address,
                      unsigned order);
//< buddy-calls

//> cpu
enum { PW_CPU_MOST = 2 * PW_BATCH };

/*
 * One CPU's free frames, most recently freed last. Only its CPU changes
 * them, pinned. Others may read count and may set high to 0: "give your
 * frames back when you next free one".
 */
struct pw_cpu {
    uint32_t count;
    uint32_t high; /* at this count a free gives a batch back */
    struct pw_page *stack[PW_CPU_MOST];
} __attribute__((aligned(PORT_CACHE_LINE)));

#endif
//< cpu
