/* SPDX-License-Identifier: MIT */
/* The mallocs to compare, and the workloads under each. */
#ifndef PW_MALLOC_PEERS_H
#define PW_MALLOC_PEERS_H

#include "../harness/bench.h"

enum { PW, GLIBC, PEERS = 5, MOST_BLOCKS = 64 };

extern struct peer {
    const char *variant, *pattern;
    char path[256]; /* empty: nothing is preloaded */
    bool there;
} peers[PEERS];

struct use {
    double ns, kib, faults;
};

extern size_t peer_blocks; /* repetitions, MOST_BLOCKS at most */
extern size_t peer_scale;  /* of the workloads, in hundredths */

void peer_find(void);

/* One run of a program of malloc_work under peer p; its result in *sum. */
struct use peer_run(const char *name, size_t size, int p, uint64_t *sum);
void peer_shuffle(size_t *order, size_t n, uint64_t *state);

/* All workloads under all peers, and their records. */
void peer_workloads(void);

/* What each idea gained (steps.c). */
void peer_steps(void);

#endif
