// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The two kinds of memory of the fragmentation lab: all that the running
 * kernel has, by page frame number, and a zone of ours without per-CPU
 * lists. From the kernel we take what is free at once and never ask it to
 * reclaim, sleep or compact: the subject is the buddy system alone.
 */
#include "lab_memory.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

struct pw_zone lab_zone;

static void *kernel_take(unsigned order)
{
    return alloc_pages(__GFP_NOWARN, order);
}

static void kernel_give(void *block, unsigned order)
{
    __free_pages(block, order);
}

static unsigned long kernel_number(const void *block)
{
    return page_to_pfn((const struct page *)block);
}

static void *kernel_frame(unsigned long number)
{
    return pfn_to_page(number);
}

static void kernel_count(unsigned long free[NR_PAGE_ORDERS])
{
    struct lab_buddies b;

    lab_read_buddies(&b);
    memcpy(free, b.free, sizeof(b.free));
}

static void *pw_take(unsigned order)
{
    return pw_zone_alloc(&lab_zone, order);
}

static void pw_give(void *block, unsigned order)
{
    pw_zone_free(&lab_zone, block, order);
}

static unsigned long pw_number(const void *block)
{
    return pw_page_to_pfn(&lab_zone, block);
}

static void *pw_frame(unsigned long number)
{
    return &lab_zone.pages[number];
}

static void pw_count(unsigned long free[NR_PAGE_ORDERS])
{
    struct pw_zone_stat stat;
    int order;

    pw_zone_stat(&lab_zone, &stat);
    for (order = 0; order < NR_PAGE_ORDERS; order++)
        free[order] = stat.nr_free[order];
}

struct lab_memory lab_kernel_memory = {
    .name = "kernel",
    .take = kernel_take,
    .give = kernel_give,
    .number = kernel_number,
    .frame = kernel_frame,
    .count = kernel_count,
};

struct lab_memory lab_pw_memory = {
    .name = "pw",
    .take = pw_take,
    .give = pw_give,
    .number = pw_number,
    .frame = pw_frame,
    .count = pw_count,
};

bool lab_memory_open(struct lab_memory *m, unsigned long frames)
{
    m->frames = frames;
    m->held = vzalloc(BITS_TO_LONGS(frames) * sizeof(long));
    m->back = vzalloc(BITS_TO_LONGS(frames) * sizeof(long));
    m->got = vmalloc(frames * sizeof(*m->got));
    return m->held && m->back && m->got;
}

void lab_memory_close(struct lab_memory *m)
{
    vfree(m->held);
    vfree(m->back);
    vfree(m->got);
}
