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
 *                               slowest. Its single times
 *                               are the rows "measuring.repeat loop ns"
 *                               of measuring.raw.tsv, for a histogram
 *   measuring.repeat.loop.worst the slowest of them over the median, ×
 */
#define _GNU_SOURCE
#include "bench.h"
#include "stats.h"

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

/* ---------------------------------------------------------------- noise */

/* The fixed piece of work that is done again and again: additions that
 * wait for one another, no memory. */
static uint64_t work(size_t turns)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < turns; i++) {
        sum += i;
        bench_keep(sum);
    }
    return sum;
}

static uint64_t same(struct bench_case *c, size_t ops)
{
    (void)c;
    for (size_t i = 0; i < ops; i++)
        work(100);
    return 0;
}

static struct stats ratio_of(const double *a, const double *b, size_t n,
                             size_t shift)
{
    double ratio[n];

    for (size_t i = 0; i < n; i++)
        ratio[i] = a[i] / b[(i + shift) % n];
    return stats_quantile(ratio, n, 0.5);
}

static double width(struct stats s) /* % */
{
    return 100 * (s.hi - s.lo) / s.value;
}

/*
 * The interval of a/b with the pairs as they ran, and with the pairs
 * broken: a of one block over b of another, for every shift between the
 * two. The median over the shifts is reported.
 */
static void spread(void)
{
    const struct bench_series *a =
        bench_find("measuring.aa", "a", BENCH_NO_X, "ns");
    const struct bench_series *b =
        bench_find("measuring.aa", "b", BENCH_NO_X, "ns");
    const size_t n = a ? a->n : 0;
    double paired, unpaired[n + 1];

    if (n < 6)
        return;
    paired = width(ratio_of(a->values, b->values, n, 0));
    for (size_t shift = 1; shift < n; shift++)
        unpaired[shift - 1] =
            width(ratio_of(a->values, b->values, n, shift));
    bench_record("measuring.spread", "paired", BENCH_NO_X, "spread", "%",
                 &paired, 1, 0.5);
    bench_record("measuring.spread", "unpaired", BENCH_NO_X, "spread", "%",
                 unpaired, n - 1, 0.5);
}

/* The smallest difference that the clock can show. */
static void resolution(void)
{
    double least = 1e9;

    for (int i = 0; i < 100000; i++) {
        const uint64_t a = bench_now(), b = bench_now();

        if (b > a && (double)(b - a) < least)
            least = (double)(b - a);
    }
    bench_record("measuring.clock", "host", BENCH_NO_X, "resolution", "ns",
                 &least, 1, 0.5);
}

static void repeat(void)
{
    static const int percent[] = {1, 5, 25, 50, 75, 95, 99};
    const size_t n = bench_quick() ? 2000 : 10000;
    double *times = malloc(n * sizeof(*times)), worst;

    if (!times)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < n; i++) {
        const uint64_t start = bench_now();

        work(10000);
        times[i] = (double)(bench_now() - start);
    }
    bench_record("measuring.repeat", "loop", 50, "ns", "ns", times, n, 0.5);
    for (size_t i = 0; i < sizeof(percent) / sizeof(*percent); i++)
        if (percent[i] != 50)
            bench_record("measuring.repeat", "loop", percent[i], "ns", "ns",
                         times, n, percent[i] / 100.0);
    worst = stats_quantile(times, n, 0.5).value;
    bench_record("measuring.repeat", "loop", 100, "ns", "ns",
                 &times[n - 1], 1, 0.5);
    worst = times[n - 1] / worst;
    bench_record("measuring.repeat", "loop", BENCH_NO_X, "worst", "×",
                 &worst, 1, 0.5);
    free(times);
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

static void add_aa(const char *variant)
{
    bench_add(&(struct bench_case){.experiment = "measuring.aa",
                                   .variant = variant,
                                   .x = BENCH_NO_X,
                                   .run = same});
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
    add_aa("a");
    add_aa("b");
    bench_ratio("measuring.aa", "a", "b");
    bench_run();
    spread();
    resolution();
    repeat();
    return bench_end();
}
