/* SPDX-License-Identifier: MIT */
/*
 * The allocator in steps: each keeps the contents of every block, and all
 * but the first use again what was freed. From step 5 on, threads that
 * free each other's blocks; and each of the last three steps does what it
 * is there for.
 */
#define _GNU_SOURCE
#include "../../code/malloc/steps/steps.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { SLOTS = 500, THREADS = 4 };

static int run(const struct step *step, size_t operations)
{
    static struct {
        unsigned char *p, tag;
        size_t size;
    } slot[SLOTS];
    unsigned n = 1;

    memset(slot, 0, sizeof(slot));
    step->reset();
    for (size_t i = 0; i < operations; i++) {
        const unsigned at = (n = n * 1103515245 + 12345) >> 8 & 0xffff;
        unsigned char *p = slot[at % SLOTS].p;

        for (size_t k = 0; p && k < slot[at % SLOTS].size; k++)
            if (p[k] != slot[at % SLOTS].tag)
                return printf("%s: contents are lost\n", step->name);
        if (p) {
            step->free(p);
            slot[at % SLOTS].p = NULL;
            continue;
        }
        slot[at % SLOTS].size = 1 + (n >> 10) % (n & 64 ? 200 : STEP_MOST);
        p = step->alloc(slot[at % SLOTS].size);
        if (!p || (uintptr_t)p % 16)
            return printf("%s: no block, or not aligned\n", step->name);
        slot[at % SLOTS].tag = (unsigned char)i;
        memset(p, slot[at % SLOTS].tag, slot[at % SLOTS].size);
        slot[at % SLOTS].p = p;
    }
    return 0;
}

/* ---- threads ------------------------------------------------------- */

static const struct step *step;
static uint16_t *shared[SLOTS];
static int lost;

/* A block's first two bytes are its size, and so are all that follow. */
static void drop(uint16_t *p)
{
    for (size_t k = 1; p && k < p[0] / 2; k++)
        if (p[k] != p[0])
            __atomic_store_n(&lost, 1, __ATOMIC_RELAXED);
    if (p)
        step->free(p);
}

static void *exchange(void *seed)
{
    unsigned n = (unsigned)(uintptr_t)seed;

    for (size_t i = 0; i < 300000; i++) {
        n = n * 1103515245 + 12345;
        const size_t size = 16 + (n >> 12) % 1000;
        uint16_t *p = step->alloc(size);

        for (size_t k = 0; p && k < size / 2; k++)
            p[k] = (uint16_t)size;
        drop(__atomic_exchange_n(&shared[(n >> 8) % SLOTS], p,
                                 __ATOMIC_ACQ_REL));
    }
    return NULL;
}

static int threads(const struct step *what)
{
    pthread_t thread[THREADS];

    step = what;
    step->reset();
    memset(shared, 0, sizeof(shared));
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, exchange, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < SLOTS; i++)
        drop(shared[i]);
    return lost ? printf("%s: contents are lost\n", step->name) : 0;
}

/* ---- what the last three are for ----------------------------------- */

static double resident(void) /* MiB of the range */
{
    static unsigned char pages[STEP_RANGE / 4096];
    size_t n = 0;

    mincore(step_range, STEP_RANGE, pages);
    for (size_t i = 0; i < sizeof(pages); i++)
        n += pages[i] & 1;
    return (double)n * 4096 / 1048576;
}

enum { ROUNDS = 100, BATCH = 50 };

static void *batch[BATCH];
static pthread_barrier_t full, empty;

static void *consume(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&full);
        for (int k = 0; k < BATCH; k++)
            step->free(batch[k]);
        pthread_barrier_wait(&empty);
    }
    return unused;
}

/* 5,000 blocks of 4 KiB from one thread to another, 50 at a time. */
static double handed(const struct step *what)
{
    pthread_t thread;

    step = what;
    step->reset();
    step_forget();
    pthread_create(&thread, NULL, consume, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < BATCH; k++)
            memset(batch[k] = step->alloc(STEP_MOST), 1, STEP_MOST);
        pthread_barrier_wait(&full);
        pthread_barrier_wait(&empty);
    }
    pthread_join(thread, NULL);
    return resident();
}

/* 64 MiB, and then nothing. */
static double after(const struct step *what)
{
    static char *block[16384];

    what->reset();
    step_forget();
    for (int i = 0; i < 16384; i++)
        memset(block[i] = what->alloc(STEP_MOST), 1, STEP_MOST);
    for (int i = 0; i < 16384; i++)
        what->free(block[i]);
    return resident();
}

int main(void)
{
    double kept, gone;

    if (step_begin() != 0)
        return 2;
    /* A bump allocator's memory lasts for so many, the others' for ever. */
    if (run(&step_bump, 400000) || run(&step_list, 2000000) ||
        run(&step_classes, 2000000) || run(&step_pages, 2000000) ||
        run(&step_heaps, 2000000) || run(&step_remote, 2000000) ||
        run(&step_back, 2000000))
        return 1;
    if (threads(&step_heaps) || threads(&step_remote) ||
        threads(&step_back))
        return 1;
    pthread_barrier_init(&full, NULL, 2);
    pthread_barrier_init(&empty, NULL, 2);
    kept = handed(&step_heaps);
    gone = handed(&step_remote);
    if (kept < 19 || gone > 2)
        return printf("handed: %.1f and %.1f MiB\n", kept, gone);
    kept = after(&step_remote);
    gone = after(&step_back);
    if (kept < 64 || gone > 10)
        return printf("back: %.1f of %.1f MiB are left\n", gone, kept);
    return 0;
}
