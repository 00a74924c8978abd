/* SPDX-License-Identifier: MIT */
/*
 * The two calls with nothing behind them, in a shared library: what it
 * costs to call an allocator, whatever the allocator does. Preferred to
 * libpagewise's by the order of linking; one thread, one object.
 */
#include "../../../code/slab/slab.h"

static max_align_t only[PW_OBJECT_MAX / sizeof(max_align_t)];

__attribute__((aligned(64))) void *pw_cache_alloc(struct pw_cache *cache)
{
    (void)cache;
    return only;
}

__attribute__((aligned(64))) int pw_cache_free(struct pw_cache *cache,
                                               void *object)
{
    (void)cache;
    (void)object;
    return 0;
}
