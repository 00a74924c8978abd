/* SPDX-License-Identifier: MIT */
/*
 * The allocator in steps (code/malloc/steps): what each idea gained. Five
 * jobs, each step's run in a process of its own, so that what it touched
 * is its own, and the whole allocator beside them ("all"):
 *
 *   malloc.steps-alone    random lifetimes, a thousand blocks, one thread
 *   malloc.steps-threads  the same in two threads, each with its blocks;
 *                         steps that know no threads under one lock
 *   malloc.steps-handed   one thread allocates, another frees
 *   malloc.steps-changed  4 MiB of blocks of one size and none of them
 *                         any more, for 16 sizes in turn
 *   malloc.steps-after    64 MiB of small blocks, then all are freed
 *
 * Of each the ns for a malloc and a free, and the MiB that are resident
 * at the end. x is the step's number; 8 is the whole allocator. Of two
 * threads each has a CPU of its own, where there are two.
 */
#define _GNU_SOURCE
#include "peers.h"
#include "../../code/malloc/malloc.h"
#include "../../code/malloc/steps/steps.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 1000, RING = 1024, STEPS = 8 };

static void no_reset(void)
{
}

static const struct step whole = {"all", pw_malloc, pw_free, no_reset,
                                  true};
static const struct step *const steps[STEPS] = {
    &step_bump,  &step_list,   &step_classes, &step_pages,
    &step_heaps, &step_remote, &step_back,    &whole};

/* ---- the step in hand, under a lock where it needs one -------------- */

static const struct step *step;
static bool locked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *take(size_t size)
{
    char *block;

    if (locked)
        pthread_mutex_lock(&lock);
    block = step->alloc(size);
    if (locked)
        pthread_mutex_unlock(&lock);
    if (!block)
        bench_die(step->name, "its range is too small");
    *block = 1;
    return block;
}

static void give(void *block)
{
    if (locked)
        pthread_mutex_lock(&lock);
    step->free(block);
    if (locked)
        pthread_mutex_unlock(&lock);
}

/* ---- the jobs ------------------------------------------------------- */

static void lifetimes(size_t ops, uint64_t seed)
{
    void *slot[SLOTS] = {NULL};

    for (size_t i = 0; i < ops; i++) {
        void **at = &slot[bench_random(&seed) % SLOTS];

        if (*at)
            give(*at);
        *at = take(16 + bench_random(&seed) % 1009);
    }
}

static size_t job_ops;

static void alone(void)
{
    lifetimes(job_ops, 1);
}

static void *half(void *seed)
{
    bench_pin((unsigned)(uintptr_t)seed);
    lifetimes(job_ops / 2, (uint64_t)(uintptr_t)seed);
    return NULL;
}

static void threads(void)
{
    pthread_t other;

    pthread_create(&other, NULL, half, (void *)1);
    half((void *)0);
    pthread_join(other, NULL);
}

static void *ring[RING];

/* The consumer frees what it finds; the slot is empty again. */
static void *consume(void *unused)
{
    bench_pin(1);
    for (size_t i = 0; i < job_ops; i++) {
        void **at = &ring[i % RING], *block;

        while (!(block = __atomic_load_n(at, __ATOMIC_ACQUIRE)))
            sched_yield();
        give(block);
        __atomic_store_n(at, NULL, __ATOMIC_RELEASE);
    }
    return unused;
}

static void handed(void)
{
    uint64_t seed = 1;
    pthread_t other;

    pthread_create(&other, NULL, consume, NULL);
    for (size_t i = 0; i < job_ops; i++) {
        void **at = &ring[i % RING];

        while (__atomic_load_n(at, __ATOMIC_ACQUIRE))
            sched_yield();
        __atomic_store_n(at, take(16 + bench_random(&seed) % 1009),
                         __ATOMIC_RELEASE);
    }
    pthread_join(other, NULL);
}

/* Freed in the order of their birth, so that pages become empty. */
static void rise_and_fall(void **block, size_t n, size_t size)
{
    for (size_t i = 0; i < n; i++)
        memset(block[i] = take(size), 1, size);
    for (size_t i = 0; i < n; i++)
        give(block[i]);
}

