// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is still given when memory is in pieces, or gone.
 *
 *   which.success   x: bytes. A share of memory is free, in single pages at
 *                   random; all others are taken and cannot be moved. Of
 *                   so many requests at a time, how many got a block (%).
 *                   The variant is the call, its flags and the share:
 *                   kernel-kmalloc-50 (which may wait, but gives up),
 *                   kernel-atomic-50 (kmalloc, GFP_ATOMIC),
 *                   kernel-vmalloc-50, kernel-kvmalloc-50
 *   which.last      blocks of a page that are given when no page is free:
 *                   kernel-nowait, kernel-atomic, kernel-noretry, and
 *                   kernel-mempool, of as many as it keeps
 *
 * No request here may ask the killer of processes: the only process is
 * init. What kmalloc does when it may is the kmalloc lab's (k9).
 */
#include "lab_parts.h"

#include <linux/bitmap.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

enum { MOST_BLOCKS = 64, POOL = 16, LARGEST = 4 << 20 };

#define GFP_TRY (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

static unsigned long *taken; /* a bit for each frame that we hold */
static unsigned long end, free_frames;
static u64 seed = 1965;

/* Every page that these flags get without waiting, one by one. */
static void take_all(gfp_t gfp)
{
    struct page *page;

    while ((page = alloc_page(gfp | __GFP_NOWARN)) != NULL)
        set_bit(page_to_pfn(page), taken);
}

//> which-pieces
/* Of those that we hold, one in `of` at random is given back. */
static void give_back(unsigned of)
{
    unsigned long frame;

    for_each_set_bit(frame, taken, end)
        if (lab_random(&seed) % of == 0) {
            clear_bit(frame, taken);
            __free_page(pfn_to_page(frame));
            free_frames++;
        }
}
//< which-pieces

static void give_all(void)
{
    unsigned long frame;

    for_each_set_bit(frame, taken, end)
        __free_page(pfn_to_page(frame));
    bitmap_zero(taken, end);
}

/* Requests at a time: an eighth of what is free, and no more. */
static int requests(size_t size)
{
    return clamp_t(int, free_frames *PAGE_SIZE / 8 / size, 4, MOST_BLOCKS);
}

static void try(const char *call, const char *name, gfp_t gfp, int share)
{
    const struct which_way *way = which_way(call);
    static void *held[MOST_BLOCKS];
    char variant[40];
    size_t size;
    int i, n, got;

    snprintf(variant, sizeof(variant), "%s-%d", name, share);
    for (size = PAGE_SIZE; size <= LARGEST; size *= 2) {
        n = requests(size);
        for (i = got = 0; i < n; i++) {
            held[i] = way->take(size, gfp);
            got += held[i] != NULL;
        }
        for (i = 0; i < n; i++)
            if (held[i])
                way->give(held[i], size);
        lab_value("which.success", variant, size, "success", "%",
                  div_u64(100000ULL * got, n));
        cond_resched();
    }
}

static void try_all(int share)
{
    try("kernel-kmalloc", "kernel-kmalloc", GFP_TRY, share);
    try("kernel-kmalloc", "kernel-atomic", GFP_ATOMIC | __GFP_NOWARN,
        share);
    try("kernel-kvmalloc", "kernel-kvmalloc", GFP_KERNEL | __GFP_NOWARN,
        share);
    try("kernel-vmalloc", "kernel-vmalloc", GFP_KERNEL | __GFP_NOWARN,
        share);
}

/* ---- Nothing is free ------------------------------------------------- */

static void *chain(void *list, void *block)
{
    *(void **)block = list;
    return block;
}

static void count_last(const char *variant, gfp_t gfp)
{
    void *list = NULL, *block;
    unsigned n = 0;

    while (n < 4096 &&
           (block = kmalloc(PAGE_SIZE, gfp | __GFP_NOWARN)) != NULL) {
        list = chain(list, block);
        n++;
    }
    while ((block = list) != NULL) {
        list = *(void **)block;
        kfree(block);
    }
    lab_value("which.last", variant, LAB_NO_X, "blocks", "blocks",
              n * 1000ULL);
}

static void count_pool(mempool_t *pool)
{
    void *held[POOL];
    unsigned n = 0, i;

    while (n < POOL && (held[n] = mempool_alloc(pool, GFP_NOWAIT)) != NULL)
        n++;
    for (i = 0; i < n; i++)
        mempool_free(held[i], pool);
    lab_value("which.last", "kernel-mempool", LAB_NO_X, "blocks", "blocks",
              n * 1000ULL);
}

int which_scarce(void)
{
    mempool_t *pool = mempool_create_kmalloc_pool(POOL, PAGE_SIZE);
    int error = -ENOMEM;

    end = node_end_pfn(0);
    taken = vzalloc(BITS_TO_LONGS(end) * sizeof(long));
    if (!pool || !taken)
        goto out;
    error = 0;
    pr_info("pagewise: lab: memory is taken\n");
    take_all(0);
    count_last("kernel-nowait", GFP_NOWAIT);
    count_last("kernel-noretry", GFP_KERNEL | __GFP_NORETRY);
    count_last("kernel-atomic", GFP_ATOMIC);
    count_pool(pool);
    pr_info("pagewise: lab: memory is in pieces\n");
    take_all(__GFP_MEMALLOC); /* the reserve is in large blocks */
    give_back(4);
    try_all(25);
    give_back(3);
    try_all(50);
    give_back(2);
    try_all(75);
    give_all();
out:
    vfree(taken);
    mempool_destroy(pool);
    return error;
}
