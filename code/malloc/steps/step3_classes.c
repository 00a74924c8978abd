/* SPDX-License-Identifier: MIT */
//> classes
/*
 * Step 3, size classes: a free list for each multiple of 16 bytes, last
 * freed, first out. No walk; but the size of a block must be known when
 * it is freed, so the header stays, and what was once a block of one
 * class is one for ever.
 */
#include "steps.h"

static void *list[STEP_MOST / STEP_CLASS + 1];
static size_t used;

static size_t *header(void *block)
{
    return (size_t *)((char *)block - STEP_CLASS);
}

static void *alloc(size_t size)
{
    const size_t class = (size + STEP_CLASS - 1) / STEP_CLASS;
    const size_t bytes = (class + 1) * STEP_CLASS;
    char *block = list[class];

    if (block) {
        list[class] = *(void **)block;
        return block;
    }
    if (used + bytes > STEP_RANGE)
        return NULL;
    block = step_range + used + STEP_CLASS;
    used += bytes;
    *header(block) = class;
    return block;
}

static void release(void *block)
{
    const size_t class = *header(block);

    *(void **)block = list[class];
    list[class] = block;
}

static void reset(void)
{
    memset(list, 0, sizeof(list));
    used = 0;
}

const struct step step_classes = {"classes", alloc, release, reset, false};
//< classes
