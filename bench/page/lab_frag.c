// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fragmentation: how much of the free memory can be had in large blocks.
 *
 * All of memory is taken frame by frame; then some frames are given back,
 * chosen by their number. For each order we then take blocks until none is
 * left. Success is the share of as many attempts as would have used up the
 * memory given back.
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
 * block is a success only where all its frames were given back by us.
 */
#include "lab_memory.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>

enum { FRAMES = 8192, RATE_ORDERS = 4 };

/* ---- Taking all, giving some back, trying ---------------------------- */

//> checkerboard
static void take_all(struct lab_memory *m)
{
    void *block;

    while ((block = m->take(0)) != NULL)
        __set_bit(m->number(block), m->held);
    bitmap_zero(m->back, m->frames);
}

static void give_back(struct lab_memory *m, unsigned long number)
{
    __clear_bit(number, m->held);
    __set_bit(number, m->back);
    m->give(m->frame(number), 0);
}

static void checkerboard(struct lab_memory *m)
{
    unsigned long number;

    preempt_disable(); /* nobody else should need memory meanwhile */
    take_all(m);
    for_each_set_bit(number, m->held, m->frames)
        if (number % 2)
            give_back(m, number);
    preempt_enable();
}

/* Of the attempts that would use up what was given back: how many got? */
static unsigned long try_order(struct lab_memory *m, unsigned order)
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

static void give_all_back(struct lab_memory *m)
{
    unsigned long number;

    for_each_set_bit(number, m->held, m->frames)
        give_back(m, number);
}

/* Each held frame with a chance of `percent`, the same on every run. */
static void give_by_lot(struct lab_memory *m, unsigned percent)
{
    unsigned long number;
    u64 state = 1965 + percent;

    preempt_disable();
    take_all(m);
    for_each_set_bit(number, m->held, m->frames)
        if (lab_random(&state) % 100 < percent)
            give_back(m, number);
    preempt_enable();
}

/* ---- The experiments ------------------------------------------------- */

static u64 rate(struct lab_memory *m, unsigned order)
{
    const unsigned long back = bitmap_weight(m->back, m->frames);
    const unsigned long attempts = back >> order;
    const u64 got = try_order(m, order);

    cond_resched();
    return attempts ? div_u64(got * 100 * 1000, attempts) : 0;
}

static void report(struct lab_memory *m, const char *variant, u64 *success)
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
static unsigned long fragment(struct lab_memory *m, u64 *board, u64 *merged)
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

    pw_zone_stat(&lab_zone, &stat);
    for (order = 0; order < PW_ORDERS; order++)
        lab_value("page.split", step, order, "free", "blocks",
                  1000 * stat.nr_free[order]);
}

static int split(void)
{
    struct pw_page *page;
    int error = pw_zone_init(&lab_zone, 1024, 0);

    if (error)
        return error;
    note_step("step0");
    page = pw_zone_alloc(&lab_zone, 0);
    note_step("step1");
    error = pw_zone_free(&lab_zone, page, 0);
    note_step("step2");
    pw_zone_exit(&lab_zone);
    return error;
}

static int fragment_ours(void)
{
    u64 board[NR_PAGE_ORDERS], merged[NR_PAGE_ORDERS];
    int error = pw_zone_init(&lab_zone, FRAMES, 0);

    if (error)
        return error;
    if (lab_memory_open(&lab_pw_memory, FRAMES))
        fragment(&lab_pw_memory, board, merged);
    else
        error = -ENOMEM;
    lab_memory_close(&lab_pw_memory);
    error = error ?: pw_zone_check(&lab_zone);
    pw_zone_exit(&lab_zone);
    return error;
}

static int fragment_kernel(void)
{
    u64 board[NR_PAGE_ORDERS], merged[NR_PAGE_ORDERS];
    unsigned long back = 0;

    if (lab_memory_open(&lab_kernel_memory, node_end_pfn(0)))
        back = fragment(&lab_kernel_memory, board, merged);
    lab_memory_close(&lab_kernel_memory);
    if (!back)
        return -ENOMEM;
    claim_k10(board, merged, back);
    return 0;
}

int page_lab_frag(void)
{
    return split() ?: fragment_ours() ?: fragment_kernel();
}
