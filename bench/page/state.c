/* SPDX-License-Identifier: MIT */
/*
 * What is left of high orders: the state of a zone, counted. There is no
 * clock here and no noise; two runs with one seed give the same numbers.
 *
 *   page.pinned All frames are taken one by one, and all given back but
 *               a part that stays. Then, for each order x:
 *               success (%)    of as many attempts as would use up the
 *                              free memory, how many got a block
 *               free (pages)   frames in free blocks of that order
 *               above (%)      share of the free memory that lies in
 *                              blocks of that order or higher
 *     checker     every second frame stays
 *     half        half of the frames stay, drawn by lot
 *     tenth       one in ten
 *     percent     one in a hundred
 *
 *   page.steps  Free blocks of each order x in a zone of 1024 frames:
 *     step-0      new
 *     step-1, 2   one single frame taken, then a second one
 *     step-3, 4   the first given back, then the second
 *
 * The per-CPU lists are off: the subject is the buddy system. The lab has
 * the checker-board for the kernel and ours side by side (page.frag).
 */
#include "parts.h"

#include <stdlib.h>

#define FRAMES 16384u /* 64 MiB */
#define DRAWS 21u     /* repetitions of what is drawn by lot */

struct pattern {
    const char *variant;
    unsigned stays; /* one frame in so many stays */
    bool by_lot;
};

static const struct pattern patterns[] = {
    {"checker", 2, false},
    {"half", 2, true},
    {"tenth", 10, true},
    {"percent", 100, true},
};

static void make_zone(struct pw_zone *zone, size_t frames)
{
    if (pw_zone_init(zone, frames, 0) != 0)
        bench_die("no memory for a zone", "free some");
}

/* Take every frame, give back all that the pattern does not keep. */
static void fragment(struct pw_zone *zone, const struct pattern *p,
                     uint64_t *state)
{
    for (size_t i = 0; i < zone->nframes; i++)
        if (!pw_zone_alloc(zone, 0))
            bench_die("a frame is missing", "mend code/page");
    for (size_t i = 0; i < zone->nframes; i++) {
        const uint64_t lot = p->by_lot ? bench_random(state) : i;

        if (lot % p->stays != 0)
            pw_zone_free(zone, &zone->pages[i], 0);
    }
}

/* Share of the attempts that got a block, %; all are given back. */
static double success(struct pw_zone *zone, unsigned order)
{
    static struct pw_page *got[FRAMES];
    struct pw_zone_stat stat;
    size_t attempts, n = 0;

    pw_zone_stat(zone, &stat);
    attempts = stat.free >> order;
    while (n < attempts && (got[n] = pw_zone_alloc(zone, order)))
        n++;
    for (size_t i = 0; i < n; i++)
        pw_zone_free(zone, got[i], order);
    return attempts ? 100.0 * (double)n / (double)attempts : 0;
}

struct outcome {
    double success[PW_ORDERS][DRAWS];
    double free[PW_ORDERS][DRAWS];
    double above[PW_ORDERS][DRAWS];
};

static void observe(struct pw_zone *zone, struct outcome *o, unsigned draw)
{
    struct pw_zone_stat stat;
    size_t above;

    pw_zone_stat(zone, &stat);
    above = stat.free;
    for (unsigned order = 0; order < PW_ORDERS; order++) {
        const size_t here = (size_t)stat.nr_free[order] << order;

        o->success[order][draw] = success(zone, order);
        o->free[order][draw] = (double)here;
        o->above[order][draw] = 100.0 * (double)above / (double)stat.free;
        above -= here;
    }
}

static void pinned(const struct pattern *p)
{
    static struct outcome o;
    const unsigned draws = p->by_lot ? DRAWS : 1;
    uint64_t state = bench_seed();

    for (unsigned draw = 0; draw < draws; draw++) {
        struct pw_zone zone;

        make_zone(&zone, FRAMES);
        fragment(&zone, p, &state);
        observe(&zone, &o, draw);
        pw_zone_exit(&zone);
    }
    for (unsigned x = 0; x < PW_ORDERS; x++) {
        bench_record("page.pinned", p->variant, x, "success", "%",
                     o.success[x], draws, 0.5);
        bench_record("page.pinned", p->variant, x, "free", "pages",
                     o.free[x], draws, 0.5);
        bench_record("page.pinned", p->variant, x, "above", "%", o.above[x],
                     draws, 0.5);
    }
}

/* ---------------------------------------------------------------- split */

static void note_step(struct pw_zone *zone, const char *step)
{
    struct pw_zone_stat stat;

    pw_zone_stat(zone, &stat);
    for (unsigned x = 0; x < PW_ORDERS; x++) {
        const double blocks = stat.nr_free[x];

        bench_record("page.steps", step, x, "blocks", "blocks", &blocks, 1,
                     0.5);
    }
}

static void steps(void)
{
    struct pw_page *a, *b;
    struct pw_zone zone;

    make_zone(&zone, (size_t)1 << PW_MAX_ORDER);
    note_step(&zone, "step-0");
    a = pw_zone_alloc(&zone, 0);
    note_step(&zone, "step-1");
    b = pw_zone_alloc(&zone, 0);
    note_step(&zone, "step-2");
    pw_zone_free(&zone, a, 0);
    note_step(&zone, "step-3");
    pw_zone_free(&zone, b, 0);
    note_step(&zone, "step-4");
    pw_zone_exit(&zone);
}

/* ------------------------------------------------------------ buddyinfo */

static void say(FILE *out, struct pw_zone *zone, const char *name)
{
    char line[256];

    pw_buddyinfo(zone, name, line, sizeof(line));
    fprintf(out, "%s\n", line);
}

/* The zone in the kernel's own words, in three states. */
static void buddyinfo(void)
{
    FILE *out = bench_text("page-buddyinfo.txt");
    struct pw_zone zone;

    make_zone(&zone, FRAMES);
    say(out, &zone, "new");
    fragment(&zone, &patterns[0], NULL);
    say(out, &zone, "checked");
    for (size_t i = 0; i < FRAMES; i += patterns[0].stays)
        pw_zone_free(&zone, &zone.pages[i], 0);
    say(out, &zone, "given back");
    pw_zone_exit(&zone);
    fclose(out);
}

void page_state(void)
{
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
        pinned(&patterns[i]);
    steps();
    buddyinfo();
}
