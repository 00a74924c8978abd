/* SPDX-License-Identifier: MIT */
/*
 * kmalloc on the host: what a pair of pw_kmalloc() and pw_kfree() costs
 * by size, beside the malloc() of four libraries, which do the same task:
 * any size, and a block is freed by its address alone.
 *
 *   pw             code/kmalloc
 *   pw-arith       the same, classes found by arithmetic, not by table
 *   glibc          malloc() of the C library
 *   jemalloc, mimalloc, tcmalloc   the same of these libraries
 *
 * Each allocator is in a process of its own (workers/work.c), through its
 * shared library, with default settings, and a new one for every block. An
 * owner writes the first word of each block. On a free ours checks that
 * the address is a block's, which most of the others do not; they return
 * memory to the system and move it between threads, which ours does not.
 *
 *   kmalloc.hot     one pair again and again                x: bytes
 *   kmalloc.bulk    1,024 blocks, then all of them back     x: bytes
 *   kmalloc.random  1,024 blocks of random sizes: one by lot
 *                   goes, one of another size comes. A size is in one of
 *                   the ten doublings from 8 to 8,192 bytes, each as
 *                   likely as the others, and within it any
 *
 * One operation is one pair. (own.c: lookups, zeroing,
 * instructions. given.c: what is given for what is asked.)
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { LIVE = 1024, MOST_OPS = 1 << 20 };

enum { ARITH = 1 };

/* What peers.c calls pw-static is, here, the one with arithmetic. */
const struct kmalloc_peer kmalloc_peers[KMALLOC_PEERS] = {
    {"pw", "pw"},
    {"pw-arith", "pw-static"},
    {"glibc", "glibc"},
    {"jemalloc", "jemalloc"},
    {"mimalloc", "mimalloc"},
    {"tcmalloc", "tcmalloc"},
};

const long kmalloc_grid[KMALLOC_SIZES] = {8,    16,   32,   64,    96,
                                          128,  192,  256,  512,   1024,
                                          2048, 4096, 8192, 16384, 65536};

size_t kmalloc_peer(size_t which)
{
    size_t peer = 0;

    while (strcmp(peers[peer].variant, kmalloc_peers[which].peer) != 0)
        peer++;
    return peer;
}

/* What a case asks of which worker. */
struct task {
    size_t peer;
    const char *pattern;
    size_t size, live;
};

static uint64_t run(struct bench_case *c, size_t ops)
{
    struct task *task = c->data;
    char job[100];

    peers_renew(task->peer, c->block);
    snprintf(job, sizeof(job), "%s %zu 0 %zu 1 %zu", task->pattern,
             task->size, task->live, ops);
    return peers_time(task->peer, job);
}

static void add(const char *experiment, size_t which, long x,
                struct task wish)
{
    struct bench_case c = {.experiment = experiment,
                           .variant = kmalloc_peers[which].variant,
                           .x = x,
                           .run = run,
                           .most = MOST_OPS};
    struct task *task = malloc(sizeof(*task));

    if (!task)
        bench_die("out of memory", "free some");
    wish.peer = kmalloc_peer(which);
    if (!peers_there(wish.peer)) {
        bench_unmeasured(experiment, c.variant, x, "ns", "ns",
                         peers_reason(wish.peer));
        return;
    }
    *task = wish;
    c.data = task;
    if (*wish.pattern == 'b')
        c.batch = wish.live;
    bench_add(&c);
}

static void add_peer(size_t which)
{
    for (size_t i = 0; i < KMALLOC_SIZES; i++) {
        const long x = kmalloc_grid[i];
        const size_t size = (size_t)x;

        if (which == ARITH && i % 4 != 0)
            continue; /* what the lookup costs is the same for all */
        add("kmalloc.hot", which, x,
            (struct task){.pattern = "hot", .size = size, .live = 1});
        if (which != ARITH && (x == 64 || x == 1024))
            add("kmalloc.bulk", which, x,
                (struct task){
                    .pattern = "bulk", .size = size, .live = LIVE});
    }
    add("kmalloc.random", which, BENCH_NO_X,
        (struct task){.pattern = "lot", .size = 0, .live = LIVE});
}

int main(int argc, char **argv)
{
    for (size_t which = 0; which < KMALLOC_PEERS; which++)
        peers_there(kmalloc_peer(which)); /* before this one is pinned */
    bench_begin(argc, argv, "kmalloc");
    for (size_t which = 0; which < KMALLOC_PEERS; which++)
        add_peer(which);
    kmalloc_add_own();
    for (size_t which = 1; which < KMALLOC_PEERS; which++) {
        bench_ratio("kmalloc.hot", "pw", kmalloc_peers[which].variant);
        bench_ratio("kmalloc.random", "pw", kmalloc_peers[which].variant);
    }
    bench_run();
    kmalloc_count();
    kmalloc_given();
    return bench_end();
}
