/* SPDX-License-Identifier: MIT */
/*
 * One workload in a process of its own, under whatever malloc is
 * preloaded:
 *
 *     work NAME [SCALE]     prints nanoseconds by the clock, by the
 *                                  processor's time, and the result
 *     work pair SCALE SIZE  SCALE * 10000 pairs of malloc and free,
 *     work lifo SCALE SIZE  one block at a time, or a thousand
 *     work list             prints the names
 *
 * The clock starts when main does: loading the malloc is not in it, what
 * it sets up at its first call is.
 */
#define _GNU_SOURCE
#include "work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void *need(size_t size)
{
    void *p = malloc(size);

    if (!p) {
        fputs("pagewise: work: no memory; free some\n", stderr);
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

/* Both are the same loop: `deep` blocks, then their frees in reverse. */
static uint64_t pairs(size_t size, size_t deep, size_t many)
{
    static void *block[1000];

    for (size_t done = 0; done < many; done += deep) {
        for (size_t i = 0; i < deep; i++)
            block[i] = need(size);
        for (size_t i = deep; i > 0; i--)
            free(block[i - 1]);
    }
    return size;
}

static const struct workload *const lists[] = {structures, texts, lifetimes,
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
    if (!w && argc < 4) {
        fprintf(stderr,
                "pagewise: work: no workload '%s'; see "
                "'work list'\n",
                name);
        return 2;
    }
    start = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    result = w ? w->run(scale)
               : pairs((size_t)atol(argv[3]), *name == 'p' ? 1 : 1000,
                       scale * 10000u);
    printf("%" PRIu64 " %" PRIu64 " %016" PRIx64 "\n",
           now(CLOCK_MONOTONIC) - start,
           now(CLOCK_PROCESS_CPUTIME_ID) - cpu, result);
    return 0;
}
