// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a block costs: the kernel's kmalloc and ours, on the same work, in
 * the same boot, under the same clock.
 *
 *   kmalloc.hot     one pair again and again           x: bytes
 *   kmalloc.bulk    N blocks, then all of them back    x: bytes
 *   kmalloc.random  512 slots, half of them full; a random one is emptied
 *                   or filled. A new block's size is drawn from the ten
 *                   doublings of 8 to 8192 bytes, each as likely as the
 *                   others, and all sizes within one
 *   kmalloc.flags   hot pairs with other flags         x: bytes
 *   kmalloc.zero    hot pairs, and what makes the block zero   x: bytes
 *
 * The variants: `kernel` is kmalloc(GFP_KERNEL) and kfree(); `pw` is
 * pw_kmalloc(PW_GFP_KERNEL) and pw_kfree(). The compiler knows no size,
 * except in -const, where it can choose the kernel's cache beforehand.
 * The suffix -zero is a zeroing flag, `kernel-zeroed` the kernel booted
 * with init_on_alloc=1. The kernel's does more: it counts for the owner's
 * group when asked to (-account; here that is the root, which counts
 * nothing), has trace points, debugging that can be switched on, nodes,
 * and caches for memory that can be reclaimed or reached by old devices.
 *
 * Each workload is written once and inlined once for each allocator, so
 * that all call alike. An allocator that does nothing is measured among
 * them; its cost, the loop and the clock, is taken off.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

enum {
    FRAMES = 16384, /* ours: 64 MiB */
    RESERVE = 64,
    BLOCKS = 512, /* N, and slots */
    PAIRS = 1024, /* in one repetition */
    DICE = 2 * PAIRS,
    DOUBLINGS = 10,
    LARGE = 16384, /* sizes from here on: few pairs, no bulk */
};

static void *held[BLOCKS]; /* NULL: empty */
static u16 slots[DICE];    /* drawn beforehand, */
static u16 sizes[DICE];    /* both */

/* ---- The allocators -------------------------------------------------- */

typedef void *take_fn(size_t size);
typedef void give_fn(void *block);

static __always_inline void *take_empty(size_t size)
{
    void *block = held;

    OPTIMIZER_HIDE_VAR(size);
    OPTIMIZER_HIDE_VAR(block);
    return block;
}

static __always_inline void give_empty(void *block)
{
    OPTIMIZER_HIDE_VAR(block);
}

static __always_inline void give_kernel(void *block)
{
    kfree(block);
}

static __always_inline void give_pw(void *block)
{
    pw_kfree(block);
}

#define TAKE(name, call, flags) \
    static __always_inline void *take_##name(size_t size) \
    { \
        return call(size, flags); \
    }

TAKE(kernel, kmalloc, GFP_KERNEL)
TAKE(atomic, kmalloc, GFP_ATOMIC)
TAKE(nowait, kmalloc, GFP_NOWAIT)
TAKE(account, kmalloc, GFP_KERNEL_ACCOUNT)
TAKE(zero, kmalloc, GFP_KERNEL | __GFP_ZERO)
TAKE(pw, pw_kmalloc, PW_GFP_KERNEL)
TAKE(pw_atomic, pw_kmalloc, PW_GFP_ATOMIC)
TAKE(pw_zero, pw_kmalloc, PW_GFP_KERNEL | PW_GFP_ZERO)

/* A size that the compiler knows. */
enum { CONSTANT = 64 };

static __always_inline void *take_const(size_t size)
{
    return kmalloc(CONSTANT, GFP_KERNEL);
}

static __always_inline void *take_pw_const(size_t size)
{
    return pw_kmalloc(CONSTANT, PW_GFP_KERNEL);
}

/* ---- The workloads --------------------------------------------------- */

//> workloads
static __always_inline void hot(take_fn *take, give_fn *give, size_t size,
                                int pairs)
{
    int i;

    for (i = 0; i < pairs; i++)
        give(take(size));
}

