/* SPDX-License-Identifier: MIT */
/* The mallocs to compare, and the workloads under each: see malloc.c. */
#define _GNU_SOURCE
#include "peers.h"
#include "../harness/disturb.h"
#include "../harness/progress.h"

#include <ctype.h>
#include <glob.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIB "/usr/lib/*-linux-gnu/"
#define WORK "build/bench/malloc/run"
#define USE "build/bench/malloc-use.txt" /* where the launcher writes */

enum { MOST_WORK = 32 };

struct peer peers[MOST_PEERS] = {
    {"pw", "build/lib/libpagewise-malloc.so", "", false},
    {"glibc", NULL, "", true},
    {"jemalloc", LIB "libjemalloc.so.2", "", false},
    {"mimalloc", LIB "libmimalloc.so.*", "", false},
    {"tcmalloc", LIB "libtcmalloc_minimal.so.4", "", false},
};
size_t peer_count = KNOWN;

static char *work[MOST_WORK];
static size_t nwork;
size_t peer_blocks, peer_scale;
static struct use use[MOST_WORK][MOST_PEERS][MOST_BLOCKS];

/* ---- the user's own ------------------------------------------------ */

_Noreturn static void refuse(const char *wish, const char *why)
{
    char what[400];

    snprintf(what, sizeof(what), "PEERS: '%s' %s", wish, why);
    bench_die(what, "give PEERS=\"name=/path/to/malloc.so ...\"");
}

static bool is_known(const char *name)
{
    for (size_t p = 0; p < peer_count; p++)
        if (strcmp(peers[p].variant, name) == 0)
            return true;
    return false;
}

/* Such that it may stand in the results, and in a shell's command. */
static bool is_plain(const char *text, const char *more)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(more, *text))
            return false;
    return true;
}

/* ld.so only warns of what it cannot preload. */
static bool can_preload(const char *path)
{
    char command[400];
    FILE *pipe;
    bool silent;

    snprintf(command, sizeof(command), "LD_PRELOAD=%s /bin/true 2>&1",
             path);
    pipe = popen(command, "r");
    silent = pipe && fgetc(pipe) == EOF;
    return pipe && pclose(pipe) == 0 && silent;
}

static void add_guest(char *wish)
{
    char *equals = strchr(wish, '=');
    struct peer *p = &peers[peer_count];

    if (peer_count == MOST_PEERS)
        refuse(wish, "is one too many");
    if (!equals || equals == wish || equals - wish > 15)
        refuse(wish, "is no name, '=' and path");
    p->variant = strndup(wish, (size_t)(equals - wish));
    if (!islower((unsigned char)*wish) || !is_plain(p->variant, "-_"))
        refuse(wish, "has a name of other characters than a-z 0-9 - _");
    if (is_known(p->variant))
        refuse(wish, "has the name of another");
    if (access(equals + 1, R_OK) != 0)
        refuse(wish, "names a file that cannot be read");
    if (strlen(equals + 1) >= sizeof(p->path) ||
        !is_plain(equals + 1, "/._+-"))
        refuse(wish, "has a path with unusual characters");
    if (!can_preload(equals + 1))
        refuse(wish, "cannot be preloaded");
    snprintf(p->path, sizeof(p->path), "%s", equals + 1);
    p->there = true;
    peer_count++;
    bench_guest(p->variant);
}

static void find_guests(void)
{
    const char *wishes = getenv("BENCH_PEERS");
    char *list = strdup(wishes ? wishes : "");

    for (char *wish = strtok(list, " "); wish; wish = strtok(NULL, " "))
        add_guest(wish);
}

void peer_find(void)
{
    for (int p = 0; p < KNOWN; p++) {
        glob_t found;

        if (!peers[p].pattern || glob(peers[p].pattern, 0, NULL, &found))
            continue;
        snprintf(peers[p].path, sizeof(peers[p].path), "%s",
                 found.gl_pathv[0]);
        peers[p].there = true;
        globfree(&found);
    }
    if (!peers[PW].there)
        bench_die("no libpagewise-malloc.so", "make lib");
    find_guests();
}

