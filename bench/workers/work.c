/* SPDX-License-Identifier: MIT */
/*
 * A worker: one allocator in a process of its own, doing what it is told.
 * Not compiled by itself: a chapter's work/work.c includes it.
 * The benchmark (peers.c) starts one for each allocator and keeps it;
 * so each has its own heap, and is used as its users use it:
 *
 *   work-pw            with ours, from a shared library of it
 *   work-malloc        with malloc(): the C library's, or that of
 *                      whatever library the benchmark preloads
 *
 * A job is a line on standard input, the answer a line on standard
 * output: nanoseconds, and how often the kernel took the processor from
 * this process meanwhile.
 *
 *     PATTERN SIZE FLAGS LIVE THREADS OPS
 *
 * SIZE is the objects', FLAGS the cache's (code/slab only), LIVE how many
 * objects are held, OPS the pairs that each thread does. In every pattern
 * an object's first word is written once after it was allocated, as an
 * owner would. "memory" is another kind of job: see held.c.
 */
#include "work.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- the few things of bench.h that a worker needs ----------------- */

void bench_die(const char *what, const char *remedy)
{
    fprintf(stderr, "pagewise: bench worker %s: %s; %s\n", loaded_malloc(),
            what, remedy);
    exit(1);
}

/* ---- patterns ------------------------------------------------------ */

#define PATTERN static inline __attribute__((always_inline)) void

static inline void *taken(const struct job *job)
{
    size_t *object = take(job);

    if (__builtin_expect(!object, 0))
        bench_die("an allocator had no object", "free some memory");
    *object = 1;
    return object;
}

/* One pair again and again. */
PATTERN hot(const struct job *job, struct hand *hand)
{
    (void)hand;
    for (size_t i = 0; i < job->ops; i++) {
        void *object = taken(job);

        bench_keep(object);
        give(job, object);
    }
}

/* LIVE objects, then all of them back in the same order. */
PATTERN bulk(const struct job *job, struct hand *hand)
{
    for (size_t done = 0; done < job->ops; done += job->live) {
        for (size_t i = 0; i < job->live; i++)
            hand->held[i] = taken(job);
        for (size_t i = 0; i < job->live; i++)
            give(job, hand->held[i]);
    }
}

/* LIVE objects, then all of them back in an order drawn by lot. */
PATTERN many(const struct job *job, struct hand *hand)
{
    for (size_t done = 0; done < job->ops; done += job->live) {
        for (size_t i = 0; i < job->live; i++)
            hand->held[i] = taken(job);
        for (size_t i = 0; i < job->live; i++)
            give(job, hand->held[hand->order[i]]);
    }
}

/* A queue of LIVE objects: the oldest goes, a new one comes. */
PATTERN fifo(const struct job *job, struct hand *hand)
{
    size_t oldest = 0;

    for (size_t i = 0; i < job->ops; i++) {
        give(job, hand->held[oldest]);
        hand->held[oldest] = taken(job);
        oldest = oldest + 1 < job->live ? oldest + 1 : 0;
    }
}

/* LIVE objects: one by lot goes, a new one comes. */
PATTERN lot(const struct job *job, struct hand *hand)
{
    size_t at = 0;

    for (size_t i = 0; i < job->ops; i++) {
        const size_t slot = hand->order[at];

        give(job, hand->held[slot]);
        hand->held[slot] = taken(job);
        at = at + 1 < job->live ? at + 1 : 0;
    }
}

/* ---- objects that another thread frees ----------------------------- */

/*
 * Boxes on their way to the neighbour, who empties them: a ring with one
 * thread at either end.
 */
static bool fill_box(const struct job *job, struct belt *belt)
{
    const size_t sent = belt->sent;
    void **box = belt->box[sent % BOXES];

    if (sent - __atomic_load_n(&belt->emptied, __ATOMIC_ACQUIRE) == BOXES)
        return false;
    for (size_t i = 0; i < IN_BOX; i++)
        box[i] = taken(job);
    __atomic_store_n(&belt->sent, sent + 1, __ATOMIC_RELEASE);
    return true;
}

static bool empty_box(const struct job *job, struct belt *belt)
{
    const size_t emptied = belt->emptied;
    void **box = belt->box[emptied % BOXES];

    if (emptied == __atomic_load_n(&belt->sent, __ATOMIC_ACQUIRE))
        return false;
    for (size_t i = 0; i < IN_BOX; i++)
        give(job, box[i]);
    __atomic_store_n(&belt->emptied, emptied + 1, __ATOMIC_RELEASE);
    return true;
}

