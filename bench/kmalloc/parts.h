/* SPDX-License-Identifier: MIT */
/* The parts of the benchmark of code/kmalloc; host.c is the whole. */
#ifndef PW_KMALLOC_PARTS_H
#define PW_KMALLOC_PARTS_H

#include "../workers/peers.h"
#include "../../code/kmalloc/kmalloc.h"

/* The workers, by their place in peers[], under this chapter's names. */
struct kmalloc_peer {
    const char *variant, *peer;
};

enum { KMALLOC_PEERS = 6, KMALLOC_SIZES = 15 };
extern const struct kmalloc_peer kmalloc_peers[KMALLOC_PEERS];
extern const long kmalloc_grid[KMALLOC_SIZES]; /* bytes */

size_t kmalloc_peer(size_t which); /* its place in peers[] */

/* own.c: kmalloc.class, .zero, and instructions. */
void kmalloc_add_own(void);
void kmalloc_count(void);

/* given.c: kmalloc.given, .waste. */
void kmalloc_given(void);

#endif
