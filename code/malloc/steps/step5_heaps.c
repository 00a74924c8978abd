/* SPDX-License-Identifier: MIT */
//> heaps
/*
 * Step 5, a heap for each thread: pages of its own, which nobody else
 * takes blocks from, so that it needs no lock. Another thread's block,
 * which it happens to free, cannot go back to its page. It is kept, and
 * handed out when a block of that class is next wanted here. If that is
 * never, it is lost.
 */
#include "steps.h"

static struct step_heap heaps[STEP_HEAPS];
static unsigned nheaps;
static __thread struct step_heap *mine;

struct step_heap *step_mine(void)
{
    unsigned n;

    if (!mine) {
        n = __atomic_fetch_add(&nheaps, 1, __ATOMIC_RELAXED);
        if (n < STEP_HEAPS)
            mine = &heaps[n];
    }
    return mine;
}

static void *alloc(size_t size)
{
    const size_t class = (size + STEP_CLASS - 1) / STEP_CLASS;
    struct step_heap *h = step_mine();
    void *block = h ? h->kept[class] : NULL;

    if (block) {
        h->kept[class] = *(void **)block;
        return block;
    }
    return h ? step_take(h, size) : NULL;
}

static void release(void *block)
{
    const struct step_page *p = step_page_of(block);
    struct step_heap *h = step_mine();
    if (p->heap == h) {
        step_put(h, block);
    } else if (h) {
        *(void **)block = h->kept[p->size / STEP_CLASS];
        h->kept[p->size / STEP_CLASS] = block;
    }
}

void step_heaps_reset(void)
{
    memset(heaps, 0, sizeof(heaps));
    step_pages_reset();
}

const struct step step_heaps = {"heaps", alloc, release, step_heaps_reset,
                                true};
//< heaps
