/* SPDX-License-Identifier: MIT */
/*
 * Writing: a row of the results is a quantile of a series with its
 * interval, a row of the raw file is one value; the format is described
 * in results.lua. Both files are written at the end, each under another
 * name, and renamed when complete.
 */
#define _GNU_SOURCE
#include "disturb.h"
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

static struct {
    const char *chapter;
    char out[4096];
    char machine[4096]; /* where this is measured: provenance lines */
    size_t blocks;
    uint64_t slice;
    bool refused; /* the kernel did not let us choose the CPU */
    char guests[512];
} book;

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
}

static FILE *open_new(const char *name)
{
    FILE *file = fopen(name, "w");
    char what[sizeof(book.out) + 128];

    if (!file) {
        snprintf(what, sizeof(what), "%s: %s", name, strerror(errno));
        bench_die(what, "make its folder writable");
    }
    return file;
}

static bool nowhere(void)
{
    return strcmp(book.out, "/dev/null") == 0;
}

/* Fails now rather than after minutes of measuring. */
static void try_writing(void)
{
    char probe[sizeof(book.out) + 32];

    if (nowhere())
        return;
    make_folders(book.out);
    snprintf(probe, sizeof(probe), "%s.new", book.out);
    fclose(open_new(probe));
    unlink(probe);
}

static void read_machine(void)
{
    FILE *pipe = popen("sh bench/machine/machine.sh 2>/dev/null", "r");
    size_t n = 0;

    if (pipe)
        n = fread(book.machine, 1, sizeof(book.machine) - 1, pipe);
    book.machine[n] = '\0';
    if (!pipe || pclose(pipe) != 0)
        bench_die("bench/machine/machine.sh failed",
                  "run it from the root of the checkout");
}

void write_blocks(size_t blocks)
{
    book.blocks = blocks;
}

void write_begin(const char *chapter, const char *out, uint64_t slice)
{
    book.chapter = chapter;
    book.slice = slice;
    if (out)
        snprintf(book.out, sizeof(book.out), "%s", out);
    else
        snprintf(book.out, sizeof(book.out), "build/results/host/%s.tsv",
                 chapter);
    read_machine();
    try_writing();
}

void write_pinned(bool pinned)
{
    if (!pinned)
        __atomic_store_n(&book.refused, true, __ATOMIC_RELAXED);
}

void bench_guest(const char *variant)
{
    const size_t n = strlen(book.guests);

    snprintf(book.guests + n, sizeof(book.guests) - n, " %s", variant);
}

FILE *bench_text(const char *name)
{
    char path[sizeof(book.out) + 256];
    const char *slash = strrchr(book.out, '/');
    const int folder = slash ? (int)(slash - book.out + 1) : 0;

    if (nowhere())
        return open_new(book.out);
    snprintf(path, sizeof(path), "%.*s%s", folder, book.out, name);
    return open_new(path);
}

static void write_provenance(FILE *out)
{
    const char *command = getenv("BENCH_COMMAND");

    fputs(book.machine, out);
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
    if (*book.guests)
        fprintf(out, "# guests:%s\n", book.guests);
    fprintf(out, "# repeated: ");
    disturb_write(out);
}

/* Would both give the same line? It does not name x. */
static bool same_reason(const struct bench_series *s,
                        const struct bench_series *t)
{
    return t->reason && strcmp(s->metric, t->metric) == 0 &&
           strcmp(s->variant, t->variant) == 0 &&
           strcmp(s->experiment, t->experiment) == 0;
}

static void write_reasons(FILE *out)
{
    const struct bench_series *s;

    for (size_t i = 0; (s = record_at(i)); i++) {
        bool said = false;

        for (size_t j = 0; j < i && !said; j++)
            said = same_reason(s, record_at(j));
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
    struct bench_series *s;
    size_t rows = 0;
    FILE *out;

    snprintf(temporary, sizeof(temporary), "%s.new", path);
    out = open_new(temporary);
    write_provenance(out);
    if (!raw)
        write_reasons(out);
    fputs(raw ? "experiment\tvariant\tx\tmetric\tblock\tvalue\n"
              : "experiment\tvariant\tx\tmetric\tunit\tinstrument\t"
                "kernel\tmedian\tlo\thi\tn\n",
          out);
    for (size_t i = 0; (s = record_at(i)); i++)
        rows += raw ? write_raw(out, s) : write_row(out, s);
    fprintf(out, "# end: %zu\n", rows);
    if (fflush(out) != 0 || ferror(out) || fclose(out) != 0 ||
        rename(temporary, path) != 0) {
        unlink(temporary);
        bench_die("cannot write the results", "make room on the disk");
    }
}

void write_results(void)
{
    char raw[sizeof(book.out) + 16];
    const size_t stem = strlen(book.out);

    snprintf(raw, sizeof(raw), "%.*s.raw.tsv",
             (int)(stem > 4 ? stem - 4 : stem), book.out);
    write_file(raw, true);
    write_file(book.out, false);
}
