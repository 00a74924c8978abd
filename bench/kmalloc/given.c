/* SPDX-License-Identifier: MIT */
/*
 * What is given for what is asked, counted. There is no clock here.
 *
 *   kmalloc.given   bytes of a block that may be used: pw_ksize(),
 *                   malloc_usable_size()                        x: bytes
 *   kmalloc.waste   of all bytes given, the percentage that nobody asked
 *                   for, if each of the ten doublings from 8 to 8,192 bytes
 *                   is asked for as often as the others, and within it
 *                   every size. No size is drawn; but what glibc gives for
 *                   one depends a little on what was freed before
 *
 * Neither counts what lies beside the blocks: descriptors and slabs'
 * bookkeeping, or the word that glibc has in front of each block.
 */
#include "parts.h"

enum { DOUBLINGS = 10, LARGEST = 16384 };

/* Bytes given in all for n sizes from one on. */
static double given(size_t peer, long size, long n)
{
    char job[100];

    snprintf(job, sizeof(job), "Measure %ld 0 %ld 1 1", size, n);
    return (double)peers_time(peer, job);
}

/* All sizes up to 256, then both sides of each eighth of a doubling. */
static long next(long size)
{
    long step = 32;

    if (size < 256)
        return size + 1;
    while (step * 16 <= size)
        step *= 2;
    return size % step == 0 ? size + 1 : (size / step + 1) * step;
}

static void record(size_t which, size_t peer)
{
    const char *variant = kmalloc_peers[which].variant;
    double asked = 0, all = 0, waste;

    for (long x = 1; x <= LARGEST; x = next(x)) {
        const double bytes = given(peer, x, 1);

        bench_record("kmalloc.given", variant, x, "bytes", "bytes", &bytes,
                     1, 0.5);
    }
    for (int i = 0; i < DOUBLINGS; i++) {
        const long half = 8L << i;

        all += given(peer, half + 1, half) / (double)half;
        asked += (3 * (double)half + 1) / 2;
    }
    waste = 100 * (1 - asked / all);
    bench_record("kmalloc.waste", variant, BENCH_NO_X, "percent", "%",
                 &waste, 1, 0.5);
}

void kmalloc_given(void)
{
    for (size_t which = 0; which < KMALLOC_PEERS; which++) {
        const size_t peer = kmalloc_peer(which);

        if (which == 1)
            continue; /* by arithmetic it is the same */
        if (peers_there(peer))
            record(which, peer);
        else
            bench_unmeasured("kmalloc.waste", kmalloc_peers[which].variant,
                             BENCH_NO_X, "percent", "%",
                             peers_reason(peer));
    }
}