/* glibc first: others are compared with it. */
void peer_list(void)
{
    printf("glibc=\n");
    for (size_t p = 0; p < peer_count; p++)
        if (p != GLIBC && peers[p].there)
            printf("%s=%s\n", peers[p].variant, peers[p].path);
}

/* The first line that a command prints. */
static void first_line(const char *command, char *line, int size)
{
    FILE *pipe = popen(command, "r");

    if (!pipe || !fgets(line, size, pipe) || pclose(pipe) != 0)
        bench_die(command, "it failed; run it by hand");
}

struct use peer_run(const char *name, size_t how, int p, uint64_t *sum)
{
    char command[700], line[200];
    struct use u = {0, 0, 0};
    uint64_t wall, cpu;
    double major;

    unlink(USE);
    snprintf(command, sizeof(command),
             "build/bench/launch %s %s -o " USE " " WORK " %s %zu %zu",
             *peers[p].path ? "-p" : "", peers[p].path, name, peer_scale,
             how);
    first_line(command, line, sizeof(line));
    if (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNx64, &wall, &cpu,
               sum) != 3)
        bench_die(line, "not what " WORK " should print");
    first_line("cat " USE, line, sizeof(line));
    if (sscanf(line, "%lf %lf %lf", &u.kib, &u.faults, &major) != 3)
        bench_die(line, "not what build/bench/launch should write");
    u.ns = (double)wall;
    return u;
}

/* ---- the workloads ------------------------------------------------- */

static void list_workloads(void)
{
    FILE *pipe = popen(WORK " list", "r");
    char line[200];

    while (pipe && nwork < MOST_WORK && fgets(line, sizeof(line), pipe)) {
        line[strcspn(line, "\t\n")] = '\0';
        work[nwork++] = strdup(line);
    }
    if (!pipe || pclose(pipe) != 0 || nwork == 0)
        bench_die(WORK " does not run", "make bench");
}

void peer_shuffle(size_t *order, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t k = bench_random(state) % i, t = order[k];

        order[k] = order[i - 1];
        order[i - 1] = t;
    }
}

/* Again if too much of its time was stolen. */
static struct use run_alone(const char *name, size_t p, uint64_t *sum)
{
    for (unsigned tries = 0;; tries++) {
        struct use u;

        disturb_begin();
        u = peer_run(name, 0, (int)p, sum);
        if (!disturb_end((uint64_t)u.ns, false) || !disturb_repeat(tries))
            return u;
    }
}

static void run_block(size_t block, uint64_t *state)
{
    size_t works[MOST_WORK], order[MOST_PEERS];
    uint64_t sum, first;

    peer_shuffle(works, nwork, state);
    for (size_t i = 0; i < nwork; i++) {
        const size_t w = works[i];
        bool any = false;

        peer_shuffle(order, peer_count, state);
        for (size_t k = 0; k < peer_count; k++) {
            const size_t p = order[k];

            if (!peers[p].there)
                continue;
            use[w][p][block] = run_alone(work[w], p, &sum);
            if (any && sum != first)
                bench_die(work[w], "a malloc has lost contents");
            first = sum;
            any = true;
        }
    }
}

/* ---- what becomes of them ------------------------------------------ */

typedef double pick_fn(size_t w, size_t p, size_t block);

static double pick_ns(size_t w, size_t p, size_t b)
{
    return use[w][p][b].ns;
}

static double pick_kib(size_t w, size_t p, size_t b)
{
    return use[w][p][b].kib;
}

static double pick_faults(size_t w, size_t p, size_t b)
{
    return use[w][p][b].faults;
}

static double pick_ratio(size_t w, size_t p, size_t b)
{
    return use[w][p][b].ns / use[w][GLIBC][b].ns;
}

static double pick_memory(size_t w, size_t p, size_t b)
{
    return use[w][p][b].kib / use[w][GLIBC][b].kib;
}

