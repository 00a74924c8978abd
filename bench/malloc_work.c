/* SPDX-License-Identifier: MIT */
/*
 * One workload in a process of its own, under whatever malloc is
 * preloaded:
 *
 *     malloc_work NAME [SCALE]     prints nanoseconds by the clock, by the
 *                                  processor's time, and the result
 *     malloc_work list             prints the names
 *
 * The clock starts when main does: loading the malloc is not in it, what
 * it sets up at its first call is.
 */
#define _GNU_SOURCE
#include "malloc_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void *need(size_t size)
{
    void *p = malloc(size);

    if (!p) {
        fputs("pagewise: malloc_work: no memory; free some\n", stderr);
        exit(1);
    }
    return p;
}

static uint64_t now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static const struct workload *const lists[] = {structures, lifetimes,
                                               threaded, NULL};

static const struct workload *find(const char *name)
{
    for (int i = 0; lists[i]; i++)
        for (const struct workload *w = lists[i]; w->name; w++)
            if (strcmp(w->name, name) == 0)
                return w;
    return NULL;
}

static int list_all(void)
{
    for (int i = 0; lists[i]; i++)
        for (const struct workload *w = lists[i]; w->name; w++)
            printf("%s\t%s\n", w->name, w->what);
    return 0;
}

int main(int argc, char **argv)
{
    const unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 100;
    const char *name = argc > 1 ? argv[1] : "";
    const struct workload *w = find(name);
    uint64_t start, cpu, result;

    if (strcmp(name, "list") == 0)
        return list_all();
    if (!w) {
        fprintf(stderr, "pagewise: malloc_work: no workload '%s'; see "
                        "'malloc_work list'\n", name);
        return 2;
    }
    start = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    result = w->run(scale);
    printf("%" PRIu64 " %" PRIu64 " %016" PRIx64 "\n",
           now(CLOCK_MONOTONIC) - start,
           now(CLOCK_PROCESS_CPUTIME_ID) - cpu, result);
    return 0;
}
