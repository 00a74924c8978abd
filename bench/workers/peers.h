/* SPDX-License-Identifier: MIT */
/*
 * The workers, one process for each variant. peers_time() gives a
 * variant's worker a job ("hot 64 0 1 1 1000") and returns what it answers;
 * a worker that is not installed is not there. peers_renew() starts it anew
 * when a block begins that it was not started for.
 */
#ifndef PW_PEERS_H
#define PW_PEERS_H

#include "../harness/bench.h"

struct peer {
    const char *variant; /* "jemalloc" */
    const char *library; /* preloaded, or NULL: "libjemalloc.so." */
    const char *numbers; /* of it, the newest first: "32" */
    unsigned flags;      /* of the caches, if it is ours */
    const char *ours;    /* the worker's kind, if it is ours */
    bool aside;          /* a yardstick, not a peer */
};

extern const struct peer peers[];
extern const size_t peers_count;

bool peers_there(size_t peer);         /* starts it, if it was not yet */
const char *peers_reason(size_t peer); /* why it is not there */
void peers_renew(size_t peer, size_t block);
uint64_t peers_time(size_t peer, const char *job);
/* Bytes held at five moments, see slab/work/held.c. */
enum { MOMENTS = 5 };
void peers_memory(size_t peer, size_t size, uint64_t seed,
                  double bytes[MOMENTS]);

#endif
