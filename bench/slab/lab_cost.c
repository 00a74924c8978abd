// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What an object costs: the kernel's caches and ours, on the same work, in
 * the same boot, under the same clock. x is the object's size.
 *
 *   slab.hot       one pair again and again
 *   slab.bulk      1024 objects, then all of them back in their order
 *   slab.fifo      1024 live ones: the oldest goes, a new one comes
 *   slab.random    1024 live ones: one by lot goes, a new one comes
 *   slab.many      64 objects by one call and back by one call: for each
 *
 * The variants: `kernel` is kmem_cache_alloc() and kmem_cache_free(); `pw`
 * is code/slab, `pw-nomag` without magazines. Ours does less: no memory
 * node to choose, no control group to charge, no zeroing on demand, no
 * failure for a test's sake, no hooks for tracing and sanitisers; Debian's
 * kernels also hide the link in a free object (SLAB_FREELIST_HARDENED).
 * Ours alone looks at every free whether it is an object's address.
 *
 * Each workload is written once and inlined once for each allocator, so
 * that all call alike. An allocator that does nothing is measured among
 * them; its cost, the loop and the clock, is taken off. Nothing is written
 * to the objects.
 */
#include "lab_parts.h"

#include <linux/printk.h>
#include <linux/sched.h>

enum {
    FRAMES = 8192, /* of our zone: 32 MiB */
    LIVE = 1024,
    PAIRS = 2048,
    MANY = 64,
    PATTERNS = 5,
};

static struct pw_zone zone;
static struct pw_cache *ours, *bare; /* with magazines, and without */
static struct kmem_cache *theirs;
static void *held[LIVE];
static u16 dice[PAIRS]; /* numbers of objects, drawn beforehand */

/* ---- The allocators -------------------------------------------------- */

static __always_inline void *take_empty(void)
{
    void *object = held;

    OPTIMIZER_HIDE_VAR(object);
    return object;
}

static __always_inline void give_empty(void *object)
{
    OPTIMIZER_HIDE_VAR(object);
}

static __always_inline void *take_kernel(void)
{
    return kmem_cache_alloc(theirs, GFP_KERNEL);
}

static __always_inline void give_kernel(void *object)
{
    kmem_cache_free(theirs, object);
}

static __always_inline void *take_pw(void)
{
    return pw_cache_alloc(ours);
}

static __always_inline void give_pw(void *object)
{
    pw_cache_free(ours, object);
}

static __always_inline void *take_bare(void)
{
    return pw_cache_alloc(bare);
}

static __always_inline void give_bare(void *object)
{
    pw_cache_free(bare, object);
}

/* ---- The workloads --------------------------------------------------- */

typedef void *take_fn(void);
typedef void give_fn(void *object);

//> workloads
static __always_inline void hot(take_fn *take, give_fn *give)
{
    int i;

    for (i = 0; i < PAIRS; i++)
        give(take());
}

static __always_inline void bulk(take_fn *take, give_fn *give)
{
    int done, i;

    for (done = 0; done < PAIRS; done += LIVE) {
        for (i = 0; i < LIVE; i++)
            held[i] = take();
        for (i = 0; i < LIVE; i++)
            give(held[i]);
    }
}

static __always_inline void fifo(take_fn *take, give_fn *give)
{
    int i;

    for (i = 0; i < PAIRS; i++) {
        give(held[i % LIVE]);
        held[i % LIVE] = take();
    }
}

static __always_inline void by_lot(take_fn *take, give_fn *give)
{
    int i;

    for (i = 0; i < PAIRS; i++) {
        give(held[dice[i]]);
        held[dice[i]] = take();
    }
}

#define WITH(name, taker, giver) \
    static noinline void hot_##name(void) \
    { \
        hot(taker, giver); \
    } \
    static noinline void bulk_##name(void) \
    { \
        bulk(taker, giver); \
    } \
    static noinline void fifo_##name(void) \
    { \
        fifo(taker, giver); \
    } \
    static noinline void random_##name(void) \
    { \
        by_lot(taker, giver); \
    }

WITH(empty, take_empty, give_empty)
WITH(kernel, take_kernel, give_kernel)
WITH(pw, take_pw, give_pw)
WITH(bare, take_bare, give_bare)
//< workloads

static noinline void many_empty(void)
{
    int done;

    for (done = 0; done < PAIRS; done += MANY)
        OPTIMIZER_HIDE_VAR(done);
}

static noinline void many_kernel(void)
{
    int done;

    for (done = 0; done < PAIRS; done += MANY) /* it gives all or none */
        if (kmem_cache_alloc_bulk(theirs, GFP_KERNEL, MANY, held))
            kmem_cache_free_bulk(theirs, MANY, held);
}

