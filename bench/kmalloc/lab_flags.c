// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the flags allow (claim k6): blocks of a page are taken until none
 * is left for a caller that may neither wait nor use the reserve; then
 * each set of flags is tried. And where a caller may be: the same call
 * from a process, a softirq, a hard interrupt, under a spinlock.
 *
 *   kmalloc.short   kernel by set of flags: blocks of 4096 bytes that are
 *                   still to be had when NOWAIT gets none (blocks)
 */
#include "lab_parts.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#ifndef in_hardirq /* its name since 5.11 */
#define in_hardirq in_irq
#endif

/* ---- All frames ------------------------------------------------------ */

bool lab_frames_open(struct lab_frames *f)
{
    f->end = node_end_pfn(0);
    f->held = vzalloc(BITS_TO_LONGS(f->end) * sizeof(long));
    return f->held != NULL;
}

/* Take all that these flags get, to be given back frame by frame. */
void lab_frames_take(struct lab_frames *f, gfp_t gfp, int order)
{
    struct page *page;

    while ((page = alloc_pages(gfp | __GFP_NOWARN, order)) != NULL) {
        split_page(page, order);
        bitmap_set(f->held, page_to_pfn(page), 1 << order);
    }
}

void lab_frames_close(struct lab_frames *f)
{
    unsigned long number;

    for_each_set_bit(number, f->held, f->end)
        __free_page(pfn_to_page(number));
    vfree(f->held);
}

unsigned long lab_free_mib(void)
{
    struct zone *zone = NODE_DATA(0)->node_zones;
    unsigned long pages = 0;
    int i, order;

    for (i = 0; i < MAX_NR_ZONES; i++)
        for (order = 0; order < NR_PAGE_ORDERS; order++)
            pages += zone[i].free_area[order].nr_free << order;
    return pages >> (20 - PAGE_SHIFT);
}

void lab_print_buddies(const char *file)
{
    struct zone *zone = NODE_DATA(0)->node_zones;
    int i, order;

    for (order = 0; order < NR_PAGE_ORDERS; order++) {
        unsigned long blocks = 0;

        for (i = 0; i < MAX_NR_ZONES; i++)
            blocks += zone[i].free_area[order].nr_free;
        lab_print(file, order ? "%5lu" : "%6lu", blocks);
    }
    lab_print(file, "\n");
}

/* ---- When memory is short -------------------------------------------- */

static const struct lab_flags sets[] = {
    {"kernel-nowait", "GFP_NOWAIT", GFP_NOWAIT},
    {"kernel-atomic", "GFP_ATOMIC", GFP_ATOMIC},
    {"kernel-noretry", "GFP_KERNEL | __GFP_NORETRY",
     GFP_KERNEL | __GFP_NORETRY},
};

enum { SETS = ARRAY_SIZE(sets), MOST = 4096 };

unsigned lab_take_blocks(size_t size, gfp_t gfp, unsigned most, void **list)
{
    unsigned n = 0;
    void **block;

    while (n < most &&
           (block = kmalloc(size, gfp | __GFP_NOWARN)) != NULL) {
        *block = *list;
        *list = block;
        n++;
    }
    return n;
}

void lab_free_blocks(void *list)
{
    while (list) {
        void *next = *(void **)list;

        kfree(list);
        list = next;
    }
}

//> claim-k6
/* Until NOWAIT gets nothing; then what do the others get? */
static bool when_short(unsigned got[SETS])
{
    struct lab_frames all;
    void *rest = NULL, *list;
    unsigned i;

    if (!lab_frames_open(&all))
        return false;
    lab_frames_take(&all, GFP_NOWAIT, 0);
    for (i = 0; i < SETS; i++) {
        lab_take_blocks(PAGE_SIZE, GFP_NOWAIT, MOST,
                        &rest); /* what caches still had */
        list = NULL;
        got[i] = lab_take_blocks(PAGE_SIZE, sets[i].gfp, MOST, &list);
        lab_free_blocks(list);
    }
    lab_free_blocks(rest);
    lab_frames_close(&all);
    return true;
}
//< claim-k6

