/* SPDX-License-Identifier: MIT */
//> bump
/*
 * Step 1, a bump allocator: one pointer that only ever goes up. Nothing
 * is faster, and nothing comes back. This is sbrk() with a rounding.
 */
#include "steps.h"

static size_t used;

static void *alloc(size_t size)
{
    void *block = step_range + used;

    size = (size + 15) & ~(size_t)15;
    if (used + size > STEP_RANGE)
        return NULL;
    used += size;
    return block;
}

static void release(void *block)
{
    (void)block;
}

static void reset(void)
{
    used = 0;
}

const struct step step_bump = {"bump", alloc, release, reset, false};
//< bump
