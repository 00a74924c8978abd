/* SPDX-License-Identifier: MIT */
/*
 * Threads on three caches of one zone. Each writes into all the objects
 * that it holds: two owners of one object would be a race that TSan sees
 * even where the signatures do not. Now and then one shrinks a cache or
 * asks for its counts, and the zone is so small that the caches reap one
 * another. Threads that end leave their CPU slots to new ones.
 */
#include "../../code/slab/slab.h"
#include "../common/crew.h"

#define CACHES 3

static const struct {
    size_t size;
    unsigned flags;
} shapes[CACHES] = {{40, 0}, {1000, 0}, {200, PW_CACHE_POISON}};

static struct pw_zone zone;
static struct pw_cache *caches[CACHES];

static size_t last_word(const struct thing *object)
{
    return shapes[object->n].size / sizeof(size_t) - 1;
}

/* Sign the first and the last word: enough to meet any other owner's. */
static void sign(const struct thing *object)
{
    size_t *at = object->at;

    at[0] = at[last_word(object)] = (size_t)at + object->n;
}

static void give_back(struct thing *object)
{
    const size_t *at = object->at;

    if (at[0] != (size_t)at + object->n || at[last_word(object)] != at[0])
        die("an object has two owners");
    if (pw_cache_free(caches[object->n], object->at) != 0)
        die("a right free was refused");
    object->at = NULL;
}

static void take_many(unsigned cache)
{
    void *many[150];
    const size_t got = pw_cache_alloc_bulk(caches[cache], 150, many);

    if (pw_cache_free_bulk(caches[cache], got, many) != 0)
        die("a right free was refused");
}

static void one_step(struct thing *object, unsigned *dice)
{
    const unsigned cache = rnd(dice, CACHES), what = rnd(dice, 1000);
    struct pw_cache_stat stat;

    if (object->at && what < 500) {
        give_back(object);
    } else if (!object->at && what < 900) {
        object->n = cache;
        object->at = pw_cache_alloc(caches[cache]);
        if (object->at)
            sign(object);
    } else if (what < 990) {
        swap_by_post(object, what % POSTS);
    } else if (what < 994) {
        take_many(cache);
    } else if (what < 997) {
        pw_cache_shrink(caches[cache]);
    } else {
        pw_cache_stat(caches[cache], &stat);
        if (stat.active + stat.cached > stat.objects)
            die("more is in use than there is");
    }
}

/* Nothing may be lost. */
static void settle(void)
{
    struct pw_cache_stat stat;

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
    struct crew objects = {.held = MOST_HELD,
                           .steps = 20000,
                           .step = one_step,
                           .give_back = give_back,
                           .settle = settle};
    struct pw_zone_stat stat;

    if (pw_zone_init(&zone, 400, PW_BATCH) != 0)
        die("no zone");
    for (unsigned i = 0; i < CACHES; i++)
        caches[i] = pw_cache_create_in(&zone, "threads", shapes[i].size, 0,
                                       shapes[i].flags, NULL);
    rounds_of(&objects, argc, argv);
    for (unsigned i = 0; i < CACHES; i++)
        if (pw_cache_destroy(caches[i]) != 0)
            die("a cache cannot be destroyed");
    pw_zone_stat(&zone, &stat);
    if (stat.used != 0)
        die("pages were lost");
    pw_zone_exit(&zone);
    return 0;
}
