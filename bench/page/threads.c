/* SPDX-License-Identifier: MIT */
/*
 * page.threads: the hot pair in several threads at once. x threads, each
 * on a CPU of its own as far as there are CPUs, do the same number of
 * pairs; the time runs from the first one's start to the last one's end
 * and is given per pair of one thread. With perfect scaling it does not
 * depend on x; where threads outnumber CPUs they take turns, and it grows
 * with their number.
 */
#define _GNU_SOURCE
#include "parts.h"

#include <pthread.h>
#include <stdlib.h>

/* Pairs of one run at least: many times what waking a thread takes. */
#define FEWEST 200000

/* What a case runs, in each of its threads. */
struct crew {
    run_fn *hot;
    void *work;
};

struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    unsigned cpu;
    struct bench_case c; /* its own, with work of its own */
    run_fn *hot;
    size_t ops;
    uint64_t began, ended;
};

static void *work_alone(void *arg)
{
    struct worker *w = arg;

    bench_pin(w->cpu);
    w->hot(&w->c, w->ops / 8 + 1); /* find the CPU's list, warm up */
    pthread_barrier_wait(w->start);
    w->began = bench_now();
    w->hot(&w->c, w->ops);
    w->ended = bench_now();
    return NULL;
}

/*
 * x threads, each on a CPU of its own as far as there are CPUs, do `ops`
 * pairs each. From the first one's start to the last one's end: with
 * perfect scaling the time does not depend on x.
 */
static uint64_t run_crew(struct bench_case *c, size_t ops)
{
    const struct crew *crew = c->data;
    struct worker workers[c->x];
    pthread_barrier_t start;
    uint64_t first = UINT64_MAX, last = 0;

    pthread_barrier_init(&start, NULL, (unsigned)c->x);
    for (long i = 0; i < c->x; i++) {
        workers[i] = (struct worker){.start = &start,
                                     .cpu = (unsigned)i,
                                     .c.data = crew->work,
                                     .hot = crew->hot,
                                     .ops = ops};
        if (pthread_create(&workers[i].thread, NULL, work_alone,
                           &workers[i]) != 0)
            bench_die("cannot start a thread",
                      "raise the limit (ulimit -u)");
    }
    for (long i = 0; i < c->x; i++) {
        pthread_join(workers[i].thread, NULL);
        if (workers[i].began < first)
            first = workers[i].began;
        if (workers[i].ended > last)
            last = workers[i].ended;
    }
    pthread_barrier_destroy(&start);
    return last - first;
}

void page_add_threads(const char *variant, run_fn *hot, void *work)
{
    struct crew *crew = malloc(sizeof(*crew));

    if (!crew)
        bench_die("out of memory", "free some");
    *crew = (struct crew){.hot = hot, .work = work};
    for (long threads = 1; threads <= 4; threads *= 2)
        bench_add(&(struct bench_case){.experiment = "page.threads",
                                       .variant = variant,
                                       .x = threads,
                                       .run = run_crew,
                                       .batch = FEWEST,
                                       .data = crew});
}
