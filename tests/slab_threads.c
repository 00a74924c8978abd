/* SPDX-License-Identifier: MIT */
/*
 * Threads on three caches of one zone, meant to run under TSan. Each
 * holds some objects, hands some over to others, frees what others took,
 * and writes into all that it holds: two owners of one object would be a
 * race that TSan sees even where the stamps do not. Now and then one
 * shrinks a cache or asks for its counts, and the zone is so small that
 * the caches reap one another. Threads end and new ones inherit their CPU
 * slots; in one round there are more threads than slots.
 *
 *     slab_threads STEPS
 */
#include <stdio.h>
#include <stdlib.h>

#include "../code/slab/slab.h"

#define CACHES 3
#define HELD 400
#define POSTS 64
#define MOST_THREADS (PORT_CPUS + 8)

struct object {
    size_t *at;
    unsigned cache;
};

static const struct {
    size_t size;
    unsigned flags;
} shapes[CACHES] = {{40, 0}, {1000, 0}, {200, PW_CACHE_POISON}};

static struct pw_zone zone;
static struct pw_cache *caches[CACHES];
static struct object posts[POSTS]; /* objects on their way to a thread */
static pthread_mutex_t post_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned steps;

static void die(const char *what)
{
    fprintf(stderr, "tests/slab_threads.c: %s\n", what);
    exit(1);
}

static unsigned rnd(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* Sign the first and the last word: enough to meet any other owner's. */
static void sign(const struct object *o)
{
    const size_t last = shapes[o->cache].size / sizeof(size_t) - 1;

    o->at[0] = o->at[last] = (size_t)o->at + o->cache;
}

static void give_back(struct object *o)
{
    const size_t last = shapes[o->cache].size / sizeof(size_t) - 1;

    if (o->at[0] != (size_t)o->at + o->cache || o->at[last] != o->at[0])
        die("an object has two owners");
    if (pw_cache_free(caches[o->cache], o->at) != 0)
        die("a right free was refused");
    o->at = NULL;
}

static void swap_by_post(struct object *o, unsigned slot)
{
    struct object other;

    pthread_mutex_lock(&post_lock);
    other = posts[slot];
    posts[slot] = *o;
    *o = other;
    pthread_mutex_unlock(&post_lock);
}

static void take_many(unsigned cache)
{
    void *many[150];
    const size_t got = pw_cache_alloc_bulk(caches[cache], 150, many);

    if (pw_cache_free_bulk(caches[cache], got, many) != 0)
        die("a right free was refused");
}

static void one_step(struct object *o, unsigned dice, unsigned cache)
{
    struct pw_cache_stat stat;

    if (o->at && dice < 500) {
        give_back(o);
    } else if (!o->at && dice < 900) {
        o->cache = cache;
        o->at = pw_cache_alloc(caches[cache]);
        if (o->at)
            sign(o);
    } else if (dice < 990) {
        swap_by_post(o, dice % POSTS);
    } else if (dice < 994) {
        take_many(cache);
    } else if (dice < 997) {
        pw_cache_shrink(caches[cache]);
    } else {
        pw_cache_stat(caches[cache], &stat);
        if (stat.active + stat.cached > stat.objects)
            die("more is in use than there is");
    }
}

static void *work(void *arg)
{
    struct object held[HELD] = {{NULL, 0}};
    unsigned state = (unsigned)(uintptr_t)arg * 7919u + 1;

    for (unsigned i = 0; i < steps; i++) {
        const unsigned cache = rnd(&state, CACHES);

        one_step(&held[rnd(&state, HELD)], rnd(&state, 1000), cache);
    }
    for (unsigned i = 0; i < HELD; i++)
        if (held[i].at)
            give_back(&held[i]);
    return NULL;
}

static void round_of(unsigned threads)
{
    pthread_t ids[MOST_THREADS];

    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work,
                           (void *)(uintptr_t)(threads * 100 + i)) != 0)
            die("no thread");
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

/* All objects are back: nothing may be lost. */
static void settle(void)
{
    struct pw_cache_stat stat;

    for (unsigned i = 0; i < POSTS; i++)
        if (posts[i].at)
            give_back(&posts[i]);
    for (unsigned i = 0; i < CACHES; i++) {
        pw_cache_stat(caches[i], &stat);
        if (stat.active != 0)
            die("objects were lost");
        if (pw_cache_check(caches[i]) != 0)
            die("a cache is corrupt");
    }
}

int main(int argc, char **argv)
{
    static const unsigned rounds[] = {2, 4, 1, 8, MOST_THREADS, 3};
    struct pw_zone_stat stat;

    steps = argc > 1 ? (unsigned)atoi(argv[1]) : 20000;
    if (pw_zone_init(&zone, 400, PW_BATCH) != 0)
        die("no zone");
    for (unsigned i = 0; i < CACHES; i++)
        caches[i] = pw_cache_create_in(&zone, "threads", shapes[i].size, 0,
                                       shapes[i].flags, NULL);
    for (unsigned i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
        round_of(rounds[i]);
        settle();
    }
    for (unsigned i = 0; i < CACHES; i++)
        if (pw_cache_destroy(caches[i]) != 0)
            die("a cache cannot be destroyed");
    pw_zone_stat(&zone, &stat);
    if (stat.used != 0)
        die("pages were lost");
    pw_zone_exit(&zone);
    puts("6 rounds of up to 72 threads, nothing lost");
    return 0;
}
