/* SPDX-License-Identifier: MIT */
/*
 * What only our allocator can be asked: what its parts are worth.
 *
 *   slab.colour   the first word of each of x objects, read     x: objects
 *                 in turn; ns a word
 *     pw, pw-nocolour    slabs start at different offsets; all at one
 *   slab.head     262,144 objects, then all back in an order    x: bytes
 *                 drawn by lot; ns a pair
 *     pw-on, pw-off      bookkeeping on the slab; in a cache of its own
 *   slab.ctor     a pair, for an object with two locks, four
 *                 list heads and some counts, ready for use
 *     pw, pw-init        constructed once; prepared each time
 *   slab.hot      metric step: the instructions of a pair,      x: bytes
 *                 counted one by one
 */
#include "parts.h"
#include "../harness/step.h"

#include <pthread.h>
#include <stdlib.h>

enum { FRAMES = 131072, MANY = 1 << 18 };

/*
 * Nine objects of 3,600 bytes fit into a slab of eight pages, and what is
 * left over has room for six colours.
 */
enum { COLOURED = 3600, MOST_TOUCHED = 4096 };

static void *fresh(size_t bytes)
{
    void *p = calloc(1, bytes);

    if (!p)
        bench_die("out of memory", "free some");
    return p;
}

static struct pw_cache *cache_of(const char *name, size_t size,
                                 unsigned flags, pw_ctor_t ctor)
{
    struct pw_cache *cache = pw_cache_create(name, size, 0, flags, ctor);

    if (!cache)
        bench_die("no memory for a cache", "free some");
    return cache;
}

/* ---- colours ------------------------------------------------------- */

static uint64_t look(struct bench_case *c, size_t ops)
{
    char **first = c->data;
    const size_t n = (size_t)c->x;

    for (size_t done = 0; done < ops; done += n)
        for (size_t i = 0; i < n; i++)
            bench_keep(*(volatile size_t *)first[i]);
    return 0;
}

static void add_colour(const char *variant, unsigned flags)
{
    struct pw_cache *cache = cache_of(variant, COLOURED, flags, NULL);
    void **first = fresh(MOST_TOUCHED * sizeof(*first));

    if (pw_cache_alloc_bulk(cache, MOST_TOUCHED, first) != MOST_TOUCHED)
        bench_die("no memory for objects", "raise FRAMES");
    for (long n = 8; n <= MOST_TOUCHED; n *= 2)
        bench_add(&(struct bench_case){.experiment = "slab.colour",
                                       .variant = variant,
                                       .x = n,
                                       .run = look,
                                       .batch = (size_t)n,
                                       .data = first});
}

/* ---- where the bookkeeping lies ------------------------------------ */

struct many {
    struct pw_cache *cache;
    void **objects;
    uint32_t *order;
};

static uint64_t many(struct bench_case *c, size_t ops)
{
    const struct many *m = c->data;

    for (size_t done = 0; done < ops; done += MANY) {
        for (size_t i = 0; i < MANY; i++)
            m->objects[i] = pw_cache_alloc(m->cache);
        for (size_t i = 0; i < MANY; i++)
            pw_cache_free(m->cache, m->objects[m->order[i]]);
    }
    return 0;
}

/* The slabs of one case would leave no room for the next one's. */
static void end_many(struct bench_case *c, size_t ops)
{
    const struct many *m = c->data;

    (void)ops;
    pw_cache_shrink(m->cache);
}

static void add_head(const char *variant, unsigned flags, void **objects,
                     uint32_t *order)
{
    for (long size = 16; size <= 512; size *= 2) {
        struct many *m = fresh(sizeof(*m));

        *m = (struct many){cache_of(variant, (size_t)size, flags, NULL),
                           objects, order};
        bench_add(&(struct bench_case){.experiment = "slab.head",
                                       .variant = variant,
                                       .x = size,
                                       .run = many,
                                       .cleanup = end_many,
                                       .batch = MANY,
                                       .data = m});
    }
}

static void add_heads(void)
{
    void **objects = fresh(MANY * sizeof(*objects));
    uint32_t *order = fresh(MANY * sizeof(*order));
    uint64_t state = bench_seed();

    for (uint32_t i = 0; i < MANY; i++) {
        const size_t other = bench_random(&state) % (i + 1);

        order[i] = order[other];
        order[other] = i;
    }
    add_head("pw-on", PW_CACHE_ON_SLAB, objects, order);
    add_head("pw-off", PW_CACHE_OFF_SLAB, objects, order);
    bench_ratio("slab.head", "pw-on", "pw-off");
}

/* ---- constructors -------------------------------------------------- */

struct thing {
    pthread_mutex_t lock, other_lock;
    struct thing *heads[8];
    size_t counts[4];
};

static int ready(void *object)
{
    struct thing *t = object;

    pthread_mutex_init(&t->lock, NULL);
    pthread_mutex_init(&t->other_lock, NULL);
    for (int i = 0; i < 8; i++)
        t->heads[i] = t;
    for (int i = 0; i < 4; i++)
        t->counts[i] = 0;
    return 0;
}

static uint64_t constructed(struct bench_case *c, size_t ops)
{
    for (size_t i = 0; i < ops; i++) {
        void *t = pw_cache_alloc(c->data);

        bench_keep(t);
        pw_cache_free(c->data, t);
    }
    return 0;
}

static uint64_t prepared(struct bench_case *c, size_t ops)
{
    for (size_t i = 0; i < ops; i++) {
        struct thing *t = pw_cache_alloc(c->data);

        ready(t);
        bench_keep(t);
        pthread_mutex_destroy(&t->lock);
        pthread_mutex_destroy(&t->other_lock);
        pw_cache_free(c->data, t);
    }
    return 0;
}

static void add_ctor(const char *variant, pw_ctor_t ctor,
                     uint64_t (*run)(struct bench_case *c, size_t ops))
{
    bench_add(&(struct bench_case){
        .experiment = "slab.ctor",
        .variant = variant,
        .x = BENCH_NO_X,
        .run = run,
        .data = cache_of(variant, sizeof(struct thing), 0, ctor)});
}

void slab_add_own(void)
{
    if (pw_page_init(FRAMES) != 0)
        bench_die("no memory for a zone", "free some");
    add_colour("pw", 0);
    add_colour("pw-nocolour", PW_CACHE_NO_COLOUR);
    add_heads();
    add_ctor("pw", ready, constructed);
    add_ctor("pw-init", NULL, prepared);
}

/* ---- instructions -------------------------------------------------- */

void slab_count(void)
{
    static const unsigned flags[] = {0, PW_CACHE_NO_MAGAZINES};
    static const char *const variant[] = {"pw", "pw-nomag"};

    for (size_t i = 0; i < 2; i++) {
        struct bench_case c = {.experiment = "slab.hot",
                               .variant = variant[i],
                               .x = 64,
                               .run = constructed};

        c.data = cache_of(variant[i], 64, flags[i], NULL);
        step_record(&c, 10, 20);
    }
}
