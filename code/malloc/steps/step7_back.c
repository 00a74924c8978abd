/* SPDX-License-Identifier: MIT */
//> back
/*
 * Step 7, giving memory back. A heap that has many idle pages with memory
 * behind them lets the kernel have that of all but a few. The pages stay
 * its own: whoever touches one gets a fault and a page of zeros.
 *
 * Idle pages are used again latest first, so on the list the cold ones
 * come after all the others, and no walk goes further than the first.
 */
#define _GNU_SOURCE
#include "steps.h"

#include <sys/mman.h>

enum { KEEP = 16, MANY = 64 }; /* pages; 1 MiB and 4 MiB */

static void cool(struct step_heap *h)
{
    struct step_page *p = h->idle;

    for (size_t i = 0; p && !p->cold; p = p->next, i++) {
        if (i < KEEP)
            continue;
        p->cold = true;
        madvise((char *)p + PORT_PAGE_SIZE, STEP_PAGE - PORT_PAGE_SIZE,
                MADV_DONTNEED);
    }
    h->hot = KEEP;
}

static void release(void *block)
{
    struct step_heap *h;

    step_remote.free(block);
    h = step_mine();
    if (h && h->hot > MANY)
        cool(h);
}

static void *alloc(size_t size)
{
    return step_remote.alloc(size);
}

const struct step step_back = {"back", alloc, release, step_heaps_reset,
                               true};
//< back
