/* SPDX-License-Identifier: MIT */
/*
 * Measuring the measurement: what this machine's clock, noise and basic
 * operations cost. The numbers of the chapter "Measuring".
 *
 *   measuring.empty.host.ns     one turn of an empty loop: what the
 *                               harness itself adds to an operation
 *   measuring.clock.host.ns     one reading of CLOCK_MONOTONIC
 *   measuring.clock.host.resolution   ns between two readings of it that
 *                               differ, at least
 *   measuring.syscall.host.ns   one getppid(), a call that does nothing
 *   measuring.mutex.host.ns     lock and unlock of a mutex nobody wants
 *   measuring.atomic.host.ns    one locked add
 *   measuring.mmap.host.ns      mmap and munmap of 4 KiB, untouched
 *   measuring.fault.host.ns     first write to an anonymous 4 KiB page
 *   measuring.load.host.ns      one load that depends on the one before,
 *                               from a random place in x KiB
 *                               x=16,256,4096,65536
 *
 *   measuring.aa.a.ns measuring.aa.b.ns measuring.aa.a/b.ratio
 *                               the same code twice under two names:
 *                               the ratio's interval ought to hold 1
 *   measuring.spread.paired.spread  measuring.spread.unpaired.spread
 *                               width of the ratio's interval as a part
 *                               of the ratio, in %: paired by block, and
 *                               the same values with the pairs broken
 *
 *   measuring.repeat.loop.ns    one short loop, timed again and again,
 *                               one by one; x is the quantile in %:
 *                               x=1,5,25,50,75,95,99, and 100 for the
 *                               slowest. The single times are the rows
 *                               "measuring.repeat loop 50 ns" of
 *                               measuring.raw.tsv, for a histogram
 *   measuring.repeat.loop.worst the slowest of them over the median, ×
 */
#define _GNU_SOURCE
#include "../harness/bench.h"
#include "noise.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096u

/* ----------------------------------------------------- basic operations */

static uint64_t empty(struct bench_case *c, size_t ops)
{
    (void)c;
    for (size_t i = 0; i < ops; i++)
        bench_keep(i);
    return 0;
}

static uint64_t read_clock(struct bench_case *c, size_t ops)
{
    (void)c;
    for (size_t i = 0; i < ops; i++)
        bench_keep(bench_now());
    return 0;
}

static uint64_t call_kernel(struct bench_case *c, size_t ops)
{
    (void)c;
    for (size_t i = 0; i < ops; i++)
        bench_keep(syscall(SYS_getppid)); /* libc caches nothing here */
    return 0;
}

static uint64_t lock_mutex(struct bench_case *c, size_t ops)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    (void)c;
    for (size_t i = 0; i < ops; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}

static uint64_t add_locked(struct bench_case *c, size_t ops)
{
    static uint64_t word;

    (void)c;
    for (size_t i = 0; i < ops; i++)
        __atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        bench_die("mmap failed", "free some memory");
    return p;
}

static uint64_t map_unmap(struct bench_case *c, size_t ops)
{
    (void)c;
    for (size_t i = 0; i < ops; i++)
        munmap(map(PAGE), PAGE);
    return 0;
}

/* ---------------------------------------------------------- first touch */

/* Small pages only: one huge page would answer for 512 of them. */
static void map_pages(struct bench_case *c, size_t ops)
{
    c->data = map(ops * PAGE);
    madvise(c->data, ops * PAGE, MADV_NOHUGEPAGE);
}

static uint64_t touch_pages(struct bench_case *c, size_t ops)
{
    char *pages = c->data;

    for (size_t i = 0; i < ops; i++)
        pages[i * PAGE] = 1;
    return 0;
}

static void unmap_pages(struct bench_case *c, size_t ops)
{
    munmap(c->data, ops * PAGE);
}

/* ------------------------------------------------------ dependent loads */

/*
 * A ring through all cache lines of x KiB in random order (Sattolo's
 * shuffle makes one single cycle): each load must wait for the one
 * before, so that the time of one load is its latency.
 */
#define LINE 64u

static void *make_ring(size_t bytes)
{
    const size_t lines = bytes / LINE;
    uint64_t state = bench_seed();
    char *ring = map(bytes);
    size_t *next = malloc(lines * sizeof(*next));

    if (!next)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < lines; i++)
        next[i] = i;
    for (size_t i = lines - 1; i > 0; i--) {
        const size_t j = bench_random(&state) % i, t = next[i];

        next[i] = next[j];
        next[j] = t;
    }
    for (size_t i = 0; i < lines; i++)
        *(void **)(ring + i * LINE) = ring + next[i] * LINE;
    free(next);
    return ring;
}

static uint64_t chase(struct bench_case *c, size_t ops)
{
    void *p = c->data;

    for (size_t i = 0; i < ops; i++)
        p = *(void **)p;
    bench_keep(p);
    c->data = p; /* go on from here, not again over the same lines */
    return 0;
}

/* ----------------------------------------------------------------- main */

static void add(const char *experiment,
                uint64_t (*run)(struct bench_case *, size_t))
{
    bench_add(&(struct bench_case){.experiment = experiment,
                                   .variant = "host",
                                   .x = BENCH_NO_X,
                                   .run = run});
}

static void add_loads(void)
{
    static const long kib[] = {16, 256, 4096, 65536};

    for (size_t i = 0; i < sizeof(kib) / sizeof(*kib); i++)
        bench_add(
            &(struct bench_case){.experiment = "measuring.load",
                                 .variant = "host",
                                 .x = kib[i],
                                 .run = chase,
                                 .counters = true,
                                 .data = make_ring((size_t)kib[i] << 10)});
}

int main(int argc, char **argv)
{
    bench_begin(argc, argv, "measuring");
    add("measuring.empty", empty);
    add("measuring.clock", read_clock);
    add("measuring.syscall", call_kernel);
    add("measuring.mutex", lock_mutex);
    add("measuring.atomic", add_locked);
    add("measuring.mmap", map_unmap);
    bench_add(&(struct bench_case){.experiment = "measuring.fault",
                                   .variant = "host",
                                   .x = BENCH_NO_X,
                                   .run = touch_pages,
                                   .setup = map_pages,
                                   .cleanup = unmap_pages,
                                   .most = 16384});
    add_loads();
    noise_add();
    bench_run();
    noise_record();
    return bench_end();
}
