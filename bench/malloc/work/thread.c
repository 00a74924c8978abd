/* SPDX-License-Identifier: MIT */
/*
 * Workloads with several threads. The n-th thread is pinned to the n-th of
 * the CPUs that the process may use, modulo their number: which threads
 * share a CPU would otherwise be the scheduler's mood, and decide more
 * than the malloc does.
 */
#include "../../harness/bench.h"
#include "work.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4 };

/* What one thread is given and gives back. */
struct job {
    pthread_t thread;
    unsigned number, scale;
    uint64_t sum;
    void *own;
    void *(*body)(void *);
};

static void *start(void *arg)
{
    struct job *job = arg;

    bench_tie(job->number);
    return job->body(job);
}

/* Run n threads; the sum of what they return. */
static uint64_t run_threads(unsigned n, unsigned scale, void *own,
                            void *(*body)(void *))
{
    struct job job[64];
    uint64_t sum = 0;

    bench_cpus(); /* while there is one thread */
    for (unsigned i = 0; i < n; i++) {
        job[i] = (struct job){
            .number = i, .scale = scale, .own = own, .body = body};
        if (pthread_create(&job[i].thread, NULL, start, &job[i]))
            abort();
    }
    for (unsigned i = 0; i < n; i++) {
        pthread_join(job[i].thread, NULL);
        sum += job[i].sum;
    }
    return sum;
}

/* ---- server: requests of random lifetimes, ended by any thread ----- */

enum { SESSIONS = 4096 };

/* A slot holds a session; whoever swaps it out frees it. */
static void *server_thread(void *arg)
{
    struct job *job = arg;
    unsigned char **slot = job->own;
    uint64_t state = job->number;

    for (unsigned i = 0; i < job->scale * 4000; i++) {
        const size_t size = usual_size(&state);
        unsigned char *p = need(size), *old;
        char *scratch[6];

        for (int k = 0; k < 6; k++) {
            scratch[k] = need(40 + 16 * (size_t)k);
            scratch[k][0] = (char)i;
        }
        p[0] = p[size - 1] = 1;
        old = __atomic_exchange_n(&slot[below(&state, SESSIONS)], p,
                                  __ATOMIC_ACQ_REL);
        for (int k = 0; k < 6; k++) {
            job->sum += (unsigned char)scratch[k][0];
            free(scratch[k]);
        }
        free(old);
    }
    return NULL;
}

static uint64_t server(unsigned scale)
{
    unsigned char **slot = calloc(SESSIONS, sizeof(*slot));
    uint64_t sum = run_threads(THREADS, scale, slot, server_thread);

    for (unsigned i = 0; i < SESSIONS; i++) {
        sum += slot[i] ? slot[i][0] : 0;
        free(slot[i]);
    }
    free(slot);
    return sum;
}

/* ---- handoff: two producers, two consumers ------------------------- */

struct ring {
    _Alignas(64) size_t in;
    _Alignas(64) size_t out;
    _Alignas(64) unsigned char *item[1024];
};

static void *handoff_thread(void *arg)
{
    struct job *job = arg;
    struct ring *r = (struct ring *)job->own + job->number / 2;
    uint64_t state = job->number;

    for (size_t i = 0; i < job->scale * 8000u; i++) {
        if (job->number % 2) {
            while (__atomic_load_n(&r->in, __ATOMIC_ACQUIRE) == i)
                sched_yield();
            job->sum = job->sum * 31 + r->item[i % 1024][0];
            free(r->item[i % 1024]);
            __atomic_store_n(&r->out, i + 1, __ATOMIC_RELEASE);
        } else {
            const size_t size = 16 + below(&state, 300);
            unsigned char *p = need(size);

            p[0] = p[size - 1] = (unsigned char)i;
            while (i - __atomic_load_n(&r->out, __ATOMIC_ACQUIRE) == 1024)
                sched_yield();
            r->item[i % 1024] = p;
            __atomic_store_n(&r->in, i + 1, __ATOMIC_RELEASE);
        }
    }
    return NULL;
}

static uint64_t handoff(unsigned scale)
{
    static struct ring ring[THREADS / 2];

    memset(ring, 0, sizeof(ring));
    return run_threads(THREADS, scale, ring, handoff_thread);
}

/* ---- visitors: threads come, work on what others left, and go ------ */

static void *visitor(void *arg)
{
    struct job *job = arg;
    unsigned char **slot = job->own;
    uint64_t state = job->scale * 64 + job->number;

    for (unsigned i = 0; i < 3000; i++) {
        unsigned char **at =
            &slot[job->number * 1000 + below(&state, 1000)];
        const size_t size = usual_size(&state);

        job->sum = job->sum * 31 + (*at ? **at : 0);
        free(*at);
        *at = need(size);
        (*at)[0] = (*at)[size - 1] = (unsigned char)i;
    }
    return NULL;
}

static uint64_t visitors(unsigned scale)
{
    unsigned char **slot = calloc(THREADS * 1000, sizeof(*slot));
    uint64_t sum = 0;

    for (unsigned i = 0; i < scale * 2; i++)
        sum = sum * 31 + run_threads(THREADS, i, slot, visitor);
    for (unsigned i = 0; i < THREADS * 1000; i++)
        free(slot[i]);
    free(slot);
    return sum;
}

/* ---- shards: each thread its own tables, nothing shared ------------ */

static void *shard(void *arg)
{
    struct job *job = arg;
    unsigned char *slot[2000] = {0};
    uint64_t state = job->number;

    for (unsigned i = 0; i < job->scale * 12000; i++) {
        unsigned char **at = &slot[below(&state, 2000)];
        const size_t size = 16 + below(&state, 240);

        job->sum = job->sum * 31 + (*at ? **at : 0);
        free(*at);
        *at = need(size);
        (*at)[0] = (*at)[size - 1] = (unsigned char)i;
    }
    for (int i = 0; i < 2000; i++)
        free(slot[i]);
    return NULL;
}

static uint64_t shards(unsigned scale)
{
    return run_threads(THREADS, scale, NULL, shard);
}

const struct workload threaded[] = {
    {"server", server, "4 threads, sessions that any of them ends"},
    {"handoff", handoff, "two threads allocate, two others free"},
    {"visitors", visitors, "threads come, take over, and go"},
    {"shards", shards, "4 threads that share nothing"},
    {0},
};
