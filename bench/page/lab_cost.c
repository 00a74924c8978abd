// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a page costs: the kernel's allocator and ours, on the same work, in
 * the same boot, under the same clock.
 *
 *   page.hot      one pair again and again                x: order
 *   page.bulk     N blocks, then all of them back         x: order
 *   page.random   N slots, half of them full; a random    x: order
 *                 one is emptied or filled
 *
 * The variants: `kernel` is alloc_pages() and __free_pages(), through its
 * per-CPU lists; `kernel-zeroed` the same with __GFP_ZERO, which is what
 * init_on_alloc=1 adds; `pw` and `pw-core` are code/page with per-CPU
 * lists and without, each order on a zone whose free frames are merged.
 * Ours does less: no node or zone to choose, no watermark, no migrate
 * type, no accounting, no reference count.
 *
 * Each workload is written once and inlined once for each allocator, so
 * that all call alike. An allocator that does nothing is measured among
 * them; its cost, the loop and the clock, is taken off. What remains is
 * the two calls with their arguments.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

enum {
    FRAMES = 8192, /* of each zone of ours: 32 MiB */
    BLOCKS = 1024, /* N, or what half the frames allow */
    PAIRS = 1024,  /* in one repetition */
    DICE = 2 * PAIRS,
    PATTERNS = 3,
};

static struct pw_zone cached_zone, core_zone;
static void *held[BLOCKS]; /* N slots; NULL: empty */
static u16 dice[DICE];     /* numbers of slots, drawn beforehand */
static unsigned blocks;    /* N */

/* ---- The allocators -------------------------------------------------- */

static __always_inline void *take_empty(unsigned order)
{
    void *block = held;

    OPTIMIZER_HIDE_VAR(block);
    return block;
}

static __always_inline void give_empty(void *block, unsigned order)
{
    OPTIMIZER_HIDE_VAR(block);
}

static __always_inline void *take_kernel(unsigned order)
{
    return alloc_pages(GFP_KERNEL, order);
}

static __always_inline void *take_zeroed(unsigned order)
{
    return alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
}

static __always_inline void give_kernel(void *block, unsigned order)
{
    __free_pages(block, order);
}

static __always_inline void *take_pw(unsigned order)
{
    return pw_zone_alloc(&cached_zone, order);
}

static __always_inline void give_pw(void *block, unsigned order)
{
    pw_zone_free(&cached_zone, block, order);
}

static __always_inline void *take_core(unsigned order)
{
    return pw_zone_alloc(&core_zone, order);
}

static __always_inline void give_core(void *block, unsigned order)
{
    pw_zone_free(&core_zone, block, order);
}

/* ---- The workloads --------------------------------------------------- */

typedef void *take_fn(unsigned order);
typedef void give_fn(void *block, unsigned order);

//> workloads
static __always_inline void hot(take_fn *take, give_fn *give,
                                unsigned order, int pairs)
{
    int i;

    for (i = 0; i < pairs; i++)
        give(take(order), order);
}

static __always_inline void bulk(take_fn *take, give_fn *give,
                                 unsigned order, int pairs)
{
    unsigned i;

    for (; pairs > 0; pairs -= blocks) {
        for (i = 0; i < blocks; i++)
            held[i] = take(order);
        for (i = 0; i < blocks; i++)
            give(held[i], order);
    }
}

/* Two steps make a pair on average. */
static __always_inline void lifetimes(take_fn *take, give_fn *give,
                                      unsigned order, int pairs)
{
    int i;

    for (i = 0; i < 2 * pairs; i++) {
        void **slot = &held[dice[i]];

        if (*slot) {
            give(*slot, order);
            *slot = NULL;
        } else {
            *slot = take(order);
        }
    }
}

#define WITH(name, taker, giver) \
    static noinline void hot_##name(unsigned order, int pairs) \
    { \
        hot(taker, giver, order, pairs); \
    } \
    static noinline void bulk_##name(unsigned order, int pairs) \
    { \
        bulk(taker, giver, order, pairs); \
    } \
    static noinline void random_##name(unsigned order, int pairs) \
    { \
        lifetimes(taker, giver, order, pairs); \
    }

WITH(empty, take_empty, give_empty)
WITH(kernel, take_kernel, give_kernel)
WITH(pw, take_pw, give_pw)
WITH(core, take_core, give_core)
//< workloads
WITH(zeroed, take_zeroed, give_kernel)

/* ---- Measuring ------------------------------------------------------- */

typedef void workload(unsigned order, int pairs);

struct allocator {
    const char *variant;
    take_fn *take; /* for what is not measured */
    give_fn *give;
    workload *run[PATTERNS];
};

