/* SPDX-License-Identifier: MIT */
//> list
/*
 * Step 2, one free list. Each block has a header with its size; a free
 * one is on a list in the order of addresses, so that neighbours can be
 * joined. To allocate, walk from where the last walk ended to the first
 * block that is large enough, and cut it. This is the allocator of K&R,
 * section 8.7, and its cost is the walk.
 */
#include "steps.h"

struct header {
    struct header *next; /* by address; the last points to the first */
    size_t units;        /* of 16 bytes, the header included */
};

static struct header base, *rover;
static size_t used;

/* Put a block back at its place in the order, joined with neighbours. */
static void release(void *block)
{
    struct header *b = (struct header *)block - 1, *p = rover;

    while (!(b > p && b < p->next) &&
           !(p >= p->next && (b > p || b < p->next)))
        p = p->next;
    if (b + b->units == p->next) {
        b->units += p->next->units;
        b->next = p->next->next;
    } else {
        b->next = p->next;
    }
    if (p + p->units == b) {
        p->units += b->units;
        p->next = b->next;
    } else {
        p->next = b;
    }
    rover = p;
}

static struct header *grow(size_t units)
{
    const size_t chunk = units < 4096 ? 4096 : units;
    struct header *b = (struct header *)(step_range + used);

    if (used + chunk * sizeof(*b) > STEP_RANGE)
        return NULL;
    used += chunk * sizeof(*b);
    b->units = chunk;
    release(b + 1);
    return rover;
}

static void *alloc(size_t size)
{
    const size_t units = (size + 15) / 16 + 1;
    struct header *prev = rover, *b;

    for (b = prev->next;; prev = b, b = b->next) {
        if (b->units >= units)
            break;
        if (b == rover && !(b = grow(units)))
            return NULL;
    }
    if (b->units == units) {
        prev->next = b->next;
    } else {
        b->units -= units;
        b += b->units;
        b->units = units;
    }
    rover = prev;
    return b + 1;
}

static void reset(void)
{
    base.next = rover = &base;
    base.units = 0;
    used = 0;
}

const struct step step_list = {"list", alloc, release, reset, false};
//< list
