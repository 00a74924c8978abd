// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fragmentation: how much of the free memory can be had in large blocks.
 *
 * All of memory is taken frame by frame; then some frames are given back,
 * chosen by their number. For each order we then take blocks until none is
 * left. Success is the share of as many attempts as would have used up the
 * memory given back; with half of it the kernel could answer "yes" only
 * from blocks that it merged.
 *
 *   page.frag      x: order. Every second frame given back (kernel, pw),
 *                  then the others too (kernel-merged, pw-merged).
 *                  success (%), free (pages in free blocks of that order)
 *   page.fragrate  x: share of the frames given back, in %, drawn by lot.
 *                  success (%) at orders 1 to 4 (kernel-o1 … pw-o4).
 *                  Of single frames given back with probability p, a
 *                  share of p^(2^n - 1) lies in whole blocks of order n.
 *   page.split     x: order. Free blocks of a zone of ours of 1024 frames:
 *                  new (step0), one frame taken (step1), and freed (step2)
 *
 * The kernel keeps a reserve that we cannot take. It is not counted: a
 * block is a success only where all its frames were given back by us. Ours
 * runs without per-CPU lists: the subject is the buddy system.
 */
#include "page_lab.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

enum { FRAMES = 8192, RATE_ORDERS = 4 };

static struct pw_zone zone;

/* Memory as the experiment sees it: frames with numbers. */
struct memory {
    const char *name;
    unsigned long frames; /* numbers run from 0 to here */
    void *(*take)(unsigned order);
    void (*give)(void *block, unsigned order);
    unsigned long (*number)(const void *block);
    void *(*frame)(unsigned long number);
    void (*count)(unsigned long free[NR_PAGE_ORDERS]);
    unsigned long *held; /* bit set: the frame is ours */
    unsigned long *back; /* bit set: we gave it back */
    u32 *got;            /* first frames of blocks taken in a trial */
};

/* ---- The kernel's memory, and ours ------------------------------------ */

/* No reclaim and no sleep: what is free now, or NULL. */
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
    return pw_zone_alloc(&zone, order);
}

static void pw_give(void *block, unsigned order)
{
    pw_zone_free(&zone, block, order);
}

static unsigned long pw_number(const void *block)
{
    return pw_page_to_pfn(&zone, block);
}

static void *pw_frame(unsigned long number)
{
    return &zone.pages[number];
}

static void pw_count(unsigned long free[NR_PAGE_ORDERS])
{
    struct pw_zone_stat stat;
    int order;

    pw_zone_stat(&zone, &stat);
    for (order = 0; order < NR_PAGE_ORDERS; order++)
        free[order] = stat.nr_free[order];
}

static struct memory kernel_memory = {
    .name = "kernel",
    .take = kernel_take,
    .give = kernel_give,
    .number = kernel_number,
    .frame = kernel_frame,
    .count = kernel_count,
};

static struct memory pw_memory = {
    .name = "pw",
    .take = pw_take,
    .give = pw_give,
    .number = pw_number,
    .frame = pw_frame,
    .count = pw_count,
};

static bool prepare(struct memory *m, unsigned long frames)
{
    m->frames = frames;
    m->held = vzalloc(BITS_TO_LONGS(frames) * sizeof(long));
    m->back = vzalloc(BITS_TO_LONGS(frames) * sizeof(long));
    m->got = vmalloc(frames * sizeof(*m->got));
    return m->held && m->back && m->got;
}

static void forget(struct memory *m)
{
    vfree(m->held);
    vfree(m->back);
    vfree(m->got);
}

/* ---- Taking all, giving some back, trying ----------------------------- */

//> checkerboard
static void take_all(struct memory *m)
{
    void *block;

    while ((block = m->take(0)) != NULL)
        __set_bit(m->number(block), m->held);
    bitmap_zero(m->back, m->frames);
}

static void give_back(struct memory *m, unsigned long number)
{
    __clear_bit(number, m->held);
    __set_bit(number, m->back);
    m->give(m->frame(number), 0);
}

static void checkerboard(struct memory *m)
{
    unsigned long number;

    preempt_disable(); /* nobody else should need memory meanwhile */
    take_all(m);
    for_each_set_bit(number, m->held, m->frames) if (number % 2)
        give_back(m, number);
    preempt_enable();
}

/* Of the attempts that would use up what was given back: how many got? */
static unsigned long try_order(struct memory *m, unsigned order)
{
    unsigned long n = 0, mine = 0;
    const unsigned long size = 1UL << order;
    void *block;

    while ((block = m->take(order)) != NULL) {
        const unsigned long number = m->number(block);

        m->got[n++] = number;
        mine += find_next_zero_bit(m->back, number + size, number) >=
                number + size;
    }
    while (n-- > 0)
        m->give(m->frame(m->got[n]), order);
    return mine;
}
//< checkerboard

