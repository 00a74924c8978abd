/* SPDX-License-Identifier: MIT */
/*
 * Property test: random operations on caches of random shapes in one zone
 * and on the simplest model that can be right, a list of the objects that
 * are in use. After every operation: an object is aligned and overlaps no
 * other one, in whatever cache; its contents are as its owner left them;
 * what the constructor wrote is there; every wrong free is refused and
 * changes nothing. Now and then: counts and all invariants. At the end
 * all is freed and destroyed, and the zone must look as it did when new.
 *
 *     slab_model OPERATIONS [SEED]
 */
#include "../../code/slab/slab.h"
#include "../common/model.h"

#define FRAMES 1500
#define CACHES 4
#define MOST 20000 /* objects in use, over all caches */
#define WORDS (FRAMES * 4096 / 8)

struct kind {
    struct pw_cache *cache;
    size_t size, align;
    unsigned flags;
    bool made; /* has a constructor */
    size_t inuse;
};

struct object {
    char *at;
    struct kind *kind;
    uint64_t stamp; /* written into the first and the last bytes */
};

static struct pw_zone zone;
static struct pw_zone_stat fresh;
static struct kind kinds[CACHES];
static struct object objects[MOST];
static size_t nobjects;
static uint8_t owned[WORDS]; /* is a word part of an object in use? */

static int construct(void *object)
{
    memset(object, 0x77, 8);
    return rnd(50000) == 0 ? -EIO : 0;
}

/* How much of the object the stamps take, at either end. */
static size_t stamped(const struct kind *k)
{
    const size_t from = k->made ? 8 : 0; /* that is the constructor's */

    return k->size - from < 8 ? k->size - from : 8;
}

static void set_owned(const struct object *o, uint8_t now)
{
    const size_t first = (size_t)(o->at - zone.base) / 8;
    const size_t last = (size_t)(o->at + o->kind->size - 1 - zone.base) / 8;

    for (size_t w = first; w <= last; w++) {
        REQUIRE(owned[w] == !now);
        owned[w] = now;
    }
}

static void take(struct kind *k, char *at)
{
    struct object *o = &objects[nobjects++];

    *o = (struct object){at, k, rnd(UINT32_MAX)};
    REQUIRE((uintptr_t)at % k->align == 0);
    REQUIRE(pw_cache_of(&zone, at) == k->cache);
    REQUIRE(!k->made || memcmp(at, "wwwwwwww", 8) == 0);
    set_owned(o, 1);
    memcpy(at + (k->made ? 8 : 0), &o->stamp, stamped(k));
    memcpy(at + k->size - stamped(k), &o->stamp, stamped(k));
    k->inuse++;
}

/* Forget object i, after looking whether its contents are untouched. */
static char *drop(size_t i)
{
    const struct object o = objects[i];
    const struct kind *k = o.kind;

    REQUIRE(!memcmp(o.at + k->size - stamped(k), &o.stamp, stamped(k)));
    if (k->size >= 24)
        REQUIRE(!memcmp(o.at + (k->made ? 8 : 0), &o.stamp, stamped(k)));
    REQUIRE(!k->made || memcmp(o.at, "wwwwwwww", 8) == 0);
    set_owned(&o, 0);
    o.kind->inuse--;
    objects[i] = objects[--nobjects];
    return o.at;
}

static void do_alloc(struct kind *k)
{
    char *at = nobjects < MOST ? pw_cache_alloc(k->cache) : NULL;

    if (at)
        take(k, at);
    else
        failed++;
}

static void do_free(size_t i)
{
    struct pw_cache *cache = objects[i].kind->cache;

    REQUIRE(pw_cache_free(cache, drop(i)) == 0);
}

static void do_bulk(struct kind *k)
{
    void *many[300];
    const size_t n = rnd(300);
    size_t got;

    if (nobjects + n > MOST)
        return;
    got = pw_cache_alloc_bulk(k->cache, n, many);
    REQUIRE(got <= n);
    for (size_t i = 0; i < got; i++)
        take(k, many[i]);
    if (rnd(2) == 0)
        return;
    for (size_t i = 0; i < got; i++)
        drop(nobjects - 1);
    REQUIRE(pw_cache_free_bulk(k->cache, got, many) == 0);
}

