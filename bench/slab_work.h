/* SPDX-License-Identifier: MIT */
/*
 * What the worker's files share. Compiled twice: with SLAB_PW for caches
 * of code/slab, without for malloc(). And for the chapter on kmalloc: see
 * kmalloc_work.h.
 */
#ifndef PW_SLAB_WORK_H
#define PW_SLAB_WORK_H

#include "bench.h"
#include "../code/slab/slab.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { MOST_THREADS = 16, BOXES = 32, IN_BOX = 64 };

struct job {
    char pattern; /* its name's first letter */
    size_t size;
    unsigned flags;
    size_t live;
    unsigned threads;
    size_t ops;
    struct pw_cache *cache;
};

struct belt {
    size_t sent __attribute__((aligned(64)));
    size_t emptied __attribute__((aligned(64)));
    void *box[BOXES][IN_BOX] __attribute__((aligned(64)));
};

/* What a thread works with. */
struct hand {
    const struct job *job;
    pthread_t thread;
    pthread_barrier_t *start;
    unsigned cpu;
    void **held;     /* live objects */
    uint32_t *order; /* their numbers, shuffled */
    struct belt *out, *in;
    uint64_t began, ended;
};

#if defined(KMALLOC_WORK)
#include "kmalloc_work.h"
#elif defined(SLAB_PW)
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

/* slab_held.c. What is this process's malloc? */
const char *loaded_malloc(void);
void prepare(struct job *job); /* finds or makes the job's cache */
void held_report(const struct job *job); /* a job of another kind */

#endif