static void give_all_back(struct memory *m)
{
    unsigned long number;

    for_each_set_bit(number, m->held, m->frames) give_back(m, number);
}

/* Each held frame with a chance of `percent`, the same on every run. */
static void give_by_lot(struct memory *m, unsigned percent)
{
    unsigned long number;
    u64 state = 1965 + percent;

    preempt_disable();
    take_all(m);
    for_each_set_bit(number, m->held,
                     m->frames) if (lab_random(&state) % 100 < percent)
        give_back(m, number);
    preempt_enable();
}

/* ---- The experiments -------------------------------------------------- */

static u64 rate(struct memory *m, unsigned order)
{
    const unsigned long back = bitmap_weight(m->back, m->frames);
    const unsigned long attempts = back >> order;
    const u64 got = try_order(m, order);

    cond_resched();
    return attempts ? div_u64(got * 100 * 1000, attempts) : 0;
}

static void report(struct memory *m, const char *variant, u64 *success)
{
    unsigned long free[NR_PAGE_ORDERS];
    int order;

    m->count(free);
    for (order = 0; order < NR_PAGE_ORDERS; order++) {
        success[order] = rate(m, order);
        lab_value("page.frag", variant, order, "success", "%",
                  success[order]);
        lab_value("page.frag", variant, order, "free", "pages",
                  1000ULL * (free[order] << order));
    }
}

/* All of it; returns the number of frames in the checkerboard. */
static unsigned long fragment(struct memory *m, u64 *board, u64 *merged)
{
    unsigned long back;
    unsigned percent, order;
    char variant[24];

    pr_info("pagewise: lab: checkerboard (%s)\n", m->name);
    checkerboard(m);
    back = bitmap_weight(m->back, m->frames);
    report(m, m->name, board);
    give_all_back(m);
    snprintf(variant, sizeof(variant), "%s-merged", m->name);
    report(m, variant, merged);
    for (percent = 10; percent < 100; percent += percent < 90 ? 10 : 5) {
        pr_info("pagewise: lab: %u %% free by lot (%s)\n", percent,
                m->name);
        give_by_lot(m, percent);
        for (order = 1; order <= RATE_ORDERS; order++) {
            snprintf(variant, sizeof(variant), "%s-o%u", m->name, order);
            lab_value("page.fragrate", variant, percent, "success", "%",
                      rate(m, order));
        }
    }
    give_all_back(m);
    return back;
}

/* What the essay says of the buddy system: it helps, and no more. */
static void claim_k10(const u64 *board, const u64 *merged,
                      unsigned long back)
{
    const int high = MAX_PAGE_ORDER - 1;
    const bool refused = back > 0 && board[1] == 0;
    const bool helps = merged[high] > board[high];

    lab_claim(
        "k10", refused && helps ? LAB_HOLDS : LAB_FAILS,
        "%lu KiB free as every second frame: %llu %% of the attempts "
        "at order 1 got a block; when the others were freed too, %llu "
        "%% at order 1 and %llu %% at order %d",
        back * (PAGE_SIZE / 1024), div_u64(board[1], 1000),
        div_u64(merged[1], 1000), div_u64(merged[high], 1000), high);
}

static void note_step(const char *step)
{
    struct pw_zone_stat stat;
    int order;

    pw_zone_stat(&zone, &stat);
    for (order = 0; order < PW_ORDERS; order++)
        lab_value("page.split", step, order, "free", "blocks",
                  1000 * stat.nr_free[order]);
}

static int split(void)
{
    struct pw_page *page;
    int error = pw_zone_init(&zone, 1024, 0);

    if (error)
        return error;
    note_step("step0");
    page = pw_zone_alloc(&zone, 0);
    note_step("step1");
    error = pw_zone_free(&zone, page, 0);
    note_step("step2");
    pw_zone_exit(&zone);
    return error;
}

static int fragment_ours(void)
{
    u64 board[NR_PAGE_ORDERS], merged[NR_PAGE_ORDERS];
    int error = pw_zone_init(&zone, FRAMES, 0);

    if (error)
        return error;
    if (prepare(&pw_memory, FRAMES))
        fragment(&pw_memory, board, merged);
    else
        error = -ENOMEM;
    forget(&pw_memory);
    error = error ?: pw_zone_check(&zone);
    pw_zone_exit(&zone);
    return error;
}
static int fragment_kernel(void)
{
    u64 board[NR_PAGE_ORDERS], merged[NR_PAGE_ORDERS];
    unsigned long back = 0;

    if (prepare(&kernel_memory, node_end_pfn(0)))
        back = fragment(&kernel_memory, board, merged);
    forget(&kernel_memory);
    if (!back)
        return -ENOMEM;
    claim_k10(board, merged, back);
    return 0;
}

int page_lab_frag(void)
{
    return split() ?: fragment_ours() ?: fragment_kernel();
}
