/* SPDX-License-Identifier: MIT */
/*
 * What the files of a worker share. A chapter has in its folder work/ a
 * pair.h, which says by take() and give() what pair of calls is measured,
 * a work.c, which includes that and ours, and a held.c.
 */
#ifndef PW_WORK_H
#define PW_WORK_H

#include "../harness/bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct pw_cache;

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

/* The chapter's held.c. What is this process's malloc? */
const char *loaded_malloc(void);
void prepare(struct job *job); /* finds or makes the job's cache */
void held_report(const struct job *job); /* a job of another kind */

#endif