static void record(const char *experiment, size_t p, const char *metric,
                   const char *unit, double *values)
{
    if (peers[p].there)
        bench_record(experiment, peers[p].variant, BENCH_NO_X, metric, unit,
                     values, peer_blocks, 0.5);
    else
        bench_unmeasured(experiment, peers[p].variant, BENCH_NO_X, metric,
                         unit, "this malloc is not installed");
}

static void record_work(const char *metric, const char *unit, pick_fn *pick)
{
    double values[MOST_BLOCKS];
    char *experiment;

    for (size_t w = 0; w < nwork; w++) {
        if (asprintf(&experiment, "malloc.%s", work[w]) < 0)
            bench_die("out of memory", "free some");
        for (size_t p = 0; p < peer_count; p++) {
            for (size_t b = 0; b < peer_blocks; b++)
                values[b] = pick(w, p, b);
            record(experiment, p, metric, unit, values);
        }
    }
}

/* The geometric mean over all workloads, in one block. */
static double mean(pick_fn *pick, size_t p, size_t b)
{
    double sum = 0;

    for (size_t w = 0; w < nwork; w++)
        sum += log(pick(w, p, b));
    return exp(sum / (double)nwork);
}

static void record_all(const char *metric, pick_fn *pick)
{
    double values[MOST_BLOCKS];

    for (size_t p = 0; p < peer_count; p++) {
        for (size_t b = 0; b < peer_blocks && peers[p].there; b++)
            values[b] = mean(pick, p, b);
        record("malloc.all", p, metric, "×", values);
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, peer_blocks, sizeof(*values), by_size);
    return values[peer_blocks / 2];
}

/* The median of ns(p) / ns(q) over the blocks. */
static double median_ratio(size_t w, size_t p, size_t q)
{
    double values[MOST_BLOCKS];

    for (size_t b = 0; b < peer_blocks; b++)
        values[b] = use[w][p][b].ns / use[w][q][b].ns;
    return median(values);
}

static double median_mean(size_t p)
{
    double values[MOST_BLOCKS];

    for (size_t b = 0; b < peer_blocks; b++)
        values[b] = mean(pick_ratio, p, b);
    return median(values);
}

static void record_worst(void)
{
    double worst = 0, to_best = 0, values[MOST_BLOCKS], least = 1e9;
    size_t best = GLIBC;

    for (size_t w = 0; w < nwork; w++) {
        double most = 0;

        for (size_t p = GLIBC; p < KNOWN; p++)
            if (peers[p].there && median_ratio(w, PW, p) > most)
                most = median_ratio(w, PW, p);
        worst = fmax(worst, median_ratio(w, PW, GLIBC));
        to_best = fmax(to_best, most);
    }
    bench_record("malloc.bars", "pw", BENCH_NO_X, "worst", "×", &worst, 1,
                 0.5);
    bench_record("malloc.bars", "pw/best", BENCH_NO_X, "worst", "×",
                 &to_best, 1, 0.5);
    for (size_t p = GLIBC; p < KNOWN; p++)
        if (peers[p].there && median_mean(p) < least) {
            least = median_mean(p);
            best = p;
        }
    for (size_t b = 0; b < peer_blocks; b++)
        values[b] = mean(pick_ratio, PW, b) / mean(pick_ratio, best, b);
    bench_record("malloc.bars", "pw/best", BENCH_NO_X, "mean", "×", values,
                 peer_blocks, 0.5);
}

void peer_workloads(void)
{
    uint64_t state = bench_seed();
    const uint64_t start = bench_now();
    size_t done = 0;

    list_workloads();
    while (bench_goes_on(done, peer_blocks)) {
        double took;

        run_block(done++, &state);
        took = (double)(bench_now() - start) / 1e9;
        if (!bench_planning())
            progress_show("malloc", done, peer_blocks,
                          took / (double)done *
                              (double)(peer_blocks - done));
    }
    progress_end();
    peer_blocks = done;
    record_work("ns", "ns", pick_ns);
    record_work("kib", "KiB", pick_kib);
    record_work("faults", "faults", pick_faults);
    record_work("ratio", "×", pick_ratio);
    record_work("memory", "×", pick_memory);
    record_all("ratio", pick_ratio);
    record_all("memory", pick_memory);
    record_worst();
}