/* Of a block that was written to and freed: bytes that are 0 when it, or
 * another, is had again. */
static unsigned zeroes(gfp_t gfp)
{
    enum { SIZE = 256 };
    u8 *block = kmalloc(SIZE, GFP_KERNEL);
    unsigned n = 0, i;

    if (!block)
        return 0;
    memset(block, 0xa5, SIZE);
    kfree(block);
    block = kmalloc(SIZE, GFP_KERNEL | gfp);
    for (i = 0; block && i < SIZE; i++)
        n += block[i] == 0;
    kfree(block);
    return n;
}

void kmalloc_lab_flags(void)
{
    const unsigned plain = zeroes(0), zeroed = zeroes(__GFP_ZERO);
    unsigned got[SETS] = {0}, i;

    pr_info("pagewise: lab: memory is short\n");
    if (!when_short(got)) {
        lab_claim("k6", LAB_UNMEASURED, "no memory for the question");
        return;
    }
    for (i = 0; i < SETS; i++)
        lab_value("kmalloc.short", sets[i].name, LAB_NO_X, "blocks",
                  "blocks", 1000ULL * got[i]);
    lab_claim("k6",
              got[1] > got[0] && zeroed > plain ? LAB_HOLDS : LAB_FAILS,
              "with all memory taken, blocks of 4096 bytes: %u for %s, %u "
              "for %s, from the reserve, %u for %s, where nothing can be "
              "reclaimed; of 256 bytes that were written to before, %u "
              "are 0 in the next block and %u with __GFP_ZERO",
              got[0], sets[0].written, got[1], sets[1].written, got[2],
              sets[2].written, plain, zeroed);
}

/* ---- Where one may call ---------------------------------------------- */

/* What a call saw of where it was, and whether it got a block. */
struct context {
    const char *name;
    bool ran, irq, softirq, atomic, irqs_off, got;
};

enum { PROCESS, SPINLOCK, SPIN_IRQ, SOFTIRQ, HARDIRQ, CONTEXTS };

static struct context contexts[CONTEXTS] = {
    {.name = "process"},
    {.name = "under spin_lock"},
    {.name = "under spin_lock_irqsave"},
    {.name = "timer (softirq)"},
    {.name = "irq_work (hard interrupt)"},
};

//> contexts
static void call_here(struct context *c)
{
    void *block = kmalloc(64, GFP_ATOMIC);

    c->irq = in_hardirq();
    c->softirq = in_serving_softirq();
    c->atomic = in_atomic();
    c->irqs_off = irqs_disabled();
    c->got = block != NULL;
    kfree(block);
    c->ran = true;
}
//< contexts

static void on_timer(struct timer_list *unused)
{
    call_here(&contexts[SOFTIRQ]);
}

static void on_interrupt(struct irq_work *unused)
{
    call_here(&contexts[HARDIRQ]);
}

static DEFINE_SPINLOCK(lock);
static DEFINE_TIMER(timer, on_timer);
static struct irq_work work;

void kmalloc_lab_contexts(void)
{
    static const char *const file = "kmalloc-contexts.txt";
    const struct context *c;
    unsigned long flags;

    call_here(&contexts[PROCESS]);
    spin_lock(&lock);
    call_here(&contexts[SPINLOCK]);
    spin_unlock(&lock);
    spin_lock_irqsave(&lock, flags);
    call_here(&contexts[SPIN_IRQ]);
    spin_unlock_irqrestore(&lock, flags);
    mod_timer(&timer, jiffies + 1);
    init_irq_work(&work, on_interrupt);
    irq_work_queue(&work);
    msleep(50);
    lab_print(file, "%-26s  in_hardirq  softirq  irqs off  GFP_ATOMIC\n",
              "kmalloc called from");
    for (c = contexts; c < contexts + CONTEXTS; c++)
        lab_print(file, "%-26s  %-10s  %-7s  %-8s  %s\n", c->name,
                  c->irq ? "yes" : "no", c->softirq ? "yes" : "no",
                  c->irqs_off ? "yes" : "no",
                  !c->ran  ? "did not run"
                  : c->got ? "a block"
                           : "nothing");
}