static noinline void many_pw(void)
{
    size_t n;
    int done;

    for (done = 0; done < PAIRS; done += MANY) {
        n = pw_cache_alloc_bulk(ours, MANY, held);
        pw_cache_free_bulk(ours, n, held);
    }
}

static noinline void many_bare(void)
{
    size_t n;
    int done;

    for (done = 0; done < PAIRS; done += MANY) {
        n = pw_cache_alloc_bulk(bare, MANY, held);
        pw_cache_free_bulk(bare, n, held);
    }
}

/* ---- Measuring ------------------------------------------------------- */

struct allocator {
    const char *variant;
    take_fn *take; /* for what is not measured */
    give_fn *give;
    void (*run[PATTERNS])(void);
};

#define ALLOCATOR(variant, name) \
    { \
        variant, take_##name, give_##name, \
        { \
            hot_##name, bulk_##name, fifo_##name, random_##name, \
                many_##name \
        } \
    }

/* The first one is the empty one. */
static const struct allocator allocators[] = {
    ALLOCATOR("empty", empty),
    ALLOCATOR("kernel", kernel),
    ALLOCATOR("pw", pw),
    ALLOCATOR("pw-nomag", bare),
};

static const struct pattern {
    const char *experiment;
    bool full; /* starts and ends with all objects live */
} patterns[PATTERNS] = {
    {"slab.hot", false},   {"slab.bulk", false}, {"slab.fifo", true},
    {"slab.random", true}, {"slab.many", false},
};

static bool all_live(const struct allocator *a)
{
    int i;

    for (i = 0; i < LIVE; i++)
        if (!(held[i] = a->take()))
            return false;
    return true;
}

static void none_live(const struct allocator *a)
{
    int i;

    for (i = 0; i < LIVE; i++)
        a->give(held[i]);
}

static u64 run_once(const struct allocator *a, int pattern)
{
    u64 start, ticks;

    if (patterns[pattern].full)
        all_live(a);
    start = lab_clock();
    a->run[pattern]();
    ticks = lab_clock() - start;
    if (patterns[pattern].full)
        none_live(a);
    return ticks;
}

/* All variants in turn, again and again: what drifts, drifts for all. */
static void measure(int pattern, size_t size)
{
    static struct lab_sample sample[ARRAY_SIZE(allocators)];
    int rep;
    unsigned i;

    for (rep = -2; rep < lab_reps; rep++) /* the first two are warm-ups */
        for (i = 0; i < ARRAY_SIZE(allocators); i++)
            sample[i].ticks[max(rep, 0)] =
                run_once(&allocators[i], pattern);
    for (i = 1; i < ARRAY_SIZE(allocators); i++)
        lab_cost(patterns[pattern].experiment, allocators[i].variant,
                 (long)size, &sample[i], &sample[0], PAIRS);
    cond_resched();
}

static void draw_dice(void)
{
    u64 state = 1994;
    int i;

    for (i = 0; i < PAIRS; i++)
        dice[i] = lab_random(&state) % LIVE;
}

/* Can all allocators hold what the workloads will hold? */
static bool suffices(void)
{
    bool enough = ours && bare && theirs;
    unsigned i;

    for (i = 1; i < ARRAY_SIZE(allocators) && enough; i++) {
        enough = all_live(&allocators[i]);
        if (enough)
            none_live(&allocators[i]);
    }
    return enough;
}

static int measure_size(size_t size)
{
    int pattern, error = 0;

    ours = pw_cache_create_in(&zone, "lab", size, 0, 0, NULL);
    bare = pw_cache_create_in(&zone, "lab-nomag", size, 0,
                              PW_CACHE_NO_MAGAZINES, NULL);
    theirs = lab_make_cache("pw_lab_cost", size, NULL);
    if (suffices()) {
        for (pattern = 0; pattern < PATTERNS; pattern++)
            measure(pattern, size);
        error = pw_cache_check(ours) ?: pw_cache_check(bare);
    } else {
        pr_err("pagewise: slab_lab: too little memory at %zu\n", size);
        error = -ENOMEM;
    }
    kmem_cache_destroy(theirs);
    return error ?: pw_cache_destroy(bare) ?: pw_cache_destroy(ours);
}

int slab_lab_cost(void)
{
    size_t size;
    int error = pw_zone_init(&zone, FRAMES, PW_BATCH);

    if (error)
        return error;
    draw_dice();
    for (size = 8; size <= 4096 && !error; size *= 2) {
        pr_info("pagewise: lab: objects of %zu bytes\n", size);
        error = measure_size(size);
    }
    error = error ?: pw_zone_check(&zone);
    pw_zone_exit(&zone);
    return error;
}
