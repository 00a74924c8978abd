/* SPDX-License-Identifier: MIT */
/*
 * Keeping and writing: see record.h, and results.lua for the format.
 *
 * Everything that was measured is a series of values; a row of the
 * results is a quantile of a series with its interval, a row of the raw
 * file is one value. Both files are written at the end, each under
 * another name, and renamed when complete.
 */
#define _GNU_SOURCE
#include "record.h"
#include "stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef BENCH_FLAGS
#define BENCH_FLAGS "unknown"
#endif

#define SERIES 2048
#define RATIOS 64

static struct {
    const char *chapter;
    char out[4096];
    size_t blocks;
    uint64_t slice;
    bool refused; /* the kernel did not let us choose the CPU */
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
        bench_die("too many series", "raise SERIES in bench/record.c");
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
        bench_die("too many ratios", "raise RATIOS in bench/record.c");
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

/* -------------------------------------------------------------- writing */

void record_begin(const char *chapter, const char *out, size_t blocks,
                  uint64_t slice)
{
    book.chapter = chapter;
    book.blocks = blocks;
    book.slice = slice;
    if (out)
        snprintf(book.out, sizeof(book.out), "%s", out);
    else
        snprintf(book.out, sizeof(book.out), "build/results/host/%s.tsv",
                 chapter);
}

void record_pinned(bool pinned)
{
    book.refused |= !pinned;
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
}

static FILE *open_beside(const char *name)
{
    FILE *file = fopen(name, "w");
    char what[4200];

    if (!file) {
        snprintf(what, sizeof(what), "%s: %s", name, strerror(errno));
        bench_die(what, "make its folder writable");
    }
    return file;
}

FILE *bench_text(const char *name)
{
    char path[sizeof(book.out) + 256];
    const char *slash = strrchr(book.out, '/');
    const int folder = slash ? (int)(slash - book.out + 1) : 0;

    make_folders(book.out);
    snprintf(path, sizeof(path), "%.*s%s", folder, book.out, name);
    return open_beside(path);
}

static void copy_command(FILE *out, const char *command)
{
    FILE *pipe = popen(command, "r");
    char line[1024];

    while (pipe && fgets(line, sizeof(line), pipe))
        fputs(line, out);
    if (!pipe || pclose(pipe) != 0)
        bench_die("bench/machine.sh failed",
                  "run it from the root of the checkout");
}

static void write_provenance(FILE *out)
{
    const char *command = getenv("BENCH_COMMAND");

    copy_command(out, "sh bench/machine.sh");
#ifdef __clang__
    fprintf(out, "# compiler: %s\n", __VERSION__);
#else
    fprintf(out, "# compiler: gcc %s\n", __VERSION__);
#endif
    fprintf(out, "# flags: %s\n", BENCH_FLAGS);
    fprintf(out, "# command: %s\n", command ? command : book.chapter);
    fprintf(out, "# interval: 95 %% interval by order statistics\n");
    fprintf(out, "# blocks: %zu, in random order, %g ms a run\n",
            book.blocks, (double)book.slice / 1e6);
    fprintf(out, "# seed: %llu\n", (unsigned long long)bench_seed());
    fprintf(out, "# pinned: %s\n",
            book.refused ? "no, the kernel refused" : "yes");
}

static void write_reasons(FILE *out)
{
    for (size_t i = 0; i < book.count; i++) {
        const struct bench_series *s = book.series[i];
        bool said = false;

        for (size_t j = 0; j < i && !said; j++) {
            const struct bench_series *t = book.series[j];

            said = t->reason && strcmp(s->metric, t->metric) == 0 &&
                   strcmp(s->variant, t->variant) == 0 &&
                   strcmp(s->experiment, t->experiment) == 0;
        }
        if (s->reason && !said)
            fprintf(out, "# unmeasured %s.%s.%s: %s\n", s->experiment,
                    s->variant, s->metric, s->reason);
    }
}

static void write_name(FILE *out, const struct bench_series *s)
{
    fprintf(out, "%s\t%s\t", s->experiment, s->variant);
    if (s->x != BENCH_NO_X)
        fprintf(out, "%ld", s->x);
    fprintf(out, "\t%s", s->metric);
}

static bool write_row(FILE *out, struct bench_series *s)
{
    struct stats q;

    if (!s->reason && s->n == 0)
        return false;
    write_name(out, s);
    fprintf(out, "\t%s\thost\thost\t", s->unit);
    if (s->reason) {
        fprintf(out, "NA\tNA\tNA\t0\n");
        return true;
    }
    q = stats_quantile(s->values, s->n, s->q);
    fprintf(out, "%.6g\t%.6g\t%.6g\t%zu\n", q.value, q.lo, q.hi, s->n);
    return true;
}

static size_t write_raw(FILE *out, const struct bench_series *s)
{
    if (!s->keep_raw || s->reason)
        return 0;
    for (size_t i = 0; i < s->n; i++) {
        write_name(out, s);
        fprintf(out, "\t%zu\t%.6g\n", i, s->values[i]);
    }
    return s->n;
}

/* Raw first: writing a row sorts its values. */
static void write_file(const char *path, bool raw)
{
    char temporary[sizeof(book.out) + 32];
    size_t rows = 0;
    FILE *out;

    snprintf(temporary, sizeof(temporary), "%s.new", path);
    out = open_beside(temporary);
    write_provenance(out);
    if (!raw)
        write_reasons(out);
    fputs(raw ? "experiment\tvariant\tx\tmetric\tblock\tvalue\n"
              : "experiment\tvariant\tx\tmetric\tunit\tinstrument\t"
                "kernel\tmedian\tlo\thi\tn\n",
          out);
    for (size_t i = 0; i < book.count; i++)
        rows += raw ? write_raw(out, book.series[i])
                    : write_row(out, book.series[i]);
    fprintf(out, "# end: %zu\n", rows);
    if (fflush(out) != 0 || ferror(out) || fclose(out) != 0 ||
        rename(temporary, path) != 0)
        bench_die("cannot write the results", "make room on the disk");
}

int bench_end(void)
{
    char raw[sizeof(book.out) + 16];
    const size_t stem = strlen(book.out);

    make_folders(book.out);
    snprintf(raw, sizeof(raw), "%.*s.raw.tsv",
             (int)(stem > 4 ? stem - 4 : stem), book.out);
    write_file(raw, true);
    write_file(book.out, false);
    return 0;
}
