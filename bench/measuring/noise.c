/* SPDX-License-Identifier: MIT */
/*
 * measuring.aa, .spread, .repeat and the clock's resolution: how far the
 * instrument itself can be trusted. What each is stands in measuring.c.
 */
#include "noise.h"
#include "../harness/bench.h"
#include "../harness/stats.h"

#include <stdlib.h>

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

/* Single times of one loop: the distribution behind a median. */
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
    bench_record("measuring.repeat", "loop", 100, "ns", "ns", &times[n - 1],
                 1, 0.5);
    worst = times[n - 1] / worst;
    bench_record("measuring.repeat", "loop", BENCH_NO_X, "worst", "×",
                 &worst, 1, 0.5);
    free(times);
}

static void add(const char *variant)
{
    bench_add(&(struct bench_case){.experiment = "measuring.aa",
                                   .variant = variant,
                                   .x = BENCH_NO_X,
                                   .run = same});
}

void noise_add(void)
{
    add("a");
    add("b");
    bench_ratio("measuring.aa", "a", "b");
}

void noise_record(void)
{
    spread();
    resolution();
    repeat();
}
