/* SPDX-License-Identifier: MIT */
/*
 * The pair of a worker of the chapter on kmalloc: that of code/kmalloc
 * with PW_WORK, malloc() and free() without. A job whose SIZE is 0 asks
 * for sizes drawn by lot: each of the ten doublings from 8 to 8,192 bytes
 * is as likely as the others, and within it every size.
 */
#ifndef PW_KMALLOC_PAIR_H
#define PW_KMALLOC_PAIR_H

#include "../../../code/kmalloc/kmalloc.h"
#include "../../workers/work.h"

enum { DRAWN = 8192 };

extern uint16_t kmalloc_sizes[DRAWN];
extern size_t kmalloc_next;

static inline size_t wanted(const struct job *job)
{
    return job->size ? job->size : kmalloc_sizes[kmalloc_next++ % DRAWN];
}

#ifdef PW_WORK
static inline void *take(const struct job *job)
{
    return pw_kmalloc(wanted(job), PW_GFP_KERNEL);
}

static inline void give(const struct job *job, void *object)
{
    (void)job;
    pw_kfree(object);
}
#else
static inline void *take(const struct job *job)
{
    return malloc(wanted(job));
}

static inline void give(const struct job *job, void *object)
{
    (void)job;
    free(object);
}
#endif

#endif
