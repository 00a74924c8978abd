/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * m5 to m7: what is behind 64 pages of a block right after malloc, after
 * a read of each, after a write to each. The block is large, so that its
 * pages have not been used by anything before.
 */
#define _GNU_SOURCE
#include "lab_parts.h"

#include <sys/resource.h>

enum { CALLED, READ, WRITTEN, STATES, ZERO_PAGE = 24 };

static const char *const state_name[STATES] = {"call", "read", "write"};

static long faults(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_minflt;
}

static long resident(void)
{
    FILE *sums = fopen("/proc/self/smaps_rollup", "r");
    char line[200];
    long kib = -1;

    while (sums && fgets(line, sizeof(line), sums))
        if (sscanf(line, "Rss: %ld", &kib) == 1)
            break;
    fclose(sums);
    return kib * KIB / PAGE;
}

//> touch
/* What 64 pages look like: how many are present, how many of these have
 * the kernel's zero page, how many a frame that no other has. */
struct seen {
    int present, zero, own;
    long faults, resident; /* since the last look; of the process, pages */
};

static struct seen look(const char *p)
{
    struct seen s = {0};
    uint64_t frame[PAGES];

    for (int i = 0; i < PAGES; i++) {
        const int present = page_present(p + i * PAGE);

        frame[i] = present ? page_frame(p + i * PAGE) : 0;
        s.present += present;
        s.zero += present && frame_flags(frame[i]) >> ZERO_PAGE & 1;
    }
    for (int i = 0; i < PAGES; i++) {
        int same = 0;

        for (int k = 0; k < PAGES; k++)
            same += frame[k] == frame[i];
        s.own += frame[i] && same == 1;
    }
    return s;
}

/* One block: after the call, after reading, after writing. */
static void touch(void *(*take)(size_t), struct seen seen[STATES])
{
    long before = faults(), had = resident();
    volatile char *p = first_page(take(32 * MIB)) + MIB;

    for (int state = CALLED; state < STATES; state++) {
        for (int i = 0; state == READ && i < PAGES; i++)
            (void)p[i * PAGE];
        for (int i = 0; state == WRITTEN && i < PAGES; i++)
            p[i * PAGE] = 1;
        before = faults() - before;
        seen[state] = look((const char *)p);
        seen[state].faults = before;
        seen[state].resident = resident() - had;
        before = faults();
    }
}
//< touch

static void record(const char *name, const struct seen *seen)
{
    for (int s = 0; s < STATES; s++) {
        char experiment[32];

        snprintf(experiment, sizeof(experiment), "after-%s", state_name[s]);
        row(experiment, name, PAGES, "present", "pages", seen[s].present);
        row(experiment, name, PAGES, "zero", "pages", seen[s].zero);
        row(experiment, name, PAGES, "own", "pages", seen[s].own);
        row(experiment, name, PAGES, "faults", "faults", seen[s].faults);
        row(experiment, name, PAGES, "resident", "pages", seen[s].resident);
    }
}

void lab_touch(void)
{
    struct seen g[STATES] = {0}, o[STATES] = {0};

    look((const char *)g); /* what looking itself needs is there */
    resident();
    touch(variants[0].take, g);
    touch(variants[1].take, o);
    record("glibc", g);
    record("pw", o);
    claim("m5",
          g[CALLED].present == 0 && g[WRITTEN].present == PAGES ? "holds"
                                                                : "fails",
          "of 64 pages %d are present after the call, %d after a read, %d "
          "after a write, with %ld, %ld and %ld faults; the process then "
          "has %ld pages more than before the call; with our malloc %d, "
          "%d and %d are present",
          g[CALLED].present, g[READ].present, g[WRITTEN].present,
          g[CALLED].faults, g[READ].faults, g[WRITTEN].faults,
          g[WRITTEN].resident, o[CALLED].present, o[READ].present,
          o[WRITTEN].present);
    claim("m6",
          g[CALLED].zero == PAGES                           ? "holds"
          : g[CALLED].present == 0 && g[READ].zero == PAGES ? "fails"
                                                            : "limit",
          "right after the call %d of 64 pages are mapped; after a read "
          "of each, %d, and the kernel marks the frame of %d as its zero "
          "page; with our malloc %d, %d and %d",
          g[CALLED].present, g[READ].present, g[READ].zero,
          o[CALLED].present, o[READ].present, o[READ].zero);
    claim("m7",
          g[READ].own == 0 && g[WRITTEN].own == PAGES &&
                  g[WRITTEN].zero == 0
              ? "holds"
              : "fails",
          "with a frame of their own: %d of 64 pages after the reads, %d "
          "after the writes; with our malloc %d and %d",
          g[READ].own, g[WRITTEN].own, o[READ].own, o[WRITTEN].own);
}
