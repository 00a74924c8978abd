/* SPDX-License-Identifier: MIT */
/* The mallocs to compare, and the workloads under each. */
#ifndef PW_MALLOC_PEERS_H
#define PW_MALLOC_PEERS_H

#include "../harness/bench.h"

/* The known ones come first, then the user's own. */
enum { PW, GLIBC, KNOWN = 5, MOST_PEERS = 12, MOST_BLOCKS = 64 };

extern struct peer {
    const char *variant, *pattern;
    char path[256]; /* empty: nothing is preloaded */
    bool there;
} peers[MOST_PEERS];
extern size_t peer_count;

struct use {
    double ns, kib, faults;
};

extern size_t peer_blocks; /* repetitions, MOST_BLOCKS at most */
extern size_t peer_scale;  /* of the workloads, in hundredths */

/* Finds the known ones and those of BENCH_PEERS ("NAME=LIBRARY ..."). */
void peer_find(void);
void peer_list(void); /* prints those that are there, as NAME=LIBRARY */

/* One run of a program of malloc_work under peer p; its result in *sum. */
struct use peer_run(const char *name, size_t size, int p, uint64_t *sum);
void peer_shuffle(size_t *order, size_t n, uint64_t *state);

/* All workloads under all peers, and their records. */
void peer_workloads(void);

/* What each idea gained (steps.c). */
void peer_steps(void);

#endif