/* Each thread frees what its neighbour allocated. */
static void pass_on(const struct job *job, struct hand *hand)
{
    const size_t boxes = (job->ops + IN_BOX - 1) / IN_BOX;
    size_t filled = 0, emptied = 0;

    while (filled < boxes || emptied < boxes) {
        const bool out = filled < boxes && fill_box(job, hand->out);
        const bool in = emptied < boxes && empty_box(job, hand->in);

        filled += out;
        emptied += in;
        if (!out && !in)
            sched_yield();
    }
}

/* ---- jobs ---------------------------------------------------------- */

static void work(const struct job *job, struct hand *hand)
{
    switch (job->pattern) {
    case 'h': hot(job, hand); break;
    case 'b': bulk(job, hand); break;
    case 'm': many(job, hand); break;
    case 'f': fifo(job, hand); break;
    case 'l': lot(job, hand); break;
    default: pass_on(job, hand); break;
    }
}

static void *work_alone(void *arg)
{
    struct hand *hand = arg;
    struct job warm = *hand->job;

    bench_tie(hand->cpu);
    warm.ops = warm.ops / 8 / warm.live * warm.live;
    if (warm.pattern != 'p')
        work(&warm, hand); /* find this thread's lists, warm up */
    pthread_barrier_wait(hand->start);
    hand->began = bench_now();
    work(hand->job, hand);
    hand->ended = bench_now();
    return NULL;
}

static void hold(const struct job *job, struct hand *hand)
{
    uint64_t state = 1;

    hand->held = calloc(job->live, sizeof(*hand->held));
    hand->order = calloc(job->live, sizeof(*hand->order));
    if (!hand->held || !hand->order)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < job->live; i++) {
        const size_t other = bench_random(&state) % (i + 1);

        hand->order[i] = hand->order[other];
        hand->order[other] = (uint32_t)i;
    }
    for (size_t i = 0; strchr("fl", job->pattern) && i < job->live; i++)
        hand->held[i] = taken(job);
}

static void let_go(const struct job *job, struct hand *hand)
{
    for (size_t i = 0; strchr("fl", job->pattern) && i < job->live; i++)
        give(job, hand->held[i]);
    free(hand->held);
    free(hand->order);
}

/* From the first one's start to the last one's end. */
static uint64_t run_threads(const struct job *job, struct hand *hands)
{
    uint64_t first = UINT64_MAX, last = 0;
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, job->threads);
    for (unsigned i = 0; i < job->threads; i++) {
        hands[i].start = &start;
        if (pthread_create(&hands[i].thread, NULL, work_alone, &hands[i]))
            bench_die("cannot start a thread", "raise the limit");
    }
    for (unsigned i = 0; i < job->threads; i++) {
        pthread_join(hands[i].thread, NULL);
        first = hands[i].began < first ? hands[i].began : first;
        last = hands[i].ended > last ? hands[i].ended : last;
    }
    pthread_barrier_destroy(&start);
    return last - first;
}

static uint64_t do_job(const struct job *job)
{
    static struct belt belts[MOST_THREADS];
    struct hand hands[MOST_THREADS];
    uint64_t took;

    memset(belts, 0, sizeof(belts));
    for (unsigned i = 0; i < job->threads; i++) {
        hands[i] = (struct hand){.job = job, .cpu = i};
        hands[i].out = &belts[i];
        hands[i].in = &belts[(i + 1) % job->threads];
        hold(job, &hands[i]);
    }
    if (job->threads > 1) {
        took = run_threads(job, hands);
    } else {
        took = bench_now();
        work(job, hands);
        took = bench_now() - took;
    }
    for (unsigned i = 0; i < job->threads; i++)
        let_go(job, &hands[i]);
    return took;
}

static long switches(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_nivcsw;
}

/* Of the timed part, of what surrounds it as well. */
static void answer(const struct job *job)
{
    const long before = switches();
    const uint64_t took = do_job(job);

    printf("%llu %ld\n", (unsigned long long)took, switches() - before);
}

int main(void)
{
    struct job job = {0};
    char line[200];

    bench_tie(bench_cpus() - 1);
    printf("ready %s\n", loaded_malloc());
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, "%c%*s %zu %u %zu %u %zu", &job.pattern, &job.size,
                   &job.flags, &job.live, &job.threads, &job.ops) != 6 ||
            job.threads > MOST_THREADS)
            bench_die("a job that is none", "mend bench/workers/peers.c");
        prepare(&job);
        if (job.pattern == 'M')
            held_report(&job);
        else
            answer(&job);
        fflush(stdout);
    }
    return 0;
}
