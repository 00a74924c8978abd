/* SPDX-License-Identifier: MIT */
/*
 * Keeping: everything that was measured is a series of values. The theory
 * stands in record.h.
 */
#define _GNU_SOURCE
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define SERIES 4096
#define RATIOS 64

static struct {
    struct bench_series *series[SERIES];
    size_t count;
    struct {
        const char *experiment, *a, *b;
    } ratios[RATIOS];
    size_t ratio_count;
} book;

/* --------------------------------------------------------------- series */

static void *need(void *p)
{
    if (!p)
        bench_die("out of memory", "free some");
    return p;
}

struct bench_series *record_series(const char *experiment,
                                   const char *variant, long x,
                                   const char *metric, const char *unit,
                                   size_t room)
{
    struct bench_series *s = need(calloc(1, sizeof(*s)));

    if (book.count == SERIES)
        bench_die("too many series",
                  "raise SERIES in bench/harness/record.c");
    *s = (struct bench_series){.experiment = experiment,
                               .variant = variant,
                               .metric = metric,
                               .unit = unit,
                               .x = x,
                               .q = 0.5,
                               .keep_raw = true};
    s->values = need(calloc(room ? room : 1, sizeof(double)));
    book.series[book.count++] = s;
    return s;
}

void record_value(struct bench_series *s, double value)
{
    s->values[s->n++] = value;
}

void bench_record(const char *experiment, const char *variant, long x,
                  const char *metric, const char *unit,
                  const double *values, size_t n, double q)
{
    struct bench_series *s =
        record_series(experiment, variant, x, metric, unit, n);

    for (size_t i = 0; i < n; i++)
        record_value(s, values[i]);
    s->q = q;
    s->keep_raw = n > 1 && q == 0.5;
}

void bench_unmeasured(const char *experiment, const char *variant, long x,
                      const char *metric, const char *unit,
                      const char *reason)
{
    record_series(experiment, variant, x, metric, unit, 0)->reason = reason;
}

struct bench_series *record_at(size_t i)
{
    return i < book.count ? book.series[i] : NULL;
}

static struct bench_series *find(const char *experiment,
                                 const char *variant, long x,
                                 const char *metric)
{
    for (size_t i = 0; i < book.count; i++) {
        struct bench_series *s = book.series[i];

        if (s->x == x && strcmp(s->experiment, experiment) == 0 &&
            strcmp(s->variant, variant) == 0 &&
            strcmp(s->metric, metric) == 0)
            return s;
    }
    return NULL;
}

const struct bench_series *bench_find(const char *experiment,
                                      const char *variant, long x,
                                      const char *metric)
{
    return find(experiment, variant, x, metric);
}

/* --------------------------------------------------------------- ratios */

void bench_ratio(const char *experiment, const char *a, const char *b)
{
    if (book.ratio_count == RATIOS)
        bench_die("too many ratios",
                  "raise RATIOS in bench/harness/record.c");
    book.ratios[book.ratio_count].experiment = experiment;
    book.ratios[book.ratio_count].a = a;
    book.ratios[book.ratio_count++].b = b;
}

/* Block by block: a slow block is slow for both and cancels out. */
static void pair(const struct bench_series *a, const struct bench_series *b)
{
    struct bench_series *ratio;
    char *name;

    if (asprintf(&name, "%s/%s", a->variant, b->variant) < 0)
        bench_die("out of memory", "free some");
    ratio = record_series(a->experiment, name, a->x, "ratio", "×", a->n);
    for (size_t i = 0; i < a->n && i < b->n; i++)
        record_value(ratio, a->values[i] / b->values[i]);
    ratio->keep_raw = false; /* it follows from the two */
}

void record_ratios(void)
{
    const size_t count = book.count; /* without those we add */

    for (size_t r = 0; r < book.ratio_count; r++) {
        for (size_t i = 0; i < count; i++) {
            const struct bench_series *a = book.series[i], *b;

            if (strcmp(a->experiment, book.ratios[r].experiment) != 0 ||
                strcmp(a->variant, book.ratios[r].a) != 0 ||
                strcmp(a->metric, "ns") != 0)
                continue;
            b = find(a->experiment, book.ratios[r].b, a->x, "ns");
            if (b)
                pair(a, b);
        }
    }
}
