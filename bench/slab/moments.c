/* SPDX-License-Identifier: MIT */
/*
 * Moments of a cache's magazines, for diagrams; nothing is measured.
 *
 *   moment   name, objects in the loaded and in the previous magazine,
 *            full and empty magazines in the depot, objects in use on the
 *            slabs: after a number of calls on one CPU
 *   turn     call, the same two magazines, what the call had to do: a
 *            program that frees and allocates where a magazine ends
 *   size     objects in a full magazine
 */
#include "../../code/slab/slab_core.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 512 };

static struct pw_cache *cache;
static void *held[MOST];
static size_t nheld;

static struct pw_slab_cpu *mine(void)
{
    port_pin_t pin;
    const int me = port_pin(&pin);

    port_unpin(&pin);
    return &cache->cpu[me + 1];
}

static void call(int n)
{
    for (; n > 0; n--)
        if (!(held[nheld++] = pw_cache_alloc(cache))) {
            fprintf(stderr, "pagewise: moments: no object; free memory\n");
            exit(1);
        }
    for (; n < 0; n++)
        pw_cache_free(cache, held[--nheld]);
}

static void moment(const char *name)
{
    printf("moment\t%s\t%u\t%u\t%u\t%u\t%zu\n", name,
           pw_cpu_rounds(cache, mine()), mine()->previous_rounds,
           cache->depot.n[PW_FULL], cache->depot.n[PW_EMPTY], cache->inuse);
}

/* One call, and what was exchanged for it. */
static void turn(int n)
{
    void **const base = mine()->previous;
    const uint32_t before = cache->depot.n[PW_FULL];
    const char *what = "";

    call(n);
    if (cache->depot.n[PW_FULL] != before)
        what = "depot";
    else if (mine()->previous != base)
        what = "swap";
    printf("turn\t%d\t%u\t%u\t%s\n", n, pw_cpu_rounds(cache, mine()),
           mine()->previous_rounds, what);
}

int main(void)
{
    int size;

    if (pw_page_init(4096) != 0 ||
        !(cache = pw_cache_create("moments", 4096, 0, 0, NULL))) {
        fprintf(stderr, "pagewise: moments: no cache; free memory\n");
        return 1;
    }
    size = (int)cache->magazine;
    printf("size\t%d\n", size);
    call(6 * size);
    call(-3 * size / 5);
    moment("loaded has room");
    call(-(int)(size - pw_cpu_rounds(cache, mine())));
    moment("loaded is full");
    call(-1);
    moment("swapped");
    call(-(size - 1));
    moment("both full");
    call(-1);
    moment("traded");
    call(-(size - 1));
    call(-size);
    moment("two in the depot");
    /* Back and forth across the end of a magazine. */
    for (int i = 0; i < 4; i++) {
        turn(-1);
        turn(-1);
        turn(1);
        turn(1);
    }
    return 0;
}
