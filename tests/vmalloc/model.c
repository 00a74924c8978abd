/* SPDX-License-Identifier: MIT */
/*
 * Property tests: random operations on a space and on the simplest models
 * that can be right.
 *
 * Ranges: an array says of each page whether it is taken. What the range
 * allocator gives must be the lowest run that is free, where it fits
 * however it is aligned; or, failing that, the lowest where it fits by
 * luck; and it may fail only if there is neither.
 *
 * Areas: whole allocations, with frames and mappings. Each page's content
 * is as its owner left it, seen through the area and through the frame;
 * no frame has two owners; a failure gives everything back; every wrong
 * free is refused and changes nothing.
 *
 *     vmalloc_model OPERATIONS AREA_OPERATIONS [SEED]
 */
#include "../../code/vmalloc/vmalloc_core.h"
#include "../common/model.h"

#define MOST_PAGES 4000
#define FRAMES 600u

static struct pw_vspace space;
static struct pw_zone zone;

/* ---- ranges -------------------------------------------------------- */

static struct {
    uint32_t first, size;
} runs[MOST_PAGES];
static size_t nruns;
static uint8_t taken[MOST_PAGES + 1];

static bool is_aligned(size_t page, uint32_t align)
{
    return (((uintptr_t)space.range.base >> PORT_PAGE_SHIFT) + page) %
               align ==
           0;
}

/* The lowest free run that is at least `long_enough`, or the lucky one. */
static uint32_t expected(uint32_t size, uint32_t align)
{
    uint32_t lucky = 0, start = 0, at;

    for (uint32_t page = 1; page <= space.npages; page++) {
        if (page < space.npages && !taken[page]) {
            start = start ? start : page;
            continue;
        }
        if (start) {
            for (at = start; !is_aligned(at, align);)
                at++;
            if (page - start >= size + align - 1)
                return at;
            if (!lucky && at + size <= page)
                lucky = at;
        }
        start = 0;
    }
    return lucky;
}

static void take_run(void)
{
    const uint32_t size = 1 + (uint32_t)rnd(rnd(4) ? 8 : 200);
    const uint32_t align = rnd(3) ? 1 : 1u << rnd(7);
    const uint32_t want = expected(size, align);
    const uint32_t got = pw_vrange_take(&space, size, align);

    REQUIRE(got == want);
    if (!got) {
        failed++;
        return;
    }
    space.pages[got].state = PW_V_VMALLOC; /* as callers do */
    space.pages[got].size = size;
    space.nused += size;
    space.nareas++;
    memset(taken + got, 1, size);
    runs[nruns].first = got;
    runs[nruns++].size = size;
}

static void give_run(size_t i)
{
    memset(taken + runs[i].first, 0, runs[i].size);
    space.nused -= runs[i].size;
    space.nareas--;
    pw_vrange_give(&space, runs[i].first, runs[i].size);
    runs[i] = runs[--nruns];
}

static void ranges(uint64_t steps)
{
    const size_t npages = 3 + rnd(rnd(3) ? MOST_PAGES - 3 : 100);
    struct pw_vspace_stat stat;

    REQUIRE(pw_vspace_init(&space, &zone, npages) == 0);
    for (uint64_t i = 0; i < steps; i++, step++) {
        if (nruns == 0 ||
            (nruns < MOST_PAGES && rnd(100) < (i / 1500 % 2 ? 40u : 60u)))
            take_run();
        else
            give_run(rnd(nruns));
        if (i % 256 == 0)
            REQUIRE(pw_vspace_check(&space) == 0);
    }
    while (nruns)
        give_run(nruns - 1);
    pw_vspace_stat(&space, &stat);
    REQUIRE(stat.largest == npages - 1 && stat.free == npages - 1);
    REQUIRE(pw_vspace_check(&space) == 0);
    pw_vspace_exit(&space);
}

/* ---- areas --------------------------------------------------------- */

struct area {
    char *p;
    size_t n;
    bool mapped; /* by pw_vspace_map, of frames of our own */
    struct pw_page *frames[32];
    uint64_t stamp;
};

static struct area areas[300];
static size_t nareas, frames_used;
static uint8_t owned[FRAMES];

static uint64_t *word(const struct area *a, size_t page)
{
    return (uint64_t *)(a->p + page * PORT_PAGE_SIZE + page % 500 * 8);
}

/* Note what is new, and sign every page. */
static void enter(struct area *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const size_t pfn =
            pw_vspace_to_pfn(&space, a->p + i * PORT_PAGE_SIZE);

        REQUIRE(pfn < zone.nframes);
        if (!a->mapped)
            REQUIRE(!owned[pfn]);
        else
            REQUIRE(pfn == pw_page_to_pfn(&zone, a->frames[i]));
        owned[pfn] = 1;
        *word(a, i) = a->stamp + i;
    }
    frames_used += a->n;
    nareas++;
}

