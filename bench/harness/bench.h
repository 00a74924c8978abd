/* SPDX-License-Identifier: MIT */
/*
 * The harness: what every benchmark of the book is written with.
 *
 * A case is a piece of work with a name: an experiment, a variant, and
 * the independent variable x. Cases that are to be compared stand in one
 * experiment. The harness runs all cases in blocks:
 *
 *     every block runs each case once, in an order drawn by lot
 *
 * so that whatever disturbs the machine for a while (another program, a
 * change of clock frequency, heat) meets all cases alike and not the one
 * that happened to be running. Within a block the variants of one x run
 * next to each other, so that two of them can be compared as a pair: the
 * ratio of two variants is the median of the ratios inside the blocks,
 * in which a slow block cancels out.
 *
 * The statistic is the median over the blocks with a 95 % interval by
 * order statistics (stats.h). Nothing is thrown away as an outlier; all
 * repetitions are kept beside the results in <chapter>.raw.tsv. Only what
 * other work disturbed is done again, whatever its time (disturb.h).
 *
 * A benchmark is a main() of this shape:
 *
 *     bench_begin(argc, argv, "page");
 *     bench_add(&(struct bench_case){ "page.hot", "pw", .run = hot });
 *     bench_add(&(struct bench_case){ "page.hot", "mmap", .run = map });
 *     bench_ratio("page.hot", "pw", "mmap");
 *     bench_run();
 *     return bench_end();
 *
 * Errors (no memory, an unwritable folder) end the program with one line
 * and status 1. The results file is written under another name and then
 * renamed: whoever interrupts a run keeps the results of the last one.
 * Not thread safe; a case may start threads of its own.
 */
#ifndef PW_BENCH_H
#define PW_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BENCH_NO_X (-1L) /* an experiment without independent variable */

struct bench_case {
    const char *experiment; /* "page.hot": the chapter's name first */
    const char *variant;    /* "pw": whose work it is */
    long x;                 /* at least 0, or BENCH_NO_X */

    /*
     * Do `ops` operations. Returns 0, and the harness's own clock around
     * the call counts; or the nanoseconds of the part that is to count.
     */
    uint64_t (*run)(struct bench_case *c, size_t ops);

    /* Before and after each run, outside the clock; may be NULL. */
    void (*setup)(struct bench_case *c, size_t ops);
    void (*cleanup)(struct bench_case *c, size_t ops);

    size_t batch;  /* ops are a multiple of this; 0 is 1 */
    size_t most;   /* ops of one run at most; 0 is no limit */
    bool counters; /* read the processor's counters too */
    void *data;    /* the case's own */

    /* From here on the harness's. */
    size_t ops;
    size_t block; /* from 1; 0 while it is being calibrated */
    unsigned restless;
    struct bench_series *ns, *counted[3];
};

/* Values of one quantity, by block; a row of the results in the end. */
struct bench_series {
    const char *experiment, *variant, *metric, *unit;
    long x;
    double *values;
    size_t n;
    double q;           /* the quantile that is reported: 0.5 */
    const char *reason; /* why there are no values, or NULL */
    bool keep_raw;
};

/*
 * Reads the options: --quick (seconds instead of minutes), --out FILE
 * (build/results/host/<chapter>.tsv), --seed N, --only PREFIX (cases
 * whose experiment begins so), --plan (measure one block and only say how
 * many seconds all would take).
 *
 * BENCH_SECONDS in the environment is how long it ought to take: beyond
 * that no further block begins, if two thirds of them are done.
 */
void bench_begin(int argc, char **argv, const char *chapter);
bool bench_quick(void);
bool bench_planning(void);

/* Is another repetition to be made, when `done` of `most` are? For what
 * is repeated otherwise than in the harness's blocks. */
bool bench_goes_on(size_t done, size_t most);

/* With --plan: what was done once is to be done `times` times, and took
 * `seconds`. The harness says so of its own blocks. */
void bench_foresee(size_t times, double seconds);

/* Adds a copy of *c; the strings must live until bench_end(). */
void bench_add(const struct bench_case *c);

/* Report a / b, paired by block, at every x at which both were added. */
void bench_ratio(const char *experiment, const char *a, const char *b);

void bench_run(void);
int bench_end(void); /* writes the results; returns main's status */

/*
 * A quantity that is not timed by the harness: `n` repetitions, of which
 * the quantile q (0.5: the median) is reported with its interval.
 */
void bench_record(const char *experiment, const char *variant, long x,
                  const char *metric, const char *unit,
                  const double *values, size_t n, double q);
void bench_unmeasured(const char *experiment, const char *variant, long x,
                      const char *metric, const char *unit,
                      const char *reason);

/* A variant that is not the book's, but the user's: its name goes into
 * the head, and the book leaves its rows out. */
void bench_guest(const char *variant);

/* The values of a case by block, for statistics of one's own. */
const struct bench_series *bench_find(const char *experiment,
                                      const char *variant, long x,
                                      const char *metric);

/* Opens <folder of the results>/<name> for writing, to be fclose()d. */
FILE *bench_text(const char *name);

/* A worker's process, not this one, was switched away n times. */
void bench_switched(long n);

/* Monotonic clock, ns. */
uint64_t bench_now(void);

/* A reproducible random number: splitmix64 of *state. */
uint64_t bench_random(uint64_t *state);
uint64_t bench_seed(void);

/*
 * Put the calling thread on the n-th CPU (modulo their number) that this
 * process may use. A refusal is noted in the provenance, no error.
 */
void bench_pin(unsigned n);

/* The same for a worker, which writes no provenance: false if refused.
 * Call one of these two in the process before it has threads. */
bool bench_tie(unsigned n);
unsigned bench_cpus(void);

/* One line to stderr and exit(1). */
_Noreturn void bench_die(const char *what, const char *remedy);

/* The compiler must produce `value` and forget what memory holds. */
#define bench_keep(value) __asm__ volatile("" : : "r"(value) : "memory")

#endif