static __always_inline void bulk(take_fn *take, give_fn *give, size_t size,
                                 int pairs)
{
    int i;

    for (; pairs > 0; pairs -= BLOCKS) {
        for (i = 0; i < BLOCKS; i++)
            held[i] = take(size);
        for (i = 0; i < BLOCKS; i++)
            give(held[i]);
    }
}

/* Two steps make a pair on average. */
static __always_inline void lifetimes(take_fn *take, give_fn *give,
                                      int pairs)
{
    int i;

    for (i = 0; i < 2 * pairs; i++) {
        void **slot = &held[slots[i]];

        if (*slot) {
            give(*slot);
            *slot = NULL;
        } else {
            *slot = take(sizes[i]);
        }
    }
}

#define WITH(name, taker, giver) \
    static noinline void hot_##name(size_t size, int pairs) \
    { \
        hot(taker, giver, size, pairs); \
    } \
    static noinline void bulk_##name(size_t size, int pairs) \
    { \
        bulk(taker, giver, size, pairs); \
    } \
    static noinline void random_##name(size_t size, int pairs) \
    { \
        lifetimes(taker, giver, pairs); \
    }

WITH(empty, take_empty, give_empty)
WITH(kernel, take_kernel, give_kernel)
WITH(pw, take_pw, give_pw)
//< workloads

#define HOT(name, taker, giver) \
    static noinline void hot_##name(size_t size, int pairs) \
    { \
        hot(taker, giver, size, pairs); \
    }

HOT(atomic, take_atomic, give_kernel)
HOT(nowait, take_nowait, give_kernel)
HOT(account, take_account, give_kernel)
HOT(zero, take_zero, give_kernel)
HOT(pw_atomic, take_pw_atomic, give_pw)
HOT(pw_zero, take_pw_zero, give_pw)
HOT(const, take_const, give_kernel)
HOT(pw_const, take_pw_const, give_pw)

/* ---- Measuring ------------------------------------------------------- */

typedef void workload(size_t size, int pairs);

struct variant {
    const char *name;
    workload *run;
    take_fn *take; /* for what is not measured */
    give_fn *give;
};

enum { MOST_VARIANTS = 8 };

static void fill_half(const struct variant *v)
{
    int i;

    for (i = 0; i < BLOCKS; i += 2)
        held[i] = v->take(sizes[i]);
}

static void empty_all(const struct variant *v)
{
    int i;

    for (i = 0; i < BLOCKS; i++) {
        if (held[i])
            v->give(held[i]);
        held[i] = NULL;
    }
}

/* Ticks of so many pairs; without a size the slots begin half full. */
static u64 run_once(const struct variant *v, long size, int pairs)
{
    u64 start, ticks;

    if (size == LAB_NO_X)
        fill_half(v);
    start = lab_clock();
    v->run(size, pairs);
    ticks = lab_clock() - start;
    if (size == LAB_NO_X)
        empty_all(v);
    return ticks;
}

/* All variants in turn, again and again; the first is the empty one. */
static void measure(const char *experiment, const struct variant *v, int n,
                    long size, int pairs)
{
    static struct lab_sample sample[MOST_VARIANTS];
    int i, rep;

    for (i = 0; i < n; i++)
        run_once(&v[i], size, pairs); /* warm-up */
    for (rep = 0; rep < lab_reps; rep++)
        for (i = 0; i < n; i++)
            sample[i].ticks[rep] = run_once(&v[i], size, pairs);
    for (i = 1; i < n; i++)
        lab_cost(experiment, v[i].name, size, &sample[i], &sample[0],
                 pairs);
    memset(held, 0, sizeof(held));
    cond_resched();
}

static const struct variant hots[] = {
    {"empty", hot_empty},
    {"kernel", hot_kernel},
    {"pw", hot_pw},
};