/* Each page holds its word, and so does its frame. */
static void look(const struct area *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const size_t pfn = pw_vspace_to_pfn(&space, word(a, i));
        char *direct = pw_page_address(&zone, &zone.pages[pfn]);

        REQUIRE(*word(a, i) == a->stamp + i);
        REQUIRE(*(uint64_t *)(direct + i % 500 * 8) == a->stamp + i);
    }
    REQUIRE(pw_vspace_to_pfn(&space, a->p + a->n * PORT_PAGE_SIZE) ==
            SIZE_MAX);
}

static void do_alloc(void)
{
    struct area *a = &areas[nareas];
    const size_t n = 1 + rnd(rnd(3) ? 6 : 150);
    struct pw_zone_stat stat;

    *a = (struct area){.n = n, .stamp = rnd(UINT32_MAX)};
    a->p = pw_vspace_alloc(&space, n * PORT_PAGE_SIZE - rnd(4096), NULL);
    if (a->p) {
        enter(a);
        return;
    }
    failed++;
    pw_zone_stat(&zone, &stat);
    REQUIRE(stat.used == frames_used);
    if (frames_used + n <= zone.nframes) { /* then it was the addresses */
        struct pw_vspace_stat room;

        pw_vspace_purge(&space);
        pw_vspace_stat(&space, &room);
        REQUIRE(room.largest < n + 1);
    }
}

static void do_map(void)
{
    struct area *a = &areas[nareas];

    *a = (struct area){.mapped = true, .stamp = rnd(UINT32_MAX)};
    a->n = pw_zone_alloc_bulk(&zone, 1 + rnd(32), a->frames);
    if (a->n == 0)
        return;
    a->p = pw_vspace_map(&space, a->frames, a->n, NULL);
    if (a->p)
        enter(a);
    else
        REQUIRE(pw_zone_free_bulk(&zone, a->n, a->frames) == 0);
}

static void do_free(size_t i)
{
    const struct area a = areas[i];

    look(&a);
    for (size_t at = 0; at < a.n; at++)
        owned[pw_vspace_to_pfn(&space, a.p + at * PORT_PAGE_SIZE)] = 0;
    frames_used -= a.n;
    REQUIRE(pw_vspace_free(&space, a.p,
                           a.mapped ? PW_V_VMAP : PW_V_VMALLOC) == 0);
    if (a.mapped)
        REQUIRE(pw_zone_free_bulk(&zone, a.n,
                                  (struct pw_page **)a.frames) == 0);
    areas[i] = areas[--nareas];
}

static void do_wrong_free(void)
{
    const char *p = space.range.base + rnd(space.npages + 2) * 2048;
    const enum pw_vstate kind = rnd(2) ? PW_V_VMAP : PW_V_VMALLOC;

    for (size_t i = 0; i < nareas; i++)
        if (areas[i].p == p && areas[i].mapped == (kind == PW_V_VMAP))
            return;
    refused++;
    REQUIRE(pw_vspace_free(&space, p, kind) < 0);
}

static void check_counts(void)
{
    struct pw_vspace_stat stat;
    struct pw_zone_stat frames;

    pw_vspace_stat(&space, &stat);
    pw_zone_stat(&zone, &frames);
    REQUIRE(stat.areas == nareas && frames.used == frames_used);
    REQUIRE(stat.used == frames_used + nareas);
    REQUIRE(pw_vspace_check(&space) == 0 && pw_zone_check(&zone) == 0);
}

static void whole_areas(uint64_t steps)
{
    REQUIRE(pw_vspace_init(&space, &zone, 400 + rnd(2000)) == 0);
    for (uint64_t i = 0; i < steps; i++, step++) {
        const uint64_t dice = rnd(100);

        if (dice < 3)
            do_wrong_free();
        else if (dice < 5)
            pw_vspace_purge(&space);
        else if (nareas && (nareas == 300 || dice < 50))
            do_free(rnd(nareas));
        else if (dice < 90)
            do_alloc();
        else
            do_map();
        if (i % 256 == 0)
            check_counts();
    }
    while (nareas)
        do_free(nareas - 1);
    check_counts();
    pw_vspace_exit(&space);
}

int main(int argc, char **argv)
{
    const uint64_t most = number(argc, argv, 1, 1000000);
    const uint64_t more = number(argc, argv, 2, 100000);

    plant_seed(number(argc, argv, 3, 1));
    REQUIRE(pw_zone_init(&zone, FRAMES, PW_BATCH) == 0);
    while (step < most)
        ranges(20000);
    while (step < most + more)
        whole_areas(10000);
    pw_zone_exit(&zone);
    say_what_was_done();
    return 0;
}