/*
 * A free that must be refused: to another cache, or of an address that is
 * no object's. Whether an object is free already only a cache without
 * magazines can say.
 */
static void do_wrong_free(struct kind *k)
{
    char *at = zone.base + rnd((FRAMES + 2) * 4096) - 4096;

    if (nobjects && rnd(2)) {
        const struct object *o = &objects[rnd(nobjects)];

        at = o->at + rnd(o->kind->size);
        if (o->kind == k && at == o->at)
            at++;
    } else if (pw_cache_of(&zone, at) == k->cache &&
               !(k->flags & PW_CACHE_NO_MAGAZINES)) {
        return;
    }
    for (size_t i = 0; i < nobjects; i++)
        if (objects[i].at == at && objects[i].kind == k)
            return;
    refused++;
    REQUIRE(pw_cache_free(k->cache, at) < 0);
}

static void check_counts(void)
{
    size_t all = 0;

    for (struct kind *k = kinds; k < kinds + CACHES; k++) {
        struct pw_cache_stat stat;

        pw_cache_stat(k->cache, &stat);
        REQUIRE(stat.active == k->inuse);
        REQUIRE(stat.active + stat.cached <= stat.objects);
        REQUIRE(pw_cache_check(k->cache) == 0);
        all += k->inuse;
    }
    REQUIRE(all == nobjects);
    REQUIRE(pw_zone_check(&zone) == 0);
}

static void one_step(unsigned wish)
{
    const uint64_t dice = rnd(1000);
    struct kind *k = &kinds[rnd(CACHES)];

    if (dice < 5)
        do_bulk(k);
    else if (dice < 6)
        pw_cache_shrink(k->cache);
    else if (dice < 7)
        pw_cache_reap(rnd(2) ? NULL : &zone);
    else if (dice < 40)
        do_wrong_free(k);
    else if (nobjects && rnd(100) >= wish)
        do_free(rnd(nobjects));
    else
        do_alloc(k);
    if (step % 2048 == 0)
        check_counts();
}

static void make_kinds(void)
{
    for (struct kind *k = kinds; k < kinds + CACHES; k++) {
        *k = (struct kind){.size = 1 + rnd(rnd(8) ? 600 : 12000),
                           .align = (size_t)8 << rnd(4),
                           .flags = (unsigned)rnd(PW_CACHE_FLAGS + 1)};
        if (rnd(3))
            k->flags &= ~(unsigned)(PW_CACHE_POISON | PW_CACHE_RED_ZONE |
                                    PW_CACHE_NO_MAGAZINES);
        if (k->flags & (PW_CACHE_POISON | PW_CACHE_RED_ZONE))
            k->flags |= PW_CACHE_NO_MAGAZINES;
        k->made = k->size >= 8 && rnd(2);
        k->cache = pw_cache_create_in(&zone, "model", k->size, k->align,
                                      k->flags, k->made ? construct : NULL);
        REQUIRE(k->cache);
    }
}

/* Four caches: fill, thin out, fill again; then free all. */
static void one_zone(uint64_t steps)
{
    struct pw_zone_stat after;

    REQUIRE(pw_zone_init(&zone, FRAMES, PW_BATCH) == 0);
    pw_zone_stat(&zone, &fresh);
    make_kinds();
    for (uint64_t i = 0; i < steps; i++, step++)
        one_step(i / 20000 % 2 ? 35 : 65);
    if (nobjects)
        REQUIRE(pw_cache_destroy(objects[0].kind->cache) == -EBUSY);
    while (nobjects)
        do_free(rnd(nobjects));
    for (struct kind *k = kinds; k < kinds + CACHES; k++)
        REQUIRE(pw_cache_destroy(k->cache) == 0);
    pw_zone_drain(&zone);
    pw_zone_stat(&zone, &after);
    REQUIRE(memcmp(&fresh, &after, sizeof(after)) == 0);
    pw_zone_exit(&zone);
}

int main(int argc, char **argv)
{
    const uint64_t most = number(argc, argv, 1, 1000000);

    plant_seed(number(argc, argv, 2, 1));
    while (step < most)
        one_zone(50000);
    say_what_was_done();
    return 0;
}