#define ALLOCATOR(variant, taker, giver, name) \
    { \
        variant, taker, giver, \
        { \
            hot_##name, bulk_##name, random_##name \
        } \
    }

/* The first one is the empty one. */
static const struct allocator allocators[] = {
    ALLOCATOR("empty", take_empty, give_empty, empty),
    ALLOCATOR("kernel", take_kernel, give_kernel, kernel),
    ALLOCATOR("pw", take_pw, give_pw, pw),
    ALLOCATOR("pw-core", take_core, give_core, core),
};

static const struct allocator zeroing[] = {
    ALLOCATOR("empty", take_empty, give_empty, empty),
    ALLOCATOR("kernel-zeroed", take_zeroed, give_kernel, zeroed),
};

static const char *const experiments[PATTERNS] = {"page.hot", "page.bulk",
                                                  "page.random"};

/* Fill every step-th slot; false if memory did not suffice. */
static bool fill_slots(const struct allocator *a, unsigned order, int step)
{
    unsigned i;

    memset(held, 0, sizeof(held));
    for (i = 0; i < blocks; i += step) {
        held[i] = a->take(order);
        if (!held[i])
            return false;
    }
    return true;
}

static void empty_slots(const struct allocator *a, unsigned order)
{
    unsigned i;

    for (i = 0; i < blocks; i++)
        if (held[i])
            a->give(held[i], order);
}

/* Ticks of `pairs` pairs; random lifetimes begin half full. */
static u64 run_once(const struct allocator *a, int pattern, unsigned order,
                    int pairs)
{
    const bool is_random = pattern == PATTERNS - 1;
    u64 start, ticks;

    if (is_random)
        fill_slots(a, order, 2);
    start = lab_clock();
    a->run[pattern](order, pairs);
    ticks = lab_clock() - start;
    if (is_random)
        empty_slots(a, order);
    return ticks;
}

/* All variants in turn, again and again: what drifts, drifts for all. */
static void measure(const struct allocator *set, int n, int pattern,
                    unsigned order, int pairs)
{
    static struct lab_sample sample[ARRAY_SIZE(allocators)];
    int i, rep;

    for (i = 0; i < n; i++)
        run_once(&set[i], pattern, order, pairs); /* warm-up */
    for (rep = 0; rep < lab_reps; rep++)
        for (i = 0; i < n; i++)
            sample[i].ticks[rep] = run_once(&set[i], pattern, order, pairs);
    for (i = 1; i < n; i++)
        lab_cost(experiments[pattern], set[i].variant, order, &sample[i],
                 &sample[0], pairs);
    cond_resched();
}

static void draw_dice(void)
{
    u64 state = 1963;
    int i;

    for (i = 0; i < DICE; i++)
        dice[i] = lab_random(&state) % blocks;
}

/* Can all allocators hold what the workloads will hold? */
static bool suffices(unsigned order)
{
    unsigned i;
    bool enough = true;

    for (i = 1; i < ARRAY_SIZE(allocators) && enough; i++) {
        enough = fill_slots(&allocators[i], order, 1);
        empty_slots(&allocators[i], order);
    }
    return enough;
}

static int measure_order(unsigned order)
{
    const int pairs = order <= 6 ? PAIRS : PAIRS >> (order - 6);
    int pattern;

    /* What the last order left on our stack keeps its neighbours cut up. */
    pw_zone_drain(&cached_zone);
    blocks = min(BLOCKS, FRAMES / 2 >> order);
    draw_dice();
    if (!suffices(order)) {
        pr_err("pagewise: page_lab: too little memory at order %u\n",
               order);
        return -ENOMEM;
    }
    for (pattern = 0; pattern < PATTERNS; pattern++)
        measure(allocators, ARRAY_SIZE(allocators), pattern, order, pairs);
    measure(zeroing, ARRAY_SIZE(zeroing), 0, order, max(32 >> order, 1));
    return 0;
}

int page_lab_cost(void)
{
    unsigned order;
    int error = pw_zone_init(&cached_zone, FRAMES, PW_BATCH);

    if (!error)
        error = pw_zone_init(&core_zone, FRAMES, 0);
    for (order = 0; order <= PW_MAX_ORDER && !error; order++) {
        pr_info("pagewise: lab: pairs of order %u\n", order);
        error = measure_order(order);
    }
    if (!error)
        error = pw_zone_check(&cached_zone) ?: pw_zone_check(&core_zone);
    if (core_zone.base)
        pw_zone_exit(&core_zone);
    if (cached_zone.base)
        pw_zone_exit(&cached_zone);
    return error;
}
