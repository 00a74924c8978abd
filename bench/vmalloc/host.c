/* SPDX-License-Identifier: MIT */
/*
 * Vmalloc on the host: what an area costs, what finding addresses costs,
 * and (tlb.c) what scattered frames cost whoever uses them.
 *
 *   vmalloc.pair    one area and back, nobody touches it  x: size in KiB
 *     pw              frames in one run: one system call to map
 *     pw-scattered    no two frames are neighbours: one for each page
 *     mmap            mmap() with MAP_POPULATE, and munmap(): the kernel
 *                     finds frames and zeroes them, which ours does not
 *   vmalloc.areas   a pair of take and give of addresses  x: live areas
 *     pw-range        the range allocator alone: a random area of many
 *                     goes, another of one to three pages comes, and its
 *                     guard. Metric step: its instructions, exactly
 */
#define _GNU_SOURCE
#include "../harness/bench.h"
#include "../harness/step.h"
#include "tlb.h"
#include "../../code/vmalloc/vmalloc_core.h"

#include <stdlib.h>
#include <sys/mman.h>

#define FRAMES 32768u /* 128 MiB */
#define MOST_LIVE 100000u
#define DICE 16384u

static struct pw_zone whole, board; /* in one run; every second frame */
static struct pw_vspace over_whole, over_board;

/* ---- Pairs by size --------------------------------------------------- */

static uint64_t pair_pw(struct bench_case *c, size_t ops)
{
    struct pw_vspace *space = c->data;
    const size_t size = (size_t)c->x << 10;

    for (size_t i = 0; i < ops; i++) {
        void *p = pw_vspace_alloc(space, size, NULL);

        if (!p)
            bench_die("vmalloc had no area", "raise vm.max_map_count");
        bench_keep(p);
        pw_vspace_free(space, p, PW_V_VMALLOC);
    }
    return 0;
}

static uint64_t pair_mmap(struct bench_case *c, size_t ops)
{
    const size_t size = (size_t)c->x << 10;

    for (size_t i = 0; i < ops; i++) {
        void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

        if (p == MAP_FAILED)
            bench_die("no memory to map", "free some");
        bench_keep(p);
        munmap(p, size);
    }
    return 0;
}

static void add_pairs(void)
{
    const long most = bench_quick() ? 1024 : 32768;

    for (long kib = 4; kib <= most; kib *= bench_quick() ? 4 : 2) {
        struct bench_case c = {.experiment = "vmalloc.pair", .x = kib};

        c.variant = "pw";
        c.data = &over_whole;
        c.run = pair_pw;
        bench_add(&c);
        c.variant = "mmap";
        c.run = pair_mmap;
        bench_add(&c);
        if (kib > 1024)
            continue; /* thousands of system calls a pair */
        c.variant = "pw-scattered";
        c.data = &over_board;
        c.run = pair_pw;
        bench_add(&c);
    }
    bench_ratio("vmalloc.pair", "pw-scattered", "pw");
}

/* Every frame has been touched, so that none costs a fault later. */
static void make_zones(void)
{
    if (pw_zone_init(&whole, FRAMES, PW_BATCH) ||
        pw_zone_init(&board, FRAMES, PW_BATCH) ||
        pw_vspace_init(&over_whole, &whole, 4 * FRAMES) ||
        pw_vspace_init(&over_board, &board, 4 * FRAMES))
        bench_die("no memory for a zone", "free some");
    for (size_t i = 0; i < FRAMES; i++) {
        pw_zone_alloc(&board, 0);
        *(char *)pw_page_address(&whole, &whole.pages[i]) = 1;
        *(char *)pw_page_address(&board, &board.pages[i]) = 1;
    }
    for (size_t i = 0; i < FRAMES; i += 2)
        pw_zone_free(&board, &board.pages[i], 0);
}

/* ---- Addresses alone ------------------------------------------------- */

struct churn {
    struct pw_vspace space;
    size_t live;
    uint32_t *first; /* live areas: first pages */
    uint8_t *size;   /* and pages */
    uint32_t *dice;
    size_t at;
};

static void take(struct churn *w, size_t i, uint32_t pages)
{
    struct pw_vspace *space = &w->space;

    port_lock(&space->lock);
    w->first[i] = pw_vrange_take(space, pages, 1);
    if (w->first[i] == 0)
        bench_die("the range has no room", "mend bench/vmalloc/host.c");
    space->pages[w->first[i]].size = pages;
    space->pages[w->first[i]].state = PW_V_BUSY;
    port_unlock(&space->lock);
    w->size[i] = (uint8_t)pages;
}

static void give(struct churn *w, size_t i)
{
    port_lock(&w->space.lock);
    pw_vrange_give(&w->space, w->first[i], w->size[i]);
    port_unlock(&w->space.lock);
}

static uint64_t churn(struct bench_case *c, size_t ops)
{
    struct churn *w = c->data;

    for (size_t n = 0; n < ops; n++) {
        const uint32_t dice = w->dice[w->at++ % DICE];
        const size_t i = (dice >> 2) % w->live;

        give(w, i);
        take(w, i, 2 + (dice & 3) % 3);
    }
    return 0;
}

/* As the lab does: a quarter more than live, and every fifth goes. */
static struct churn *new_churn(size_t live)
{
    struct churn *w = calloc(1, sizeof(*w));
    const size_t all = live + live / 4;
    uint64_t state = bench_seed();

    if (!w || pw_vspace_init(&w->space, &whole, 16 * live + 1000))
        bench_die("no memory for a range", "free some");
    w->live = live;
    w->first = calloc(all, sizeof(*w->first));
    w->size = calloc(all, sizeof(*w->size));
    w->dice = calloc(DICE, sizeof(*w->dice));
    if (!w->first || !w->size || !w->dice)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < DICE; i++)
        w->dice[i] = (uint32_t)bench_random(&state);
    for (size_t i = 0; i < all; i++)
        take(w, i, 2);
    for (size_t i = live; i < all; i++) {
        const size_t hole = (i - live) * 5 % live;
        const uint32_t first = w->first[i];

        w->first[i] = w->first[hole];
        w->first[hole] = first;
        give(w, i);
    }
    return w;
}

static struct bench_case areas_case(size_t live)
{
    return (struct bench_case){.experiment = "vmalloc.areas",
                               .variant = "pw-range",
                               .x = (long)live,
                               .run = churn,
                               .data = new_churn(live)};
}

int main(int argc, char **argv)
{
    bench_begin(argc, argv, "vmalloc");
    make_zones();
    add_pairs();
    for (size_t live = 10; live <= MOST_LIVE; live *= 10) {
        const struct bench_case c = areas_case(live);

        bench_add(&c);
    }
    tlb_add(&over_board);
    bench_run();
    for (size_t live = 10; live <= MOST_LIVE; live *= 100) {
        struct bench_case c = areas_case(live);

        step_record(&c, 20, 120);
    }
    tlb_record();
    return bench_end();
}
