/* SPDX-License-Identifier: MIT */
/*
 * The slab allocator on the host: what a pair of allocate and free costs
 * for objects of one size, beside the malloc() of four libraries.
 *
 *   pw             code/slab
 *   pw-nomag       without its magazines (slab.hot, slab.threads)
 *   glibc          malloc() of the C library
 *   jemalloc, mimalloc, tcmalloc   the same of these libraries
 *   pw-static      code/slab linked into the program, and
 *   calls          a shared library whose two functions do nothing
 *                  (slab.hot at 64 bytes)
 *
 * Each allocator is in a process of its own (workers/work.c), through its
 * shared library, with default settings. An owner writes the first word
 * of each object. malloc() does more: it serves any size, and must find
 * out, for every block, which one it is. Ours is told the cache, and
 * checks that the object is one of that cache's, which the others do not.
 *
 * Where the loader puts a library changes what a call of it costs, by
 * some cycles. So every block has new processes, and a median is one over
 * as many layouts as there are blocks.
 *
 *   slab.hot      one pair again and again                  x: bytes
 *   slab.bulk     1,024 objects, then all of them back      x: bytes
 *   slab.fifo     a queue of 1,024: the oldest goes,        x: bytes
 *                 a new one comes
 *   slab.random   1,024 objects: one by lot goes, a new     x: bytes
 *                 one comes
 *   slab.many     x objects of 64 bytes, then all back      x: objects
 *                 in an order drawn by lot
 *   slab.threads  hot pairs of 64 bytes in each thread      x: threads
 *   slab.remote   each thread frees what its neighbour      x: threads
 *                 allocated, 64 bytes, handed over in
 *                 boxes of 64
 *
 * One operation is one pair; with threads, one pair of each thread.
 * (own.c: colours, constructors. state.c: memory, the lists.)
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { LIVE = 1024, FEWEST = 200000 };

/* What a case asks of which worker. */
struct ask {
    size_t peer;
    const char *pattern;
    size_t size, live;
    unsigned threads;
};

static uint64_t run(struct bench_case *c, size_t ops)
{
    const struct ask *a = c->data;
    char job[100];

    peers_renew(a->peer, c->block);
    snprintf(job, sizeof(job), "%s %zu %u %zu %u %zu", a->pattern, a->size,
             peers[a->peer].flags, a->live, a->threads, ops);
    return peers_time(a->peer, job);
}

static void add(const char *experiment, long x, struct ask ask)
{
    struct ask *task = malloc(sizeof(*task));
    struct bench_case c = {.experiment = experiment,
                           .variant = peers[ask.peer].variant,
                           .x = x,
                           .run = run,
                           .data = task};

    if (!task)
        bench_die("out of memory", "free some");
    if (!peers_there(ask.peer)) {
        bench_unmeasured(experiment, c.variant, x, "ns", "ns",
                         peers_reason(ask.peer));
        return;
    }
    *task = ask;
    if (strchr("bm", *ask.pattern))
        c.batch = ask.live;
    if (ask.threads > 1)
        c.batch = FEWEST;
    bench_add(&c);
}

/* A yardstick, not a peer. */
static void add_aside(size_t peer)
{
    add("slab.hot", 64, (struct ask){peer, "hot", 64, 1, 1});
}

static void add_threads(size_t peer)
{
    for (unsigned n = 1; n <= 4; n *= 2)
        add("slab.threads", n, (struct ask){peer, "hot", 64, 1, n});
}

static void add_peer(size_t peer)
{
    for (long size = 8; size <= 4096; size *= 2)
        add("slab.hot", size, (struct ask){peer, "hot", size, 1, 1});
    add_threads(peer);
    if (peers[peer].flags)
        return;
    for (long size = 16; size <= 4096; size *= 4) {
        add("slab.bulk", size, (struct ask){peer, "bulk", size, LIVE, 1});
        add("slab.fifo", size, (struct ask){peer, "fifo", size, LIVE, 1});
        add("slab.random", size, (struct ask){peer, "lot", size, LIVE, 1});
    }
    for (long n = 64; n <= 1 << 18; n *= 8)
        add("slab.many", n, (struct ask){peer, "many", 64, n, 1});
    for (unsigned n = 2; n <= 4; n *= 2)
        add("slab.remote", n, (struct ask){peer, "pass", 64, 1, n});
}

int main(int argc, char **argv)
{
    for (size_t peer = 0; peer < peers_count; peer++)
        peers_there(peer); /* started before this process is pinned */
    bench_begin(argc, argv, "slab");
    for (size_t peer = 0; peer < peers_count; peer++)
        peers[peer].aside ? add_aside(peer) : add_peer(peer);
    slab_add_own();
    for (size_t peer = 1; peer < peers_count; peer++) {
        bench_ratio("slab.hot", "pw", peers[peer].variant);
        if (peers[peer].aside || peers[peer].flags)
            continue;
        bench_ratio("slab.random", "pw", peers[peer].variant);
        bench_ratio("slab.threads", "pw", peers[peer].variant);
        bench_ratio("slab.remote", "pw", peers[peer].variant);
    }
    bench_run();
    slab_count();
    slab_state();
    return bench_end();
}
