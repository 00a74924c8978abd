/* SPDX-License-Identifier: MIT */
/*
 * Moments of the page allocator, for diagrams; nothing is measured.
 *
 *   stack    call, frames on this CPU's stack after it, whether the call
 *            took the zone's lock: a program that wanders about, and one
 *            that alternates where a batch begins
 *   marks    batch, and the mark at which a free gives a batch back
 */
#include "../../code/page/page.h"

#include <stdio.h>
#include <stdlib.h>

enum { FRAMES = 1024, BATCH = 8 };

static struct pw_zone zone;
static struct pw_page *held[FRAMES];
static size_t nheld;

static size_t on_stack(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&zone, &stat);
    return stat.cached;
}

/* One call, and the state after it. The lock was taken if frames came
 * from the core or went back to it. */
static void step(const char *kind, int call)
{
    struct pw_zone_stat before, after;

    pw_zone_stat(&zone, &before);
    if (call > 0 && !(held[nheld++] = pw_zone_alloc(&zone, 0))) {
        fprintf(stderr, "pagewise: moments: no frame; free some memory\n");
        exit(1);
    }
    if (call < 0)
        pw_zone_free(&zone, held[--nheld], 0);
    pw_zone_stat(&zone, &after);
    printf("%s\t%d\t%zu\t%d\n", kind, call, on_stack(),
           before.free != after.free);
}

int main(void)
{
    /* Runs of allocations (positive) and frees (negative). */
    static const int runs[] = {-18, 2, -2, 2, -2, 12, -2, 2, -2, 2, -1};

    if (pw_zone_init(&zone, FRAMES, BATCH) != 0) {
        fprintf(stderr, "pagewise: moments: no zone; free some memory\n");
        return 1;
    }
    printf("marks\t%d\t%d\n", BATCH, 2 * BATCH);
    for (size_t i = 0; i < 20; i++) /* something to give back later */
        held[nheld++] = pw_zone_alloc(&zone, 0);
    pw_zone_drain(&zone);
    for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
        for (int n = abs(runs[i]); n > 0; n--)
            step("stack", runs[i] > 0 ? 1 : -1);
    return 0;
}
