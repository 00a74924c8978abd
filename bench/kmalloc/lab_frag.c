// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Much memory free, and none for two pages (claim k9). All frames are
 * taken, the reserve's too, and every second one is given back: no free
 * frame has a free neighbour. Then 8 KiB are asked for with each set of
 * flags.
 *
 * Plain GFP_KERNEL does not fail in such a case: it asks the killer to
 * end some process. There is none here to end; but the killer first asks
 * whoever registered whether they can spare something. We registered,
 * note that it came to this, and give some frames.
 *
 *   kmalloc.fail   kernel by set of flags. got (blocks of 8 KiB), insn
 *                  (what the call took to decide), free (MiB, variant
 *                  kernel, at the first attempt)
 */
#include "lab_parts.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/slab.h>

enum { SIZE = 8192, SPARED = 1024 };

static const char *const file = "kmalloc-fail.txt";

/* Of the last three, what the kernel is told beside GFP_KERNEL. */
static const struct lab_flags sets[] = {
    {"kernel-nowait", "GFP_NOWAIT", GFP_NOWAIT},
    {"kernel-atomic", "GFP_ATOMIC", GFP_ATOMIC},
    {"kernel-noretry", "__GFP_NORETRY", GFP_KERNEL | __GFP_NORETRY},
    {"kernel-mayfail", "__GFP_RETRY_MAYFAIL",
     GFP_KERNEL | __GFP_RETRY_MAYFAIL},
    {"kernel", "GFP_KERNEL", GFP_KERNEL},
};

enum { SETS = ARRAY_SIZE(sets), NOWAIT = 0, KERNEL = SETS - 1 };

static struct lab_frames all;
static unsigned asked; /* how often we were asked to spare something */

//> fail
static void give(unsigned long number)
{
    __clear_bit(number, all.held);
    __free_page(pfn_to_page(number));
}

/* No free frame has a free neighbour. */
static void checkerboard(void)
{
    unsigned long number;
    int order;

    preempt_disable(); /* nobody else should need memory meanwhile */
    lab_frames_take(&all, __GFP_HIGH | __GFP_MEMALLOC, 0);
    for (order = MAX_PAGE_ORDER; order > 0; order--)
        lab_frames_take(&all, GFP_ATOMIC | __GFP_MEMALLOC, order);
    for_each_set_bit(number, all.held, all.end)
        if (number % 2)
            give(number);
    preempt_enable();
}

/* The killer asks before it kills: frames that have free neighbours. */
static int spare(struct notifier_block *unused, unsigned long zero,
                 void *freed)
{
    unsigned long number, n = 0;

    asked++;
    for_each_set_bit(number, all.held, all.end) {
        give(number);
        if (++n == SPARED)
            break;
    }
    *(unsigned long *)freed += n;
    return NOTIFY_OK;
}
//< fail

static struct notifier_block notifier = {.notifier_call = spare};

struct attempt {
    bool got;
    unsigned asked; /* how often it came to the killer */
    u64 ticks;
};

/* What the cache still had is used up first, and what we get is kept. */
static void try_flags(const struct lab_flags *set, struct attempt *a,
                      void **rest)
{
    u64 start;
    void **block;

    lab_take_blocks(SIZE, GFP_NOWAIT, UINT_MAX, rest);
    lab_print(file, "%-20s", set->written);
    lab_print_buddies(file);
    asked = 0;
    start = lab_clock();
    block = kmalloc(SIZE, set->gfp | __GFP_NOWARN);
    a->ticks = lab_clock() - start;
    a->got = block != NULL;
    a->asked = asked;
    if (block) {
        *block = *rest;
        *rest = block;
    }
}

static void decide(const struct attempt *a, unsigned long mib)
{
    unsigned failed = 0, i;

    for (i = 0; i < SETS; i++) {
        lab_print(file, "%-20s%s after %llu %s%s\n", sets[i].written,
                  a[i].got ? "a block" : "NULL", a[i].ticks, lab_tick,
                  a[i].asked ? ", by the killer's door" : "");
        lab_value("kmalloc.fail", sets[i].name, LAB_NO_X, "got", "blocks",
                  1000ULL * a[i].got);
        failed += !a[i].got;
    }
    lab_value("kmalloc.fail", "kernel", LAB_NO_X, "free", "MiB",
              1000ULL * mib);
    lab_claim("k9",
              !failed || !mib  ? LAB_FAILS
              : failed == SETS ? LAB_HOLDS
                               : LAB_LIMIT,
              "with %lu MiB free as every second frame, 8 KiB by %s: %s, "
              "%s: %s, %s: %s, %s: %s, %s: %s%s",
              mib, sets[0].written, a[0].got ? "a block" : "NULL",
              sets[1].written, a[1].got ? "a block" : "NULL",
              sets[2].written, a[2].got ? "a block" : "NULL",
              sets[3].written, a[3].got ? "a block" : "NULL",
              sets[4].written, a[4].got ? "a block" : "NULL",
              a[4].asked ? ", after asking the killer of processes" : "");
}

void kmalloc_lab_frag(void)
{
    static struct attempt attempts[SETS];
    unsigned long mib;
    unsigned i;
    void *rest = NULL;

    pr_info("pagewise: lab: checkerboard\n");
    if (!lab_frames_open(&all) || register_oom_notifier(&notifier)) {
        lab_claim("k9", LAB_UNMEASURED, "no memory for the question");
        return;
    }
    lab_print(file, "%-20s%s\n", "free blocks, order",
              "     0    1    2    3    4    5    6    7    8    9   10");
    lab_print(file, "%-20s", "before");
    lab_print_buddies(file);
    checkerboard();
    mib = lab_free_mib();
    for (i = 0; i < SETS; i++)
        try_flags(&sets[i], &attempts[i], &rest);
    lab_free_blocks(rest);
    unregister_oom_notifier(&notifier);
    lab_frames_close(&all);
    decide(attempts, mib);
}