static const struct variant constants[] = {
    {"empty", hot_empty},
    {"kernel-const", hot_const},
    {"pw-const", hot_pw_const},
};

static const struct variant bulks[] = {
    {"empty", bulk_empty},
    {"kernel", bulk_kernel},
    {"pw", bulk_pw},
};

static const struct variant randoms[] = {
    {"empty", random_empty, take_empty, give_empty},
    {"kernel", random_kernel, take_kernel, give_kernel},
    {"pw", random_pw, take_pw, give_pw},
};

static const struct variant flags[] = {
    {"empty", hot_empty},
    {"kernel", hot_kernel},
    {"kernel-atomic", hot_atomic},
    {"kernel-nowait", hot_nowait},
    {"kernel-account", hot_account},
    {"pw", hot_pw},
    {"pw-atomic", hot_pw_atomic},
};

static const struct variant zeroing[] = {
    {"empty", hot_empty},
    {"kernel-zero", hot_zero},
    {"pw-zero", hot_pw_zero},
};

static const struct variant zeroed[] = {
    {"empty", hot_empty},
    {"kernel-zeroed", hot_kernel},
};

static const size_t classes[] = {8,   16,  32,   64,   96,   128, 192,
                                 256, 512, 1024, 2048, 4096, 8192};

/* Each doubling as likely as the others; within it, each size. */
//> draw
static void draw(void)
{
    u64 state = 1988;
    int i;

    for (i = 0; i < DICE; i++) {
        const unsigned half = 8U << lab_random(&state) % DOUBLINGS;

        sizes[i] = half + 1 + lab_random(&state) % half;
        slots[i] = lab_random(&state) % BLOCKS;
    }
}
//< draw

static void measure_size(size_t size)
{
    pr_info("pagewise: lab: pairs of %zu bytes\n", size);
    measure("kmalloc.hot", hots, ARRAY_SIZE(hots), size, PAIRS);
    measure("kmalloc.bulk", bulks, ARRAY_SIZE(bulks), size, PAIRS);
    measure("kmalloc.flags", flags, ARRAY_SIZE(flags), size, PAIRS);
    measure("kmalloc.zero", zeroing, ARRAY_SIZE(zeroing), size, PAIRS / 8);
}

static bool both_have(size_t size)
{
    void *theirs = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
    void *ours = pw_kmalloc(size, PW_GFP_KERNEL | PW_GFP_NOWARN);
    const bool both = theirs && ours;

    kfree(theirs);
    pw_kfree(ours);
    return both;
}

static int measure_all(void)
{
    size_t size;
    unsigned i;

    draw();
    for (i = 0; i < ARRAY_SIZE(classes); i++)
        measure_size(classes[i]);
    measure("kmalloc.hot", constants, ARRAY_SIZE(constants), CONSTANT,
            PAIRS);
    for (size = LARGE; size <= KMALLOC_MAX_SIZE; size *= 4)
        if (both_have(size))
            measure("kmalloc.hot", hots, ARRAY_SIZE(hots), size, PAIRS / 8);
    measure("kmalloc.random", randoms, ARRAY_SIZE(randoms), LAB_NO_X,
            PAIRS);
    return pw_kmalloc_check();
}

int kmalloc_lab_cost(void)
{
    int error = pw_page_init(FRAMES);

    if (error)
        return error;
    error = pw_kmalloc_init(RESERVE, 0);
    if (!error) {
        error = measure_all();
        error = pw_kmalloc_exit() ?: error;
    }
    pw_page_exit();
    return error;
}

int kmalloc_lab_zeroed(void)
{
    unsigned i;

    if (lab_selftest || IS_ENABLED(CONFIG_KASAN))
        return 0;
    for (i = 0; i < ARRAY_SIZE(classes); i++)
        measure("kmalloc.zero", zeroed, ARRAY_SIZE(zeroed), classes[i],
                PAIRS / 8);
    return 0;
}