static void with_blocks(size_t bytes, size_t first, size_t last)
{
    const size_t most = bytes / first * sizeof(void *);
    size_t n = 0;
    void **block = mmap(NULL, most, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (block == MAP_FAILED)
        bench_die("no memory for the list of blocks", "free some");
    for (size_t size = first; size <= last; n += bytes / size, size += 64)
        rise_and_fall(block, bytes / size, size);
    job_ops = n;
    munmap(block, most);
}

static void changed(void)
{
    with_blocks(4 * 1048576, 64, 1024);
}

static void after(void)
{
    with_blocks(64 * 1048576, 512, 512);
}

static const struct job {
    const char *experiment;
    void (*run)(void);
    bool shared; /* by threads */
} jobs[] = {{"malloc.steps-alone", alone, false},
            {"malloc.steps-threads", threads, true},
            {"malloc.steps-handed", handed, true},
            {"malloc.steps-changed", changed, false},
            {"malloc.steps-after", after, false}};

enum { JOBS = sizeof(jobs) / sizeof(*jobs) };

/* ---- running and recording ------------------------------------------ */

struct cost {
    double ns, mib;
};

static double resident(void) /* MiB */
{
    FILE *sums = fopen("/proc/self/smaps_rollup", "r");
    char line[200];
    double kib = 0;

    while (sums && fgets(line, sizeof(line), sums))
        if (sscanf(line, "Rss: %lf", &kib) == 1)
            break;
    if (sums)
        fclose(sums);
    return kib / 1024;
}

static void work(const struct job *job, int to)
{
    struct cost c = {0, resident()};
    uint64_t start;

    bench_pin(0); /* a second thread pins itself elsewhere */
    locked = job->shared && !step->threads;
    start = bench_now();
    job->run();
    c.ns = (double)(bench_now() - start) / (double)job_ops;
    c.mib = resident() - c.mib;
    _exit(write(to, &c, sizeof(c)) != sizeof(c));
}

static struct cost run(const struct job *job, const struct step *what)
{
    struct cost c = {0, 0};
    int pipe_of[2], status = -1;
    pid_t child;

    step = what;
    if (pipe(pipe_of) != 0 || (child = fork()) < 0)
        bench_die(job->experiment, "there is no process for it");
    if (child == 0)
        work(job, pipe_of[1]);
    close(pipe_of[1]);
    if (read(pipe_of[0], &c, sizeof(c)) != sizeof(c))
        c.ns = -1;
    close(pipe_of[0]);
    waitpid(child, &status, 0);
    if (status != 0 || c.ns < 0)
        bench_die(job->experiment, "a step failed in it");
    return c;
}

void peer_steps(void)
{
    static double ns[JOBS][STEPS][MOST_BLOCKS];
    static double mib[JOBS][STEPS][MOST_BLOCKS];
    uint64_t state = bench_seed();
    size_t order[STEPS];

    if (step_begin() != 0)
        bench_die("no addresses for the steps", "raise the limit");
    for (int i = 0; i < STEPS; i++)
        steps[i]->reset();
    job_ops = peer_scale * 5000;
    for (size_t b = 0; b < peer_blocks; b++)
        for (int j = 0; j < JOBS; j++) {
            peer_shuffle(order, STEPS, &state);
            for (int i = 0; i < STEPS; i++) {
                const size_t s = order[i];
                const struct cost c = run(&jobs[j], steps[s]);

                ns[j][s][b] = c.ns;
                mib[j][s][b] = c.mib;
            }
        }
    for (int j = 0; j < JOBS; j++)
        for (int s = 0; s < STEPS; s++) {
            bench_record(jobs[j].experiment, steps[s]->name, s + 1, "ns",
                         "ns", ns[j][s], peer_blocks, 0.5);
            bench_record(jobs[j].experiment, steps[s]->name, s + 1, "mib",
                         "MiB", mib[j][s], peer_blocks, 0.5);
        }
}
