/* SPDX-License-Identifier: MIT */
/*
 * The pair of a worker of the chapter on the slab: caches of code/slab
 * with PW_WORK, malloc() and free() without.
 */
#ifndef PW_SLAB_PAIR_H
#define PW_SLAB_PAIR_H

#include "../../../code/slab/slab.h"
#include "../../workers/work.h"

#ifdef PW_WORK
static inline void *take(const struct job *job)
{
    return pw_cache_alloc(job->cache);
}

static inline void give(const struct job *job, void *object)
{
    pw_cache_free(job->cache, object);
}
#else
static inline void *take(const struct job *job)
{
    return malloc(job->size);
}

static inline void give(const struct job *job, void *object)
{
    (void)job;
    free(object);
}
#endif

#endif
