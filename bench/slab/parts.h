/* SPDX-License-Identifier: MIT */
/* The parts of the benchmark of code/slab; host.c is the whole. */
#ifndef PW_SLAB_PARTS_H
#define PW_SLAB_PARTS_H

#include "../harness/bench.h"
#include "../workers/peers.h"
#include "../../code/slab/slab.h"

/* own.c: slab.colour, slab.ctor, and instructions of slab.hot. */
void slab_add_own(void);
void slab_count(void);

/* state.c: slab.peak, .after, .freed, .lists, slab-slabinfo.txt. */
void slab_state(void);

#endif
