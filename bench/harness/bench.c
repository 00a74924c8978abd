/* SPDX-License-Identifier: MIT */
/*
 * The harness's engine: the plan of the blocks and the clock. Its theory
 * stands in bench.h; record.c keeps the values, write.c writes them.
 *
 * Invariant: ops of a case is fixed by calibration before the first
 * block and never changes, so that all repetitions of a case are of the
 * same size and comparable.
 */
#define _GNU_SOURCE
#include "bench.h"
#include "counters.h"
#include "disturb.h"
#include "progress.h"
#include "record.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASES 512

/* A quick run: how many values of x of an experiment it keeps; s; how many
 * blocks it makes at least, however long they take. */
enum { QUICK_XS = 4, QUICK_SECONDS = 8, QUICK_FEWEST = 7 };

static struct {
    const char *chapter, *only, *command;
    bool quick, planning;
    double seconds; /* that it should take; 0: as long as it does */
    double more;    /* planning: seconds that were not spent now */
    uint64_t began;
    uint64_t seed;
    size_t blocks;   /* at most */
    uint64_t budget; /* ns after which no further block begins */
    uint64_t slice;  /* ns that one run of a case shall take */
    struct bench_case *cases[CASES];
    size_t count;
} plan = {.seed = 19650219}; /* any number: it is fixed and printed */

/* ------------------------------------------------------------- services */

uint64_t bench_seed(void)
{
    return plan.seed;
}

bool bench_quick(void)
{
    return plan.quick;
}

bool bench_planning(void)
{
    return plan.planning;
}

void bench_foresee(size_t times, double seconds)
{
    plan.more += (double)(times - 1) * seconds;
}

void bench_die(const char *what, const char *remedy)
{
    fprintf(stderr, "pagewise: bench%s%s: %s; %s\n",
            plan.chapter ? " " : "", plan.chapter ? plan.chapter : "", what,
            remedy);
    exit(1);
}

void bench_pin(unsigned n)
{
    write_pinned(bench_tie(n));
}

/* --------------------------------------------------------------- a case */

//> run-once
/* One run of a case: nanoseconds for `ops` operations. */
static uint64_t run_once(struct bench_case *c, size_t ops,
                         uint64_t counted[COUNTERS])
{
    uint64_t start, took, own;

    if (c->setup)
        c->setup(c, ops);
    if (counted)
        counters_start();
    start = bench_now();
    own = c->run(c, ops);
    took = bench_now() - start;
    if (counted)
        counters_stop(counted);
    if (c->cleanup)
        c->cleanup(c, ops);
    if (own)
        took = own;
    return took ? took : 1;
}
//< run-once

static size_t clamp(const struct bench_case *c, double ops)
{
    const size_t batch = c->batch ? c->batch : 1;
    size_t n = ops < 1e12 ? (size_t)ops : (size_t)1e12;

    if (c->most && n > c->most)
        n = c->most;
    n -= n % batch;
    return n < batch ? batch : n;
}

/*
 * How many operations fill the slice? Double until a run takes a quarter
 * of it, then scale. This warms up code, data and page tables as well.
 */
static void calibrate(struct bench_case *c)
{
    size_t ops = clamp(c, 1), bigger;
    uint64_t took;

    for (;;) {
        took = run_once(c, ops, NULL);
        bigger = clamp(c, 2.0 * (double)ops);
        if (took >= plan.slice / 4 || bigger == ops)
            break;
        ops = bigger;
    }
    c->ops = clamp(c, (double)ops * (double)plan.slice / (double)took);
}

/*
 * Again if other work disturbed it. A case that is disturbed in block
 * after block disturbs itself: it has more threads than there are CPUs.
 */
static uint64_t run_alone(struct bench_case *c, uint64_t *counted)
{
    bool disturbed;
    uint64_t took;

    for (unsigned tries = 0;; tries++) {
        disturb_begin();
        took = run_once(c, c->ops, counted);
        disturbed = disturb_end(took, true);
        if (!disturbed || c->restless >= DISTURB_RESTLESS ||
            !disturb_repeat(tries))
            break;
    }
    c->restless = disturbed ? c->restless + 1 : 0;
    return took;
}

