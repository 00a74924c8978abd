/* SPDX-License-Identifier: MIT */
//> range
/*
 * What the steps stand on: a range of addresses with no memory behind it
 * until it is touched.
 */
#define _GNU_SOURCE
#include "steps.h"

#include <sys/mman.h>

char *step_range;

int step_begin(void)
{
    const uintptr_t align = STEP_PAGE;
    char *p = port_meta_alloc(STEP_RANGE + align);

    if (!p)
        return -ENOMEM;
    step_range = (char *)(((uintptr_t)p + align - 1) & -align);
    return 0;
}

void step_forget(void)
{
    madvise(step_range, STEP_RANGE, MADV_DONTNEED);
}
//< range
