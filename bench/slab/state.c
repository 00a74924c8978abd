/* SPDX-License-Identifier: MIT */
/*
 * What an allocator holds, counted. There is no clock here.
 *
 *   slab.peak     memory held for 64 MiB of live objects, as a    x: bytes
 *                 multiple of them
 *   slab.after    the same when all but a tenth, drawn by lot,    x: bytes
 *                 were freed, as a multiple of that tenth
 *   slab.freed    the same when all were freed, in percent of     x: bytes
 *                 the peak
 *     VARIANT-shrunk     after the allocator was asked to give
 *                        back what it can
 *   slab.lists    the three lists of a cache of ours in           x: place
 *                 mid-life, found by walking round them:
 *                 objects in use in each slab
 *
 * and slab-slabinfo.txt, some caches as lines of /proc/slabinfo.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS = 3 };

/* ---- memory -------------------------------------------------------- */

/* What is told of each moment, and in what it is measured. */
static const struct {
    const char *experiment, *unit;
    bool shrunk;
} told[MOMENTS] = {{"slab.peak", "×", false},
                   {"slab.after", "×", false},
                   {"slab.after", "×", true},
                   {"slab.freed", "%", false},
                   {"slab.freed", "%", true}};

static void held_by(size_t peer, const char *shrunk, long size)
{
    const double live = (double)((64u << 20) / size * size);
    const bool there = peers_there(peer);
    double held[MOMENTS][DRAWS];

    for (int i = 0; there && i < DRAWS; i++) {
        double bytes[MOMENTS];

        peers_memory(peer, (size_t)size, (uint64_t)i + 1, bytes);
        held[0][i] = bytes[0] / live;
        held[1][i] = bytes[1] / (live / 10);
        held[2][i] = bytes[2] / (live / 10);
        held[3][i] = 100 * bytes[3] / bytes[0];
        held[4][i] = 100 * bytes[4] / bytes[0];
    }
    for (int i = 0; i < MOMENTS; i++) {
        const char *who = told[i].shrunk ? shrunk : peers[peer].variant;

        if (there)
            bench_record(told[i].experiment, who, size, "held",
                         told[i].unit, held[i], DRAWS, 0.5);
        else
            bench_unmeasured(told[i].experiment, who, size, "held",
                             told[i].unit, peers_reason(peer));
    }
}

/* Each takes seconds: a small one, a middle one, a large one. */
static bool is_quick(long size)
{
    return size == 64 || size == 512 || size == 4096;
}

/* Powers of two, and sizes between that a slab has more trouble with. */
static void held(void)
{
    static const long sizes[] = {8,    16,   32,   48,  64,  96,
                                 128,  200,  256,  512, 700, 1024,
                                 1500, 2048, 3000, 4096};
    static char shrunk[16][32];

    for (size_t peer = 0; peer < peers_count; peer++) {
        if (peers[peer].flags || peers[peer].aside)
            continue; /* without magazines it is the same */
        snprintf(shrunk[peer], sizeof(shrunk[peer]), "%s-shrunk",
                 peers[peer].variant);
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
            if (!bench_quick() || is_quick(sizes[i]))
                held_by(peer, shrunk[peer], sizes[i]);
    }
}

/* ---- the three lists ----------------------------------------------- */

enum { LIVE = 160, PART = 61 };

static int note_slab(const struct pw_slab_view *view, void *arg)
{
    static const char *const name[] = {"full", "partial", "empty"};
    long *place = arg;
    const double inuse = view->inuse;

    bench_record("slab.lists", name[view->list], place[view->list]++,
                 "inuse", "objects", &inuse, 1, 0.5);
    return 0;
}

/*
 * Mid-life: many objects, then none of the first slabs' and some of the
 * others' are freed, by lot, and from some slabs all.
 */
static void lists(void)
{
    struct pw_cache *cache =
        pw_cache_create("lists", 256, 0, PW_CACHE_NO_MAGAZINES, NULL);
    void *objects[LIVE];
    long place[PW_SLAB_LISTS] = {0};
    uint64_t state = bench_seed();
    struct pw_cache_stat stat;
    double per_slab;

    if (!cache || pw_cache_alloc_bulk(cache, LIVE, objects) != LIVE)
        bench_die("no memory for objects", "free some");
    pw_cache_stat(cache, &stat);
    for (size_t i = 0; i < LIVE; i++) {
        const size_t slab = i / stat.per_slab;

        if (slab % 5 == 4 ||
            (slab % 5 > 1 && bench_random(&state) % 100 < PART))
            pw_cache_free(cache, objects[i]);
    }
    pw_cache_walk(cache, note_slab, place);
    per_slab = stat.per_slab;
    bench_record("slab.lists", "pw", BENCH_NO_X, "per-slab", "objects",
                 &per_slab, 1, 0.5);
}

/* ---- slabinfo ------------------------------------------------------ */

static void slabinfo(void)
{
    static const struct {
        const char *name;
        size_t size, live;
    } caches[] = {{"message", 48, 1000},
                  {"connection", 700, 300},
                  {"task", 3000, 40}};
    FILE *out = bench_text("slab-slabinfo.txt");
    void *objects[1000];

    for (size_t i = 0; i < 3; i++) {
        struct pw_cache *cache =
            pw_cache_create(caches[i].name, caches[i].size, 0, 0, NULL);
        char line[200], *tail;

        if (!cache || pw_cache_alloc_bulk(cache, caches[i].live, objects) !=
                          caches[i].live)
            bench_die("no memory for objects", "free some");
        pw_slabinfo(cache, line, sizeof(line));
        tail = strstr(line, " : slabdata");
        if (tail) /* a line too long for a page */
            fprintf(out, "%.*s\n%18s%s\n", (int)(tail - line), line, "",
                    tail);
    }
    fclose(out);
}

void slab_state(void)
{
    held();
    lists();
    slabinfo();
}
