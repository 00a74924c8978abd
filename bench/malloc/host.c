/* SPDX-License-Identifier: MIT */
/*
 * malloc on the host: workloads under each malloc, and what a pair costs.
 *
 * The workloads (folder work) are programs of their own; each runs in
 * a process of its own with the malloc preloaded, started by the launcher
 * so that the peak memory is the workload's. A block runs every workload
 * under every malloc once, a workload's runs one after the other in an
 * order drawn by lot; every ratio is to glibc's run in the same block.
 *
 *   malloc.<workload>  ns (by the clock), kib (peak resident set), faults,
 *                      ratio and memory (to glibc's, paired by block)
 *   malloc.all         the geometric means of ratio and memory over all
 *                      workloads, block by block
 *   malloc.bars        the largest of the workloads' median ratios: worst
 *                      to glibc (pw) and to the best peer on it (pw/best);
 *                      mean: all of ours to the best single peer's all
 *   malloc.pair        ns for malloc and free of one size     x: bytes
 *   malloc.lifo        the same, a thousand blocks deep       x: bytes
 *   malloc.step        instructions of a pair, exactly, and the loop's
 *
 *   malloc.steps-*     code/malloc/steps: see steps.c
 *
 * A peer that is not installed is "not measured". A workload's result
 * must be the same under all: it has read back what it wrote.
 */
#define _GNU_SOURCE
#include "peers.h"
#include "../harness/step.h"
#include "../../code/malloc/malloc.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* ---- one size at a time -------------------------------------------- */

static void record_micro(const char *name, const char *experiment,
                         size_t most)
{
    double values[MOST_PEERS][MOST_BLOCKS];
    uint64_t sum, state = bench_seed();
    size_t order[MOST_PEERS];

    for (size_t size = 16; size <= most; size *= 4) {
        for (size_t b = 0; b < peer_blocks; b++) {
            peer_shuffle(order, peer_count, &state);
            for (size_t k = 0; k < peer_count; k++)
                if (peers[order[k]].there)
                    values[order[k]][b] =
                        peer_run(name, size, (int)order[k], &sum).ns /
                        (double)(peer_scale * 10000);
        }
        for (size_t p = 0; p < peer_count; p++)
            if (peers[p].there)
                bench_record(experiment, peers[p].variant, (long)size, "ns",
                             "ns", values[p], peer_blocks, 0.5);
    }
}

#define PAIRS(name, take, give) \
    static uint64_t name(struct bench_case *c, size_t ops) \
    { \
        const size_t size = (size_t)c->x; \
        for (size_t i = 0; i < ops; i++) { \
            void *p = take(size); \
            bench_keep(p); \
            give(p); \
        } \
        return 0; \
    }

PAIRS(step_pw, pw_malloc, pw_free)
PAIRS(step_glibc, malloc, free)

static void record_steps(void)
{
    static const long size[] = {16, 64, 256, 1024, 4096, 65536};

    for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
        struct bench_case c = {"malloc.step", "pw", size[i],
                               .run = step_pw};
        const size_t ops = size[i] < 65536 ? 1000 : 20; /* each is long */

        step_record(&c, ops, 3 * ops);
        c = (struct bench_case){"malloc.step", "glibc", size[i],
                                .run = step_glibc};
        step_record(&c, ops, 3 * ops);
    }
}

/* So many blocks; of a plan one, and how long all would take. */
static void repeat(size_t blocks, void (*what)(void))
{
    const uint64_t start = bench_now();

    peer_blocks = bench_planning() ? 1 : blocks;
    what();
    bench_foresee(blocks, (double)(bench_now() - start) / 1e9);
}

static void pairs(void)
{
    record_micro("pair", "malloc.pair", 65536);
    record_micro("lifo", "malloc.lifo", 4096);
}

int main(int argc, char **argv)
{
    cpu_set_t all;

    if (argc == 2 && strcmp(argv[1], "--peers") == 0) {
        peer_find();
        peer_list();
        return 0;
    }
    bench_begin(argc, argv, "malloc");
    peer_find();
    peer_scale = bench_quick() ? 12 : 100;
    record_steps();
    memset(&all, 0xff, sizeof(all));
    sched_setaffinity(0, sizeof(all),
                      &all); /* the workloads have threads */
    repeat(bench_quick() ? 2 : 7, peer_steps); /* each takes seconds */
    repeat(bench_quick() ? 5 : 21, peer_workloads);
    repeat(bench_quick() ? 5 : 21, pairs);
    return bench_end();
}