/* A warm-up of its own in each block: the case before left its own data
 * in the caches and its own habits in the branch predictors. */
static void measure(struct bench_case *c)
{
    uint64_t counted[COUNTERS] = {0};
    const double ops = (double)c->ops;
    uint64_t took;

    run_once(c, clamp(c, ops / 8), NULL);
    took = run_alone(c, c->counters ? counted : NULL);
    record_value(c->ns, (double)took / ops);
    for (int i = 0; c->counters && i < COUNTERS; i++)
        if (!counters_reason(i))
            record_value(c->counted[i], (double)counted[i] / ops);
}

/* ----------------------------------------------------------- the blocks */

/*
 * The order of a block, drawn by lot on three levels: the experiments,
 * within an experiment the values of x, within one x the variants. Each
 * level is a random number that all its members share, made from the
 * block's lot and the names; sorting by the three gives the order.
 */
struct lot {
    uint64_t key[3];
    struct bench_case *c;
};

static uint64_t hash(uint64_t h, const char *text)
{
    while (*text)
        h = (h ^ (unsigned char)*text++) * 0x100000001b3u; /* FNV-1a */
    return bench_random(&h);
}

static int by_lot(const void *a, const void *b)
{
    const struct lot *l = a, *m = b;

    for (int i = 0; i < 3; i++)
        if (l->key[i] != m->key[i])
            return l->key[i] < m->key[i] ? -1 : 1;
    return 0;
}

//> draw
static void draw(struct lot *lots, uint64_t block)
{
    uint64_t state = plan.seed + block;
    const uint64_t lot = bench_random(&state);

    for (size_t i = 0; i < plan.count; i++) {
        struct bench_case *c = plan.cases[i];
        uint64_t h = hash(lot, c->experiment);

        lots[i].key[0] = h;
        h += (uint64_t)c->x;
        lots[i].key[1] = bench_random(&h);
        lots[i].key[2] = hash(h, c->variant);
        lots[i].c = c;
    }
    qsort(lots, plan.count, sizeof(*lots), by_lot);
}
//< draw

static void run_block(uint64_t block)
{
    struct lot lots[CASES];

    draw(lots, block);
    for (size_t i = 0; i < plan.count; i++) {
        lots[i].c->block = block + 1;
        measure(lots[i].c);
    }
}

/* ------------------------------------------------------- the quick run */

/* How many values of x below this case's (or all) its experiment has. */
static size_t xs_below(const struct bench_case *c, bool all)
{
    size_t n = 0;

    for (size_t i = 0; i < plan.count; i++) {
        const struct bench_case *a = plan.cases[i];
        bool seen = false;

        if (strcmp(a->experiment, c->experiment) != 0 ||
            (!all && a->x >= c->x))
            continue;
        for (size_t j = 0; j < i; j++)
            seen |= plan.cases[j]->x == a->x &&
                    strcmp(plan.cases[j]->experiment, c->experiment) == 0;
        n += !seen;
    }
    return n;
}

/* Is this x one of the few that a quick run keeps: ends and between? */
static bool is_kept(const struct bench_case *c)
{
    const size_t n = xs_below(c, true), rank = xs_below(c, false);

    for (size_t k = 0; k < QUICK_XS; k++)
        if (n <= QUICK_XS || rank == k * (n - 1) / (QUICK_XS - 1))
            return true;
    return false;
}

/* A series without values and without a reason is not written. */
static void drop(struct bench_case *c)
{
    for (int i = 0; c->counters && i < COUNTERS; i++)
        c->counted[i]->reason = NULL;
}

/* Leaves rows out, and nothing of those that stay: the cases of an x go
 * together, so that what is compared stays comparable. */
static void thin_out(void)
{
    static bool keep[CASES];
    size_t kept = 0;

    for (size_t i = 0; i < plan.count; i++)
        keep[i] = is_kept(plan.cases[i]);
    for (size_t i = 0; i < plan.count; i++)
        if (keep[i])
            plan.cases[kept++] = plan.cases[i];
        else
            drop(plan.cases[i]);
    plan.count = kept;
}

/* ------------------------------------------------- as long as it takes */

static double seconds_since(uint64_t start)
{
    return (double)(bench_now() - start) / 1e9;
}

bool bench_goes_on(size_t done, size_t most)
{
    if (plan.planning || done >= most)
        return done == 0;
    return plan.seconds == 0 || 3 * done < 2 * most ||
           seconds_since(plan.began) < plan.seconds;
}

static void progress(size_t done, uint64_t start)
{
    const double took = seconds_since(start);
    double left = took / (double)done * (double)(plan.blocks - done);

    if (plan.quick && left > (double)plan.budget / 1e9 - took)
        left = (double)plan.budget / 1e9 - took;
    if (done < plan.blocks && !plan.planning)
        progress_show(plan.chapter, done, plan.blocks, left < 0 ? 0 : left);
}

/* A quick run makes few blocks, more if there is time. */
static bool goes_on(size_t done, uint64_t start)
{
    if (!plan.quick || plan.planning)
        return bench_goes_on(done, plan.blocks);
    return done < QUICK_FEWEST ||
           (done < plan.blocks && bench_now() - start < plan.budget);
}

void bench_run(void)
{
    uint64_t start;
    size_t block = 0;

    if (plan.quick)
        thin_out();
    if (!plan.planning && !isatty(STDERR_FILENO))
        fprintf(stderr, "bench %s: %zu cases, %zu blocks, seed %llu\n",
                plan.chapter, plan.count, plan.blocks,
                (unsigned long long)plan.seed);
    for (size_t i = 0; i < plan.count; i++)
        calibrate(plan.cases[i]);
    start = bench_now();
    while (goes_on(block, start)) {
        run_block(block++);
        progress(block, start);
    }
    if (plan.planning)
        bench_foresee(plan.blocks, seconds_since(start));
    write_blocks(block);
    progress_end();
    record_ratios();
}

/* ------------------------------------------------------------ the frame */

int bench_end(void)
{
    if (plan.planning)
        printf("%.1f\n", seconds_since(plan.began) + plan.more);
    else
        write_results();
    return 0;
}

static void prepare_series(struct bench_case *c)
{
    c->ns = record_series(c->experiment, c->variant, c->x, "ns", "ns",
                          plan.blocks);
    for (int i = 0; c->counters && i < COUNTERS; i++) {
        c->counted[i] = record_series(c->experiment, c->variant, c->x,
                                      counters_metric[i], counters_unit[i],
                                      plan.blocks);
        c->counted[i]->reason = counters_reason(i);
    }
}

void bench_add(const struct bench_case *c)
{
    struct bench_case *copy;

    if (plan.only &&
        strncmp(c->experiment, plan.only, strlen(plan.only)) != 0)
        return;
    copy = malloc(sizeof(*copy));
    if (!copy || plan.count == CASES)
        bench_die("too many cases", "raise CASES in bench/harness/bench.c");
    *copy = *c;
    plan.cases[plan.count++] = copy;
    prepare_series(copy);
}

static void usage(void)
{
    fprintf(stderr,
            "usage: %s [--quick] [--plan] [--out FILE] [--seed N] "
            "[--only EXPERIMENT]\n",
            plan.chapter);
    exit(2);
}

void bench_begin(int argc, char **argv, const char *chapter)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},
        {"plan", no_argument, NULL, 'p'},
        {"out", required_argument, NULL, 'o'},
        {"seed", required_argument, NULL, 's'},
        {"only", required_argument, NULL, 'x'},
        {0},
    };
    const char *out = NULL, *seconds = getenv("BENCH_SECONDS");
    int option;

    plan.chapter = chapter;
    plan.began = bench_now();
    plan.seconds = seconds ? strtod(seconds, NULL) : 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'q': plan.quick = true; break;
        case 'p': plan.planning = true; break;
        case 'o': out = optarg; break;
        case 's': plan.seed = strtoull(optarg, NULL, 0); break;
        case 'x': plan.only = optarg; break;
        default: usage();
        }
    }
    plan.blocks = plan.quick ? 21 : 61;
    plan.budget = (uint64_t)QUICK_SECONDS * 1000000000u;
    plan.slice = plan.quick ? 1500000 : 15000000;
    counters_open();
    write_begin(chapter, plan.planning ? "/dev/null" : out, plan.slice);
    bench_pin(bench_cpus() - 1); /* the first CPU takes most interrupts */
}
